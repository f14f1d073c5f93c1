#include "train/tensorboard_log.h"

#include <array>
#include <bit>
#include <cmath>

#include "common/tokens/byte_buffer.h"

namespace palimpsest::train {
namespace {

using tokens::put;

/// Wire types of protobuf.
enum class Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1) * kReversedPolynomial;
    table[byte] = crc;
  }
  return table;
}

/// A checksum over bytes that hold checksums is weak, so TFRecord stores it rotated and shifted.
std::uint32_t masked_crc(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8;
}

std::string record(std::string_view payload) {
  std::string bytes;
  put<std::uint64_t>(bytes, payload.size());
  put(bytes, masked_crc(bytes));
  bytes += payload;
  put(bytes, masked_crc(payload));
  return bytes;
}

void put_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  bytes += static_cast<char>(value);
}

void put_key(std::string& bytes, unsigned field, Wire type) {
  put_varint(bytes, (field << 3) | static_cast<unsigned>(type));
}

void put_bytes(std::string& bytes, unsigned field, std::string_view value) {
  put_key(bytes, field, Wire::kBytes);
  put_varint(bytes, value.size());
  bytes += value;
}

std::string start_of_event(std::int64_t step) {
  std::string event;
  put_key(event, 1, Wire::kFixed64);
  put(event, std::bit_cast<std::uint64_t>(static_cast<double>(step)));
  put_key(event, 2, Wire::kVarint);
  put_varint(event, static_cast<std::uint64_t>(step));
  return event;
}

/// Appends a Summary.Value for every number below `json`.
void put_values(std::string& summary, const std::string& tag, const io::Json& json) {
  if (json.is_number()) {
    const auto number = json.get<float>();
    if (!std::isfinite(number)) return;
    std::string value;
    put_bytes(value, 1, tag);
    put_key(value, 2, Wire::kFixed32);
    put(value, std::bit_cast<std::uint32_t>(number));
    put_bytes(summary, 1, value);
  } else if (json.is_object()) {
    for (const auto& [key, child] : json.items()) {
      if (key == "step" || key == "layer") continue;  // said by the event and the tag
      put_values(summary, tag.empty() ? key : tag + "/" + key, child);
    }
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      const bool layer = json[i].is_object() && json[i].contains("layer");
      put_values(summary, tag + "/" + (layer ? "layer-" + json[i]["layer"].dump() : std::to_string(i)),
                 json[i]);
    }
  }
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array kTable = make_crc_table();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

std::string event_file_start() {
  std::string event = start_of_event(0);
  put_bytes(event, 3, "brain.Event:2");
  return record(event);
}

std::string event_record(const io::Json& line) {
  std::string summary;
  put_values(summary, line.value("kind", ""), line);
  std::string event = start_of_event(line.value("step", std::int64_t{0}));
  put_bytes(event, 5, summary);
  return record(event);
}

}  // namespace palimpsest::train
