#include "ingest/document_writer.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

io::Document document(const std::string& path, std::size_t bytes) {
  return {.id = path, .path = path, .text = std::string(bytes, 'x'), .chunks = {{.begin = 0, .end = bytes}}};
}

TEST(DocumentWriterTest, StartsANewPartBeforeTheLimit) {
  const test::TemporaryDirectory directory;
  io::Manifest plan;
  plan.stage = io::kDocumentsStage;
  io::OutputDirectory output(directory.path() / "out", plan, false);
  DocumentWriter writer(output, 100);
  writer.write({document("a", 60), document("b", 40), document("c", 1), document("d", 500)});
  writer.write({document("e", 1)});
  writer.finish();
  output.publish(io::Json::object());
  EXPECT_EQ(io::read_manifest(output.directory(), io::kDocumentsStage).outputs.size(), 4U);
  std::string order;
  for (const io::Document& item : test::read_documents(output.directory())) order += item.path;
  EXPECT_EQ(order, "abcde");
}

}  // namespace
}  // namespace palimpsest::ingest
