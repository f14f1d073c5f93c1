#include "common/tokens/tokenizer_json.h"

#include <unordered_map>

#include <simdjson.h>

#include "common/base/error.h"
#include "common/io/json.h"

namespace palimpsest::tokens {
namespace {

namespace sj = simdjson::dom;

constexpr std::size_t kMaxShown = 120;  ///< bytes of a wrong value in a complaint, which is one line

/// Checks one tokenizer.json; every complaint names the field.
class TokenizerJsonParser {
 public:
  explicit TokenizerJsonParser(std::string where) : where_(std::move(where)) {}

  Vocabulary parse(std::string_view json) {
    sj::parser parser;
    sj::element root;
    if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
      fail("not valid JSON", simdjson::error_message(error), "a Hugging Face tokenizer.json");
    }
    if (!root.is_object()) fail("not a tokenizer.json", "no object", "a Hugging Face tokenizer.json");
    Vocabulary vocabulary;
    if (!absent(root, "/version")) expect_string(root, "/version", "1.0");
    check_added_tokens(root);
    expect_null(root, "/normalizer");
    expect_null(root, "/post_processor");
    expect_string(root, "/decoder/type", "ByteLevel");
    vocabulary.pattern = pattern(root);
    check_model_settings(root);
    read_vocabulary(root, vocabulary);
    read_merges(root, vocabulary);
    return vocabulary;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& got, const std::string& expected) const {
    throw base::Error(base::ErrorCode::kBadData, what,
                      {.got = got.size() <= kMaxShown ? got : got.substr(0, kMaxShown) + "...",
                       .expected = expected,
                       .where = where_,
                       .hint = "use a tokenizer.json that `tokenize train` wrote"});
  }
  [[noreturn]] void fail_field(const char* field, const std::string& got, const std::string& expected) const {
    fail("tokenizer.json: bad field " + std::string(field + 1), got, expected);
  }

  template <typename T>
  T require(const sj::element& root, const char* field, const char* type) const {
    T value;
    const auto error = root.at_pointer(field).get(value);
    if (error == simdjson::INCORRECT_TYPE) fail_field(field, "another type", type);
    if (error) fail_field(field, "nothing", type);
    return value;
  }

  static bool absent(const sj::element& root, const char* field) {
    sj::element value;
    return root.at_pointer(field).get(value) || value.is_null();
  }

  void expect_null(const sj::element& root, const char* field) const {
    if (!absent(root, field)) fail_field(field, "a value", "null");
  }
  void expect_string(const sj::element& root, const char* field, std::string_view expected) const {
    const auto value = require<std::string_view>(root, field, "a string");
    if (value != expected) fail_field(field, std::string(value), std::string(expected));
  }
  void expect_bool(const sj::element& root, const char* field, bool expected) const {
    if (require<bool>(root, field, "a boolean") != expected) {
      fail_field(field, expected ? "false" : "true", expected ? "true" : "false");
    }
  }

  std::string pattern(const sj::element& root) const {
    const char* const byte_level = "/pre_tokenizer";
    if (require<std::string_view>(root, "/pre_tokenizer/type", "a string") == "ByteLevel") {
      check_byte_level(require<sj::element>(root, byte_level, "an object"));
      return {};
    }
    expect_string(root, "/pre_tokenizer/type", "Sequence");
    if (require<sj::array>(root, "/pre_tokenizer/pretokenizers", "an array").size() != 2) {
      fail_field("/pre_tokenizer/pretokenizers", "another length", "Split, then ByteLevel");
    }
    expect_string(root, "/pre_tokenizer/pretokenizers/0/type", "Split");
    expect_string(root, "/pre_tokenizer/pretokenizers/0/behavior", "Isolated");
    expect_bool(root, "/pre_tokenizer/pretokenizers/0/invert", false);
    check_byte_level(require<sj::element>(root, "/pre_tokenizer/pretokenizers/1", "an object"));
    return std::string(require<std::string_view>(root, "/pre_tokenizer/pretokenizers/0/pattern/Regex",
                                                 "a regular expression"));
  }
  void check_byte_level(const sj::element& element) const {
    expect_string(element, "/type", "ByteLevel");
    expect_bool(element, "/add_prefix_space", false);
    expect_bool(element, "/use_regex", false);
  }

  void check_added_tokens(const sj::element& root) const {
    const char* const field = "/added_tokens";
    std::size_t index = 0;
    for (const sj::element token : require<sj::array>(root, field, "an array")) {
      const auto content = require<std::string_view>(token, "/content", "a string");
      if (index >= kSpecialCount || content != kSpecialTokens[index] ||
          require<std::uint64_t>(token, "/id", "a number") != index) {
        fail_field(field, std::string(content) + " at " + std::to_string(index),
                   "the special tokens at the lowest ids, in order");
      }
      for (const char* strip : {"/lstrip", "/rstrip", "/single_word", "/normalized"})
        expect_bool(token, strip, false);
      expect_bool(token, "/special", true);
      ++index;
    }
    if (index != kSpecialCount) {
      fail_field(field, std::to_string(index) + " tokens", std::to_string(kSpecialCount) + " special tokens");
    }
  }

  void check_model_settings(const sj::element& root) const {
    expect_string(root, "/model/type", "BPE");
    expect_null(root, "/model/dropout");
    expect_null(root, "/model/unk_token");
    for (const char* affix : {"/model/continuing_subword_prefix", "/model/end_of_word_suffix"}) {
      if (!absent(root, affix)) expect_string(root, affix, "");
    }
    for (const char* flag : {"/model/byte_fallback", "/model/ignore_merges"}) {
      if (!absent(root, flag)) expect_bool(root, flag, false);
    }
  }

  void read_vocabulary(const sj::element& root, Vocabulary& vocabulary) {
    const char* const field = "/model/vocab";
    const auto entries = require<sj::object>(root, field, "an object");
    std::size_t count = 0;
    for ([[maybe_unused]] const auto entry : entries) ++count;  // object.size() saturates at 2^24
    if (count > kMaxVocabularySize) {
      fail_field(field, std::to_string(count) + " entries", "at most " + std::to_string(kMaxVocabularySize));
    }
    vocabulary.tokens.resize(count);
    std::vector<bool> seen(count);
    for (const auto [symbols, value] : entries) {
      std::uint64_t id = 0;
      if (value.get(id) || id >= count) {
        fail_field(field, "an id for \"" + std::string(symbols) + "\" outside the range",
                   "contiguous ids from 0 to " + std::to_string(count - 1));
      }
      if (seen[id]) fail_field(field, "id " + std::to_string(id) + " twice", "one token an id");
      seen[id] = true;
      if (id < kSpecialCount) {
        if (symbols != kSpecialTokens[id]) {
          fail_field(field, "\"" + std::string(symbols) + "\" at id " + std::to_string(id),
                     std::string(kSpecialTokens[id]));
        }
        continue;
      }
      auto bytes = from_symbols(symbols);
      if (!bytes || bytes->empty()) {
        fail_field(field, "\"" + std::string(symbols) + "\"", "a token spelled in byte symbols");
      }
      if (spells_special(*bytes)) fail_field(field, *bytes + " at another id", "specials at the lowest ids");
      if (!id_of_.emplace(*bytes, static_cast<TokenId>(id)).second) {
        fail_field(field, "\"" + std::string(symbols) + "\" twice", "one id a token");
      }
      vocabulary.tokens[id] = *std::move(bytes);
    }
    if (count < kSpecialCount) fail_field(field, std::to_string(count) + " entries", "all special tokens");
    for (unsigned byte = 0; byte < kByteCount; ++byte) {
      const std::string bytes(1, static_cast<char>(byte));
      if (!id_of_.contains(bytes))
        fail_field(field, "no \"" + to_symbols(bytes) + "\"", "all 256 byte symbols");
    }
  }

  void read_merges(const sj::element& root, Vocabulary& vocabulary) const {
    const char* const field = "/model/merges";
    std::vector<bool> reachable(vocabulary.tokens.size());
    for (const sj::element merge : require<sj::array>(root, field, "an array")) {
      const std::string rank = "merge " + std::to_string(vocabulary.merges.size());
      std::string_view left;
      std::string_view right;
      if (merge.is_string()) {
        const std::string_view pair = merge;
        const std::size_t space = pair.find(' ');
        if (space == std::string_view::npos) fail_field(field, rank + " without a space", "LEFT RIGHT");
        left = pair.substr(0, space);
        right = pair.substr(space + 1);
      } else {
        left = require<std::string_view>(merge, "/0", "a token");
        right = require<std::string_view>(merge, "/1", "a token");
      }
      const MergeRule rule = {token(left, rank), token(right, rank),
                              token(std::string(left) + std::string(right), rank)};
      reachable[rule.result] = true;
      vocabulary.merges.push_back(rule);
    }
    for (std::size_t id = kSpecialCount; id < vocabulary.tokens.size(); ++id) {
      if (vocabulary.tokens[id].size() > 1 && !reachable[id]) {
        fail_field(field, "none that makes \"" + to_symbols(vocabulary.tokens[id]) + "\"",
                   "a merge for every token");
      }
    }
  }

  TokenId token(std::string_view symbols, const std::string& rank) const {
    const auto bytes = from_symbols(symbols);
    const auto found = bytes ? id_of_.find(*bytes) : id_of_.end();
    if (found == id_of_.end()) {
      fail_field("/model/merges", rank + " with \"" + std::string(symbols) + "\"", "tokens of model.vocab");
    }
    return found->second;
  }

  std::string where_;
  std::unordered_map<std::string, TokenId> id_of_;
};

std::string json_string(std::string_view text) {
  return io::Json(text).dump();
}

std::string symbols_of(const Vocabulary& vocabulary, std::size_t id) {
  return id < kSpecialCount ? std::string(kSpecialTokens[id]) : to_symbols(vocabulary.tokens[id]);
}

io::Json pre_tokenizer_json(const std::string& pattern) {
  io::Json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  if (pattern.empty()) return byte_level;
  const io::Json split = {
      {"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", io::Json::array({split, byte_level})}};
}

io::Json added_tokens_json() {
  io::Json tokens = io::Json::array();
  for (std::size_t id = 0; id < kSpecialCount; ++id) {
    tokens.push_back({{"id", id},
                      {"content", kSpecialTokens[id]},
                      {"single_word", false},
                      {"lstrip", false},
                      {"rstrip", false},
                      {"normalized", false},
                      {"special", true}});
  }
  return tokens;
}

io::Json special_tokens_json() {
  io::Json others = io::Json::array();
  for (std::size_t id = kExpandId; id < kSpecialCount; ++id) others.push_back(kSpecialTokens[id]);
  return {{"eos_token", kSpecialTokens[kEndId]},
          {"pad_token", kSpecialTokens[kPadId]},
          {"mask_token", kSpecialTokens[kMaskId]},
          {"additional_special_tokens", others}};
}

}  // namespace

std::string to_tokenizer_json(const Vocabulary& vocabulary) {
  const io::Json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
  // The vocabulary is written by hand: inserting into an ordered JSON object is linear in its size.
  std::string json =
      "{\n\"version\": \"1.0\",\n\"truncation\": null,\n\"padding\": null,\n\"added_tokens\": " +
      added_tokens_json().dump() +
      ",\n\"normalizer\": null,\n\"pre_tokenizer\": " + pre_tokenizer_json(vocabulary.pattern).dump() +
      ",\n\"post_processor\": null,\n\"decoder\": " + byte_level.dump() +
      ",\n\"model\": {\n\"type\": \"BPE\",\n\"dropout\": null,\n\"unk_token\": null,\n"
      "\"continuing_subword_prefix\": null,\n\"end_of_word_suffix\": null,\n\"fuse_unk\": false,\n"
      "\"byte_fallback\": false,\n\"ignore_merges\": false,\n\"vocab\": {";
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    json += (id == 0 ? "\n" : ",\n") + json_string(symbols_of(vocabulary, id)) + ": " + std::to_string(id);
  }
  json += "\n},\n\"merges\": [";
  for (std::size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
    const MergeRule& merge = vocabulary.merges[rank];
    json += (rank == 0 ? "\n[" : ",\n[") + json_string(symbols_of(vocabulary, merge.left)) + ", " +
            json_string(symbols_of(vocabulary, merge.right)) + "]";
  }
  return json + "\n]\n}\n}\n";
}

Vocabulary parse_tokenizer_json(std::string_view json, const std::string& where) {
  return TokenizerJsonParser(where).parse(json);
}

std::string special_tokens_map_json() {
  return special_tokens_json().dump(2) + "\n";
}

std::string tokenizer_config_json() {
  io::Json config = special_tokens_json();
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["add_prefix_space"] = false;
  config["clean_up_tokenization_spaces"] = false;
  config["split_special_tokens"] = true;
  return config.dump(2) + "\n";
}

}  // namespace palimpsest::tokens
