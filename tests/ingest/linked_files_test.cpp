#include "ingest/linked_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;

TEST(LinkedFilesTest, FollowsImportsBothWaysInsideAUnit) {
  std::vector<FileEdges> edges(6);
  const auto link = [&](std::size_t from, std::size_t to) {
    edges[from].imports.push_back(to);
    edges[to].importers.push_back(from);
  };
  link(0, 2);
  link(4, 2);
  link(4, 5);
  link(1, 3);
  EXPECT_THAT(linked_files(edges, std::vector<int>{7, 7, 7, 7, 7, 7}), ElementsAre(0, 1, 0, 1, 0, 0));
  EXPECT_THAT(linked_files(edges, std::vector<int>{7, 7, 7, 7, 7, 8}), ElementsAre(0, 1, 0, 1, 0, 5));
}

}  // namespace
}  // namespace palimpsest::ingest
