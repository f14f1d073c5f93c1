// JSON Lines with a text field, as other corpora and our own documents come.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/source_files.h"

namespace palimpsest::ingest {

/// Hands each record of the file (.jsonl, or .jsonl.zst) to the collector. The text is in `text_field`; the
/// fields `path` (or `file_path`), `repo` (or `repo_name`) and `language` are used when they are there. A
/// record with a repository becomes a file of that repository, below a folder of its name, so that two
/// repositories with the same path do not clash; one without a path is named after its line. A line that is
/// no such record is skipped: bad_json, no_text_field. Throws Error{kEnvironment}, or Error{kBadData} when
/// the zstd frame is damaged.
void read_jsonl(const std::filesystem::path& file, const std::string& text_field, FileCollector& collector);

}  // namespace palimpsest::ingest
