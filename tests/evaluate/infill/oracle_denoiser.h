// A denoiser that knows the text: what stands in every hole of one group.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/model/denoiser.h"
#include "common/tokens/tokenizer.h"
#include "tests/support/rigged_denoiser.h"

namespace palimpsest::test {

/// Ids that join to the bytes of `text`, exactly `count` of them; empty if there is no such way.
inline std::vector<tokens::TokenId> encode_in(const tokens::Tokenizer& tokenizer, const std::string& text,
                                              std::size_t count) {
  std::vector<tokens::TokenId> ids = tokenizer.encode(text, {.broken_utf8 = tokens::BrokenUtf8::kBytes});
  while (ids.size() < count) {
    bool split = false;
    for (std::size_t i = 0; i < ids.size() && !split; ++i) {
      const std::string bytes(tokenizer.bytes(ids[i]));
      if (bytes.size() < 2) continue;
      const auto id_of = [&](const std::string& part) {
        for (std::size_t id = tokens::kSpecialCount; id < tokenizer.size(); ++id) {
          if (tokenizer.bytes(static_cast<tokens::TokenId>(id)) == part)
            return static_cast<tokens::TokenId>(id);
        }
        return tokens::kPadId;
      };
      const tokens::TokenId first = id_of(bytes.substr(0, 1));
      const tokens::TokenId rest = id_of(bytes.substr(1));
      if (rest == tokens::kPadId) continue;
      ids[i] = rest;
      ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(i), first);
      split = true;
    }
    if (!split) return {};
  }
  return ids.size() == count ? ids : std::vector<tokens::TokenId>();
}

/// `answers[i]` is what run i spells, edges included. In runs of a length in which that cannot be spelled it
/// knows nothing.
class OracleDenoiser final : public model::Denoiser {
 public:
  OracleDenoiser(const tokens::Tokenizer& tokenizer, std::vector<std::string> answers)
      : tokenizer_(tokenizer), answers_(std::move(answers)) {}

  model::LogProbabilities denoise(const model::MaskedText& text,
                                  const std::vector<std::size_t>& masked) override {
    if (!rigged_) rig(text);
    return rigged_->denoise(text, masked);
  }

 private:
  void rig(const model::MaskedText& text) {
    std::vector<tokens::TokenId> answer = text.ids;
    bool knows = true;
    std::size_t run = 0;
    for (std::size_t p = 0; p < answer.size(); ++p) {
      if (answer[p] != tokens::kMaskId) continue;
      std::size_t end = p;
      while (end < answer.size() && answer[end] == tokens::kMaskId) ++end;
      const auto ids = run < answers_.size() ? encode_in(tokenizer_, answers_[run], end - p)
                                             : std::vector<tokens::TokenId>();
      knows = knows && !ids.empty();
      for (std::size_t i = p; i < end; ++i) answer[i] = knows ? ids[i - p] : tokens::kSpecialCount;
      p = end;
      ++run;
    }
    const auto size = static_cast<double>(tokenizer_.size());
    rigged_ = std::make_unique<RiggedDenoiser>(answer, tokenizer_.size(), knows ? 0.99999 : 1 / size);
  }

  const tokens::Tokenizer& tokenizer_;
  std::vector<std::string> answers_;
  std::unique_ptr<RiggedDenoiser> rigged_;
};

/// Knows nothing and draws its distributions from a hash of what it sees.
class NoisyDenoiser final : public model::Denoiser {
 public:
  explicit NoisyDenoiser(std::size_t vocabulary) : vocabulary_(vocabulary) {}

  model::LogProbabilities denoise(const model::MaskedText& text,
                                  const std::vector<std::size_t>& masked) override {
    std::uint64_t seen = 0;
    for (const tokens::TokenId id : text.ids) seen = base::mix64(seen + id);
    model::LogProbabilities result{.vocabulary = vocabulary_};
    for (const std::size_t position : masked) {
      base::Random random{seen, position};
      for (std::size_t id = 0; id < vocabulary_; ++id)
        result.values.push_back(static_cast<float>(-12 * random.uniform()));
    }
    return result;
  }

 private:
  std::size_t vocabulary_;
};

}  // namespace palimpsest::test
