#include "shard/merge_command.h"

#include <gmock/gmock.h>

#include "common/base/error.h"
#include "common/io/manifest.h"
#include "tests/shard/sample_shards.h"

namespace palimpsest::shard {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

/// Every file of a directory but the lock.
std::map<std::string, std::string> contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).generic_string();
    if (entry.is_regular_file() && !name.starts_with('.')) files[name] = io::read_file(entry.path());
  }
  return files;
}

class MergeCommandTest : public test::SampleShards {
 protected:
  MergeCommandTest() {
    options_.shard_text_bytes = 6000;
    whole_ = directory_.path() / "whole";
    options_.run.out = whole_;
    build();
  }

  /// Builds all parts of one build.
  std::vector<fs::path> build_parts(std::size_t of, int threads) {
    std::vector<fs::path> parts;
    for (std::size_t task = of; task-- > 0;) {
      parts.push_back(directory_.path() / (std::to_string(task) + "-of-" + std::to_string(of)));
      options_.task = task;
      options_.tasks = of;
      options_.run.out = parts.back();
      options_.run.threads = threads;
      build();
    }
    return parts;
  }

  /// Returns what it printed.
  std::string merge(const std::vector<fs::path>& parts, const fs::path& out) const {
    ::testing::internal::CaptureStdout();
    try {
      run_merge({.run = {.out = out}, .parts = parts});
    } catch (...) {
      ::testing::internal::GetCapturedStdout();
      throw;
    }
    return ::testing::internal::GetCapturedStdout();
  }

  base::ErrorCode failure(const std::vector<fs::path>& parts) const {
    try {
      merge(parts, directory_.path() / "refused");
    } catch (const base::Error& error) {
      EXPECT_FALSE(fs::exists(directory_.path() / "refused" / io::kManifestName));
      return error.code();
    }
    return base::ErrorCode::kBug;
  }

  fs::path whole_;
};

TEST_F(MergeCommandTest, AnyNumberOfTasksAndThreadsGivesTheBytesOfOneRun) {
  const auto whole = contents(whole_);
  ASSERT_GT(whole.size(), 8U);
  int threads = 1;
  for (const std::size_t of : {1, 2, 3, 7}) {
    const std::vector<fs::path> parts = build_parts(of, threads);
    const fs::path out = directory_.path() / ("merged-" + std::to_string(of));
    if (of == 1) {
      EXPECT_EQ(contents(parts[0]), whole);
      continue;
    }
    EXPECT_THAT(merge(parts, out), ::testing::StartsWith("shard merge: "));
    EXPECT_EQ(contents(out), whole) << of;
    EXPECT_THAT(merge(parts, out), HasSubstr("up to date"));
    threads = threads == 1 ? 2 : 8;
  }
}

TEST_F(MergeCommandTest, ThreadsDoNotChangeTheBytes) {
  for (const int threads : {1, 2, 8}) {
    options_.run.threads = threads;
    options_.run.out = directory_.path() / ("threads-" + std::to_string(threads));
    build();
    EXPECT_EQ(contents(options_.run.out), contents(whole_)) << threads;
  }
}

TEST_F(MergeCommandTest, ShardsAreLinkedNotWritten) {
  const std::vector<fs::path> parts = build_parts(2, 1);
  merge(parts, directory_.path() / "merged");
  std::size_t linked = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory_.path() / "merged"))
    linked += entry.path().extension() == ".pls" && fs::hard_link_count(entry.path()) == 2 ? 1 : 0;
  EXPECT_EQ(linked, contents(whole_).size() - 2);  // but for the manifest and one tokenizer.json
}

TEST_F(MergeCommandTest, PartsAreNoShards) {
  const std::vector<fs::path> parts = build_parts(2, 1);
  EXPECT_THROW(tokens::ShardReader(parts[0], tokens::Split::kTrain), base::Error);
}

TEST_F(MergeCommandTest, WrongPartsAreRefused) {
  const std::vector<fs::path> two = build_parts(2, 1);
  const std::vector<fs::path> three = build_parts(3, 1);
  EXPECT_EQ(failure({two[0]}), base::ErrorCode::kUsage);
  EXPECT_EQ(failure({two[0], two[0]}), base::ErrorCode::kUsage);
  EXPECT_EQ(failure({two[0], three[0]}), base::ErrorCode::kBadData);
  EXPECT_EQ(failure({two[0], directory_.path() / "missing"}), base::ErrorCode::kEnvironment);
}

TEST_F(MergeCommandTest, ADamagedPartIsRefused) {
  const std::vector<fs::path> parts = build_parts(2, 1);
  for (const auto& entry : fs::recursive_directory_iterator(parts[1])) {
    if (entry.path().extension() != ".pls") continue;
    std::string bytes = io::read_file(entry.path());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    io::write_file_atomically(entry.path(), bytes);
    break;
  }
  EXPECT_EQ(failure(parts), base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::shard
