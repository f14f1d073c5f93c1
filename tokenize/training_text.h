// The text that a vocabulary is learned from, in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/tokens/repository_split.h"

namespace palimpsest::tokenize {

/// A longer document counts as several texts; see text_blocks().
inline constexpr std::size_t kMaxTextBytes = 1 << 20;

struct TrainingText {
  std::string text;
  std::string label;         ///< framework of the file
  std::uint32_t repo = 0;    ///< number of the repository in its split
  std::uint64_t key = 0;     ///< hash of the document's id and the block's number
  std::uint64_t weight = 1;  ///< of each of its occurrences in counts
};

/// Text bytes that were there, and that are held.
struct HeldText {
  std::uint64_t bytes = 0;
  std::uint64_t held = 0;
};

/// Training and validation documents, each sorted by repository and key, so that the order of the input does
/// not matter.
struct TrainingCorpus {
  std::vector<TrainingText> train;
  std::vector<TrainingText> valid;
  std::size_t train_repositories = 0;
  std::size_t valid_repositories = 0;
  tokens::RepositorySplit split;
  std::map<std::string, HeldText> held_by_label;  ///< of both splits

  /// All labels together.
  HeldText held() const;
};

/// Holds at most `max_bytes` of text, a stratified sample when there is more; its seed is that of the split.
/// Throws Error{kBadData} when no training text is left.
TrainingCorpus load_training_corpus(const std::filesystem::path& documents,
                                    const tokens::SplitOptions& options,
                                    std::uint64_t max_bytes = UINT64_MAX);

/// In a balanced corpus an occurrence in the most frequent label counts this much; otherwise 1.
inline constexpr std::uint64_t kBalancedWeight = 64;

/// Weighs the training texts so that every label's bytes count as much as those of the most frequent label.
void balance_labels(std::vector<TrainingText>& texts);

}  // namespace palimpsest::tokenize
