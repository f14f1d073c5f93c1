#include "common/model/safetensors.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::model {
namespace {

class SafetensorsTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "x.safetensors";
  NamedTensors tensors_ = {{"a", at::arange(6, at::kFloat).view({2, 3})}, {"b.c", at::full({1}, 0.5F)}};
};

TEST_F(SafetensorsTest, RoundTrip) {
  write_safetensors(path_, tensors_);
  const NamedTensors read = read_safetensors(path_);
  ASSERT_EQ(read.size(), tensors_.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].first, tensors_[i].first);
    EXPECT_TRUE(at::equal(read[i].second, tensors_[i].second));
  }
}

TEST_F(SafetensorsTest, EveryTruncationIsAnErrorThatNamesTheFile) {
  write_safetensors(path_, tensors_);
  const std::string content = io::read_file(path_);
  for (std::size_t size = 0; size < content.size(); ++size) {
    io::write_file_atomically(path_, content.substr(0, size));
    try {
      read_safetensors(path_);
      FAIL() << "accepted " << size << " bytes";
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find("x.safetensors"), std::string::npos);
    }
  }
}

TEST_F(SafetensorsTest, HostileHeadersAreErrors) {
  const auto with_header = [](const std::string& header) {
    std::string content(8, '\0');
    content[0] = static_cast<char>(header.size());
    return content + header + std::string(8, 'x');
  };
  for (const char* header :
       {"[]", "{\"a\":1}", R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})",
        R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,0]}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}})",
        R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})"}) {
    io::write_file_atomically(path_, with_header(header));
    EXPECT_THROW(read_safetensors(path_), base::Error) << header;
  }
  io::write_file_atomically(path_, std::string(8, '\xff') + "{}");
  EXPECT_THROW(read_safetensors(path_), base::Error);
}

}  // namespace
}  // namespace palimpsest::model
