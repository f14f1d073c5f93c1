#include "tokenize/token_sequence.h"

#include <utility>

namespace palimpsest::tokenize {

TokenSequence::TokenSequence(std::vector<tokens::TokenId> ids, std::span<const std::uint32_t> pre_token_ends)
    : ids_(std::move(ids)), inside_(ids_.size()), begins_(ids_.size()) {
  if (!ids_.empty()) begins_[0] = true;
  for (const std::uint32_t end : pre_token_ends) {
    if (end < ids_.size()) begins_[end] = true;
  }
}

}  // namespace palimpsest::tokenize
