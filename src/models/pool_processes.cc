// The life of one model server process: started, watched until it is ready, guarded while it serves, stopped, buried.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fcntl.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"
#include "base/supervise.h"
#include "host/host.h"
#include "host/processor_time.h"
#include "models/pool_core.h"
#include "models/writing_threads.h"

namespace counsel::models {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// A server that prints no progress is asked for its health while it loads: after a sixteenth of the time it has taken
// so far, so that asking delays its use by little and costs it little.
constexpr std::chrono::milliseconds kShortestHealthInterval{3};
constexpr std::chrono::milliseconds kLongestHealthInterval{100};
constexpr std::chrono::seconds kHealthTimeout{5};
// From SIGTERM to SIGKILL.
constexpr std::chrono::seconds kStopGrace{2};
// Answers to a health check that may be missed in a row.
constexpr int kMissedAnswers = 2;

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Clock::time_point NextLook(Clock::time_point began) {
  const Clock::time_point now = Clock::now();
  const Clock::duration sixteenth = (now - began) / 16;
  return now + std::clamp<Clock::duration>(sixteenth, kShortestHealthInterval, kLongestHealthInterval);
}

// Of a remote model whose key is in a variable of ours: through a pipe, so that it stands in no argument and no
// environment but ours.
Result<void> HandOverKey(const ModelEntry& entry, child::ChildOptions* command, FileDescriptor* read_end) {
  if (!entry.remote || entry.remote->key_env.empty()) return {};
  const char* value = std::getenv(entry.remote->key_env.c_str());
  const std::string_view key = value == nullptr ? "" : value;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return Fail(ErrnoError(errno, "Cannot make a pipe"));
  *read_end = FileDescriptor(ends[0]);
  const FileDescriptor write_end(ends[1]);
  // A pipe holds far more than a key; what does not fit is no key, which the child finds.
  (void)!::write(write_end.get(), key.data(), key.size());
  command->descriptors.emplace_back(read_end->get(), kKeyDescriptor);
  return {};
}

}  // namespace

Result<std::shared_ptr<Process>> ModelPool::Core::Spawn(const StartServer& action) {
  Result<const ModelEntry*> entry = catalogue.Find(action.model);
  if (!entry) return Fail(std::move(entry.error()));
  auto process = std::make_shared<Process>();
  process->server = action.server;
  process->entry = *entry;
  process->plan = action.plan;
  process->began = process->last_sign = Clock::now();
  // Never reused: llama-server refuses a path that exists.
  process->endpoint = net::Endpoint::Unix((options.runtime_folder / (NewId() + ".sock")).string());
  process->kills_before = host::OutOfMemoryKills();
  ServerPrograms programs;
  programs.llama_server = options.llama_server;
  programs.embedder = options.embedder;
  programs.remote = options.remote;
  const Threads threads = {options.threads, WritingThreads(options.threads, host::OthersThatRun())};
  child::ChildOptions command =
      ServerCommand(programs, catalogue, **entry, process->plan, process->endpoint.unix_path, threads);
  FileDescriptor key;  // open until the child has it
  if (Result<void> handed = HandOverKey(**entry, &command, &key); !handed) return Fail(std::move(handed.error()));
  const std::weak_ptr<Process> weak = process;
  command.on_stdout_line = [core = weak_from_this(), weak](std::string_view line) {
    const std::shared_ptr<Core> pool = core.lock();
    const std::shared_ptr<Process> alive = weak.lock();
    if (pool && alive) pool->TakeLine(alive, line);
  };
  if (!process->plan.claim.device_bytes.empty()) {
    command.on_stderr_line = [weak](std::string_view line) {
      const std::shared_ptr<Process> alive = weak.lock();
      if (alive) alive->buffers.TakeLine(line, alive->plan.claim.device_bytes);
    };
  }
  Result<std::unique_ptr<child::Child>> child = child::Child::Spawn(io, std::move(command));
  if (!child) {
    return Fail(child.error().code, "The model server could not be started. " + child.error().message,
                "Run: ./run setup, or set engine.llama_server to your own.");
  }
  process->child = std::move(*child);
  return process;
}

void ModelPool::Core::TakeLine(const std::shared_ptr<Process>& process, std::string_view line) {
  const std::optional<double> progress = ProgressOf(line);
  if (!progress || process->ready_since > 0 || process->stopping) return;
  process->last_sign = Clock::now();
  process->said_ready = *progress >= 1;
  if (process->said_ready) {
    process->change.Notify();
  } else {
    scheduler.Progress(process->server, *progress, Clock::now());
    Carry();
  }
}

asio::awaitable<void> ModelPool::Core::Loading(std::shared_ptr<Core> self, std::shared_ptr<Process> process) {
  const Result<void> ready = co_await BecomeReady(self, process);
  if (process->lost || process->stopping) co_return;
  process->load_seconds = std::chrono::duration<double>(Clock::now() - process->began).count();
  if (!ready) {
    // Watching tells the scheduler, once nothing is left of it.
    process->verdict = ready.error();
    process->child->Kill();
    co_return;
  }
  process->ready_since = UnixNow();
  self->NoteDeviceUse(*process);
  ++self->counts[process->entry->name].loads;
  self->scheduler.Ready(process->server, Clock::now());
  self->Carry();
  asio::co_spawn(self->io, Measuring(self, process), asio::detached);
  const auto guarding = [self, process] { return Guarding(self, process); };
  asio::co_spawn(self->io, Supervised("guarding a model's process", guarding), asio::detached);
}

asio::awaitable<Result<void>> ModelPool::Core::BecomeReady(std::shared_ptr<Core> self,
                                                           std::shared_ptr<Process> process) {
  const net::Request health("GET", "/health");
  const Clock::time_point deadline = process->began + self->options.load_timeout;
  const std::string name = "'" + process->entry->name + "'";
  Clock::time_point next_look = NextLook(process->began);
  for (;;) {
    if (process->lost) co_return Fail(*process->lost);
    if (process->stopping) co_return Fail(ErrorCode::kCancelled, "The load was cancelled.");
    const Clock::time_point now = Clock::now();
    if (now >= deadline) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "Loading " + name + " took too long.",
                     "Try again; if the machine is slow or the disk busy, it will be faster the second time.");
    }
    if (now >= process->last_sign + self->options.stall_timeout) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "Loading " + name + " came to a standstill and was ended.",
                     "Try again.");
    }
    if (process->said_ready || now >= next_look) {
      process->said_ready = false;
      const std::chrono::milliseconds timeout =
          std::min<std::chrono::milliseconds>(kHealthTimeout, self->options.stall_timeout);
      const Result<net::Reply> reply = co_await net::Fetch(process->endpoint, health, timeout);
      if (reply) process->last_sign = Clock::now();
      if (reply && reply->status == 200 && !process->lost && !process->stopping) co_return Result<void>();
      next_look = NextLook(process->began);
      continue;
    }
    const Clock::time_point until = std::min(next_look, deadline);
    co_await process->change.Wait(until);
  }
}

asio::awaitable<void> ModelPool::Core::Guarding(std::shared_ptr<Core> self, std::shared_ptr<Process> process) {
  const net::Request health("GET", "/health");
  int missed = 0;
  while (!process->lost && !process->stopping) {
    if (process->leases == 0) {
      // Nobody waits for it: nothing is asked, so that an idle daemon is idle.
      missed = 0;
      co_await process->change.Wait(Clock::time_point::max());
      continue;
    }
    const Clock::time_point next = Clock::now() + self->options.health_interval;
    while (Clock::now() < next && !process->lost && !process->stopping && process->leases > 0) {
      co_await process->change.Wait(next);
    }
    if (process->lost || process->stopping || process->leases == 0) continue;
    const Result<net::Reply> reply = co_await net::Fetch(process->endpoint, health, self->options.health_interval);
    missed = reply ? 0 : missed + 1;
    if (missed < kMissedAnswers || process->lost || process->stopping) continue;
    process->verdict = Error(ErrorCode::kUnavailable, "'" + process->entry->name + "' stopped answering and was ended.",
                             "It will be loaded again at the next request.");
    process->child->Kill();
    co_return;
  }
}

asio::awaitable<void> ModelPool::Core::Stopping(std::shared_ptr<Process> process) {
  (void)co_await process->child->Stop(kStopGrace);
}

ServerEnded ModelPool::Core::Explain(const Process& process, const child::Exit& exit) const {
  ServerEnded ended;
  if (process.stopping) return ended;
  const std::string_view last_words = process.child->last_words();
  const bool was_ready = process.ready_since > 0;
  ended.why_less = process.plan.last_rung ? "" : WhyNextRung(last_words, process.plan.rung, was_ready);
  ended.next_rung = !ended.why_less.empty();
  if (process.verdict) {
    ended.error = process.verdict;
    return ended;
  }
  ServerEnd end;
  end.exit = exit;
  end.last_words = last_words;
  end.was_ready = was_ready;
  end.memory_ran_out = host::OutOfMemoryKills() > process.kills_before;
  ended.error = ExplainEnd(catalogue, *process.entry, end);
  return ended;
}

// Waits for the end of a process, whatever its cause, and says what it meant.
asio::awaitable<void> ModelPool::Core::Watching(std::shared_ptr<Core> self, std::shared_ptr<Process> process) {
  const child::Exit exit = co_await process->child->Wait();
  ::unlink(process->endpoint.unix_path.c_str());
  ServerEnded end = self->Explain(*process, exit);
  if (end.error) {
    spdlog::warn("model {}: process {} {}", process->entry->name, process->child->pid(), exit.ToString());
    if (process->ready_since == 0) self->Record(*process, 0, end.error->message);
    ModelCounts& counts = self->counts[process->entry->name];
    ++(process->ready_since == 0 ? counts.failed_loads : counts.failed_serving);
  }
  process->less_next = end.next_rung;
  self->EndDeviceUse(process->server);
  process->lost =
      end.error.value_or(Error(ErrorCode::kUnavailable, "'" + process->entry->name + "' was unloaded.", "Ask again."));
  self->processes.erase(process->server);
  if (!self->abandoned_) self->scheduler.Ended(process->server, std::move(end), Clock::now());
  process->change.Notify();
  self->Carry();
  // Buffers of the replies it gave: back to the kernel, as its own memory is.
  ::malloc_trim(0);
}

}  // namespace counsel::models
