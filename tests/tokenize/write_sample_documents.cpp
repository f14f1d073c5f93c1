// write_sample_documents DIR REPOS FILES SEED: writes a documents directory and prints its texts as JSON
// strings.
#include <cstdio>
#include <cstdlib>

#include "tests/support/sample_documents.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto documents = palimpsest::test::sample_corpus(std::strtoull(argv[2], nullptr, 10),
                                                         std::strtoull(argv[3], nullptr, 10),
                                                         std::strtoull(argv[4], nullptr, 10));
  palimpsest::test::write_documents(argv[1], documents);
  for (const auto& document : documents) std::puts(palimpsest::io::Json(document.text).dump().c_str());
  return 0;
}
