// What a run knows beyond one source to decide what is kept: the texts so far, and the tasks to keep out.
#pragma once

#include "common/io/manifest.h"
#include "common/io/output_directory.h"
#include "ingest/decontamination.h"
#include "ingest/duplicate_index.h"
#include "ingest/ingest_options.h"

namespace palimpsest::ingest {

struct Curation {
  DuplicateIndex duplicates;
  Decontamination tasks;
};

/// Reads the files that the options name and adds their digests to the plan's inputs. Throws Error.
Curation make_curation(const IngestOptions& options, io::Manifest& plan);

/// Writes what it decided beside the documents: duplicates.jsonl.
void write_curation(const Curation& curation, const io::OutputDirectory& output);

}  // namespace palimpsest::ingest
