// Encodes framed texts for hugging_face_ids.py: `encode_texts TOKENIZER_JSON TEXTS OUT [--specials]` writes
// the number of ids of each text (32 bits) and the ids (16 bits), little-endian.
#include <cstdio>
#include <exception>
#include <string>

#include "common/io/file.h"
#include "common/tokens/byte_buffer.h"
#include "common/tokens/tokenizer.h"
#include "tests/tokens/framed_texts.h"

int main(int argc, char** argv) try {
  using namespace palimpsest;
  if (argc < 4) {
    std::fprintf(stderr, "usage: encode_texts TOKENIZER_JSON TEXTS OUT [--specials]\n");
    return 2;
  }
  const auto tokenizer = tokens::Tokenizer::load(argv[1]);
  const std::string frames = io::read_file(argv[2]);
  tokens::EncodeOptions options;
  if (argc > 4) options.allowed_specials.set();
  std::string out;
  for (const auto& ids : tokenizer.encode_batch(test::unframe(frames), options)) {
    tokens::put(out, static_cast<std::uint32_t>(ids.size()));
    for (const tokens::TokenId id : ids) tokens::put(out, id);
  }
  io::write_file_atomically(argv[3], out);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "encode_texts: %s\n", error.what());
  return 3;
}
