#include "common/base/openmp.h"

#include <cstdlib>

#include <unistd.h>

namespace palimpsest::base {

void restart_with_short_openmp_spins(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0) != 0) return;
  execv("/proc/self/exe", argv);  // returns only when it failed; then the default has to do
}

}  // namespace palimpsest::base
