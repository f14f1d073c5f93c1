// Event files of TensorBoard: metrics lines as scalars. The few fields that scalars need are encoded here,
// since libtorch_cpu.so exports symbols of its own copy of protobuf, with which a second one would clash.
//
// A file is a run of TFRecords: length (64 bit), masked CRC-32C of the length, payload, masked CRC-32C of the
// payload, all little-endian. A payload is a message Event {1: wall_time, 2: step, 3: file_version,
// 5: Summary {1: Value {1: tag, 2: simple_value}}} of TensorFlow's event.proto and summary.proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/io/json.h"

namespace palimpsest::train {

/// The record that every event file starts with.
std::string event_file_start();

/// One event with every finite number of `line`, which has a "step", as float32. Its tag is its path behind
/// the line's kind: "step/nelbo", "step/routers/layer-1/load/0". Equal runs make equal bytes: the wall time
/// of an event is its step, in seconds.
std::string event_record(const io::Json& line);

/// The checksum of RFC 3720 (Castagnoli).
std::uint32_t crc32c(std::string_view bytes);

}  // namespace palimpsest::train
