// The sandbox of a zygote's forks: all that sandbox_test.cc tries is refused to them too; here, what one fork can do to
// another, to the zygote, and what becomes of them.
#include <cstdlib>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "extractor/sandbox/test_attempts.h"

namespace counsel::sandbox {
namespace {

// What a fork does before it enters the rest: what namespaces alone refuse.
int StatusOf(pid_t pid) {
  int status = -1;
  ::waitpid(pid, &status, 0);
  return status;
}

class SharedSandbox : public testing::Test {
 protected:
  Policy policy_;
};

TEST_F(SharedSandbox, AForkIsOurChildTheOnlyProcessOfItsNamespaceAndLeadsAGroup) {
  const TestZygote zygote(policy_, [](const Shared&) {
    const bool alone = ::getpid() == 1 && ::getppid() == 0 && ::getpgrp() == 1;
    return alone ? 7 : 1;
  });
  if (!zygote.Whole()) GTEST_SKIP() << "this kernel lacks a layer";
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0));
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0)) << "the second is the first of another";
}

// Before a system call is forbidden: the namespaces refuse it by themselves.
TEST_F(SharedSandbox, AForkFindsNeitherAnotherNorTheZygote) {
  int found[2];
  int ready[2];
  ASSERT_EQ(::pipe2(found, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  static char word[8] = "victim";
  const TestZygote zygote(policy_, [&](const Shared&) {
    pid_t victim = 0;
    if (::read(found[0], &victim, sizeof victim) != sizeof victim) return 1;
    if (victim == 0) {
      if (::write(ready[1], "x", 1) != 1) return 3;
      for (;;) ::pause();
    }
    char here[8] = {};
    const iovec local = {here, sizeof here};
    const iovec remote = {word, sizeof word};
    const bool hidden = ::kill(victim, 0) != 0 && errno == ESRCH &&
                        ::ptrace(PTRACE_SEIZE, victim, nullptr, nullptr) != 0 && errno == ESRCH &&
                        ::process_vm_readv(victim, &local, 1, &remote, 1, 0) < 0 && errno == ESRCH;
    return hidden ? 7 : 2;
  });
  if (!zygote.Whole()) GTEST_SKIP() << "this kernel lacks a layer";
  const pid_t sleeps = 0;
  ASSERT_EQ(::write(found[1], &sleeps, sizeof sleeps), static_cast<ssize_t>(sizeof sleeps));
  const pid_t sibling = zygote.Fork();
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(::write(found[1], &sibling, sizeof sibling), static_cast<ssize_t>(sizeof sibling));
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0));
  EXPECT_EQ(::waitpid(sibling, nullptr, WNOHANG), 0) << "it is dead";
  ::kill(sibling, SIGKILL);
  ::waitpid(sibling, nullptr, 0);
}

TEST_F(SharedSandbox, WhatAForkWritesNoOtherSees) {
  static int number = 0;
  const TestZygote zygote(policy_, [](const Shared&) {
    const int queue = ::msgget(0x1234, IPC_CREAT | IPC_EXCL | 0600);  // a name of the IPC namespace
    return ++number == 1 && queue >= 0 ? 7 : 1;
  });
  if (!zygote.Whole()) GTEST_SKIP() << "this kernel lacks a layer";
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0));
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0));
}

TEST_F(SharedSandbox, EachHasItsOwnLimitsAndItsOwnTime) {
  policy_.cpu_seconds = 1;
  policy_.written_bytes = 4096;
  const TestZygote zygote(policy_, [&](const Shared& shared) {
    if (!shared.Enter(policy_).confined) return 1;
    rlimit time = {};
    rlimit written = {};
    ::getrlimit(RLIMIT_CPU, &time);
    ::getrlimit(RLIMIT_FSIZE, &written);
    if (time.rlim_cur != 1 || time.rlim_max != 3 || written.rlim_max != 4096) return 2;
    timespec used = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    constexpr long kHalf = 500'000'000;  // nanoseconds
    if (used.tv_sec > 0 || used.tv_nsec > kHalf) return 3;
    while (used.tv_sec == 0 && used.tv_nsec < kHalf + kHalf / 10) ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return 7;
  });
  if (!zygote.Whole()) GTEST_SKIP() << "this kernel lacks a layer";
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0));
  EXPECT_EQ(StatusOf(zygote.Fork()), W_EXITCODE(7, 0)) << "the first one's time counts for the second";
}

TEST_F(SharedSandbox, DangerousSystemCallsKillAFork) {
  for (const long number : {SYS_socket, SYS_execve, SYS_clone, SYS_ptrace, SYS_kill, SYS_unshare, SYS_setns, SYS_mount,
                            SYS_recvmsg, SYS_sendmsg, SYS_pidfd_open, SYS_process_vm_writev, SYS_prctl}) {
    const Outcome outcome = TryInFork(policy_, [&] { return ErrnoIf(::syscall(number, 0, 0, 0, 0, 0, 0) < 0); });
    if (outcome.active == 0) GTEST_SKIP() << "this kernel lacks a layer";
    if (number == SYS_prctl) {
      EXPECT_EQ(outcome.status, W_EXITCODE(EINVAL, 0));
    } else {
      EXPECT_TRUE(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS) << number << ": " << outcome.how;
    }
  }
}

TEST_F(SharedSandbox, AnAbortEndsAForkAndNoOther) {
  const Outcome aborted = TryInFork(policy_, []() -> int { std::abort(); });
  if (aborted.active == 0) GTEST_SKIP() << "this kernel lacks a layer";
  EXPECT_FALSE(aborted.worked) << aborted.how;
}

TEST_F(SharedSandbox, AForkGoesOnWhenTheZygoteEndsAndEndsWithWhoeverStartedBoth) {
  int held[2];
  int told[2];
  ASSERT_EQ(::pipe2(held, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(told, O_CLOEXEC), 0);
  const pid_t daemon = ::fork();
  if (daemon == 0) {
    ::close(held[0]);
    const TestZygote zygote(policy_, [&](const Shared& shared) {
      if (!shared.Enter(policy_).confined || ::write(held[1], "x", 1) != 1) return 1;
      const timespec longer_than_the_test = {60, 0};
      ::nanosleep(&longer_than_the_test, nullptr);
      return 0;
    });
    if (!zygote.Whole() || zygote.Fork() <= 0) ::_exit(1);
    zygote.Kill();
    if (::write(told[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(held[1]);
  ::close(told[1]);
  char byte = 0;
  if (::read(told[0], &byte, 1) != 1) GTEST_SKIP() << "this kernel lacks a layer";
  ASSERT_EQ(::read(held[0], &byte, 1), 1);  // it is inside
  pollfd end = {held[0], POLLIN, 0};        // comes when the last process that holds the pipe has ended
  EXPECT_EQ(::poll(&end, 1, 200), 0) << "it ended with the zygote";
  ::kill(daemon, SIGKILL);
  ::waitpid(daemon, nullptr, 0);
  EXPECT_EQ(::poll(&end, 1, 10'000), 1) << "the fork is still there";
  ::close(held[0]);
  ::close(told[0]);
}

}  // namespace
}  // namespace counsel::sandbox
