#include "common/tokens/tokenizer.h"

#include <algorithm>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/bpe_encoder.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/text_segments.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kPartTokens = std::size_t{1} << 16;

/// Kept from call to call, so that encoding allocates for longer texts only.
struct Scratch {
  std::vector<std::string_view> pieces;
  std::vector<TokenId> ids;
  BpeScratch bpe;
};

Scratch& thread_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

}  // namespace

struct Tokenizer::State {
  Vocabulary vocabulary;
  PreTokenizer pre_tokenizer;
  BpeEncoder bpe;
  std::string digest;

  State(Vocabulary parsed, const std::string& where, std::string sha256)
      : vocabulary(std::move(parsed)),
        pre_tokenizer(vocabulary.pattern, where),
        bpe(vocabulary),
        digest(std::move(sha256)) {}

  /// Appends the ids of text without specials, then calls `after_piece`, for each pre-token.
  template <typename AfterPiece>
  void encode_text(std::string_view text, std::vector<TokenId>& ids, const AfterPiece& after_piece) const {
    Scratch& scratch = thread_scratch();
    PreTokenizer::check_utf8(text);
    for (std::size_t at = 0; at < text.size();) {
      scratch.pieces.clear();
      at = pre_tokenizer.split_part(text, at, scratch.pieces);
      for (const std::string_view piece : scratch.pieces) {
        bpe.encode(piece, scratch.bpe, ids);
        after_piece();
      }
    }
  }

  template <typename AfterPiece>
  void encode(std::string_view text, const EncodeOptions& options, std::vector<TokenId>& ids,
              const AfterPiece& after_piece) const {
    if (options.allowed_specials.none() && options.broken_utf8 == BrokenUtf8::kRefuse) {
      return encode_text(text, ids, after_piece);
    }
    for (const TextSegment& segment : segment_text(text, options)) {
      switch (segment.kind) {
        case TextSegment::Kind::kText:
          encode_text(segment.text, ids, after_piece);
          break;
        case TextSegment::Kind::kSpecial:
          ids.push_back(segment.special);
          break;
        case TextSegment::Kind::kBroken:
          bpe.encode(segment.text, thread_scratch().bpe, ids);
          break;
      }
    }
    after_piece();
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
  return Tokenizer(std::make_unique<State>(parse_tokenizer_json(json, where), where, base::sha256_hex(json)));
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  std::vector<TokenId> ids;
  encode_into(text, ids, options);
  return ids;
}

void Tokenizer::encode_into(std::string_view text, std::vector<TokenId>& ids,
                            const EncodeOptions& options) const {
  state_->encode(text, options, ids, [] {});
}

void Tokenizer::encode_parts(std::string_view text, const std::function<void(std::span<const TokenId>)>& take,
                             const EncodeOptions& options) const {
  std::vector<TokenId> ids;
  state_->encode(text, options, ids, [&] {
    if (ids.size() < kPartTokens) return;
    take(ids);
    ids.clear();
  });
  if (!ids.empty()) take(ids);
}

std::size_t Tokenizer::count(std::string_view text, const EncodeOptions& options) const {
  std::vector<TokenId>& ids = thread_scratch().ids;
  ids.clear();
  std::size_t count = 0;
  state_->encode(text, options, ids, [&] {
    count += ids.size();
    ids.clear();
  });
  if (ids.capacity() > kPartTokens) ids = {};
  return count;
}

std::vector<std::vector<TokenId>> Tokenizer::encode_batch(std::span<const std::string_view> texts,
                                                          const EncodeOptions& options) const {
  std::vector<std::vector<TokenId>> ids(texts.size());
  tbb::parallel_for(std::size_t{0}, texts.size(),
                    [&](std::size_t i) { encode_into(texts[i], ids[i], options); });
  return ids;
}

HealedHole Tokenizer::heal(std::string_view text, std::size_t begin, std::size_t end) const {
  if (begin > end || end > text.size()) {
    throw base::Error(base::ErrorCode::kUsage, "hole outside the text",
                      {.got = std::to_string(begin) + " to " + std::to_string(end),
                       .expected = "at most " + std::to_string(text.size())});
  }
  HealedHole hole;
  hole.begin = begin;
  hole.end = end;
  std::size_t at = 0;
  for (const TokenId id : encode(text)) {
    const std::size_t next = at + state_->bpe.token_bytes(id);
    if (next <= begin) {
      hole.left.push_back(id);
    } else if (at >= end) {
      hole.right.push_back(id);
    } else {
      hole.begin = std::min(hole.begin, at);
      hole.end = std::max(hole.end, next);
      hole.inside.push_back(id);
    }
    at = next;
  }
  return hole;
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

const PreTokenizer& Tokenizer::pre_tokenizer() const {
  return state_->pre_tokenizer;
}

const BpeEncoder& Tokenizer::bpe() const {
  return state_->bpe;
}

}  // namespace palimpsest::tokens
