// OpenMP's waiting policy, which only the environment can set.
#pragma once

namespace palimpsest::base {

/// Idle threads of GNU OpenMP spin for long by default. Where other processes want the cores too, the
/// spinning keeps them from the very threads that are waited for: training on two shared cores ran 9 times
/// slower. The library reads its setting when it is loaded, so this starts the executable again with
/// GOMP_SPINCOUNT set; it returns at once when the user (or that restart) has set GOMP_SPINCOUNT or
/// OMP_WAIT_POLICY. Call it first in main().
void restart_with_short_openmp_spins(char** argv);

}  // namespace palimpsest::base
