// What a run knows beyond one source to decide what is kept: the texts so far, and the tasks to keep out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/io/manifest.h"
#include "common/io/output_directory.h"
#include "ingest/decontamination.h"
#include "ingest/duplicate_index.h"
#include "ingest/ingest_options.h"
#include "ingest/secrets.h"

namespace palimpsest::ingest {

/// Where secrets stand, never what they are.
class SecretLog {
 public:
  void add(const std::string& file, const std::vector<Secret>& secrets);
  /// One JSON line for each: file, kind, begin, bytes.
  const std::string& lines() const { return lines_; }
  /// Number of each kind.
  io::Json counts() const;

 private:
  std::string lines_;
  std::array<std::uint64_t, kSecretKinds> counts_{};
};

struct Curation {
  DuplicateIndex duplicates;
  Decontamination tasks;
  SecretLog secrets;
};

/// Reads the files that the options name and adds their digests to the plan's inputs. Throws Error.
Curation make_curation(const IngestOptions& options, io::Manifest& plan);

/// Writes what it decided beside the documents: duplicates.jsonl, secrets.jsonl.
void write_curation(const Curation& curation, const io::OutputDirectory& output);

}  // namespace palimpsest::ingest
