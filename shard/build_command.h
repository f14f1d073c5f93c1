// `shard build`: documents and a tokenizer in, rows of token ids out.
#pragma once

#include <map>
#include <string>

#include "shard/build_options.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::shard {

void add_build_command(base::Stage& stage);

/// `config` is what the manifest records. Prints a one-line result on stdout.
void run_build(const BuildOptions& options, const std::map<std::string, std::string>& config);

}  // namespace palimpsest::shard
