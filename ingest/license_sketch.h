// Sketches of the licence texts of the SPDX list, made at build time by license_sketch_generator.cpp from the
// npm package spdx-license-list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace palimpsest::ingest {

/// One text; licences with equal text share it, and a text with advice on its use is there with and without
/// it.
struct LicenseSketch {
  const char* id;              ///< SPDX identifier
  std::uint64_t digest;        ///< LicenseText::digest
  std::uint32_t restrictions;  ///< LicenseText::restrictions
  std::uint32_t shingles;      ///< of the whole text
  std::uint32_t scale;         ///< only shingles that this divides are stored
  std::uint32_t begin;         ///< range of stored_shingles(), ascending
  std::uint32_t end;
};

/// Ascending by number of shingles.
std::span<const LicenseSketch> license_sketches();

std::span<const std::uint32_t> stored_shingles();

}  // namespace palimpsest::ingest
