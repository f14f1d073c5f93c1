#include "evaluate/bench/system_call_filter.h"

#include <cerrno>

#include <sched.h>
#include <seccomp.h>

#include "common/base/error.h"
#include "common/base/handle.h"
#include "evaluate/bench/memory_file.h"

namespace palimpsest::bench {
namespace {

constexpr const char* kDenied[] = {"fork",
                                   "vfork",
                                   "socket",
                                   "socketpair",
                                   "memfd_create",
                                   "memfd_secret",
                                   "shmget",
                                   "msgget",
                                   "semget",
                                   "mq_open",
                                   "ptrace",
                                   "process_vm_readv",
                                   "process_vm_writev",
                                   "pidfd_open",
                                   "pidfd_getfd",
                                   "unshare",
                                   "setns",
                                   "mount",
                                   "umount2",
                                   "pivot_root",
                                   "chroot",
                                   "move_mount",
                                   "open_tree",
                                   "fsopen",
                                   "fsconfig",
                                   "fsmount",
                                   "mount_setattr",
                                   "add_key",
                                   "request_key",
                                   "keyctl",
                                   "bpf",
                                   "perf_event_open",
                                   "userfaultfd",
                                   "io_uring_setup",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "open_by_handle_at",
                                   "name_to_handle_at",
                                   "init_module",
                                   "finit_module",
                                   "delete_module",
                                   "kexec_load",
                                   "kexec_file_load",
                                   "reboot",
                                   "swapon",
                                   "swapoff",
                                   "personality",
                                   "acct",
                                   "quotactl",
                                   "syslog",
                                   "setsid",
                                   "setpgid",
                                   "sethostname",
                                   "setdomainname"};

void check(int result) {
  // A system call that this architecture does not have needs no rule.
  if (result == 0 || result == -EDOM) return;
  throw base::Error(base::ErrorCode::kEnvironment, "cannot make the sandbox's system call filter",
                    {.got = "libseccomp error " + std::to_string(-result)});
}

}  // namespace

std::string system_call_filter() {
  const base::Handle<void, seccomp_release> filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) check(-ENOMEM);
  for (const char* name : kDenied) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number != __NR_SCMP_ERROR) check(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0));
  }
  // The C library falls back from clone3, whose flags a filter cannot see, to clone.
  check(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
  const scmp_arg_cmp no_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
  check(seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, &no_thread));
  const MemoryFile program("");
  check(seccomp_export_bpf(filter.get(), program.descriptor()));
  return program.read_all();
}

}  // namespace palimpsest::bench
