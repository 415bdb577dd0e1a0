// The allow-list, by libseccomp. Whatever is on it touches our own memory, our own descriptors, clocks and random
// numbers only. It is what poppler, fontconfig, libxml2, libzip, GMime, ICU, leptonica
// and tesseract were seen to use, and what the C library may use for
// the same.
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extractor/sandbox/layers.h"

namespace counsel::sandbox {
namespace {

constexpr std::array kAllowed = {
    // Memory; mmap and mprotect below.
    "brk", "munmap", "mremap", "madvise",
    // The descriptors that are open.
    "read", "write", "readv", "writev", "pread64", "pwrite64", "lseek", "_llseek", "close", "fstat",
    // Time.
    "clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "times", "getrusage",
    // Locks, and what the C library keeps for a thread.
    "futex", "sched_yield", "set_robust_list", "rseq", "restart_syscall",
    // Signals of our own.
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    // Who and where we are.
    "getrandom", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo", "getcpu",
    "sched_getaffinity", "getrlimit",
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    // They find out in this way whether an address can be read.
    "pipe", "pipe2",
#endif
    // The end.
    "exit", "exit_group"};

// What libraries try and do without.
struct Refusal {
  const char* name;
  int error;
};
constexpr std::array kRefused = {Refusal{"statx", ENOSYS}, Refusal{"openat2", ENOSYS}, Refusal{"statfs", ENOSYS},
                                 Refusal{"fstatfs", ENOSYS}, Refusal{"fadvise64", ENOSYS},
                                 // fontconfig, where the cache of fonts is old.
                                 Refusal{"mkdir", EACCES}, Refusal{"link", EACCES}, Refusal{"unlink", EACCES},
                                 Refusal{"faccessat2", ENOSYS}, Refusal{"creat", EACCES}, Refusal{"ioctl", ENOTTY},
                                 Refusal{"getcwd", EACCES}, Refusal{"prctl", EINVAL}, Refusal{"membarrier", ENOSYS},
                                 Refusal{"sched_setaffinity", EPERM}, Refusal{"setpriority", EPERM},
                                 Refusal{"sched_setscheduler", EPERM}};

// Reading the file system: all of it is left to Landlock, or none is there.
constexpr std::array kLooks = {"open",   "openat",    "stat",     "lstat",     "newfstatat",
                               "access", "faccessat", "readlink", "readlinkat"};
constexpr std::array kFolders = {"getdents", "getdents64"};

// What a foreign program is seen to use beside (LibreOffice 7.4): files of its own root, threads, local sockets.
constexpr std::array kProgram = {"execve",
                                 "mmap",
                                 "mprotect",
                                 "arch_prctl",
                                 "set_tid_address",
                                 "prctl",
                                 "openat2",
                                 "creat",
                                 "faccessat2",
                                 "statx",
                                 "statfs",
                                 "fstatfs",
                                 "fadvise64",
                                 "getcwd",
                                 "chdir",
                                 "fchdir",
                                 "umask",
                                 "mkdir",
                                 "mkdirat",
                                 "rmdir",
                                 "unlink",
                                 "unlinkat",
                                 "rename",
                                 "renameat",
                                 "renameat2",
                                 "link",
                                 "symlink",
                                 "chmod",
                                 "fchmod",
                                 "fchmodat",
                                 "utimensat",
                                 "truncate",
                                 "ftruncate",
                                 "fallocate",
                                 "fsync",
                                 "fdatasync",
                                 "flock",
                                 "fcntl",
                                 "dup",
                                 "dup2",
                                 "dup3",
                                 "pipe",
                                 "pipe2",
                                 "eventfd2",
                                 "poll",
                                 "ppoll",
                                 "select",
                                 "pselect6",
                                 "epoll_create1",
                                 "epoll_ctl",
                                 "epoll_wait",
                                 "epoll_pwait",
                                 "connect",
                                 "bind",
                                 "listen",
                                 "accept",
                                 "accept4",
                                 "shutdown",
                                 "getsockname",
                                 "getpeername",
                                 "getsockopt",
                                 "setsockopt",
                                 "sendto",
                                 "recvfrom",
                                 "sendmsg",
                                 "recvmsg",
                                 "tgkill",
                                 "sigaltstack",
                                 "rt_sigtimedwait",
                                 "rt_sigsuspend",
                                 "getpgrp",
                                 "getgroups",
                                 "getresuid",
                                 "getresgid",
                                 "sched_getparam",
                                 "sched_getscheduler",
                                 "sched_get_priority_max",
                                 "sched_get_priority_min",
                                 "membarrier"};

class Filter {
 public:
  explicit Filter(std::uint32_t otherwise = SCMP_ACT_KILL_PROCESS)
      : filter_(::seccomp_init(otherwise), ::seccomp_release) {
    if (!filter_) error_ = ENOMEM;
  }

  // A name that this processor does not have is passed over.
  template <class... Conditions>
  void Add(std::uint32_t action, const char* name, Conditions... conditions) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (error_ != 0 || number == __NR_SCMP_ERROR) return;
    const std::array<scmp_arg_cmp, sizeof...(conditions)> all = {conditions...};
    const int added = ::seccomp_rule_add_array(filter_.get(), action, number, all.size(), all.data());
    if (added < 0 && added != -EDOM) error_ = -added;
  }

  // What the kernel takes; empty after an error.
  std::vector<sock_filter> Program() {
    std::vector<sock_filter> program;
    const int file = ::memfd_create("filter", MFD_CLOEXEC);  // libseccomp writes to descriptors only
    if (error_ == 0 && file >= 0 && ::seccomp_export_bpf(filter_.get(), file) == 0) {
      struct stat status = {};
      ::fstat(file, &status);
      program.resize(static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
      if (::pread(file, program.data(), static_cast<std::size_t>(status.st_size), 0) != status.st_size) program.clear();
    }
    if (file >= 0) ::close(file);
    return program;
  }

 private:
  std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter_;
  int error_ = 0;
};

scmp_arg_cmp Bits(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

scmp_arg_cmp Equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

void AddMemory(Filter& filter) {
  // Nothing that was written is ever executed.
  for (const char* name : {"mmap", "mmap2", "mprotect"}) {
    filter.Add(SCMP_ACT_ALLOW, name, Bits(2, PROT_EXEC, 0));
    filter.Add(SCMP_ACT_ERRNO(EPERM), name, Bits(2, PROT_EXEC, PROT_EXEC));
  }
}

void AddFiles(Filter& filter, bool may_open) {
  const std::uint32_t refused = SCMP_ACT_ERRNO(EACCES);
  for (const char* name : kFolders) filter.Add(may_open ? SCMP_ACT_ALLOW : refused, name);
  for (const char* name : kLooks) {
    // The C library's fstat is a newfstatat without a path.
    if (!may_open && std::string_view(name) == "newfstatat") continue;
    filter.Add(may_open ? SCMP_ACT_ALLOW : refused, name);
  }
  if (may_open) return;
  filter.Add(SCMP_ACT_ALLOW, "newfstatat", Bits(3, AT_EMPTY_PATH, AT_EMPTY_PATH));
  filter.Add(refused, "newfstatat", Bits(3, AT_EMPTY_PATH, 0));
}

void AddSelf(Filter& filter, pid_t self) {
  // abort() is a signal to ourselves.
  filter.Add(SCMP_ACT_ALLOW, "tgkill", Equals(0, static_cast<std::uint64_t>(self)));
  // Limits can be read, not set.
  filter.Add(SCMP_ACT_ALLOW, "prlimit64", Equals(0, 0), Equals(2, 0));
  for (const int command : {F_GETFD, F_SETFD, F_GETFL}) {
    filter.Add(SCMP_ACT_ALLOW, "fcntl", Equals(1, static_cast<std::uint64_t>(command)));
  }
}

}  // namespace

LayerState RestrictProgramCalls() {
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  for (const char* name : kAllowed) filter.Add(SCMP_ACT_ALLOW, name);
  for (const char* name : kProgram) filter.Add(SCMP_ACT_ALLOW, name);
  for (const char* name : kLooks) filter.Add(SCMP_ACT_ALLOW, name);
  for (const char* name : kFolders) filter.Add(SCMP_ACT_ALLOW, name);
  // Threads, no processes; what clone3 is to do stands in memory, which a filter does not see.
  filter.Add(SCMP_ACT_ALLOW, "clone", Bits(0, CLONE_THREAD, CLONE_THREAD));
  filter.Add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  // Within its own namespace of networks and files, where nobody else listens.
  for (const char* name : {"socket", "socketpair"}) filter.Add(SCMP_ACT_ALLOW, name, Equals(0, AF_UNIX));
  filter.Add(SCMP_ACT_ALLOW, "prlimit64", Equals(2, 0));
  return RestrictSystemCalls(filter.Program());
}

std::vector<sock_filter> MakeFilter(bool may_open, pid_t self) {
  Filter filter;
  for (const char* name : kAllowed) filter.Add(SCMP_ACT_ALLOW, name);
  for (const Refusal& refusal : kRefused) {
    filter.Add(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(refusal.error)), refusal.name);
  }
  AddMemory(filter);
  AddFiles(filter, may_open);
  AddSelf(filter, self);
  return filter.Program();
}

LayerState RestrictSystemCalls(const std::vector<sock_filter>& filter) {
  sock_fprog program = {};
  program.len = static_cast<unsigned short>(filter.size());
  program.filter = const_cast<sock_filter*>(filter.data());
  if (filter.empty() || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
    const int error = filter.empty() ? ENOMEM : errno;
    return {"system calls", false, std::string("no seccomp: ") + std::strerror(error)};
  }
  return {"system calls", true, "an allow-list (seccomp)"};
}

bool HasFilters() {
  // A kernel that has them looks for one at this address.
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr, 0, 0) != 0 && errno == EFAULT;
}

}  // namespace counsel::sandbox
