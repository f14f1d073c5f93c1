#include "tokenize/inherited_vocabulary.h"

#include <optional>
#include <unordered_map>
#include <utility>

#include "common/base/error.h"
#include "common/io/json.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::tokenize {
namespace {

class Inheritance {
 public:
  Inheritance(std::string where, std::string pattern)
      : where_(std::move(where)), vocabulary_(tokens::base_vocabulary(std::move(pattern))) {
    for (std::size_t id = tokens::kSpecialCount; id < vocabulary_.tokens.size(); ++id) {
      ids_.emplace(vocabulary_.tokens[id], static_cast<tokens::TokenId>(id));
    }
  }

  tokens::Vocabulary take(const io::Json& merges, std::size_t max_entries) {
    for (const io::Json& merge : merges) {
      if (vocabulary_.tokens.size() >= max_entries) break;
      const auto [left, right] = sides(merge);
      append(known(left), known(right));
    }
    return std::move(vocabulary_);
  }

 private:
  /// Hugging Face writes a merge as a pair, and wrote it as "LEFT RIGHT".
  std::pair<std::string, std::string> sides(const io::Json& merge) const {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      return {merge[0].get<std::string>(), merge[1].get<std::string>()};
    }
    const std::string text = merge.is_string() ? merge.get<std::string>() : "";
    const std::size_t space = text.find(' ');
    if (space == std::string::npos) fail(merge.dump(), "a pair of tokens");
    return {text.substr(0, space), text.substr(space + 1)};
  }

  tokens::TokenId known(const std::string& symbols) const {
    const std::optional<std::string> bytes = tokens::from_symbols(symbols);
    if (!bytes) fail("\"" + symbols + "\"", "tokens spelled in byte symbols (a ByteLevel vocabulary)");
    const auto found = ids_.find(*bytes);
    if (found == ids_.end()) fail("\"" + symbols + "\"", "bytes and tokens that an earlier merge makes");
    return found->second;
  }

  void append(tokens::TokenId left, tokens::TokenId right) {
    const std::string bytes = vocabulary_.tokens[left] + vocabulary_.tokens[right];
    if (tokens::spells_special(bytes)) fail(bytes, "no special token as text");
    const auto [found, added] = ids_.emplace(bytes, static_cast<tokens::TokenId>(vocabulary_.tokens.size()));
    if (added) vocabulary_.tokens.push_back(bytes);
    vocabulary_.merges.push_back({left, right, found->second});
  }

  [[noreturn]] void fail(const std::string& got, const std::string& expected) const {
    throw base::Error(
        base::ErrorCode::kBadData, "cannot extend this vocabulary",
        {.got = got,
         .expected = expected,
         .where = where_ + ", model.merges[" + std::to_string(vocabulary_.merges.size()) + "]"});
  }

  std::string where_;
  tokens::Vocabulary vocabulary_;
  std::unordered_map<std::string, tokens::TokenId> ids_;
};

}  // namespace

std::filesystem::path tokenizer_file(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path) ? path / tokens::kTokenizerFile : path;
}

tokens::Vocabulary inherit_vocabulary(const std::filesystem::path& tokenizer, std::string pattern,
                                      std::size_t max_entries) {
  const std::filesystem::path file = tokenizer_file(tokenizer);
  const io::Json json = io::read_json(file);
  const auto model = io::require<io::Json>(json, "model", file.string());
  const auto type = io::require<std::string>(model, "type", file.string());
  const auto merges = io::require<io::Json>(model, "merges", file.string());
  if (type != "BPE" || !merges.is_array() || merges.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "cannot extend this vocabulary",
                      {.got = type + " with " + (merges.is_array() ? "no" : "unreadable") + " merges",
                       .expected = "a BPE with merges",
                       .where = file.string()});
  }
  return Inheritance(file.string(), std::move(pattern)).take(merges, max_entries);
}

}  // namespace palimpsest::tokenize
