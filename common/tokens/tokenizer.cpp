#include "common/tokens/tokenizer.h"

#include <array>
#include <utility>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/bpe_merge.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::tokens {

struct Tokenizer::State {
  Vocabulary vocabulary;
  PreTokenizer pre_tokenizer;
  MergeTable merges;
  std::array<TokenId, kByteCount> byte_ids{};
  std::string digest;

  void encode_pre_token(std::string_view piece, BpeMerger& merger, std::vector<TokenId>& symbols,
                        std::vector<TokenId>& ids) const {
    symbols.clear();
    for (const char c : piece) symbols.push_back(byte_ids[static_cast<std::uint8_t>(c)]);
    merger.merge(merges, symbols, ids);
  }
};

Tokenizer::Tokenizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Tokenizer Tokenizer::load(const std::filesystem::path& tokenizer_json) {
  return parse(io::read_file(tokenizer_json), tokenizer_json.string());
}

Tokenizer Tokenizer::parse(std::string_view json, const std::string& where) {
  Vocabulary vocabulary = parse_tokenizer_json(json, where);
  PreTokenizer pre_tokenizer(vocabulary.pattern, where);
  MergeTable merges(vocabulary.merges);
  auto state = std::make_unique<State>(
      State{std::move(vocabulary), std::move(pre_tokenizer), std::move(merges), {}, base::sha256_hex(json)});
  for (std::size_t id = 0; id < state->vocabulary.tokens.size(); ++id) {
    const std::string& bytes = state->vocabulary.tokens[id];
    if (bytes.size() == 1) state->byte_ids[static_cast<std::uint8_t>(bytes[0])] = static_cast<TokenId>(id);
  }
  return Tokenizer(std::move(state));
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  encode_into(text, ids);
  return ids;
}

void Tokenizer::encode_into(std::string_view text, std::vector<TokenId>& ids) const {
  std::vector<std::string_view> pieces;
  state_->pre_tokenizer.split(text, pieces);
  BpeMerger merger;
  std::vector<TokenId> symbols;
  for (const std::string_view piece : pieces) state_->encode_pre_token(piece, merger, symbols, ids);
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  for (const TokenId id : ids) text += bytes(id);
  return text;
}

std::string_view Tokenizer::bytes(TokenId id) const {
  if (id >= size()) {
    throw base::Error(base::ErrorCode::kBadData, "unknown token id",
                      {.got = std::to_string(id), .expected = "less than " + std::to_string(size())});
  }
  return state_->vocabulary.tokens[id];
}

std::size_t Tokenizer::size() const {
  return state_->vocabulary.tokens.size();
}

const std::string& Tokenizer::digest() const {
  return state_->digest;
}

}  // namespace palimpsest::tokens
