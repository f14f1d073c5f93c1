#include "evaluate/bench/filler.h"

#include <tbb/parallel_for.h>

#include "common/base/hash.h"
#include "common/base/progress.h"
#include "common/base/signals.h"

namespace palimpsest::bench {

std::vector<Fills> Filler::fill_all(const std::vector<Task>& tasks, std::size_t candidates,
                                    std::uint64_t seed) const {
  std::vector<Fills> fills(tasks.size());
  base::Progress progress("fill " + name(), tasks.size(), "holes");
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t i) {
    base::throw_if_stopped();
    fills[i] = fill(tasks[i].hole, candidates, base::hash64(tasks[i].hole.id, seed));
    progress.add();
  });
  return fills;
}

}  // namespace palimpsest::bench
