// One child process and its tethers (docs/architecture.md, "Child processes").
//
// A child can never outlive the daemon nor hurt it: its own process group; SIGKILL as parent-death signal (set between
// fork and exec, with a getppid check); no core files; a stdin pipe whose only write end we hold; every other
// descriptor closed before exec; an explicit environment; oom_score_adj 1000; stdout and stderr always drained, the
// last 64 KiB of stderr and stdout kept to explain a failure.
//
// Threads: Spawn and every member are called on the io thread only, which must be the thread that lives as long as the
// process (the parent-death signal fires when the forking thread ends).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"

namespace counsel::child {

struct ChildOptions {
  ChildOptions() = default;

  // argv[0] is the program's path; nothing is looked up in PATH.
  std::vector<std::string> argv;
  // The whole environment, "NAME=value". Nothing is inherited.
  std::vector<std::string> environment;
  // (descriptor here, number there): duplicated into the child. 0, 1 and 2 are the tethers' own.
  std::vector<std::pair<int, int>> descriptors;
  // 0 means no limit.
  std::uint64_t address_space_limit = 0;  // bytes, RLIMIT_AS
  std::uint64_t cpu_seconds_limit = 0;    // RLIMIT_CPU
  std::uint64_t file_size_limit = 0;      // bytes, RLIMIT_FSIZE
  int nice = 0;
  // Where the program runs; "": where we do. A library search path that ends in an empty part means this folder.
  std::string folder;
  // Called on the io thread for each whole line of stdout, without its end; lines over 64 KiB are cut; one that never
  // ended is in the last words only. It must not destroy the Child.
  std::function<void(std::string_view)> on_stdout_line;
  // Likewise for stderr.
  std::function<void(std::string_view)> on_stderr_line;
};

struct Launched;

enum class ExitKind { kExited, kSignalled };

struct Exit {
  ExitKind kind = ExitKind::kExited;
  int status = 0;  // the exit status, or the signal's number
  // "exited with status 1", "was killed (signal 9, often the kernel's out-of-memory killer)".
  [[nodiscard]] std::string ToString() const;
};

class Child {
 public:
  // Starts the program. An exec that fails is reported here, not as an exit: kUnavailable (not there, busy, half
  // written, no process or descriptor left), kOutOfMemory, kTooLarge (its arguments).
  [[nodiscard]] static Result<std::unique_ptr<Child>> Spawn(const boost::asio::any_io_executor& io,
                                                            ChildOptions options);
  // A process that another program made for us as our child (zygote.h), not yet reaped; it becomes the leader of a
  // group. `output`: the end of its stdout and stderr that is ours, not blocking.
  [[nodiscard]] static Result<std::unique_ptr<Child>> Adopt(const boost::asio::any_io_executor& io, pid_t pid,
                                                            FileDescriptor output, const std::string& program);
  // Kills the child's process group if it still runs, and reaps it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const;
  [[nodiscard]] bool running() const;
  // The last 64 KiB of stderr and stdout, as they came.
  [[nodiscard]] std::string_view last_words() const;

  // Suspends until the child has been reaped and its output drained; at once when that was so already. Any number of
  // coroutines may wait; one that is cancelled throws operation_aborted, which does nothing to the child or to the
  // others. What a process that left the child's group still writes is not waited for.
  [[nodiscard]] boost::asio::awaitable<Exit> Wait();

  // SIGKILL to the whole group. Wait still reports the end.
  void Kill();
  // Closes stdin and sends SIGTERM to the group; SIGKILL when the child still runs after `grace`, even if this wait was
  // cancelled. Returns when it has been reaped.
  [[nodiscard]] boost::asio::awaitable<Exit> Stop(std::chrono::milliseconds grace);
  // Closes our end of the child's stdin.
  void CloseStdin();

 private:
  struct State;
  [[nodiscard]] static Result<std::unique_ptr<Child>> Watch(const boost::asio::any_io_executor& io, Launched launched,
                                                            ChildOptions& options, const std::string& program);
  explicit Child(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace counsel::child
