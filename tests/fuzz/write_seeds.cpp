// write_seeds FOLDER: the seeds that cannot be written by hand, one folder per target.
#include <cstdio>
#include <filesystem>
#include <string>

#include <archive.h>
#include <archive_entry.h>

#include "common/io/file.h"
#include "common/io/zstd.h"
#include "common/tokens/shard_writer.h"
#include "ingest/source_result.h"
#include "tests/support/sample_documents.h"
#include "tests/tokens/random_vocabulary.h"

namespace {

using namespace palimpsest;
namespace fs = std::filesystem;

fs::path target_folder(const fs::path& out, const char* target) {
  io::make_directories(out / target);
  return out / target;
}

void write_records(const fs::path& out) {
  const fs::path folder = target_folder(out, "document_record");
  const auto corpus = test::sample_corpus(2, 2);
  for (std::size_t i = 0; i < corpus.size(); ++i)
    io::write_file_atomically(folder / ("record-" + std::to_string(i)), io::to_json_line(corpus[i]));
  const fs::path lines = target_folder(out, "zstd_lines") / "records.zst";
  io::ZstdWriter writer(lines);
  for (const io::Document& document : corpus) writer.write(io::to_json_line(document) + "\n");
  writer.finish();
  ingest::SourceResult result{.source = "dir:a", .identity = {"dir", "a", "1"}, .error = {}, .content = {}};
  result.content.documents = corpus;
  result.content.skips.push_back({"b.ts", "duplicate", 12, "a.ts", 0.9});
  result.content.secrets.push_back({"a.ts", {{.begin = 1, .end = 9, .kind = ingest::SecretKind::kJwt}}});
  const fs::path packed = out / "result.zst";
  ingest::save_source_result(result, packed);
  std::string text;
  io::ZstdLineReader reader(packed);
  for (std::string line; reader.next(line);) text += line + "\n";
  io::write_file_atomically(target_folder(out, "source_result") / "result", text);
  fs::remove(packed);
}

void write_tokenizers(const fs::path& out) {
  const fs::path folder = target_folder(out, "tokenizer_json");
  base::Random random({1});
  for (const char* pattern : {"", "[0-9]{1,3}", " ?[a-z]+"}) {
    const auto vocabulary = test::random_vocabulary(random, "ab ", 20, 6, pattern);
    const auto name = "tokenizer-" + std::to_string(vocabulary.pattern.size()) + ".json";
    io::write_file_atomically(folder / name, tokens::to_tokenizer_json(vocabulary));
  }
}

void write_shards(const fs::path& out) {
  const fs::path folder = target_folder(out, "shard_file");
  for (const std::uint32_t row_tokens : {64U, 4096U}) {
    tokens::ShardWriter writer(folder / ("rows-of-" + std::to_string(row_tokens) + ".pls"),
                               {.split = tokens::Split::kValid,
                                .row_tokens = row_tokens,
                                .vocabulary_size = 400,
                                .tokenizer_digest = std::string(64, 'b'),
                                .labels = {"core", "react"}});
    const std::uint32_t document = writer.add_document({"0123", "repo", "src/a.ts"});
    // More rows than a frame has.
    for (std::size_t row = 0; row < tokens::rows_per_frame(row_tokens) + 3U && row < 40; ++row) {
      std::vector<tokens::TokenId> ids(row_tokens, static_cast<tokens::TokenId>(8 + row));
      writer.add_row(row < 20 ? 0 : 1, ids,
                     std::vector<tokens::SegmentInfo>{{.begin = 0,
                                                       .end = 20,
                                                       .header_tokens = 4,
                                                       .document = document,
                                                       .text_begin = 0,
                                                       .text_end = 50},
                                                      {.begin = 20,
                                                       .end = 64,
                                                       .header_tokens = 0,
                                                       .document = document,
                                                       .text_begin = 50,
                                                       .text_end = 99}});
    }
    writer.finish();
  }
}

void write_tarball(const fs::path& path, bool compressed) {
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  if (compressed) archive_write_add_filter_gzip(writer);
  archive_write_open_filename(writer, path.c_str());
  const std::pair<const char*, const char*> files[] = {
      {"package/package.json", R"({"name":"a","version":"1.0.0","license":"MIT"})"},
      {"package/src/a.ts", "export const a = 1;\n"},
      {"package/../../b.ts", "export const b = 1;\n"},
      {"package/LICENSE", "MIT License\n"}};
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(std::string_view(content).size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, content, std::string_view(content).size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
}

void write_utf16(const fs::path& out) {
  const fs::path folder = target_folder(out, "text_encoding");
  const std::u16string text = u"\ufeffconst a = '\u00e9\u65e5\U0001f642';\r\n";
  std::string little;
  std::string big;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    little += {low, high};
    big += {high, low};
  }
  io::write_file_atomically(folder / "little", little);
  io::write_file_atomically(folder / "big", big);
}

void write_texts(const fs::path& out) {
  for (const char* target :
       {"chunker", "encoder", "splitter", "secrets", "decontamination", "shard_round_trip"}) {
    const fs::path folder = target_folder(out, target);
    for (const std::uint64_t seed : {1, 2, 3})
      io::write_file_atomically(folder / ("sample-" + std::to_string(seed)),
                                test::sample_text(seed, 20 * seed));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const fs::path out = argv[1];
  fs::remove_all(out);
  io::make_directories(out);
  write_records(out);
  write_tokenizers(out);
  write_shards(out);
  write_tarball(target_folder(out, "tarball") / "plain.tar", false);
  write_tarball(target_folder(out, "tarball") / "packed.tgz", true);
  write_utf16(out);
  write_texts(out);
  return 0;
}
