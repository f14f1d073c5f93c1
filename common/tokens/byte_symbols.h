// Bytes as printable characters, the way ByteLevel tokenizer.json files spell them (GPT-2's
// bytes_to_unicode).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palimpsest::tokens {

inline constexpr std::size_t kByteCount = 256;

/// The character that stands for a byte: itself when printable in Latin-1, else U+0100 and up. All below
/// U+0180.
char32_t byte_symbol(std::uint8_t byte);

/// Bytes to UTF-8 symbols, one character a byte.
std::string to_symbols(std::string_view bytes);

/// The inverse; nothing when a character is no byte symbol.
std::optional<std::string> from_symbols(std::string_view symbols);

/// All bytes in ascending order of their symbol: the order in which Hugging Face numbers the initial
/// alphabet.
std::array<std::uint8_t, kByteCount> bytes_by_symbol();

}  // namespace palimpsest::tokens
