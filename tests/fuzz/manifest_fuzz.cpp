// manifest.json from a stranger: its paths stay inside the directory, and it survives a round trip.
#include <filesystem>

#include "common/io/manifest.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  io::Manifest manifest;
  if (!accepts([&] { manifest = io::parse_manifest(io::parse_json(input, "input"), "input"); })) return;
  for (const io::OutputFile& output : manifest.outputs) {
    const auto path = std::filesystem::path(output.path).lexically_normal();
    check(path.is_relative() && *path.begin() != "..", "a path that leads out");
  }
  const std::string text = io::to_json(manifest).dump();
  const io::Manifest again = io::parse_manifest(io::parse_json(text, "again"), "again");
  check(io::to_json(again).dump() == text, "another manifest after a round trip");
  check(again.fingerprint() == manifest.fingerprint(), "another fingerprint");
}
