// The subcommands of `ingest`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::ingest {

/// `ingest run`
void add_run_command(base::Stage& stage);

/// `ingest merge PART...`
void add_merge_command(base::Stage& stage);

/// `ingest explain FILE|FOLDER|SOURCE...`
void add_explain_command(base::Stage& stage);

}  // namespace palimpsest::ingest
