// Incremental runs: unchanged sources are taken over, and the output is that of a full run.
#include "ingest/result_cache.h"

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "ingest/ingest.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;
using test::put_file;

class ResultCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    put_file(folder("a") / "x.ts", "export const x = 1;\n");
    put_file(folder("a") / "bad.d.ts", "declare const a: number;\n");
    put_file(folder("b") / "x.ts", "export const x = 1;\n");
    put_file(folder("b") / "y.tsx", "export const y = <b>1</b>;\n");
  }

  fs::path folder(const std::string& name) const { return directory_.path() / name; }

  std::string run(const std::string& name, bool incremental, std::map<std::string, std::string> config = {}) {
    IngestOptions options = test::run_options(directory_.path(), name,
                                              {"dir:" + folder("a").string(), "dir:" + folder("b").string()});
    options.incremental = incremental;
    options.run.overwrite = true;
    run_ingest(options, config);
    return io::read_file(options.run.out / io::kManifestName);
  }

  std::vector<fs::path> entries() const {
    std::vector<fs::path> result;
    for (const auto& entry : fs::directory_iterator(directory_.path() / "cache/results"))
      if (entry.is_regular_file()) result.push_back(entry.path());
    return result;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(ResultCacheTest, OnlyWhatChangedIsMadeAgain) {
  const std::string first = run("one", true);
  EXPECT_EQ(entries().size(), 2U);
  EXPECT_EQ(run("two", true), first);
  EXPECT_EQ(run("three", false), first);
  EXPECT_EQ(entries().size(), 2U) << "all taken over";
  put_file(folder("a") / "x.ts", "export const x = 2;\n");
  const std::string changed = run("one", true);
  EXPECT_NE(changed, first);
  EXPECT_EQ(entries().size(), 3U) << "one made again";
  EXPECT_EQ(run("three", false), changed);
  run("one", true, {{"chunk-chars", "99"}});
  EXPECT_EQ(entries().size(), 5U) << "another configuration";
}

TEST_F(ResultCacheTest, ADamagedEntryIsMadeAgain) {
  const std::string first = run("one", true);
  for (const fs::path& entry : entries()) put_file(entry, io::read_file(entry).substr(0, 20));
  EXPECT_EQ(run("two", true), first);
}

TEST_F(ResultCacheTest, EntriesThatNobodyUsesGo) {
  const std::string first = run("one", true);
  for (const fs::path& entry : entries())
    fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(24 * (kUnusedDays + 1)));
  put_file(folder("a") / "x.ts", "export const x = 2;\n");
  run("one", true);
  EXPECT_EQ(entries().size(), 2U) << "the one of the changed folder went, the used one stays";
  put_file(folder("a") / "x.ts", "export const x = 1;\n");
  EXPECT_EQ(run("two", true), first);
}

}  // namespace
}  // namespace palimpsest::ingest
