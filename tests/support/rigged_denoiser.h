// A denoiser that knows what belongs into every masked position.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/model/denoiser.h"

namespace palimpsest::test {

/// Gives the right token `certainty`, which differs a little by position, and shares the rest evenly among
/// the others: at 1 / vocabulary nothing is known.
class RiggedDenoiser final : public model::Denoiser {
 public:
  RiggedDenoiser(std::vector<tokens::TokenId> answer, std::size_t vocabulary, double certainty = 0.9)
      : answer_(std::move(answer)), vocabulary_(vocabulary), certainty_(certainty) {}

  model::LogProbabilities denoise(const model::MaskedText& text,
                                  const std::vector<std::size_t>& masked) override {
    ++calls;
    model::LogProbabilities result{.vocabulary = vocabulary_};
    for (const std::size_t position : masked) {
      base::Random random{7, position};
      const double odds = certainty_ / (1 - certainty_) * (1 - 0.2 * random.uniform());
      const double certain = odds / (1 + odds);
      const double other = (1 - certain) / static_cast<double>(vocabulary_ - 1);
      result.values.insert(result.values.end(), vocabulary_, static_cast<float>(std::log(other)));
      result.values[result.values.size() - vocabulary_ + answer_.at(position)] =
          static_cast<float>(std::log(certain));
    }
    seen = text;
    return result;
  }

  std::int64_t calls = 0;
  model::MaskedText seen;  ///< in the last call

 private:
  std::vector<tokens::TokenId> answer_;  ///< by position of the text
  std::size_t vocabulary_;
  double certainty_;
};

}  // namespace palimpsest::test
