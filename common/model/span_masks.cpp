#include "common/model/span_masks.h"

#include <algorithm>
#include <set>
#include <utility>

namespace palimpsest::model {
namespace {

constexpr std::int64_t kShortestSegment = 4;  // maskable tokens
constexpr std::uint64_t kMostRegions = 3;
constexpr std::uint64_t kMostLines = 8;

using Region = std::pair<std::int64_t, std::int64_t>;  // [begin, end) of the text

/// The tokens of a segment that a hole may have.
class SegmentText {
 public:
  SegmentText(const RowBatch& batch, const BatchSegment& segment, const std::vector<TokenShape>& shapes)
      : ids_(batch.ids.data() + batch.flat(segment.row, segment.maskable_begin())),
        size_(segment.maskable() - 1),  // without <|end|>
        shapes_(shapes) {}

  std::int64_t size() const { return size_; }

  /// Any tokens, at most a third of the text.
  Region run(base::Random& random) const {
    const std::int64_t length = 1 + below(random, std::max<std::int64_t>(1, size_ / 3));
    const std::int64_t begin = below(random, size_ - length + 1);
    return {begin, begin + length};
  }

  /// One to eight lines from a random one on; a line is a newline token and what follows it.
  Region lines(base::Random& random) const {
    std::vector<std::int64_t> starts = {0};
    for (std::int64_t i = 1; i < size_; ++i)
      if (shape(i).newline) starts.push_back(i);
    starts.push_back(size_);
    const auto count = static_cast<std::int64_t>(starts.size()) - 1;
    const std::int64_t first = below(random, count);
    const std::int64_t last =
        std::min(count, first + 1 + static_cast<std::int64_t>(random.below(kMostLines)));
    return {starts[static_cast<std::size_t>(first)], starts[static_cast<std::size_t>(last)]};
  }

  /// From a token that opens a bracket to the one that closes it; any run where the text has no such pair.
  Region block(base::Random& random) const {
    std::vector<std::int64_t> openers;
    for (std::int64_t i = 0; i < size_; ++i)
      if (shape(i).depth > 0) openers.push_back(i);
    if (openers.empty()) return run(random);
    const std::int64_t begin = openers[random.below(openers.size())];
    std::int64_t depth = 0;
    for (std::int64_t i = begin; i < size_; ++i) {
      depth += shape(i).depth;
      if (depth <= 0) return {begin, i + 1};
    }
    return run(random);
  }

 private:
  static std::int64_t below(base::Random& random, std::int64_t bound) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
  }
  const TokenShape& shape(std::int64_t i) const { return shapes_[static_cast<std::size_t>(ids_[i])]; }

  const std::int64_t* ids_;
  std::int64_t size_;
  const std::vector<TokenShape>& shapes_;
};

/// Positions in the text, ascending.
std::set<std::int64_t> draw_hole(const SegmentText& text, base::Random& random) {
  std::set<std::int64_t> hole;
  for (std::uint64_t left = 1 + random.below(kMostRegions); left > 0; --left) {
    const std::uint64_t kind = random.below(3);
    const Region region = kind == 0 ? text.lines(random) : kind == 1 ? text.block(random) : text.run(random);
    for (std::int64_t i = region.first; i < region.second; ++i) hole.insert(i);
  }
  if (static_cast<std::int64_t>(hole.size()) < text.size()) return hole;
  const Region region = text.run(random);  // the whole text is no hole
  hole.clear();
  for (std::int64_t i = region.first; i < region.second; ++i) hole.insert(i);
  return hole;
}

}  // namespace

std::vector<TokenShape> token_shapes(const tokens::Tokenizer& tokenizer) {
  std::vector<TokenShape> shapes(tokenizer.size());
  for (std::size_t id = tokens::kSpecialCount; id < shapes.size(); ++id) {
    for (const char byte : tokenizer.bytes(static_cast<tokens::TokenId>(id))) {
      if (byte == '\n') shapes[id].newline = true;
      if (byte == '(' || byte == '[' || byte == '{') ++shapes[id].depth;
      if (byte == ')' || byte == ']' || byte == '}') --shapes[id].depth;
    }
  }
  return shapes;
}

Holes draw_holes(const RowBatch& batch, const std::vector<TokenShape>& shapes, double share,
                 base::Random& random) {
  Holes holes(batch.segments.size());
  for (std::size_t s = 0; s < holes.size(); ++s) {
    const BatchSegment& segment = batch.segments[s];
    if (random.uniform() >= share || segment.maskable() < kShortestSegment) continue;
    const std::int64_t begin = batch.flat(segment.row, segment.maskable_begin());
    for (const std::int64_t i : draw_hole(SegmentText(batch, segment, shapes), random))
      holes[s].push_back(begin + i);
  }
  return holes;
}

}  // namespace palimpsest::model
