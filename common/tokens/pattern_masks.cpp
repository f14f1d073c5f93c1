#include "common/tokens/pattern_masks.h"

namespace palimpsest::tokens {
namespace {

// `x << 1` says of each byte what x says of the byte before it, `x >> 1` what x says of the next.

/// First bits of the runs of `x`.
ByteMask run_begins(ByteMask x) {
  return x & ~(x << 1);
}

/// Those runs of `through` that begin at a bit of `seeds`, which are all run_begins: the carry clears them.
ByteMask whole_runs(ByteMask seeds, ByteMask through) {
  return through & ~(through + seeds);
}

/// From `seeds` up to the ends of the runs of `through` around them.
ByteMask flood_up(ByteMask seeds, ByteMask through) {
  for (unsigned shift = 1; shift < ByteBlock::kBytes; shift *= 2) {
    seeds |= through & (seeds << shift);
    through &= through << shift;
  }
  return seeds;
}

/// The same down to their begins.
ByteMask flood_down(ByteMask seeds, ByteMask through) {
  for (unsigned shift = 1; shift < ByteBlock::kBytes; shift *= 2) {
    seeds |= through & (seeds >> shift);
    through &= through >> shift;
  }
  return seeds;
}

/// What the superbpe patterns tell apart in ASCII text.
struct SuperBpeClasses {
  explicit SuperBpeClasses(const ByteBlock& block)
      : space(block.equal(' ')),
        newlines(block.equal('\n') | block.equal('\r')),
        slash(block.equal('/')),
        spaces(space | block.in_range('\t', '\r')),
        letters(block.in_range_folded('a', 'z')),
        digits(block.in_range('0', '9')),
        symbols(~(spaces | letters | digits)) {}

  ByteMask space;     ///< ' '
  ByteMask newlines;  ///< [\r\n]
  ByteMask slash;
  ByteMask spaces;  ///< \s
  ByteMask letters;
  ByteMask digits;
  ByteMask symbols;  ///< [^\s\p{L}\p{N}]
};

}  // namespace

ByteMask digit_groups(ByteMask digits) {
  ByteMask groups = run_begins(digits);
  const ByteMask fourth = digits & digits << 1 & digits << 2 & digits << 3;
  for (ByteMask more = groups; (more = more << 3 & fourth) != 0;) groups |= more;
  return groups;
}

PatternMasks code_stage1_masks(const ByteBlock& block) {
  const ByteMask space = block.equal(' ');
  const ByteMask blank = space | block.equal('\t');
  const ByteMask newline = block.equal('\n');
  const ByteMask carriage = block.equal('\r');
  const ByteMask feed = block.in_range('\v', '\f');
  const ByteMask letters = block.in_range_folded('a', 'z');
  const ByteMask digits = block.in_range('0', '9');
  const ByteMask symbols = ~(blank | newline | carriage | feed | letters | digits);

  const ByteMask behind_feed = whole_runs(blank & feed << 1, blank);
  const ByteMask other_blank =
      blank & ~behind_feed & ~whole_runs(blank & newline << 1, blank);  // no indentation
  const ByteMask other_space = space & other_blank;
  ByteMask cuts = carriage | (newline & ~(carriage << 1)) | digit_groups(digits);
  cuts |= run_begins(other_blank) | (other_space & ~((blank | newline | carriage) >> 1));
  cuts |= feed & ~((feed | behind_feed | other_blank) << 1);
  cuts |= (run_begins(letters) | run_begins(symbols)) & ~(other_space << 1);
  return {cuts, 0};
}

PatternMasks superbpe_stage1_masks(const ByteBlock& block) {
  const SuperBpeClasses is(block);
  const ByteMask upper = block.in_range('A', 'Z');
  // [\r\n/]* behind symbols, of which a newline is the first.
  const ByteMask tail = flood_up(is.newlines & is.symbols << 1, is.newlines | is.slash);
  const ByteMask symbols = is.symbols & ~tail;
  const ByteMask spaces = is.spaces & ~tail;
  const ByteMask blank = spaces & ~is.newlines;
  // Blanks with a newline behind them are not cut off it, nor those of which the block does not show it.
  const ByteMask unseen = block.not_ascii() >> 1 | ByteMask{1} << (ByteBlock::kBytes - 1);
  const ByteMask before_newline = flood_down(blank & ((spaces & is.newlines) >> 1 | unseen), blank);

  ByteMask cuts = digit_groups(is.digits) | run_begins(spaces);
  cuts |= blank & ~before_newline & (is.newlines << 1 | ~(is.spaces >> 1));
  const ByteMask symbols_begin = run_begins(symbols) & ~(is.space << 1);
  cuts |= symbols_begin;
  cuts |= run_begins(is.letters) & ~((blank | symbols_begin) << 1);
  cuts |= upper & (is.letters & ~upper) << 1;
  return {cuts, 0};
}

PatternMasks superbpe_stage2_masks(const ByteBlock& block) {
  const SuperBpeClasses is(block);
  const ByteMask several = is.symbols & is.symbols << 1;  // all but the first
  const ByteMask seeds = is.newlines & several << 1;
  const ByteMask tail = flood_up(seeds, is.newlines | is.slash);
  // Symbols without those that a tail took: where that changes what has a tail, the bits end.
  const ByteMask symbols = is.symbols & ~tail;
  const ByteMask others = symbols & symbols << 1;
  const ByteMask wrong = seeds & ~((others | tail) << 1);
  const ByteMask right = wrong == 0 ? ~ByteMask{0} : (wrong & -wrong) - 1;

  const ByteMask symbols_begin = run_begins(symbols) & others >> 1;
  const ByteMask symbols_last = others & ~(symbols >> 1);
  ByteMask cuts = digit_groups(is.digits) | (is.digits << 1 & ~is.digits);
  cuts |= (symbols_begin & ~(is.space << 1)) | (is.space & symbols_begin >> 1);
  cuts |= (symbols_last | tail) << 1 & ~tail;
  const ByteMask last = is.space & ~(is.space >> 1);
  const ByteMask before_space = last & is.spaces >> 1;
  cuts |= run_begins(is.space) & (is.space >> 1 | before_space);
  cuts |= before_space << 1 | (last & ~before_space & is.space << 1);
  return {cuts & right, is.letters & right};
}

}  // namespace palimpsest::tokens
