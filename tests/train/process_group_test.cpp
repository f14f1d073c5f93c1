#include "train/process_group.h"

#include <cmath>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/train/rank_threads.h"
#include "train/rank_agreement.h"

namespace palimpsest::train {
namespace {

using testing::HasSubstr;

/// What() of the environment error that `work` throws.
std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kEnvironment);
    return error.what();
  }
  return "no error";
}

TEST(ProcessGroupTest, AloneEveryCallReturnsAtOnce) {
  const ProcessGroup group;
  EXPECT_EQ(group.size(), 1);
  const at::Tensor values = at::ones({3});
  group.all_reduce_sum(values);
  group.broadcast(values);
  group.barrier();
  EXPECT_TRUE(values.equal(at::ones({3})));
  EXPECT_EQ(group.broadcast("text"), "text");
  EXPECT_THAT(group.all_gather("text"), testing::ElementsAre("text"));
}

TEST(ProcessGroupTest, EveryRankGetsTheSameBytes) {
  constexpr int kRanks = 3;
  std::mutex mutex;
  std::vector<at::Tensor> sums;
  run_ranks(kRanks, [&](ProcessGroup& group) {
    const at::Tensor values = at::arange(1000, at::kFloat).mul_(0.1 * (group.rank() + 1));
    group.all_reduce_sum(values);
    const std::lock_guard lock(mutex);
    sums.push_back(values);
  });
  ASSERT_EQ(sums.size(), 3U);
  EXPECT_TRUE(sums[0].allclose(at::arange(1000, at::kFloat) * 0.6));
  EXPECT_TRUE(sums[0].equal(sums[1]));
  EXPECT_TRUE(sums[0].equal(sums[2]));
}

TEST(ProcessGroupTest, SharesTextsAndTensors) {
  run_ranks(3, [](ProcessGroup& group) {
    const int rank = group.rank();
    const std::vector<std::string> texts = group.all_gather(std::string(static_cast<std::size_t>(rank), 'x'));
    EXPECT_THAT(texts, testing::ElementsAre("", "x", "xx"));
    EXPECT_EQ(group.broadcast(rank == 0 ? "state" : "mine"), "state");
    EXPECT_EQ(group.broadcast(rank == 0 ? "" : "mine"), "");
    const at::Tensor column = at::full({4, 2}, rank, at::kFloat).select(1, 0);  // not contiguous
    group.broadcast(column);
    EXPECT_TRUE(column.equal(at::zeros({4})));
    std::vector<double> sums = {1.0, static_cast<double>(rank)};
    group.all_reduce_sum(sums);
    EXPECT_THAT(sums, testing::ElementsAre(3, 3));
  });
}

TEST(ProcessGroupTest, NamesTheRankThatNeverJoins) {
  const int port = test::free_port();
  const auto join = [port](int rank, int size) {
    return error_of([=] {
      ProcessGroup({.rank = rank, .size = size, .address = "127.0.0.1", .port = port},
                   std::chrono::milliseconds(500));
    });
  };
  EXPECT_THAT(join(0, 3), HasSubstr("ranks 1, 2 did not join within 0.5 s"));
  EXPECT_THAT(join(1, 2), HasSubstr("rank 0 ended or did not answer"));
}

TEST(ProcessGroupTest, NamesTheRankThatIsLostAndTheStep) {
  const int port = test::free_port();
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 3; ++rank) {
    threads.emplace_back([=] {
      ProcessGroup group({.rank = rank, .size = 3, .address = "127.0.0.1", .port = port},
                         std::chrono::seconds(60));
      group.barrier();
      if (rank == 2) return;
      group.set_place("step 7");
      EXPECT_THAT(error_of([&] { group.barrier(); }),
                  testing::AllOf(HasSubstr("lost rank 2"), HasSubstr("step 7")));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ProcessGroupTest, TellsTheOthersWhyARankEnds) {
  for (const int leaver : {0, 1}) {
    const int port = test::free_port();
    std::vector<std::thread> threads;
    for (int rank = 0; rank < 2; ++rank) {
      threads.emplace_back([=] {
        ProcessGroup group({.rank = rank, .size = 2, .address = "127.0.0.1", .port = port},
                           std::chrono::seconds(60));
        group.barrier();
        if (rank == leaver) {
          group.leave("disk full");
          return;
        }
        EXPECT_THAT(error_of([&] { group.barrier(); }),
                    HasSubstr(fmt::format("rank {} ended: disk full", leaver)));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(ProcessGroupTest, SaysThatThePortIsTakenOrTheHostUnknown) {
  const int port = test::free_port();
  EXPECT_THAT(error_of([] {
                ProcessGroup({.rank = 0, .size = 2, .address = "no-such-host.invalid", .port = 4000},
                             std::chrono::seconds(1));
              }),
              HasSubstr("cannot find no-such-host.invalid:4000"));
  std::thread first([port] {
    error_of([port] {
      ProcessGroup({.rank = 0, .size = 2, .address = "127.0.0.1", .port = port}, std::chrono::seconds(2));
    });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_THAT(error_of([port] {
                ProcessGroup({.rank = 0, .size = 2, .address = "127.0.0.1", .port = port},
                             std::chrono::seconds(1));
              }),
              HasSubstr("Address already in use"));
  first.join();
}

TEST(RankAgreementTest, NamesTheRankThatDiffersAndHow) {
  run_ranks(3, [](ProcessGroup& group) {
    io::Manifest plan{.stage = "train run", .config = {{"seed", "1"}}, .inputs = {{"shards", "abc"}}};
    require_same_plan(group, plan);
    if (group.rank() == 2) plan.config["seed"] = "5";
    try {
      require_same_plan(group, plan);
      ADD_FAILURE() << "no error";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kUsage);
      EXPECT_THAT(error.what(), HasSubstr("rank 2 has another seed than rank 0, got \"5\", expected \"1\""));
    }
    plan.config["seed"] = "1";
    if (group.rank() == 1) plan.inputs["shards"] = "abd";
    EXPECT_THROW(require_same_plan(group, plan), base::Error);
  });
}

TEST(RankAgreementTest, SeesOneBitThatDiffers) {
  run_ranks(2, [](ProcessGroup& group) {
    const at::Tensor weights = at::ones({100});
    require_same_tensors(group, {{"weights", weights}}, "step 3");
    if (group.rank() == 1) weights[50] = std::nextafter(1.0F, 2.0F);
    EXPECT_THROW(require_same_tensors(group, {{"weights", weights}}, "step 3"), base::Error);
    share_tensors(group, {{"weights", weights}});
    require_same_tensors(group, {{"weights", weights}}, "step 3");
  });
}

}  // namespace
}  // namespace palimpsest::train
