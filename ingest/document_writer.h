// Writes documents into numbered parts of bounded size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "common/io/output_directory.h"
#include "common/io/zstd.h"

namespace palimpsest::ingest {

/// Not thread-safe. REQUIRES: the directory outlives it.
class DocumentWriter {
 public:
  explicit DocumentWriter(const io::OutputDirectory& directory,
                          std::uint64_t part_text_bytes = io::kPartTextBytes);

  /// Appends in the given order; JSON is rendered by all threads of the current TBB arena.
  void write(const std::vector<io::Document>& documents);

  /// Must be called last. Writes an empty first part if there was no document.
  void finish();

 private:
  void append(const std::string& line, std::uint64_t text_bytes);

  const io::OutputDirectory& directory_;
  std::uint64_t part_text_bytes_;
  std::optional<io::ZstdWriter> part_;
  std::size_t parts_ = 0;
  std::uint64_t bytes_in_part_ = 0;
};

}  // namespace palimpsest::ingest
