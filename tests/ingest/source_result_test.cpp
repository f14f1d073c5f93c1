#include "ingest/source_result.h"

#include <functional>

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/zstd.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

SourceResult sample() {
  SourceResult result{.source = "dir:x", .identity = {"dir", "x", "0"}, .error = {}, .content = {}};
  result.content.skips = {{"a.ts", "minified", 7}, {"b.ts", "contaminated", 9, "tasks.txt", 2.0 / 3}};
  result.content.secrets = {{"a.ts", {{1, 4, SecretKind::kPrivateKey}, {5, 9, SecretKind::kIpAddress}}},
                            {"c.ts", {{0, 2, SecretKind::kEmail}}}};
  result.content.other_files = 3;
  return result;
}

class SourceResultTest : public testing::Test {
 protected:
  fs::path path(const std::string& name) const { return directory_.path() / name; }

  /// Loads a file with the header that `change` made of a good one.
  void load_changed(const std::function<void(io::Json&)>& change) const {
    save_source_result(sample(), path("good"));
    std::string line;
    io::ZstdLineReader(path("good")).next(line);
    io::Json header = io::parse_json(line, "good");
    change(header);
    io::ZstdWriter writer(path("bad"));
    writer.write(header.dump() + "\n");
    writer.finish();
    load_source_result(path("bad"));
  }

  test::TemporaryDirectory directory_;
};

TEST_F(SourceResultTest, ComesBackAsItWas) {
  save_source_result(sample(), path("one"));
  const SourceResult loaded = load_source_result(path("one"));
  ASSERT_EQ(loaded.content.skips.size(), 2U);
  EXPECT_EQ(loaded.content.skips[0].same_as, "");
  EXPECT_EQ(loaded.content.skips[1].same_as, "tasks.txt");
  EXPECT_EQ(loaded.content.skips[1].similarity, 2.0 / 3);
  ASSERT_EQ(loaded.content.secrets.size(), 2U);
  EXPECT_EQ(loaded.content.secrets[0].path, "a.ts");
  ASSERT_EQ(loaded.content.secrets[0].secrets.size(), 2U);
  EXPECT_EQ(loaded.content.secrets[0].secrets[1].begin, 5U);
  EXPECT_EQ(loaded.content.secrets[0].secrets[1].end, 9U);
  EXPECT_EQ(loaded.content.secrets[0].secrets[1].kind, SecretKind::kIpAddress);
  save_source_result(loaded, path("two"));
  EXPECT_EQ(io::read_file(path("one")), io::read_file(path("two")));
}

TEST_F(SourceResultTest, RefusesDamage) {
  EXPECT_NO_THROW(load_changed([](io::Json&) {}));
  const auto refuses = [&](const std::function<void(io::Json&)>& change) {
    EXPECT_EQ(test::code_of([&] { load_changed(change); }), base::ErrorCode::kBadData);
  };
  refuses([](io::Json& header) { header["format"] = 1; });
  refuses([](io::Json& header) { header["documents"] = 1; });
  refuses([](io::Json& header) { header.erase("secrets"); });
  refuses([](io::Json& header) { header["secrets"] = io::Json::parse(R"([["a.ts", [[99, 0, 1]]]])"); });
  refuses([](io::Json& header) { header["secrets"] = io::Json::parse(R"([["a.ts", [[0, 4, 1]]]])"); });
  refuses([](io::Json& header) { header["secrets"] = io::Json::parse(R"([["a.ts", [[0, 1]]]])"); });
  refuses([](io::Json& header) { header["skips"] = {{"a.ts", "minified", 7}}; });
}

}  // namespace
}  // namespace palimpsest::ingest
