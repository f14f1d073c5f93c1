#include "ingest/jsonl_source.h"

#include <cstring>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>
#include <simdjson.h>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/io/zstd.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// Lines of a plain or compressed file.
class Lines {
 public:
  explicit Lines(const fs::path& file) : file_(file) {
    if (file.extension() == ".zst") {
      compressed_.emplace(file);
      return;
    }
    plain_.open(file, std::ios::binary);
    if (!plain_) throw base::errno_error("cannot open file", file.string());
  }

  bool next(std::string& line) {
    if (compressed_) return compressed_->next(line);
    if (std::getline(plain_, line)) return true;
    if (plain_.bad()) throw base::errno_error("cannot read file", file_.string());
    return false;
  }

 private:
  fs::path file_;
  std::optional<io::ZstdLineReader> compressed_;
  std::ifstream plain_;
};

std::string field(const simdjson::dom::element& record, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::string_view value;
    if (record[name].get_string().get(value) == simdjson::SUCCESS && !value.empty())
      return std::string(value);
  }
  return {};
}

/// `https://user@host/owner/name.git` as a folder name: no scheme, no login, no slash at the ends.
std::string as_folder(std::string repo) {
  if (const std::size_t scheme = repo.find("://"); scheme != std::string::npos) {
    repo.erase(0, scheme + std::strlen("://"));
    if (const std::size_t at = repo.find('@'); at < repo.find('/')) repo.erase(0, at + 1);
  }
  while (repo.ends_with('/')) repo.pop_back();
  while (repo.starts_with('/')) repo.erase(0, 1);
  return repo;
}

class RecordReader {
 public:
  RecordReader(const std::string& text_field, FileCollector& collector)
      : text_field_(text_field), collector_(collector) {}

  void read(const std::string& line, std::size_t number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    const std::string place = fmt::format("line-{:07}.ts", number);
    simdjson::dom::element record;
    if (parser_.parse(line).get(record) != simdjson::SUCCESS || !record.is_object())
      return collector_.skip(place, "bad_json", line.size());
    std::string_view text;
    if (record[text_field_].get_string().get(text) != simdjson::SUCCESS)
      return collector_.skip(place, "no_text_field", line.size());
    const std::string repo = as_folder(field(record, {"repo", "repo_name"}));
    std::string path = field(record, {"path", "file_path"});
    if (path.empty()) path = field(record, {"language"}) == "tsx" ? place + "x" : place;
    if (!repo.empty()) path = repo + "/" + path;
    if (collector_.wants(path, text.size())) collector_.take(path, std::string(text), "", repo);
  }

 private:
  const std::string& text_field_;
  FileCollector& collector_;
  simdjson::dom::parser parser_;
};

}  // namespace

void read_jsonl(const fs::path& file, const std::string& text_field, FileCollector& collector) {
  Lines lines(file);
  RecordReader reader(text_field, collector);
  std::string line;
  for (std::size_t number = 1; lines.next(line); ++number) {
    base::throw_if_stopped();
    reader.read(line, number);
  }
}

}  // namespace palimpsest::ingest
