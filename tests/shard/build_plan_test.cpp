#include "shard/build_plan.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::shard {
namespace {

using ::testing::ElementsAre;

class BuildPlanTest : public ::testing::Test {
 protected:
  BuildPlanTest() {
    base::Random random({3});
    for (std::uint32_t repo = 0; repo < 12; ++repo) {
      table_.repos.push_back("repo" + std::to_string(repo));
      for (int i = 0; i < 20; ++i) {
        table_.documents.push_back({.repo = repo, .bytes = random.below(500)});
        table_.contents.add(table_.repos.back(), "core", table_.documents.back().bytes);
      }
    }
    kept_.assign(table_.documents.size(), true);
  }

  BuildPlan plan(std::uint64_t unit_bytes) const {
    return plan_units(table_, tokens::RepositorySplit(table_.contents, {}), kept_, unit_bytes);
  }

  DocumentTable table_;
  std::vector<bool> kept_;
};

TEST_F(BuildPlanTest, UnitsAreConsecutiveDocumentsOfOneSplitUpToTheBytes) {
  kept_[7] = false;
  const tokens::RepositorySplit split(table_.contents, {});
  for (const std::uint64_t most : {1, 700, 3000, 1000000}) {
    const BuildPlan made = plan(most);
    EXPECT_EQ(made.unit_of_document[7], kNoUnit);
    std::vector<Unit> sums(made.units.size());
    std::map<tokens::Split, std::uint32_t> last;
    for (std::size_t i = 0; i < table_.documents.size(); ++i) {
      const std::uint32_t unit = made.unit_of_document[i];
      if (unit == kNoUnit) continue;
      const tokens::Split name = split.of(table_.repos[table_.documents[i].repo]);
      EXPECT_EQ(made.units.at(unit).split, name);
      EXPECT_GE(unit, last[name]);
      last[name] = unit;
      ++sums[unit].documents;
      sums[unit].text_bytes += table_.documents[i].bytes;
    }
    for (std::size_t unit = 0; unit < sums.size(); ++unit) {
      EXPECT_EQ(sums[unit].documents, made.units[unit].documents);
      EXPECT_EQ(sums[unit].text_bytes, made.units[unit].text_bytes);
      EXPECT_TRUE(sums[unit].text_bytes <= most || sums[unit].documents == 1);
    }
  }
}

TEST_F(BuildPlanTest, ASplitWithoutDocumentsHasAnEmptyUnit) {
  const tokens::RepositorySplit split(table_.contents, {.valid_share = 0, .test_share = 0});
  const BuildPlan made = plan_units(table_, split, kept_, 1 << 30);
  ASSERT_EQ(made.units.size(), 3U);
  EXPECT_EQ(made.units[1].split, tokens::Split::kValid);
  EXPECT_EQ(made.units[1].documents, 0U);
}

TEST_F(BuildPlanTest, EveryUnitIsDoneByOneTaskAndLoadsAreAlike) {
  const BuildPlan made = plan(2000);
  std::uint64_t largest = 0;
  for (const Unit& unit : made.units) largest = std::max(largest, unit.text_bytes);
  for (const std::size_t of : {1, 2, 3, 7, 100}) {
    std::vector<int> seen(made.units.size());
    std::vector<std::uint64_t> loads(of);
    for (std::size_t task = 0; task < of; ++task) {
      const std::vector<bool> mine = units_of_task(made.units, task, of);
      for (std::size_t unit = 0; unit < mine.size(); ++unit) {
        if (!mine[unit]) continue;
        ++seen[unit];
        loads[task] += made.units[unit].text_bytes;
      }
    }
    EXPECT_EQ(seen, std::vector<int>(made.units.size(), 1));
    const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
    EXPECT_LE(*most - *least, largest);
  }
}

TEST(UnitsOfTaskTest, LargestFirstInTurn) {
  const std::vector<Unit> units = {
      {.text_bytes = 5}, {.text_bytes = 9}, {.text_bytes = 5}, {.text_bytes = 7}};
  EXPECT_THAT(units_of_task(units, 0, 2), ElementsAre(true, true, false, false));
  EXPECT_THAT(units_of_task(units, 1, 2), ElementsAre(false, false, true, true));
}

}  // namespace
}  // namespace palimpsest::shard
