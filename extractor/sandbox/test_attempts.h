// For the tests of the sandbox: a process that enters it and then tries something.
#pragma once

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "extractor/sandbox/sandbox.h"

namespace counsel::sandbox {

// 0: it worked. Else an errno value.
using Attempt = std::function<int()>;

inline int ErrnoIf(bool failed) {
  return failed ? errno : 0;
}

struct Outcome {
  bool worked = false;
  std::string how;      // "worked", "Permission denied", "killed by signal 31"
  int status = 0;       // as waitpid gives it
  unsigned active = 0;  // the layers that the kernel has
  bool confined = false;
};

constexpr int kWorked = 200;

inline unsigned ActiveLayers(const Report& report) {
  unsigned active = 0;
  for (const LayerState& layer : report.layers) {
    if (!layer.active) continue;
    if (layer.name == "limits") active |= kLimits;
    if (layer.name == "privileges") active |= kPrivileges;
    if (layer.name == "namespaces") active |= kNamespaces;
    if (layer.name == "files") active |= kFiles;
    if (layer.name == "system calls") active |= kSystemCalls;
  }
  return active;
}

// What the process `pid` said through `said`, and how it ended.
inline Outcome OutcomeOf(pid_t pid, int said_end) {
  Outcome outcome;
  unsigned said[2] = {};
  if (::read(said_end, said, sizeof said) == sizeof said) {
    outcome.active = said[0];
    outcome.confined = said[1] != 0;
  }
  ::close(said_end);
  ::waitpid(pid, &outcome.status, 0);
  outcome.worked = WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == kWorked;
  outcome.how = WIFSIGNALED(outcome.status) ? "killed by signal " + std::to_string(WTERMSIG(outcome.status))
                : outcome.worked            ? "worked"
                                            : std::string(::strerror(WEXITSTATUS(outcome.status)));
  return outcome;
}

[[noreturn]] inline void Make(const Attempt& attempt, const Report& report, int said_end) {
  const unsigned said[2] = {ActiveLayers(report), report.confined ? 1U : 0U};
  if (::write(said_end, said, sizeof said) != sizeof said) ::_exit(199);
  const int error = attempt();
  ::_exit(error == 0 ? kWorked : error);
}

// A zygote, which forks when it is told to.
class TestZygote {
 public:
  explicit TestZygote(const Policy& policy, std::function<int(const Shared&)> fork) {
    if (::pipe2(orders_, O_CLOEXEC) != 0 || ::pipe2(answers_, O_CLOEXEC) != 0) return;
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::close(orders_[1]);
    const Shared shared(policy.read_only);
    int answer = shared.whole() ? 0 : -1;
    if (::write(answers_[1], &answer, sizeof answer) != sizeof answer) ::_exit(1);
    for (char order = 0; ::read(orders_[0], &order, 1) == 1;) {
      answer = shared.Fork();
      if (answer == 0) ::_exit(fork(shared));
      if (::write(answers_[1], &answer, sizeof answer) != sizeof answer) ::_exit(1);
    }
    ::_exit(0);
  }
  ~TestZygote() {
    ::close(orders_[1]);
    ::waitpid(pid_, nullptr, 0);
    for (const int fd : {orders_[0], answers_[0], answers_[1]}) ::close(fd);
  }
  TestZygote(const TestZygote&) = delete;
  TestZygote& operator=(const TestZygote&) = delete;

  // Whether it has all layers; first.
  [[nodiscard]] bool Whole() const { return Answer() == 0; }
  // Another fork, which is our child.
  [[nodiscard]] pid_t Fork() const { return ::write(orders_[1], "x", 1) == 1 ? Answer() : -1; }
  void Kill() const { ::kill(pid_, SIGKILL); }

 private:
  [[nodiscard]] int Answer() const {
    int answer = -1;
    return ::read(answers_[0], &answer, sizeof answer) == sizeof answer ? answer : -1;
  }
  int orders_[2] = {-1, -1};
  int answers_[2] = {-1, -1};
  pid_t pid_ = -1;
};

// Makes the attempt in the fork of a zygote, with all layers. Not confined and nothing active: this kernel lacks one.
inline Outcome TryInFork(const Policy& policy, const Attempt& attempt) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const TestZygote zygote(policy, [&](const Shared& shared) -> int { Make(attempt, shared.Enter(policy), ends[1]); });
  if (!zygote.Whole()) return {};
  const pid_t pid = zygote.Fork();
  ::close(ends[1]);
  return OutcomeOf(pid, ends[0]);
}

// Enters the sandbox in a process of its own and makes the attempt there.
inline Outcome Try(const Policy& policy, const Attempt& attempt) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    const Report report = Enter(policy);
    Make(attempt, report, ends[1]);
  }
  ::close(ends[1]);
  return OutcomeOf(pid, ends[0]);
}

// A process to be attacked.
class Victim {
 public:
  Victim() : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    for (;;) ::pause();
  }
  ~Victim() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

// Somebody who listens: on a port of this machine, or an abstract unix socket.
class Listener {
 public:
  explicit Listener(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (family == AF_INET) ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const sa_family_t unnamed = AF_UNIX;  // the kernel chooses an abstract name
    if (family == AF_UNIX) ::bind(fd_, reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed);
    ::listen(fd_, 8);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size_);
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // 0 when the call was answered.
  [[nodiscard]] int Call() const {
    const int fd = ::socket(address_.ss_family, SOCK_STREAM, 0);
    if (fd < 0) return errno;
    return ErrnoIf(::connect(fd, reinterpret_cast<const sockaddr*>(&address_), size_) != 0);
  }

 private:
  int fd_;
  sockaddr_storage address_ = {};
  socklen_t size_ = sizeof address_;
};

}  // namespace counsel::sandbox
