#include "tests/faults/fault_plan.h"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <unordered_map>

#include <sys/syscall.h>

namespace palimpsest::faults {

std::string_view call_kind(std::uint64_t number) {
  static const std::unordered_map<std::uint64_t, std::string_view> kinds = {
      {SYS_open, "open"},      {SYS_openat, "open"},     {SYS_creat, "open"},      {SYS_read, "read"},
      {SYS_pread64, "read"},   {SYS_write, "write"},     {SYS_pwrite64, "write"},  {SYS_fsync, "sync"},
      {SYS_fdatasync, "sync"}, {SYS_rename, "rename"},   {SYS_renameat, "rename"}, {SYS_renameat2, "rename"},
      {SYS_close, "close"},    {SYS_mkdir, "mkdir"},     {SYS_mkdirat, "mkdir"},   {SYS_stat, "stat"},
      {SYS_lstat, "stat"},     {SYS_fstat, "stat"},      {SYS_newfstatat, "stat"}, {SYS_statx, "stat"},
      {SYS_access, "stat"},    {SYS_faccessat2, "stat"}, {SYS_unlink, "remove"},   {SYS_unlinkat, "remove"},
      {SYS_rmdir, "remove"},   {SYS_getdents64, "list"}, {SYS_flock, "lock"},      {SYS_link, "link"},
      {SYS_symlink, "link"}};
  const auto found = kinds.find(number);
  return found == kinds.end() ? std::string_view() : found->second;
}

FaultPlan parse_plan(const std::string& text) {
  static const std::unordered_map<std::string, int> errors = {{"EIO", EIO},       {"ENOSPC", ENOSPC},
                                                              {"EINTR", EINTR},   {"EROFS", EROFS},
                                                              {"EMFILE", EMFILE}, {"EDQUOT", EDQUOT}};
  static const std::unordered_map<std::string, int> signals = {{"KILL", SIGKILL}, {"TERM", SIGTERM}};
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos)
    throw std::invalid_argument("KIND:FAULT:N[+]");
  FaultPlan plan;
  plan.kind = text.substr(0, first);
  const std::string fault = text.substr(first + 1, second - first - 1);
  if (const auto error = errors.find(fault); error != errors.end()) {
    plan.error = error->second;
  } else if (const auto signal = signals.find(fault); signal != signals.end()) {
    plan.signal = signal->second;
  } else if (fault == "short") {
    plan.is_short = true;
  } else {
    throw std::invalid_argument("unknown fault " + fault);
  }
  plan.and_later = text.ends_with('+');
  plan.call = std::stoull(text.substr(second + 1));
  return plan;
}

}  // namespace palimpsest::faults
