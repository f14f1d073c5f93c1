#include "ingest/acquire_all.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

constexpr const char* kUnavailable = "unavailable";

/// Calls `work` with each number below `count` on `threads` threads. After an exception, which it throws on,
/// no more work begins.
template <typename Work>
void for_each_concurrently(std::size_t count, std::size_t threads, Work work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) workers.emplace_back(run);
  run();
  workers.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

std::string input_role(const NumberedSource& source) {
  return fmt::format("source {:05} {}", source.index, source.spec.text());
}

SourceResult failed_result(const SourceSpec& spec, const base::Error& error) {
  return {.source = spec.text(),
          .identity = {},
          .error = error.what(),
          .error_code = error.code(),
          .content = {}};
}

std::vector<FetchedSource> acquire_all(const std::vector<NumberedSource>& sources,
                                       const IngestOptions& options, Timings& timings, io::Manifest& plan) {
  std::vector<FetchedSource> fetched(sources.size());
  base::Progress progress("fetch", sources.size(), "sources");
  for_each_concurrently(sources.size(), static_cast<std::size_t>(options.fetch_jobs), [&](std::size_t i) {
    base::throw_if_stopped();
    const SourceSpec& spec = sources[i].spec;
    fetched[i].index = sources[i].index;
    try {
      fetched[i].source = timings.measure("fetch", spec.text(), [&] { return acquire(spec, options); });
    } catch (const base::Error& error) {
      fetched[i].result = failed_result(spec, error);
    }
    progress.add();
  });
  for (std::size_t i = 0; i < sources.size(); ++i) {
    plan.inputs[input_role(sources[i])] = fetched[i].source ? fetched[i].source->digest : kUnavailable;
  }
  return fetched;
}

}  // namespace palimpsest::ingest
