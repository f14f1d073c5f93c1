#include "common/base/progress.h"

#include <array>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace palimpsest::base {
namespace {

constexpr std::int64_t kTerminalIntervalNs = 100'000'000;
constexpr std::int64_t kLogIntervalNs = 30'000'000'000;

}  // namespace

Progress::Progress(std::string what, std::uint64_t total, std::string unit)
    : what_(std::move(what)),
      total_(total),
      unit_(std::move(unit)),
      terminal_(isatty(STDERR_FILENO) == 1 && spdlog::should_log(spdlog::level::info)),
      next_print_ns_(terminal_ ? kTerminalIntervalNs : kLogIntervalNs) {}

Progress::~Progress() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::set_note(std::string note) {
  const std::lock_guard lock(mutex_);
  note_ = std::move(note);
}

void Progress::add(std::uint64_t amount) {
  const std::uint64_t done = done_ += amount;
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start_).count();
  std::int64_t due = next_print_ns_.load();
  if (now < due) return;
  const std::int64_t next = now + (terminal_ ? kTerminalIntervalNs : kLogIntervalNs);
  if (!next_print_ns_.compare_exchange_strong(due, next)) return;  // another thread prints
  const std::lock_guard lock(mutex_);
  const std::string text = line(done, static_cast<double>(now) * 1e-9);
  if (terminal_) {
    std::fputs(("\r" + text + "\033[K").c_str(), stderr);
    std::fflush(stderr);
  } else {
    spdlog::info("{}", text);
  }
}

std::string Progress::line(std::uint64_t done, double seconds) const {
  const double rate = static_cast<double>(done) / seconds;
  std::string text = fmt::format("{}: {}", what_, done);
  if (total_ > 0) {
    const double fraction = static_cast<double>(done) / static_cast<double>(total_);
    text += fmt::format("/{} {} ({:.0f}%)", total_, unit_, 100 * fraction);
  } else {
    text += " " + unit_;
  }
  text += fmt::format(", {:.3g} {}/s", rate, unit_);
  if (total_ > done && done > 0) {
    text += ", " + format_duration(static_cast<double>(total_ - done) / rate) + " left";
  }
  if (!note_.empty()) text += ", " + note_;
  return text;
}

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole >= 3600) return fmt::format("{}h {:02}m", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{:.1f}s", seconds);
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace palimpsest::base
