#include "child/child.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/launch.h"

namespace counsel::child {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLastWords = 64 * 1024;
constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kPiece = 16 * 1024;
// What is read from a pipe after the child's end: far more than a pipe holds, yet an end to it when a process that
// escaped from the group goes on writing.
constexpr std::size_t kDrainAtMost = 1024 * 1024;
// What is read before others get their turn on the io thread.
constexpr std::size_t kTurn = 4 * kPiece;

// One stream's whole lines, to whoever wants them.
class Lines {
 public:
  Lines() = default;
  explicit Lines(std::function<void(std::string_view)> on_line) : on_line_(std::move(on_line)) {}

  void Take(std::string_view bytes) {
    while (on_line_ && !bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      line_.append(part.substr(0, kLongestLine - line_.size()));
      if (end == std::string_view::npos) return;
      on_line_(line_);
      line_.clear();
      bytes.remove_prefix(end + 1);
    }
  }

 private:
  std::function<void(std::string_view)> on_line_;
  std::string line_;  // not ended yet
};

}  // namespace

// Kept alive by its waits until the child is reaped, even when the Child has gone.
struct Child::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& io, Launched launched, ChildOptions& options)
      : pid(launched.pid),
        stdin_end(std::move(launched.stdin_end)),
        pidfd(io, launched.pidfd.Release()),
        out(io),
        err(io, launched.stderr_end.Release()),
        ended(io, Clock::time_point::max()),
        patience(io),
        out_lines(std::move(options.on_stdout_line)),
        err_lines(std::move(options.on_stderr_line)) {
    if (launched.stdout_end.valid()) out.assign(launched.stdout_end.Release());
  }

  ~State() {
    if (exit) return;
    // The io_context ended before the child.
    kill(-pid, SIGKILL);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void Start() {
    if (out.is_open()) Listen(out);
    Listen(err);
    pidfd.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
      if (!error) self->Reap();
    });
  }

  void Listen(asio::posix::stream_descriptor& from) {
    from.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this(), &from](error_code error) {
      if (!error && from.is_open() && self->Drain(from, kTurn)) self->Listen(from);
    });
  }

  // Takes what is there, at most about `limit` bytes. False at the end of the output.
  bool Drain(asio::posix::stream_descriptor& from, std::size_t limit) {
    char piece[kPiece];
    for (std::size_t taken = 0; taken < limit;) {
      const ssize_t count = read(from.native_handle(), piece, sizeof piece);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return true;
      if (count <= 0) {
        error_code ignored;
        from.close(ignored);
        return false;
      }
      taken += static_cast<std::size_t>(count);
      Take(std::string_view(piece, static_cast<std::size_t>(count)), &from == &out);
    }
    return true;
  }

  void Take(std::string_view bytes, bool from_stdout) {
    words.append(bytes);
    if (words.size() > kLastWords + 2 * kPiece) words.erase(0, words.size() - kLastWords);
    (from_stdout ? out_lines : err_lines).Take(bytes);
  }

  void Reap() {
    siginfo_t info;
    std::memset(&info, 0, sizeof info);
    // Its number stays taken until it is reaped, so its group can be killed without hitting a stranger's.
    waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
    kill(-pid, SIGKILL);
    while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) != 0 && errno == EINTR) {
    }
    if (out.is_open()) Drain(out, kDrainAtMost);
    if (err.is_open()) Drain(err, kDrainAtMost);
    exit.emplace();
    exit->kind = info.si_code == CLD_EXITED ? ExitKind::kExited : ExitKind::kSignalled;
    exit->status = info.si_status;
    Close();
  }

  void Close() {
    error_code ignored;
    out.close(ignored);
    err.close(ignored);
    pidfd.close(ignored);
    stdin_end.Close();
    patience.cancel();
    ended.cancel();
    out_lines = Lines();
    err_lines = Lines();
  }

  void Kill() {
    if (!exit) kill(-pid, SIGKILL);
  }

  void Terminate(std::chrono::milliseconds grace) {
    if (exit) return;
    stdin_end.Close();
    kill(-pid, SIGTERM);
    const Clock::time_point until = Clock::now() + grace;
    if (stopping && patience.expiry() <= until) return;
    stopping = true;
    // The state's own timer: a caller that gives up waiting does not call the escalation off.
    patience.expires_at(until);
    patience.async_wait([self = weak_from_this()](error_code error) {
      if (const std::shared_ptr<State> state = self.lock(); state && !error) state->Kill();
    });
  }

  static asio::awaitable<Exit> WaitFor(std::shared_ptr<State> state) {
    while (!state->exit) {
      const auto cancelled = co_await asio::this_coro::cancellation_state;
      if (cancelled.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
      error_code ignored;
      co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return *state->exit;
  }

  const pid_t pid;
  FileDescriptor stdin_end;
  asio::posix::stream_descriptor pidfd;
  asio::posix::stream_descriptor out;
  asio::posix::stream_descriptor err;
  asio::steady_timer ended;     // never expires; cancelled when the child has been reaped
  asio::steady_timer patience;  // from SIGTERM to SIGKILL
  bool stopping = false;
  Lines out_lines;
  Lines err_lines;
  std::string words;  // a little more than the last 64 KiB, to trim rarely
  std::optional<Exit> exit;
};

std::string Exit::ToString() const {
  if (kind == ExitKind::kExited) return "exited with status " + std::to_string(status);
  const char* name = sigdescr_np(status);
  std::string text = "was killed (signal " + std::to_string(status);
  if (status == SIGKILL) {
    text += ", often the kernel's out-of-memory killer";
  } else if (name != nullptr) {
    text.append(", ").append(name);
  }
  return text + ")";
}

Result<std::unique_ptr<Child>> Child::Watch(const asio::any_io_executor& io, Launched launched, ChildOptions& options,
                                            const std::string& program) {
  const pid_t pid = launched.pid;
  try {
    auto state = std::make_shared<State>(io, std::move(launched), options);
    state->Start();
    return std::unique_ptr<Child>(new Child(std::move(state)));
  } catch (const boost::system::system_error& error) {
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return Fail(ErrnoError(error.code().value(), "Cannot watch " + program));
  }
}

Result<std::unique_ptr<Child>> Child::Spawn(const asio::any_io_executor& io, ChildOptions options) {
  ASSIGN_OR_RETURN(Launched launched, Launch(options));
  return Watch(io, std::move(launched), options, options.argv[0]);
}

Result<std::unique_ptr<Child>> Child::Adopt(const asio::any_io_executor& io, pid_t pid, FileDescriptor output,
                                            const std::string& program) {
  ASSIGN_OR_RETURN(Launched launched, child::Adopt(pid, std::move(output), program));
  ChildOptions options;
  return Watch(io, std::move(launched), options, program);
}

Child::Child(std::shared_ptr<State> state) : state_(std::move(state)) {}

Child::~Child() {
  // Its last words are nobody's now. The pidfd's wait reaps it without blocking the io thread.
  state_->out_lines = Lines();
  state_->err_lines = Lines();
  state_->Kill();
}

pid_t Child::pid() const {
  return state_->pid;
}

bool Child::running() const {
  return !state_->exit.has_value();
}

std::string_view Child::last_words() const {
  const std::string_view words = state_->words;
  return words.substr(words.size() - std::min(words.size(), kLastWords));
}

asio::awaitable<Exit> Child::Wait() {
  return State::WaitFor(state_);
}

void Child::Kill() {
  state_->Kill();
}

asio::awaitable<Exit> Child::Stop(std::chrono::milliseconds grace) {
  state_->Terminate(grace);
  return State::WaitFor(state_);
}

void Child::CloseStdin() {
  state_->stdin_end.Close();
}

}  // namespace counsel::child
