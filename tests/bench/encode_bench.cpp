// The C++ half of encoder_bench.py: `encode_bench TOKENIZER_JSON TEXTS` prints times as JSON. CPU seconds of
// one thread.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <limits>
#include <string>

#include "common/base/random.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/tokens/bpe_encoder.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/tokenizer.h"
#include "tests/tokens/framed_texts.h"

namespace palimpsest {
namespace {

using Texts = std::vector<std::string_view>;
constexpr int kRepeats = 5;
constexpr std::size_t kHardBytes = std::size_t{1} << 20;

template <typename Work>
double seconds(const Work& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double begin = now();
  work();
  return now() - begin;
}

template <typename Work>
double fastest(const Work& work) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < kRepeats; ++i) best = std::min(best, seconds(work));
  return best;
}

std::size_t encode_all(const tokens::Tokenizer& tokenizer, const Texts& texts) {
  std::size_t count = 0;
  std::vector<tokens::TokenId> ids;
  for (const std::string_view text : texts) {
    ids.clear();
    tokenizer.encode_into(text, ids);
    count += ids.size();
  }
  return count;
}

double split_seconds(const std::string& pattern, const Texts& texts) {
  const tokens::PreTokenizer pre_tokenizer(pattern, "bench");
  std::vector<std::string_view> pieces;
  return fastest([&] {
    for (const std::string_view text : texts) {
      pieces.clear();
      pre_tokenizer.split(text, pieces);
    }
  });
}

/// A group around a pattern has no splitter of its own, so PCRE2 runs it.
io::Json splitters(const Texts& texts) {
  io::Json result = io::Json::array();
  for (const auto& preset : {tokens::kCodePreset, tokens::kSuperBpePreset}) {
    for (const auto& [stage, pattern] : {std::pair{" stage 1", preset.stage1}, {" stage 2", preset.stage2}}) {
      result.push_back({{"name", std::string(preset.name) + stage},
                        {"ours", split_seconds(std::string(pattern), texts)},
                        {"pcre2", split_seconds("(?:" + std::string(pattern) + ")", texts)}});
    }
  }
  return result;
}

double merging_seconds(const tokens::Tokenizer& tokenizer, const Texts& texts) {
  tokens::BpeScratch scratch;
  std::vector<std::string_view> pieces;
  std::vector<tokens::TokenId> ids;
  return seconds([&] {
    for (const std::string_view text : texts) {
      pieces.clear();
      ids.clear();
      tokenizer.pre_tokenizer().split(text, pieces);
      for (const std::string_view piece : pieces) tokenizer.bpe().encode_by_merging(piece, scratch, ids);
    }
  });
}

/// Pre-tokens of kHardBytes without digits or characters of several bytes.
io::Json hard_pieces(const tokens::Tokenizer& tokenizer) {
  base::Random random({1});
  std::vector<std::pair<std::string, std::string>> pieces = {{"one letter", std::string(kHardBytes, 'a')},
                                                             {"spaces", std::string(kHardBytes, ' ')},
                                                             {"brackets", std::string(kHardBytes, '(')}};
  const auto repeat = [&](const std::string& name, const auto& part) {
    std::string text;
    while (text.size() < kHardBytes) text += part();
    pieces.emplace_back(name, text.substr(0, kHardBytes));
  };
  repeat("two letters", [&] { return std::string(1, "ab"[random.below(2)]); });
  repeat("letters", [&] { return std::string(1, static_cast<char>('a' + random.below(26))); });
  repeat("printable", [&] { return std::string(1, static_cast<char>(':' + random.below('~' - ':'))); });
  const auto any_token = [&]() -> std::string {
    const auto id = tokens::kSpecialCount + random.below(tokenizer.size() - tokens::kSpecialCount);
    std::string bytes(tokenizer.bytes(static_cast<tokens::TokenId>(id)));
    std::erase_if(bytes, [](char c) { return (c & 0x80) != 0 || (c >= '0' && c <= '9'); });
    return bytes;
  };
  repeat("random tokens", any_token);
  repeat("beginnings of tokens", [&] {
    const std::string token = any_token();
    return token.substr(0, 1 + random.below(token.size() + 1));
  });
  io::Json result = io::Json::array();
  std::vector<tokens::TokenId> ids;
  for (const auto& [name, text] : pieces) {
    const double time = fastest([&] {
      ids.clear();
      tokenizer.encode_into(text, ids);
    });
    result.push_back({{"name", name}, {"bytes", text.size()}, {"seconds", time}});
  }
  return result;
}

int run(const std::string& tokenizer_json, const std::string& texts_file) {
  const std::string frames = io::read_file(texts_file);
  const Texts texts = test::unframe(frames);
  std::size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  io::Json result;
  std::size_t count = 0;
  const std::string json = io::read_file(tokenizer_json);
  result["load"] = fastest([&] { tokens::Tokenizer::parse(json, tokenizer_json); });
  const auto tokenizer = tokens::Tokenizer::parse(json, tokenizer_json);
  result["cold"] = seconds([&] { count = encode_all(tokenizer, texts); });
  result["warm"] = fastest([&] { encode_all(tokenizer, texts); });
  result["merging"] = merging_seconds(tokenizer, texts);
  result["bytes"] = bytes;
  result["tokens"] = count;
  result["splitters"] = splitters(texts);
  result["hard"] = hard_pieces(tokenizer);
  std::printf("%s\n", result.dump().c_str());
  return 0;
}

}  // namespace
}  // namespace palimpsest

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: encode_bench TOKENIZER_JSON TEXTS\n");
    return 2;
  }
  return palimpsest::run(argv[1], argv[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "encode_bench: %s\n", error.what());
  return 3;
}
