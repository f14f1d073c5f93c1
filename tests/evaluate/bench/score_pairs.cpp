// Scores pairs for code_bleu_peer.py: `score_pairs PAIRS OUT` reads {"reference", "candidate"} a line and
// writes [total, ngram, weighted n-gram, syntax, data flow] a line, all as JavaScript.
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>

#include "common/io/file.h"
#include "common/io/json.h"
#include "evaluate/bench/code_bleu.h"

int main(int argc, char** argv) try {
  using namespace palimpsest;
  if (argc != 3) {
    std::fprintf(stderr, "usage: score_pairs PAIRS OUT\n");
    return 2;
  }
  std::istringstream pairs(io::read_file(argv[1]));
  bench::CodeBleuScorer scorer;
  std::string out;
  for (std::string line; std::getline(pairs, line);) {
    const io::Json pair = io::parse_json(line, argv[1]);
    const bench::CodeBleu score =
        scorer.score(pair.at("reference").get<std::string>(), pair.at("candidate").get<std::string>(),
                     syntax::Grammar::kJavaScript);
    out += io::Json({score.total, score.ngram, score.weighted_ngram, score.syntax, score.data_flow}).dump() +
           "\n";
  }
  io::write_file_atomically(argv[2], out);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "score_pairs: %s\n", error.what());
  return 3;
}
