// What a process in the sandbox may no longer do: with all layers, with each one alone, and where the kernel lacks one.
#include "extractor/sandbox/sandbox.h"

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "extractor/sandbox/test_attempts.h"

namespace counsel::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class Sandbox : public testing::Test {
 protected:
  Sandbox() : folder_(fs::temp_directory_path() / ("counsel-sandbox-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "secret") << "secret";
  }
  ~Sandbox() override { fs::remove_all(folder_); }

  // All layers refuse it, and so does each of `layers` alone; without any it works.
  void ExpectRefused(unsigned layers, const Attempt& attempt) {
    Policy none;
    none.layers = 0;
    const Outcome bare = Try(none, attempt);
    if (!bare.worked) GTEST_SKIP() << "this system refuses it without a sandbox too: " << bare.how;
    const Outcome confined = Try(limits_, attempt);
    EXPECT_FALSE(confined.worked) << "all layers let it through";
    EXPECT_TRUE(confined.confined);
    const Outcome forked = TryInFork(limits_, attempt);
    EXPECT_FALSE(forked.worked) << "it works in the fork of a zygote";
    EXPECT_EQ(forked.confined, forked.active != 0);
    int refusing = 0;
    for (const Layer layer : {kLimits, kPrivileges, kNamespaces, kFiles, kSystemCalls}) {
      if ((layers & layer) == 0) continue;
      Policy one = limits_;
      one.layers = layer | kPrivileges;  // the last two want no_new_privs
      const Outcome outcome = Try(one, attempt);
      if ((outcome.active & layer) == 0) continue;  // not on this kernel
      EXPECT_FALSE(outcome.worked) << "layer " << layer << " lets it through";
      ++refusing;
    }
    EXPECT_GT(refusing, 0) << "this kernel has none of the layers that refuse it";
  }

  fs::path folder_;
  Policy limits_;
};

TEST_F(Sandbox, TheNetworkIsRefused) {
  const Listener listener(AF_INET);
  ExpectRefused(kNamespaces | kSystemCalls, [&] { return listener.Call(); });
}

TEST_F(Sandbox, SocketsOfThisMachineAreRefused) {
  const Listener listener(AF_UNIX);
  ExpectRefused(kNamespaces | kSystemCalls, [&] { return listener.Call(); });
}

TEST_F(Sandbox, ReadingAFileIsRefused) {
  const std::string path = folder_ / "secret";
  ExpectRefused(kNamespaces | kFiles | kSystemCalls, [&] { return ErrnoIf(::open(path.c_str(), O_RDONLY) < 0); });
}

TEST_F(Sandbox, ListingAFolderIsRefused) {
  ExpectRefused(kNamespaces | kFiles | kSystemCalls, [&] {
    const int fd = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY);
    char entries[1024];
    return ErrnoIf(fd < 0 || ::syscall(SYS_getdents64, fd, entries, sizeof entries) <= 0);
  });
}

TEST_F(Sandbox, CreatingAFileIsRefused) {
  const std::string path = folder_ / "new";
  ExpectRefused(kNamespaces | kFiles | kSystemCalls,
                [&] { return ErrnoIf(::open(path.c_str(), O_WRONLY | O_CREAT, 0600) < 0); });
}

TEST_F(Sandbox, RemovingAFileIsRefused) {
  const std::string path = folder_ / "secret";
  ExpectRefused(kNamespaces | kFiles | kSystemCalls, [&] {
    std::ofstream(path) << "secret";  // the attempt without a sandbox removes it
    return ErrnoIf(::unlink(path.c_str()) != 0);
  });
  std::ofstream(path) << "secret";
  EXPECT_FALSE(Try(limits_, [&] { return ErrnoIf(::unlink(path.c_str()) != 0); }).worked);
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(Sandbox, NewProgramsAreRefused) {
  ExpectRefused(kNamespaces | kFiles | kSystemCalls, [] {
    const std::string exit = "exit " + std::to_string(kWorked);
    return ErrnoIf(::execl("/bin/sh", "sh", "-c", exit.c_str(), nullptr) != 0);
  });
}

TEST_F(Sandbox, NewProcessesAreRefused) {
  ExpectRefused(kSystemCalls, [] {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    return ErrnoIf(pid < 0);
  });
}

TEST_F(Sandbox, TracingAnotherProcessIsRefused) {
  const Victim victim;
  ExpectRefused(kNamespaces | kFiles | kSystemCalls,
                [&] { return ErrnoIf(::ptrace(PTRACE_SEIZE, victim.pid(), nullptr, nullptr) != 0); });
}

TEST_F(Sandbox, ReadingAnotherProcessIsRefused) {
  const Victim victim;
  static char word[8] = "victim";
  ExpectRefused(kNamespaces | kFiles | kSystemCalls, [&] {
    char here[8];
    const iovec local = {here, sizeof here};
    const iovec remote = {word, sizeof word};
    return ErrnoIf(::process_vm_readv(victim.pid(), &local, 1, &remote, 1, 0) != sizeof here);
  });
}

TEST_F(Sandbox, KillingAnotherProcessIsRefused) {
  const Victim victim;
  ExpectRefused(kNamespaces | kSystemCalls, [&] { return ErrnoIf(::kill(victim.pid(), 0) != 0); });
  EXPECT_FALSE(Try(limits_, [&] { return ErrnoIf(::kill(victim.pid(), SIGKILL) != 0); }).worked);
  EXPECT_EQ(::waitpid(victim.pid(), nullptr, WNOHANG), 0) << "the victim is dead";
}

TEST_F(Sandbox, KillingTheParentIsRefused) {
  const pid_t parent = ::getpid();
  ExpectRefused(kNamespaces | kSystemCalls, [&] { return ErrnoIf(::kill(parent, 0) != 0); });
}

TEST_F(Sandbox, MemoryThatIsExecutedIsRefused) {
  ExpectRefused(kSystemCalls, [] {
    return ErrnoIf(::mmap(nullptr, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  });
  ExpectRefused(kSystemCalls, [] {
    void* page = ::mmap(nullptr, 4096, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return ErrnoIf(::mprotect(page, 4096, PROT_EXEC) != 0);
  });
}

TEST_F(Sandbox, NewNamespacesAndMountsAreRefused) {
  ExpectRefused(kSystemCalls, [] { return ErrnoIf(::unshare(CLONE_NEWUSER) != 0); });
  ExpectRefused(kPrivileges | kSystemCalls, [] {
    return ErrnoIf(::mount("none", "/tmp", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 && ::unshare(CLONE_NEWNS) != 0);
  });
}

TEST_F(Sandbox, MoreMemoryThanAllowedIsRefused) {
  if (kSanitized) GTEST_SKIP() << "the sanitizers map terabytes";
  limits_.memory_bytes = std::uint64_t{256} << 20;
  ExpectRefused(kLimits, [] {
    constexpr std::size_t kSize = std::size_t{512} << 20;
    return ErrnoIf(::mmap(nullptr, kSize, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  });
}

TEST_F(Sandbox, MoreOutputThanAllowedIsRefused) {
  const int file = ::memfd_create("output", MFD_CLOEXEC);
  limits_.written_bytes = 1 << 20;
  const std::string block(2 << 20, 'x');
  ExpectRefused(kLimits, [&] {
    return ErrnoIf(::pwrite(file, block.data(), block.size(), 0) != static_cast<ssize_t>(block.size()));
  });
  ::close(file);
}

TEST_F(Sandbox, MoreProcessorTimeThanAllowedIsRefused) {
  limits_.cpu_seconds = 1;
  const Outcome outcome = Try(limits_, [] {
    timespec used = {};
    while (used.tv_sec < 5) ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return 0;
  });
  EXPECT_FALSE(outcome.worked);
  EXPECT_TRUE(WIFSIGNALED(outcome.status)) << outcome.how;
}

TEST_F(Sandbox, DangerousSystemCallsKill) {
  for (const long number : {SYS_socket,      SYS_execve,         SYS_clone,
                            SYS_ptrace,      SYS_kill,           SYS_bpf,
                            SYS_mount,       SYS_unshare,        SYS_setns,
                            SYS_keyctl,      SYS_add_key,        SYS_perf_event_open,
                            SYS_userfaultfd, SYS_io_uring_setup, SYS_open_by_handle_at,
                            SYS_init_module, SYS_pidfd_open,     SYS_process_vm_writev,
                            SYS_setuid,      SYS_memfd_create,   SYS_symlinkat,
                            SYS_unlinkat,    SYS_renameat,       SYS_mkdirat,
                            SYS_socketpair}) {
    const Outcome outcome = Try(limits_, [&] { return ErrnoIf(::syscall(number, 0, 0, 0, 0, 0, 0) < 0); });
    if ((outcome.active & kSystemCalls) == 0) GTEST_SKIP() << "this kernel has no seccomp filters";
    EXPECT_TRUE(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS) << number << ": " << outcome.how;
  }
}

TEST_F(Sandbox, LimitsCannotBeRaisedAgain) {
  limits_.written_bytes = 1 << 20;
  const rlimit more = {2 << 20, RLIM_INFINITY};
  EXPECT_FALSE(Try(limits_, [&] { return ErrnoIf(::setrlimit(RLIMIT_FSIZE, &more) != 0); }).worked);
}

// What the readers live on.
TEST_F(Sandbox, MemoryTimeConvertersAndTheOpenDescriptorsStay) {
  const int file = ::memfd_create("output", MFD_CLOEXEC);
  ::tzset();
  const iconv_t converter = ::iconv_open("UTF-8", "UTF-16");
  const Outcome outcome = Try(limits_, [&] {
    const std::string block(std::size_t{32} << 20, 'x');
    const time_t now = ::time(nullptr);
    tm local = {};
    ::localtime_r(&now, &local);
    if (::iconv_open("UTF-8", "UTF-16") == reinterpret_cast<iconv_t>(-1)) return 1;
    struct stat status = {};
    if (::write(file, "text", 4) != 4 || ::fstat(file, &status) != 0) return 2;
    return static_cast<int>(block[5] - 'x');
  });
  ::close(file);
  ::iconv_close(converter);
  EXPECT_TRUE(outcome.worked) << outcome.how;
}

TEST_F(Sandbox, ALibraryThatLooksForAFileIsToldThatItMayNot) {
  const std::string path = folder_ / "secret";
  const Outcome outcome =
      Try(limits_, [&] { return std::ifstream(path).good() || ::access("/usr/share", R_OK) == 0 ? 0 : 1; });
  EXPECT_EQ(outcome.status, W_EXITCODE(1, 0)) << outcome.how;
}

TEST_F(Sandbox, NamedFoldersCanBeReadAndNothingElse) {
  limits_.read_only = {folder_, "/nonexistent"};
  const std::string inside = folder_ / "secret";
  const Outcome reading = Try(limits_, [&] { return ErrnoIf(::open(inside.c_str(), O_RDONLY) < 0); });
  if ((reading.active & kFiles) == 0) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_TRUE(reading.worked) << reading.how;
  EXPECT_FALSE(Try(limits_, [&] { return ErrnoIf(::open(inside.c_str(), O_WRONLY) < 0); }).worked);
  EXPECT_FALSE(
      Try(limits_, [&] { return ErrnoIf(::open((inside + "2").c_str(), O_WRONLY | O_CREAT, 0600) < 0); }).worked);
  EXPECT_FALSE(Try(limits_, [] { return ErrnoIf(::open("/etc/passwd", O_RDONLY) < 0); }).worked);
  EXPECT_FALSE(Try(limits_, [] { return ErrnoIf(::open("/proc/self/maps", O_RDONLY) < 0); }).worked);
}

TEST_F(Sandbox, ItsEndIsTheEndOfTheProcessThatEnteredIt) {
  EXPECT_EQ(Try(limits_, [] { return 7; }).status, W_EXITCODE(7, 0));
  const Outcome crash = Try(limits_, []() -> int {
    ::signal(SIGILL, SIG_DFL);
    __builtin_trap();
  });
  EXPECT_TRUE(WIFSIGNALED(crash.status) && WTERMSIG(crash.status) == SIGILL) << crash.how;
  const Outcome aborted = Try(limits_, []() -> int { std::abort(); });
  EXPECT_TRUE(WIFSIGNALED(aborted.status) || kSanitized) << aborted.how;
}

TEST_F(Sandbox, WhatRunsInItDiesWithTheProcessThatEnteredIt) {
  int held[2];
  ASSERT_EQ(::pipe2(held, O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(held[0]);
    static_cast<void>(Enter(limits_));
    if (::write(held[1], "x", 1) != 1) ::_exit(1);
    const timespec longer_than_the_test = {60, 0};
    ::nanosleep(&longer_than_the_test, nullptr);
    ::_exit(0);
  }
  ::close(held[1]);
  char byte = 0;
  EXPECT_EQ(::read(held[0], &byte, 1), 1);  // it is inside
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pollfd end = {held[0], POLLIN, 0};  // comes when the last process that holds the pipe has ended
  EXPECT_EQ(::poll(&end, 1, 10'000), 1) << "what runs in the sandbox is still there";
  ::close(held[0]);
}

}  // namespace
}  // namespace counsel::sandbox
