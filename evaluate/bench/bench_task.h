// One hole to fill and how the fill is judged. Files of tasks: see task_format.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/io/json.h"
#include "common/syntax/syntax_parser.h"

namespace palimpsest::bench {

/// What a filler may know.
struct Hole {
  std::string id;        ///< unique in its file
  std::string kind;      ///< line, block, argument, jsx-attribute, decorator; or what else a data set has
  std::string path;      ///< of the file, which says much about it; may be empty
  std::string language;  ///< typescript, tsx or javascript
  std::string prompt;    ///< the file's text in front of the hole
  std::string suffix;    ///< and behind it
};

struct Task {
  Hole hole;
  std::string family;          ///< framework family, or the data set's name
  std::string cluster;         ///< tasks that are no independent witnesses share it, e.g. a document
  bool has_canonical = false;  ///< false: only tests judge
  std::string canonical = {};  ///< what was cut out
  std::string tests = {};      ///< code behind the filled file that throws when it is wrong; may be empty
  std::vector<std::string> stop = {};  ///< a fill ends before the first of these
};

inline constexpr std::size_t kMaxTaskBytes = 16U << 20;  ///< of one line of a task file

syntax::Grammar grammar_of(std::string_view language);

/// One line of our own format, without the newline.
std::string to_json_line(const Task& task);

/// Our own format or one of the known data sets', told apart by their fields (task_adapters.h). Throws
/// Error{kBadData} that names file and line for a line that is not JSON or not UTF-8, longer than
/// kMaxTaskBytes or of no known format, for a hole outside its text, for an id that comes twice, and for a
/// file without tasks; Error{kEnvironment} when the file cannot be read.
std::vector<Task> load_tasks(const std::filesystem::path& path);

/// The fill up to the first stop string.
std::string_view cut_at_stop(std::string_view fill, const std::vector<std::string>& stop);

}  // namespace palimpsest::bench
