#include "tests/support/sample_documents.h"

#include <array>
#include <set>

#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/io/output_directory.h"
#include "common/io/zstd.h"

namespace palimpsest::test {
namespace {

constexpr std::array kWords = {"user",    "service", "create", "find",  "value", "index",  "module", "render",
                               "request", "handler", "const",  "async", "await", "return", "export", "größe"};

constexpr std::array kSyllables = {"get", "Set", "Map", "lo", "Ra",  "ti", "Con", "tex", "t",  "Nu",  "ll",
                                   "In",  "put", "er",  "Al", "pha", "no", "De",  "q",   "Id", "Ref", "s"};

/// A common word, or a made-up identifier.
std::string word(base::Random& random) {
  if (random.below(3) > 0) return kWords[random.below(kWords.size())];
  std::string name;
  const std::uint64_t syllables = 1 + random.below(4);
  for (std::uint64_t i = 0; i < syllables; ++i) name += kSyllables[random.below(kSyllables.size())];
  return name;
}

std::string sample_line(base::Random& random) {
  const std::string indent(2 * random.below(4), ' ');
  switch (random.below(9)) {
    case 0:
      return indent + "import { " + word(random) + " } from '@scope/" + word(random) + "';\n";
    case 1:
      return indent + "// " + word(random) + " " + word(random) + "  " + word(random) + "\r\n";
    case 2:
      return indent + "const " + word(random) + " = " + std::to_string(random.below(100000)) + ";\n";
    case 3:
      return indent + "return this." + word(random) + "(" + word(random) + ");\n";
    case 4:
      return indent + "if (" + word(random) + " === null) {\n" + indent + "  return [];\n" + indent + "}\n";
    case 5:
      return indent + "\t\"日本語 " + word(random) + " 🙂 <|end|> <|pad|>\"\n";
    case 6:
      return "\n\n";
    default:
      return indent + "export async function " + word(random) + "(" + word(random) + ": string) {\n";
  }
}

}  // namespace

io::Document sample_document(const std::string& repo, const std::string& path, const std::string& text,
                             const std::vector<std::string>& labels, std::size_t chunk_lines) {
  io::Document document{
      .id = base::hash128_hex(repo + "\n" + path + "\n" + text),
      .source = {"dir", repo, "1"},
      .repo = repo,
      .path = path,
      .blob = base::sha256_hex(text),
      .language = "typescript",
      .license = {"MIT", "package"},
      .framework = {.label = labels.front(), .confidence = 1, .package_label = labels.front()},
      .text = text,
      .chunks = {}};
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    for (std::size_t line = 0; line < chunk_lines && end < text.size(); ++line) {
      const std::size_t newline = text.find('\n', end);
      end = newline == std::string::npos ? text.size() : newline + 1;
    }
    const std::string& label = labels[document.chunks.size() / 2 % labels.size()];
    document.chunks.push_back({begin, end, "statement", "", label});
    begin = end;
  }
  return document;
}

std::string sample_text(std::uint64_t seed, std::size_t lines) {
  base::Random random({seed});
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += sample_line(random);
  return text;
}

std::vector<io::Document> sample_corpus(std::size_t repos, std::size_t files, std::uint64_t seed) {
  const std::vector<std::vector<std::string>> labels = {{"core"}, {"nestjs", "core"}, {"react"}};
  std::vector<io::Document> documents;
  for (std::size_t repo = 0; repo < repos; ++repo) {
    for (std::size_t file = 0; file < files; ++file) {
      const std::uint64_t number = repo * files + file;
      documents.push_back(sample_document(
          "repo" + std::to_string(repo), "src/app/file" + std::to_string(file) + ".ts",
          sample_text(seed * 1000003 + number, 20 + number % 60), labels[(repo + file) % labels.size()]));
    }
  }
  return documents;
}

void write_documents(const std::filesystem::path& directory, const std::vector<io::Document>& documents) {
  std::set<std::string> labels;
  std::string identity;
  for (const io::Document& document : documents) {
    identity += document.id;
    for (const io::Chunk& chunk : document.chunks) labels.insert(chunk.framework);
  }
  io::Manifest plan;
  plan.stage = io::kDocumentsStage;
  plan.inputs = {{"test", base::sha256_hex(identity)}};
  io::OutputDirectory output(directory, plan, true);
  if (output.up_to_date()) return;
  io::ZstdWriter writer(output.partial_path(io::document_part_name(0)));
  for (const io::Document& document : documents) writer.write(io::to_json_line(document) + "\n");
  writer.finish();
  output.publish({{"labels", labels}});
}

}  // namespace palimpsest::test
