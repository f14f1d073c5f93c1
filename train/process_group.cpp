#include "train/process_group.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/util/Logging.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

// The macro under which LibTorch was built with Gloo.
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "train/rank_sockets.h"

namespace palimpsest::train {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kLogFatal = 3;  // of c10's log levels
constexpr milliseconds kPoll{20};
// How long a rank that ends waits for the others to hear of it.
constexpr milliseconds kFarewell{2000};

std::string here_key(int rank) {
  return fmt::format("here/{}", rank);
}

std::string gone_key(int rank) {
  return fmt::format("gone/{}", rank);
}

std::string heard_key(int rank) {
  return fmt::format("heard/{}", rank);
}

/// Runs `work`, which may hang where a timeout of c10d does not reach, in a thread of its own. False when it
/// is not done in time; the thread is then left alone, so `work` must own what it uses. Rethrows what `work`
/// threw.
bool done_within(milliseconds limit, bool stoppable, std::function<void()> work) {
  std::packaged_task<void()> task(std::move(work));
  std::future<void> done = task.get_future();
  std::thread(std::move(task)).detach();
  const Clock::time_point deadline = Clock::now() + limit;
  while (done.wait_for(kPoll) != std::future_status::ready) {
    if (stoppable) base::throw_if_stopped();
    if (Clock::now() >= deadline) return false;
  }
  done.get();
  return true;
}

/// Last words of the ranks that ended; empty words are of one that lost contact itself.
std::map<int, std::string> last_words(c10d::Store& store, int size) {
  std::map<int, std::string> words;
  for (int rank = 0; rank < size; ++rank) {
    if (store.check({gone_key(rank)})) words[rank] = store.get_to_str(gone_key(rank));
  }
  return words;
}

bool has_reason(const std::map<int, std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const auto& word) { return !word.second.empty(); });
}

base::Error lost(const std::string& message, const std::string& place) {
  return {base::ErrorCode::kEnvironment,
          message,
          {.where = place, .hint = "start all ranks again: they go on from the last checkpoint"}};
}

std::string names_of(const std::vector<int>& ranks) {
  return fmt::format("{} {}", ranks.size() == 1 ? "rank" : "ranks", fmt::join(ranks, ", "));
}

/// Ranks that are not here by the deadline; ends early when one that was here is gone.
std::vector<int> wait_for_all(c10d::Store& store, int size, Clock::time_point deadline) {
  while (true) {
    std::vector<int> missing;
    for (int rank = 0; rank < size; ++rank) {
      if (!store.check({here_key(rank)})) missing.push_back(rank);
    }
    if (missing.empty() || Clock::now() >= deadline || has_reason(last_words(store, size))) return missing;
    std::this_thread::sleep_for(kPoll);
  }
}

at::Tensor to_bytes(const std::string& text) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.mutable_data_ptr<std::uint8_t>());
  return bytes;
}

std::string to_text(const at::Tensor& bytes) {
  const std::uint8_t* first = bytes.const_data_ptr<std::uint8_t>();
  return {first, first + bytes.numel()};
}

}  // namespace

struct ProcessGroup::Connection {
  c10::intrusive_ptr<c10d::Store> store;  ///< in rank 0
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

ProcessGroup::ProcessGroup() = default;

ProcessGroup::ProcessGroup(const RankEnvironment& environment, milliseconds timeout)
    : environment_(environment), timeout_(timeout) {
  if (size() == 1) return;
  // c10d would warn with stack traces of what ends in one clear error here.
  if (std::getenv("TORCH_CPP_LOG_LEVEL") == nullptr) FLAGS_caffe2_log_level = kLogFatal;
  connection_ = std::make_shared<Connection>();
  meet();
  auto options = c10d::ProcessGroupGloo::Options::create(timeout_);
  try {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(
        address_towards(environment.address, environment.port)));
    connection_->gloo =
        c10::make_intrusive<c10d::ProcessGroupGloo>(connection_->store, rank(), size(), options);
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception& cause) {
    fail(cause);
  }
}

ProcessGroup::~ProcessGroup() = default;

void ProcessGroup::meet() {
  c10d::TCPStoreOptions options{.port = static_cast<std::uint16_t>(environment_.port),
                                .isServer = is_first(),
                                .waitWorkers = false,
                                .timeout = timeout_};
  if (is_first()) options.masterListenFd = listen_at(environment_.address, environment_.port);
  const auto missing = std::make_shared<std::vector<int>>();
  const auto work = [connection = connection_, environment = environment_, options, missing,
                     deadline = Clock::now() + timeout_] {
    connection->store = c10::make_intrusive<c10d::TCPStore>(environment.address, options);
    connection->store->set(here_key(environment.rank), std::string());
    *missing = wait_for_all(*connection->store, environment.size, deadline);
  };
  const std::string place = fmt::format("{}:{}", environment_.address, environment_.port);
  const double seconds = std::chrono::duration<double>(timeout_).count();
  try {
    if (!done_within(timeout_ + kFarewell, /*stoppable=*/true, work)) {
      throw lost(fmt::format("rank 0 did not answer within {} s", seconds), place);
    }
  } catch (const c10::Error&) {
    throw lost(fmt::format("rank 0 ended or did not answer within {} s", seconds), place);
  }
  if (missing->empty()) return;
  const std::string message = fmt::format("{} did not join within {} s", names_of(*missing), seconds);
  throw_reason_of_another(part(message));
  throw lost(message, place);
}

std::map<int, std::string> ProcessGroup::part(const std::string& reason) const {
  const auto words = std::make_shared<std::map<int, std::string>>();
  parted_ = true;
  const auto farewell = [connection = connection_, words, reason, rank = rank(), size = size()] {
    connection->gloo.reset();
    if (!connection->store) return;
    connection->store->set(gone_key(rank), reason);
    const Clock::time_point deadline = Clock::now() + kFarewell;
    while (true) {
      *words = last_words(*connection->store, size);
      const bool enough = rank != 0 && (!reason.empty() || has_reason(*words));
      if (enough || static_cast<int>(words->size()) == size || Clock::now() >= deadline) break;
      std::this_thread::sleep_for(kPoll);
    }
    connection->store->set(heard_key(rank), std::string());
    if (rank != 0) return;
    // Rank 0 takes the store with it, so it waits until all that ended have read it.
    for (const auto& [other, word] : *words) {
      while (!connection->store->check({heard_key(other)}) && Clock::now() < deadline + kFarewell / 2)
        std::this_thread::sleep_for(kPoll);
    }
  };
  try {
    if (done_within(2 * kFarewell, /*stoppable=*/false, farewell)) return *words;
  } catch (const std::exception& failure) {
    spdlog::debug("{}", failure.what());
    if (words->contains(0)) return *words;  // it waited for us as long as it could
  }
  // The store does not answer, so it is rank 0 that is lost; of the others nothing can be known.
  std::map<int, std::string> others;
  for (int other = 1; other < size(); ++other) others[other] = "";
  return others;
}

void ProcessGroup::leave(const std::string& reason) const noexcept {
  try {
    if (connection_ && !parted_) part(reason);
  } catch (const std::exception& failure) {
    spdlog::debug("cannot tell the other ranks: {}", failure.what());
  }
}

void ProcessGroup::throw_reason_of_another(const std::map<int, std::string>& words) const {
  for (const auto& [other, reason] : words) {
    if (other != rank() && !reason.empty())
      throw lost(fmt::format("rank {} ended: {}", other, reason), place_);
  }
}

void ProcessGroup::fail(const std::exception& cause) const {
  spdlog::debug("{}", cause.what());
  const std::map<int, std::string> words = part("");
  throw_reason_of_another(words);
  std::vector<int> silent;
  for (int other = 0; other < size(); ++other) {
    if (other != rank() && !words.contains(other)) silent.push_back(other);
  }
  if (silent.empty()) throw lost("the ranks lost contact with each other", place_);
  throw lost(fmt::format("lost {}: killed, or silent for {} s", names_of(silent),
                         std::chrono::duration<double>(timeout_).count()),
             place_);
}

void ProcessGroup::all_reduce_sum(const at::Tensor& values) const {
  if (!connection_) return;
  std::vector<at::Tensor> tensors{values};
  try {
    connection_->gloo->allreduce(tensors)->wait();
  } catch (const std::exception& cause) {
    fail(cause);
  }
}

void ProcessGroup::all_reduce_sum(std::vector<double>& values) const {
  if (!connection_) return;
  all_reduce_sum(at::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, at::kDouble));
}

void ProcessGroup::broadcast(const at::Tensor& values) const {
  if (!connection_ || values.numel() == 0) return;
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> tensors{values.detach().to(at::kCPU).contiguous()};
  try {
    connection_->gloo->broadcast(tensors)->wait();
  } catch (const std::exception& cause) {
    fail(cause);
  }
  if (tensors[0].const_data_ptr() != values.const_data_ptr()) values.copy_(tensors[0]);
}

std::string ProcessGroup::broadcast(const std::string& text) const {
  if (!connection_) return text;
  const at::Tensor size = at::full({1}, static_cast<std::int64_t>(text.size()), at::kLong);
  broadcast(size);
  const at::Tensor bytes = is_first() ? to_bytes(text) : at::empty({size.item<std::int64_t>()}, at::kByte);
  broadcast(bytes);
  return to_text(bytes);
}

std::vector<std::string> ProcessGroup::all_gather(const std::string& text) const {
  if (!connection_) return {text};
  const at::Tensor sizes = at::zeros({size()}, at::kLong);
  sizes[rank()] = static_cast<std::int64_t>(text.size());
  all_reduce_sum(sizes);
  std::vector<at::Tensor> parts;
  for (int other = 0; other < size(); ++other) {
    parts.push_back(other == rank() ? to_bytes(text)
                                    : at::zeros({sizes[other].item<std::int64_t>()}, at::kByte));
  }
  const at::Tensor joined = at::cat(parts);  // 0 + byte = byte
  if (joined.numel() > 0) all_reduce_sum(joined);
  std::vector<std::string> texts;
  std::int64_t begin = 0;
  for (const at::Tensor& part_of_rank : parts) {
    texts.push_back(to_text(joined.narrow(0, begin, part_of_rank.numel())));
    begin += part_of_rank.numel();
  }
  return texts;
}

void ProcessGroup::barrier() const {
  all_reduce_sum(at::zeros({1}, at::kLong));
}

}  // namespace palimpsest::train
