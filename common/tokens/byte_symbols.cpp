#include "common/tokens/byte_symbols.h"

#include <algorithm>

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kSymbolLimit = 0x180;

constexpr bool is_its_own_symbol(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

struct SymbolTables {
  std::array<char32_t, kByteCount> symbol{};
  std::array<std::int16_t, kSymbolLimit> byte{};
};

constexpr SymbolTables make_tables() {
  SymbolTables tables;
  for (std::int16_t& entry : tables.byte) entry = -1;
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < kByteCount; ++byte) {
    const char32_t symbol = is_its_own_symbol(byte) ? byte : next++;
    tables.symbol[byte] = symbol;
    tables.byte[symbol] = static_cast<std::int16_t>(byte);
  }
  return tables;
}

constexpr SymbolTables kTables = make_tables();

}  // namespace

char32_t byte_symbol(std::uint8_t byte) {
  return kTables.symbol[byte];
}

std::string to_symbols(std::string_view bytes) {
  std::string symbols;
  symbols.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const char32_t symbol = byte_symbol(static_cast<std::uint8_t>(c));
    if (symbol < 0x80) {
      symbols += static_cast<char>(symbol);
    } else {
      symbols += static_cast<char>(0xc0 | (symbol >> 6));
      symbols += static_cast<char>(0x80 | (symbol & 0x3f));
    }
  }
  return symbols;
}

std::optional<std::string> from_symbols(std::string_view symbols) {
  std::string bytes;
  bytes.reserve(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    auto symbol = static_cast<std::uint8_t>(symbols[i]);
    std::size_t code = symbol;
    if (symbol >= 0x80) {
      if ((symbol & 0xe0) != 0xc0 || i + 1 == symbols.size()) return std::nullopt;
      code = (symbol & 0x1fU) << 6 | (static_cast<std::uint8_t>(symbols[++i]) & 0x3fU);
    }
    if (code >= kSymbolLimit || kTables.byte[code] < 0) return std::nullopt;
    bytes += static_cast<char>(kTables.byte[code]);
  }
  return bytes;
}

std::array<std::uint8_t, kByteCount> bytes_by_symbol() {
  std::array<std::uint8_t, kByteCount> bytes{};
  for (unsigned i = 0; i < kByteCount; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  std::sort(bytes.begin(), bytes.end(), [](auto a, auto b) { return byte_symbol(a) < byte_symbol(b); });
  return bytes;
}

}  // namespace palimpsest::tokens
