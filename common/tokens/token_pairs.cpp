#include "common/tokens/token_pairs.h"

#include <limits>

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

/// The other half of a merge.
struct Partner {
  TokenId id;
  std::uint32_t order;
};

}  // namespace

bool TokenPairs::are_ordered(const Vocabulary& vocabulary) {
  std::vector<bool> made(vocabulary.tokens.size());
  for (std::size_t id = 0; id < made.size(); ++id) made[id] = vocabulary.tokens[id].size() == 1;
  for (const MergeRule& merge : vocabulary.merges) {
    if (!made[merge.left] || !made[merge.right] || made[merge.result]) return false;
    made[merge.result] = true;
  }
  return true;
}

TokenPairs::TokenPairs(const Vocabulary& vocabulary, const MergeTable& merges)
    : merges_(&merges),
      marks_(vocabulary.tokens.size()),
      made_(vocabulary.tokens.size()),
      cache_(std::make_unique<std::atomic<std::uint32_t>[]>(std::size_t{1} << (32 - kTagBits))) {
  std::vector<std::vector<Partner>> right_of(made_.size());
  std::vector<std::vector<Partner>> left_of(made_.size());
  std::uint32_t order = 0;
  for (const MergeRule& merge : vocabulary.merges) {
    made_[merge.result] = {++order, merge.left, merge.right};
    right_of[merge.left].push_back({merge.right, order});
    left_of[merge.right].push_back({merge.left, order});
  }
  for (std::size_t id = 0; id < made_.size(); ++id) {
    std::uint32_t used = kNever;
    for (auto part = static_cast<TokenId>(id);; part = made_[part].right) {
      marks_[id].parts_right |= mark(part);
      for (const Partner& partner : right_of[part]) {
        if (partner.order < used) marks_[id].wanted_right |= mark(partner.id);
      }
      used = made_[part].order;
      if (used == 0) break;
    }
    used = kNever;
    for (auto part = static_cast<TokenId>(id);; part = made_[part].left) {
      marks_[id].parts_left |= mark(part);
      for (const Partner& partner : left_of[part]) {
        if (partner.order <= used) marks_[id].wanted_left |= mark(partner.id);
      }
      used = made_[part].order;
      if (used == 0) break;
    }
  }
}

// Undoes the merges of both tokens, the latest first, and looks whether the parts that then touch would have
// merged before either was used up. Of equal merges the leftmost comes first, hence the two comparisons.
bool TokenPairs::compute(TokenId left, TokenId right) const {
  std::uint32_t left_used = kNever;
  std::uint32_t right_used = kNever;
  for (;;) {
    if (const auto* merge = merges_->find(left, right)) {
      const std::uint32_t order = merge->rank + 1;
      if (order < left_used && order <= right_used) return false;
    }
    const Made& left_made = made_[left];
    const Made& right_made = made_[right];
    if (left_made.order == 0 && right_made.order == 0) return true;
    if (left_made.order > right_made.order) {
      left_used = left_made.order;
      left = left_made.right;
    } else {
      right_used = right_made.order;
      right = right_made.left;
    }
  }
}

}  // namespace palimpsest::tokens
