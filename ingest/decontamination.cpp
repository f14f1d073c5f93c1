#include "ingest/decontamination.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "ingest/code_tokens.h"

namespace palimpsest::ingest {
namespace {

constexpr std::array<const char*, 6> kTaskFields = {"prompt", "suffix", "canonical_solution",
                                                    "test",   "tests",  "text"};

std::string text_field(const io::Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool looks_like_json_lines(std::string_view content) {
  const std::size_t begin = content.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || content[begin] != '{') return false;
  const std::string_view line = content.substr(begin, content.substr(begin).find('\n'));
  return io::Json::accept(line);
}

void keep_distinct(std::vector<std::uint64_t>& grams) {
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
}

}  // namespace

bool Decontamination::add_view(std::vector<std::uint64_t> grams, const std::string& entry) {
  keep_distinct(grams);
  if (grams.size() < kLeastGrams) return false;
  const auto view = static_cast<std::uint32_t>(views_.size());
  views_.push_back({entry, grams.size()});
  for (const std::uint64_t gram : grams) postings_[gram].push_back(view);
  return true;
}

bool Decontamination::add_code(std::string_view code, const std::string& entry) {
  return add_view(renaming_ngrams(code_tokens(code), kCodeTokens), entry);
}

bool Decontamination::add_words(std::string_view text, const std::string& entry) {
  return add_view(word_ngrams(text, kWords), entry);
}

void Decontamination::count_task(bool is_usable) {
  ++tasks_;
  if (!is_usable) ++tasks_too_short_;
}

void Decontamination::add_text(std::string_view text, const std::string& entry) {
  const bool has_code = add_code(text, entry);
  count_task(add_words(text, entry) || has_code);
}

void Decontamination::add_json_lines(std::string_view content, const std::string& name) {
  const std::size_t tasks_before = tasks_;
  for (std::size_t number = 1; !content.empty(); ++number) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("{}:{}", name, number);
    const io::Json task = io::parse_json(line, where);
    if (!task.is_object()) {
      throw base::Error(base::ErrorCode::kBadData, "bad task", {.expected = "a JSON object", .where = where});
    }
    std::string entry = text_field(task, "name");
    if (entry.empty()) entry = text_field(task, "task_id");
    entry = entry.empty() ? where : name + ":" + entry;
    const std::string prompt = text_field(task, "prompt");
    const std::string text = text_field(task, "text");
    bool is_usable =
        add_code(prompt + text_field(task, "canonical_solution") + text_field(task, "suffix"), entry);
    is_usable |= add_words(prompt, entry);
    is_usable |= add_code(text, entry);
    is_usable |= add_words(text, entry);
    const std::string tests = text_field(task, "tests");
    is_usable |= add_code(tests.empty() ? text_field(task, "test") : tests, entry);
    const bool has_field = std::any_of(kTaskFields.begin(), kTaskFields.end(),
                                       [&](const char* field) { return !text_field(task, field).empty(); });
    if (has_field) count_task(is_usable);
  }
  if (tasks_ > tasks_before) return;
  throw base::Error(base::ErrorCode::kBadData, "no task in a file of tasks",
                    {.expected = "prompt, suffix, canonical_solution, test, tests or text", .where = name});
}

void Decontamination::add_file(const std::filesystem::path& path) {
  const std::string content = io::read_file(path);
  const std::string name = path.filename().string();
  if (looks_like_json_lines(content)) return add_json_lines(content, name);
  if (content.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw base::Error(base::ErrorCode::kBadData, "empty file of tasks", {.where = path.string()});
  }
  add_text(content, name);
}

std::optional<Contamination> Decontamination::find(std::string_view text) const {
  std::unordered_set<std::uint64_t> seen;
  std::unordered_map<std::uint32_t, std::size_t> matches;
  for (const auto& grams : {renaming_ngrams(code_tokens(text), kCodeTokens), word_ngrams(text, kWords)}) {
    for (const std::uint64_t gram : grams) {
      const auto found = postings_.find(gram);
      if (found == postings_.end() || !seen.insert(gram).second) continue;
      for (const std::uint32_t view : found->second) ++matches[view];
    }
  }
  std::optional<Contamination> best;
  std::uint32_t best_view = 0;
  for (const auto& [view, count] : matches) {
    const double share = static_cast<double>(count) / static_cast<double>(views_[view].grams);
    if (share < kShare) continue;
    const bool is_better = !best || share > best->share || (share == best->share && view < best_view);
    if (!is_better) continue;
    best = {views_[view].entry, share};
    best_view = view;
  }
  return best;
}

}  // namespace palimpsest::ingest
