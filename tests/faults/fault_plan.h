// Which system call of a process is to fail, and how.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace palimpsest::faults {

/// Kinds of system calls that touch files: open, read, write, sync, rename, close, mkdir, stat, remove, list,
/// lock, link; empty for all others.
std::string_view call_kind(std::uint64_t number);

/// `KIND:FAULT:N` or `KIND:FAULT:N+`. KIND is one of call_kind() or `any`; FAULT is the name of an error
/// (EIO, ENOSPC, EINTR, EROFS, EMFILE, EDQUOT), `short` (reads and writes do half) or a signal (KILL, TERM);
/// N counts the calls of that kind in all threads and children from 1; `+` also fails all that follow.
struct FaultPlan {
  std::string kind;
  int error = 0;   ///< errno, or 0
  int signal = 0;  ///< sent before the call, or 0
  bool is_short = false;
  std::uint64_t call = 0;
  bool and_later = false;

  bool hits(std::string_view kind_of_call, std::uint64_t number_of_call) const {
    return (kind == "any" || kind == kind_of_call) &&
           (and_later ? number_of_call >= call : number_of_call == call);
  }
};

/// Throws std::invalid_argument.
FaultPlan parse_plan(const std::string& text);

}  // namespace palimpsest::faults
