#include "tokenize/encode_command.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/json.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::tokenize {
namespace {

constexpr std::size_t kWriteBytes = std::size_t{1} << 16;

void write(std::FILE* output, std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), output) != bytes.size()) {
    throw base::errno_error("cannot write", "stdout");
  }
}

void flush(std::FILE* output) {
  if (std::fflush(output) != 0) throw base::errno_error("cannot write", "stdout");
}

std::string read_all(std::FILE* input) {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, input)) {
    base::throw_if_stopped();
    text.append(buffer, size);
  }
  if (std::ferror(input) != 0) throw base::errno_error("cannot read", "stdin");
  return text;
}

/// Calls `visit` with each line, without its newline, and its number from 1.
template <typename Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    base::throw_if_stopped();
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void encode_text(const tokens::Tokenizer& tokenizer, std::string_view text, std::FILE* output) {
  std::string part = "[";
  bool is_first = true;
  tokenizer.encode_parts(text, [&](std::span<const tokens::TokenId> ids) {
    for (const tokens::TokenId id : ids) {
      if (!is_first) part += ',';
      is_first = false;
      part += std::to_string(id);
      if (part.size() < kWriteBytes) continue;
      base::throw_if_stopped();
      write(output, part);
      part.clear();
    }
  });
  write(output, part + "]\n");
}

void add_tokenizer_option(CLI::App& app, EncodeOptions& options) {
  app.add_option("-t,--tokenizer", options.tokenizer, "Directory with tokenizer.json, or that file");
}

}  // namespace

tokens::Tokenizer load_tokenizer(const std::filesystem::path& path) {
  if (path.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no tokenizer",
                      {.expected = "--tokenizer DIR, the output of `tokenize train`"});
  }
  return tokens::Tokenizer::load(std::filesystem::is_directory(path) ? path / tokens::kTokenizerFile : path);
}

void encode_stream(const tokens::Tokenizer& tokenizer, bool lines, std::FILE* input, std::FILE* output) {
  const std::string text = read_all(input);
  if (lines) {
    for_each_line(text, [&](std::string_view line, std::size_t) { encode_text(tokenizer, line, output); });
  } else {
    encode_text(tokenizer, text, output);
  }
  flush(output);
}

void decode_stream(const tokens::Tokenizer& tokenizer, std::FILE* input, std::FILE* output) {
  for_each_line(read_all(input), [&](std::string_view line, std::size_t number) {
    const std::string where = "stdin:" + std::to_string(number);
    std::vector<tokens::TokenId> ids;
    for (const io::Json& id : io::parse_json(line, where)) {
      if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= tokenizer.size()) {
        throw base::Error(base::ErrorCode::kBadData, "not a token id",
                          {.got = id.dump(),
                           .expected = "a number below " + std::to_string(tokenizer.size()),
                           .where = where});
      }
      ids.push_back(id.get<tokens::TokenId>());
    }
    write(output, tokenizer.decode(ids));
  });
  flush(output);
}

void add_encode_command(base::Stage& stage) {
  const auto options = std::make_shared<EncodeOptions>();
  CLI::App& app = stage.add("encode", "Text on stdin to token ids on stdout, a JSON array", [options](auto&) {
    encode_stream(load_tokenizer(options->tokenizer), options->lines, stdin, stdout);
  });
  add_tokenizer_option(app, *options);
  app.add_flag("--lines", options->lines, "Encode each line on its own, one array a line");
}

void add_decode_command(base::Stage& stage) {
  const auto options = std::make_shared<EncodeOptions>();
  CLI::App& app =
      stage.add("decode", "Token ids on stdin, JSON arrays one a line, to text on stdout",
                [options](auto&) { decode_stream(load_tokenizer(options->tokenizer), stdin, stdout); });
  add_tokenizer_option(app, *options);
}

}  // namespace palimpsest::tokenize
