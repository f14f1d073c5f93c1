#include "evaluate/infill/source_text.h"

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "tests/support/error_code.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::infill {
namespace {

TEST(SourceTextTest, RefusesWhatIsNoText) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "file.ts";
  const auto code_of = [&](const std::string& content) {
    io::write_file_atomically(file, content);
    return test::code_of([&] { read_source_text(file); });
  };
  EXPECT_EQ(code_of("const café = 1;\n"), std::nullopt);
  EXPECT_EQ(read_source_text(file), "const café = 1;\n");
  EXPECT_EQ(code_of(""), std::nullopt);
  EXPECT_EQ(code_of("const caf\xe9 = 1;\n"), base::ErrorCode::kBadData);
  EXPECT_EQ(code_of(std::string(kMostSourceBytes + 1, ' ')), base::ErrorCode::kBadData);
  EXPECT_EQ(code_of(std::string(kMostSourceBytes, ' ')), std::nullopt);
}

TEST(SourceTextTest, RefusesWhatCannotBeRead) {
  const test::TemporaryDirectory directory;
  for (const auto& path : {directory.path(), directory.path() / "missing.ts"}) {
    EXPECT_EQ(test::code_of([&] { read_source_text(path); }), base::ErrorCode::kEnvironment) << path;
  }
}

}  // namespace
}  // namespace palimpsest::infill
