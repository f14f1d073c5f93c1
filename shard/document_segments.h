// All segments of a documents directory by split and label, in memory.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "common/tokens/repository_split.h"
#include "shard/segmenter.h"

namespace palimpsest::shard {

struct PlacedSegment {
  Segment segment;
  std::size_t document = 0;  ///< index into DocumentSegments::origins
};

struct DocumentSegments {
  std::vector<std::string> labels;
  std::vector<tokens::DocumentOrigin> origins;                      ///< documents in input order
  std::array<std::vector<std::vector<PlacedSegment>>, 3> by_split;  ///< by split, then label; in input order
};

/// The label table of a documents directory: the one that ingest recorded, else every label that occurs,
/// sorted.
std::vector<std::string> label_table(const std::filesystem::path& documents,
                                     const tokens::RepositorySplit& split);

/// Cuts every document. Runs on the threads of the calling arena. Throws Error{kBadData} on a label outside
/// the table.
DocumentSegments cut_documents(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                               const Segmenter& segmenter);

}  // namespace palimpsest::shard
