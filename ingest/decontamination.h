// Finds files that hold the tasks of an evaluation set, so that a model is not trained on what it is scored
// on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace palimpsest::ingest {

struct Contamination {
  std::string entry;  ///< `FILE:NAME` of the task
  double share = 0;   ///< of the task's n-grams that the file holds
};

/// Two views of a task, each on its own enough to drop a file: its code (prompt, solution and suffix
/// together, and tests) as n-grams of tokens that ignore white space, comments and a consistent renaming; its
/// words (prompt, text), which finds tasks by their description. Thread-safe after the last add().
class Decontamination {
 public:
  static constexpr std::size_t kCodeTokens = 16;  ///< tokens of a code n-gram
  static constexpr std::size_t kWords = 10;       ///< words of a text n-gram
  static constexpr std::size_t kLeastGrams = 16;  ///< a view with fewer says too little to be looked for
  static constexpr double kShare = 0.5;           ///< of a view's n-grams from which a file is dropped

  /// JSON Lines with any of the fields prompt, suffix, canonical_solution, test, tests, text (and name or
  /// task_id), or plain text, which is one task. Throws Error{kEnvironment} or Error{kBadData}.
  void add_file(const std::filesystem::path& path);

  void add_json_lines(std::string_view content, const std::string& name);
  void add_text(std::string_view text, const std::string& entry);

  bool empty() const { return views_.empty(); }
  std::size_t tasks() const { return tasks_; }
  std::size_t tasks_too_short() const { return tasks_too_short_; }

  /// The task of which the file holds the largest share, if it is at least kShare.
  std::optional<Contamination> find(std::string_view text) const;

 private:
  struct View {
    std::string entry;
    std::size_t grams = 0;  // distinct
  };

  bool add_view(std::vector<std::uint64_t> grams, const std::string& entry);
  bool add_code(std::string_view code, const std::string& entry);
  bool add_words(std::string_view text, const std::string& entry);
  void count_task(bool is_usable);

  std::vector<View> views_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> postings_;  // n-gram -> views
  std::size_t tasks_ = 0;
  std::size_t tasks_too_short_ = 0;
};

}  // namespace palimpsest::ingest
