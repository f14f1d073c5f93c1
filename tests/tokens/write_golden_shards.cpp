// Writes the golden files of the shard format: one good shard with its ids, and bad ones, each with a text
// that the reader's message must contain. usage: write_golden_shards DIR
#include <filesystem>
#include <functional>
#include <string>

#include "common/io/file.h"
#include "common/tokens/shard_writer.h"
#include "tests/tokens/shard_bytes.h"

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kRowTokens = 64;
constexpr TokenId kVocabularySize = 300;
constexpr std::size_t kRows = 3;

/// Two segments: a header of 5 tokens with 14 of text, and 29 of text; then padding.
std::vector<TokenId> row_ids(std::size_t row) {
  std::vector<TokenId> ids(kRowTokens, kPadId);
  for (std::size_t i = 0; i < 50; ++i) {
    ids[i] = static_cast<TokenId>(kSpecialCount + (i * 37 + row * 101) % (kVocabularySize - kSpecialCount));
  }
  ids[19] = ids[49] = kEndId;
  return ids;
}

void write_good(const std::filesystem::path& directory) {
  ShardWriter writer(directory / "good.pls", {.split = Split::kValid,
                                              .row_tokens = kRowTokens,
                                              .vocabulary_size = kVocabularySize,
                                              .tokenizer_digest = base::sha256_hex("tokenizer"),
                                              .labels = {"core", "nestjs"}});
  writer.add_document({"00", "repo-a", "src/a.ts"});
  writer.add_document({"01", "repo-b", "src/b.ts"});
  std::string raw;
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::vector<TokenId> ids = row_ids(row);
    const std::vector<SegmentInfo> segments = {{.begin = 0, .end = 20, .header_tokens = 5, .text_end = 70},
                                               {.begin = 20, .end = 50, .document = 1, .text_end = 99}};
    writer.add_row(row == kRows - 1 ? 1 : 0, ids, segments);
    for (const TokenId id : ids) put<std::uint16_t>(raw, id);
  }
  writer.finish();
  io::write_file_atomically(directory / "good.ids", raw);
}

struct BadFile {
  const char* name;
  const char* message;
  std::function<void(std::string& file)> damage;
};

// Offsets in the file, see shard_format.md. One data frame.
constexpr std::size_t kVersionAt = kSkippableHeaderBytes + 8;
constexpr std::size_t kReservedAt = kVersionAt + 3;
constexpr std::size_t kRowTokensAt = kReservedAt + 1;
constexpr std::size_t kVocabularyAt = kRowTokensAt + 8;
constexpr std::size_t kRowsInTables = kSkippableHeaderBytes + 8 + 16 + 8 + 8;
constexpr std::size_t kSegmentsInTables = kRowsInTables + 4 * kRows;
constexpr std::size_t kSegmentBytes = 20;

std::size_t tables_at(const std::string& file) {
  return test::frame_offsets(file)[2];
}

std::vector<BadFile> bad_files() {
  using test::patch;
  return {
      {"version-0", "written by an older palimpsest",
       [](std::string& file) { patch<std::uint16_t>(file, kVersionAt, 0); }},
      {"version-2", "written by a newer palimpsest",
       [](std::string& file) { patch<std::uint16_t>(file, kVersionAt, 2); }},
      {"header-magic", "wrong magic", [](std::string& file) { file[kSkippableHeaderBytes] = 'Q'; }},
      {"header-split", "header field out of range",
       [](std::string& file) { patch<std::uint8_t>(file, kVersionAt + 2, 3); }},
      {"header-reserved", "header field out of range",
       [](std::string& file) { patch<std::uint8_t>(file, kReservedAt, 0x80); }},
      {"header-row-tokens", "header field out of range",
       [](std::string& file) { patch<std::uint32_t>(file, kRowTokensAt, 65); }},
      {"id-outside-vocabulary", "id outside the vocabulary in frame 0 (rows 0 to 2",
       [](std::string& file) { patch<std::uint32_t>(file, kVocabularyAt, 20); }},
      {"row-label", "row 0 out of range",
       [](std::string& file) { patch<std::uint16_t>(file, tables_at(file) + kRowsInTables, 2); }},
      {"row-order", "row 1 out of range",
       [](std::string& file) { patch<std::uint16_t>(file, tables_at(file) + kRowsInTables, 1); }},
      {"row-count", "frame sizes do not match the rows",
       [](std::string& file) {
         patch<std::uint32_t>(file, tables_at(file) + kSkippableHeaderBytes + kTablesMagic.size() + 4, 2);
       }},
      {"segment-gap", "segment 1 out of range",
       [](std::string& file) {
         patch<std::uint16_t>(file, tables_at(file) + kSegmentsInTables + kSegmentBytes, 21);
       }},
      {"segment-reserved", "segment 0 out of range",
       [](std::string& file) { patch<std::uint16_t>(file, tables_at(file) + kSegmentsInTables + 6, 1); }},
      {"segment-document", "segment 0 out of range",
       [](std::string& file) { patch<std::uint32_t>(file, tables_at(file) + kSegmentsInTables + 8, 2); }},
      {"seek-table-reserved", "no seek table at the end",
       [](std::string& file) { patch<std::uint8_t>(file, file.size() - 5, kSeekHasChecksums | 4); }},
      {"seek-table-sizes", "frame sizes do not add up to the file",
       [](std::string& file) { ++file[file.size() - kSeekFooterBytes - 4 * kSeekEntryBytes + 12]; }},
  };
}

void write_bad(const std::filesystem::path& directory, const std::string& good) {
  const auto write = [&](const std::string& name, const std::string& file, const std::string& message) {
    io::write_file_atomically(directory / (name + ".pls"), file);
    io::write_file_atomically(directory / (name + ".message"), message);
  };
  for (const BadFile& bad : bad_files()) {
    std::string file = good;
    bad.damage(file);
    if (std::string(bad.name) != "seek-table-sizes") test::reseal(file);
    write(bad.name, file, bad.message);
  }
  std::string flipped = good;
  flipped[test::frame_offsets(good)[1] + 30] ^= 4;
  write("flipped-bit", flipped,
        "wrong checksum of frame 0 (rows 0 to 2, documents repo-a:src/a.ts, repo-b:src/b.ts)");
  write("truncated", good.substr(0, good.size() / 2), "no seek table at the end");
  write("not-a-shard", "Rows of 16-bit token ids of one split, as compressed frames.\n",
        "no seek table at the end");
  write("empty", "", "the file is too short");
}

}  // namespace
}  // namespace palimpsest::tokens

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path directory = argv[1];
  palimpsest::io::make_directories(directory / "bad");
  palimpsest::tokens::write_good(directory);
  palimpsest::tokens::write_bad(directory / "bad", palimpsest::io::read_file(directory / "good.pls"));
}
