#include "common/model/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/signals.h"
#include "common/model/token_proposal.h"

namespace palimpsest::model {
namespace {

constexpr std::uint64_t kDrawStream = 0x64726177;     // "draw"
constexpr std::uint64_t kOrderStream = 0x6f72646572;  // "order"

const std::vector<std::string_view> kNames = {"ancestral", "confidence", "margin", "entropy-bounded",
                                              "remasking"};

/// One position to fill.
struct Slot {
  std::size_t position = 0;
  std::size_t run = 0;
  std::size_t index = 0;  ///< in its run
  bool open = true;
  FilledToken filled = {};
};

class Sampling {
 public:
  Sampling(Denoiser& denoiser, const SamplingProblem& problem, const SamplerOptions& options,
           const SamplingWatcher& watcher)
      : denoiser_(denoiser), problem_(problem), options_(options), watcher_(watcher), text_(problem.text) {
    for (std::size_t run = 0; run < problem.runs.size(); ++run) {
      for (std::size_t p = problem.runs[run].begin; p < problem.runs[run].end; ++p)
        slots_.push_back({.position = p, .run = run, .index = p - problem.runs[run].begin});
    }
  }

  SamplingResult run() {
    fill_open();
    if (options_.kind == SamplerKind::kRemasking) {
      for (std::int64_t round = 0; round < options_.remask_rounds; ++round) {
        mask_least_confident();
        fill_open();
      }
    }
    return result();
  }

 private:
  void fill_open() {
    for (std::vector<std::size_t> open = open_slots(); !open.empty(); open = open_slots()) {
      base::throw_if_stopped();
      std::vector<std::size_t> positions;
      for (const std::size_t slot : open) positions.push_back(slots_[slot].position);
      log_probabilities_ = denoiser_.denoise(text_, positions);
      std::vector<std::size_t> decided;
      for (const std::size_t row : choose(open)) decided.push_back(decide(open[row], row));
      std::sort(decided.begin(), decided.end());
      ++step_;
      if (watcher_) watcher_(text_, decided);
    }
  }

  std::vector<std::size_t> open_slots() const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].open) open.push_back(i);
    }
    return open;
  }

  /// Rows of this step's log-probabilities to decide, in this order.
  std::vector<std::size_t> choose(const std::vector<std::size_t>& open) {
    proposals_.clear();
    if (options_.kind == SamplerKind::kAncestral) {
      base::Random random{kOrderStream, options_.seed, static_cast<std::uint64_t>(step_)};
      return {random.below(open.size())};
    }
    for (std::size_t row = 0; row < open.size(); ++row) proposals_.push_back(propose(open[row], row, 0));
    const auto best_by = [&](double TokenProposal::*value) {
      const auto less = [&](const auto& a, const auto& b) { return a.*value < b.*value; };
      const auto best = std::max_element(proposals_.begin(), proposals_.end(), less);
      return std::vector<std::size_t>{static_cast<std::size_t>(best - proposals_.begin())};
    };
    if (options_.kind == SamplerKind::kConfidence) return best_by(&TokenProposal::confidence);
    if (options_.kind == SamplerKind::kMargin) return best_by(&TokenProposal::margin);
    return within_entropy_bound();
  }

  /// In ascending order the largest entropy is the last, so the bound is on the sum of those before it.
  std::vector<std::size_t> within_entropy_bound() const {
    std::vector<std::size_t> rows(proposals_.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::stable_sort(rows.begin(), rows.end(),
                     [&](auto a, auto b) { return proposals_[a].entropy < proposals_[b].entropy; });
    double sum = 0;
    std::size_t count = 1;
    for (; count < rows.size(); ++count) {
      sum += proposals_[rows[count - 1]].entropy;
      if (sum > options_.entropy_bound) break;
    }
    rows.resize(count);
    return rows;
  }

  TokenProposal propose(std::size_t index, std::size_t row, double temperature) const {
    const Slot& slot = slots_[index];
    const MaskedRun& run = problem_.runs[slot.run];
    const bool is_last = slot.position + 1 == run.end;
    const TokenMask& allowed = slot.index == 0 ? run.first : is_last ? run.last : problem_.inner;
    std::int64_t without = -1;
    if (run.forbids_pair) {
      const Slot& other = slots_[slot.index == 0 ? index + 1 : index - 1];
      const bool forbidden =
          !other.open && other.filled.id == (slot.index == 0 ? run.forbidden_last : run.forbidden_first);
      if (forbidden) without = slot.index == 0 ? run.forbidden_first : run.forbidden_last;
    }
    return propose_token(log_probabilities_.row(row), allowed, without, temperature,
                         base::Random{kDrawStream, options_.seed, static_cast<std::uint64_t>(step_), index});
  }

  std::size_t decide(std::size_t index, std::size_t row) {
    Slot& slot = slots_[index];
    // What was decided in this step changes nothing but which half of a forbidden pair is left.
    const bool stands =
        !proposals_.empty() && options_.temperature == 0 && !problem_.runs[slot.run].forbids_pair;
    const TokenProposal proposal = stands ? proposals_[row] : propose(index, row, options_.temperature);
    slot.open = false;
    slot.filled = {proposal.id, proposal.confidence, step_};
    text_.ids[slot.position] = proposal.id;
    return slot.position;
  }

  void mask_least_confident() {
    std::vector<std::size_t> order(slots_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
      return slots_[a].filled.confidence < slots_[b].filled.confidence;
    });
    const double share = options_.remask_share * static_cast<double>(slots_.size());
    order.resize(std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(share))));
    for (const std::size_t index : order) {
      slots_[index].open = true;
      text_.ids[slots_[index].position] = tokens::kMaskId;
    }
  }

  SamplingResult result() const {
    SamplingResult result{.forwards = step_};
    result.runs.resize(problem_.runs.size());
    for (const Slot& slot : slots_) {
      result.runs[slot.run].push_back(slot.filled);
      result.log_likelihood += std::log(slot.filled.confidence);
    }
    return result;
  }

  Denoiser& denoiser_;
  const SamplingProblem& problem_;
  const SamplerOptions& options_;
  const SamplingWatcher& watcher_;
  MaskedText text_;
  std::vector<Slot> slots_;
  LogProbabilities log_probabilities_;
  std::vector<TokenProposal> proposals_;  ///< surest of this step, by row; empty where order is random
  std::int64_t step_ = 0;
};

void refuse(const char* what, double got, const char* expected) {
  throw base::Error(base::ErrorCode::kUsage, what, {.got = std::to_string(got), .expected = expected});
}

}  // namespace

const std::vector<std::string_view>& sampler_names() {
  return kNames;
}

SamplerKind parse_sampler(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    std::string list;
    for (const std::string_view known : kNames) list += (list.empty() ? "" : ", ") + std::string(known);
    throw base::Error(base::ErrorCode::kUsage, "unknown sampler",
                      {.got = std::string(name), .expected = "one of " + list});
  }
  return static_cast<SamplerKind>(found - kNames.begin());
}

std::string_view name_of(SamplerKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

void SamplerOptions::validate() const {
  if (!(temperature >= 0 && temperature <= 100)) refuse("bad temperature", temperature, "0 to 100");
  if (!(entropy_bound >= 0)) refuse("bad entropy bound", entropy_bound, "0 or more nats");
  if (!(remask_share > 0 && remask_share <= 1)) refuse("bad remasking share", remask_share, "above 0, to 1");
  if (remask_rounds < 0 || remask_rounds > 1000)
    refuse("bad remasking rounds", static_cast<double>(remask_rounds), "0 to 1000");
}

SamplingResult sample(Denoiser& denoiser, const SamplingProblem& problem, const SamplerOptions& options,
                      const SamplingWatcher& watcher) {
  return Sampling(denoiser, problem, options, watcher).run();
}

}  // namespace palimpsest::model
