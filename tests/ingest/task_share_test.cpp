#include "ingest/task_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TaskShareTest, TheLargestGoFirstToWhoHasLeast) {
  const std::vector<std::uint64_t> bytes = {1, 9, 5, 5, 4};
  EXPECT_THAT(task_share(bytes, 0, 2), ElementsAre(1, 4));
  EXPECT_THAT(task_share(bytes, 1, 2), ElementsAre(0, 2, 3));
  EXPECT_THAT(task_share(bytes, 0, 1), ElementsAre(0, 1, 2, 3, 4));
}

TEST(TaskShareTest, EverySourceIsInOneShare) {
  const std::vector<std::uint64_t> bytes(10, 0);
  for (const std::size_t tasks : {1U, 3U, 10U, 12U}) {
    std::vector<int> taken(bytes.size(), 0);
    for (std::size_t task = 0; task < tasks; ++task)
      for (const std::size_t i : task_share(bytes, task, tasks)) ++taken[i];
    EXPECT_THAT(taken, testing::Each(1));
  }
  EXPECT_THAT(task_share(bytes, 11, 12), IsEmpty());
}

}  // namespace
}  // namespace palimpsest::ingest
