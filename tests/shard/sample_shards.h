// A documents directory, a tokenizer and shards of them, for tests of what reads shards.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/tokens/tokenizer_json.h"
#include "shard/build_command.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::test {

class SampleShards : public ::testing::Test {
 protected:
  SampleShards() {
    options_.documents = directory_.path() / "documents";
    options_.tokenizer = directory_.path() / "tokenizer";
    options_.run.out = directory_.path() / "shards";
    options_.row_tokens = 128;
    documents_ = sample_corpus(8, 4);
    write_documents(options_.documents, documents_);
    io::make_directories(options_.tokenizer);
    io::write_file_atomically(options_.tokenizer / tokens::kTokenizerFile,
                              tokens::to_tokenizer_json(sample_vocabulary()));
  }

  /// Returns what it printed.
  std::string build(const std::map<std::string, std::string>& config = {{"row-tokens", "128"}}) {
    ::testing::internal::CaptureStdout();
    try {
      shard::run_build(options_, config);
    } catch (...) {
      ::testing::internal::GetCapturedStdout();
      throw;
    }
    return ::testing::internal::GetCapturedStdout();
  }

  TemporaryDirectory directory_;
  shard::BuildOptions options_;
  std::vector<io::Document> documents_;
};

}  // namespace palimpsest::test
