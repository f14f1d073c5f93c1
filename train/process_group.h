// The processes that train one model together: collectives over c10d's Gloo, on the CPU.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "train/rank_environment.h"

namespace palimpsest::train {

/// Every rank must make the same calls in the same order; each waits for the others. A sum is formed in an
/// order that depends on the number of ranks alone, and every rank gets the same bytes.
///
/// Throws Error{kEnvironment} that names the step and the ranks that are missing when one of them ended or
/// did not answer for the time given. The group is of no use after that. Not thread-safe.
class ProcessGroup {
 public:
  /// One process: no sockets, every call returns at once.
  ProcessGroup();

  /// Meets the others. Throws Interrupted when a stop signal comes while it waits.
  ProcessGroup(const RankEnvironment& environment, std::chrono::milliseconds timeout);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return environment_.rank; }
  int size() const { return environment_.size; }
  bool is_first() const { return rank() == 0; }

  /// What errors say the rank was doing, e.g. "step 12".
  void set_place(std::string place) { place_ = std::move(place); }

  /// Replaces `values`, contiguous and in host memory, with the sum over the ranks.
  void all_reduce_sum(const at::Tensor& values) const;
  void all_reduce_sum(std::vector<double>& values) const;

  /// Replaces `values` with those of rank 0. Any device.
  void broadcast(const at::Tensor& values) const;
  std::string broadcast(const std::string& text) const;

  /// The text of every rank, by rank.
  std::vector<std::string> all_gather(const std::string& text) const;

  void barrier() const;

  /// Tells the others why this rank ends, so that they say so instead of guessing. Does not throw.
  void leave(const std::string& reason) const noexcept;

 private:
  struct Connection;
  void meet();
  /// Closes the connections, so that every rank notices, leaves `reason` (empty: contact was lost) and
  /// returns what each rank that ended left. Takes seconds at most.
  std::map<int, std::string> part(const std::string& reason) const;
  void throw_reason_of_another(const std::map<int, std::string>& reasons) const;
  [[noreturn]] void fail(const std::exception& cause) const;

  RankEnvironment environment_;
  std::chrono::milliseconds timeout_{0};
  std::string place_ = "start";
  std::shared_ptr<Connection> connection_;  ///< null when alone
  mutable bool parted_ = false;
};

}  // namespace palimpsest::train
