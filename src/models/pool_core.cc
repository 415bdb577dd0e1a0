#include "models/pool_core.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/ids.h"
#include "host/host.h"
#include "models/gguf.h"
#include "models/model_server.h"

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

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Clock::time_point NextLook(Clock::time_point began) {
  const Clock::time_point now = Clock::now();
  const Clock::duration sixteenth = (now - began) / 16;
  return now + std::clamp<Clock::duration>(sixteenth, kShortestHealthInterval, kLongestHealthInterval);
}

}  // namespace

class Change::Registered {
 public:
  Registered(Change& change, asio::steady_timer& timer) : change_(change), timer_(timer) {
    change_.waiting_.insert(&timer_);
  }
  ~Registered() { change_.waiting_.erase(&timer_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Change& change_;
  asio::steady_timer& timer_;
};

asio::awaitable<void> Change::Wait(Clock::time_point deadline) {
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  asio::steady_timer timer(io, deadline);
  const Registered registered(*this, timer);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

ModelPool::Core::Core(asio::any_io_executor io_in, const Catalogue& catalogue_in, PoolOptions options_in)
    : io(std::move(io_in)), catalogue(catalogue_in), options(std::move(options_in)) {
  if (options.threads == 0) options.threads = host::CheckHardware().processors;
}

Slot& ModelPool::Core::SlotOf(const ModelEntry& entry) {
  Slot& slot = slots[entry.name];
  slot.entry = &entry;
  return slot;
}

void ModelPool::Core::Enter(Slot& slot, ModelState state, std::string reason) {
  slot.state = state;
  slot.reason = std::move(reason);
  if (state == ModelState::kFailed) {
    spdlog::warn("model {}: failed: {}", slot.entry->name, slot.reason);
  } else {
    spdlog::info("model {}: {}", slot.entry->name, ModelStateName(state));
  }
  Tell(slot);
  slot.change.Notify();
}

void ModelPool::Core::Tell(const Slot& slot) {
  PoolEvent event;
  event.model = slot.entry->name;
  event.state = slot.state;
  event.progress = slot.progress;
  event.reason = slot.reason;
  // A listener may unsubscribe, itself or another, while it is told.
  const std::map<std::uint64_t, Listener> told = listeners;
  for (const auto& [id, listener] : told) {
    if (listeners.count(id) > 0) listener(event);
  }
}

void ModelPool::Core::EndLease(Process& process) {
  --process.leases;
  const auto slot = slots.find(process.entry->name);
  if (process.leases == 0 && slot != slots.end()) slot->second.change.Notify();
}

void ModelPool::Core::Abandon() {
  listeners.clear();
  for (auto& [name, slot] : slots) {
    if (!slot.process) continue;
    slot.process->stopping = true;
    slot.process->child->Kill();
    ::unlink(slot.process->endpoint.unix_path.c_str());
  }
}

// ---- loading ----

void ModelPool::Core::StartLoad(Slot& slot) {
  const Clock::time_point began = Clock::now();
  slot.load_number = ++load_count_;
  slot.cancel_load = false;
  slot.progress = 0;
  Enter(slot, ModelState::kLoading, "");
  const Result<std::shared_ptr<Process>> process = StartServer(slot);
  if (!process) return FailLoad(slot, process.error());
  slot.process = *process;
  asio::co_spawn(io, Watch(shared_from_this(), slot, *process), asio::detached);
  asio::co_spawn(io, Load(shared_from_this(), slot, *process, began), asio::detached);
}

Result<std::shared_ptr<Process>> ModelPool::Core::StartServer(Slot& slot) {
  const ModelEntry& entry = *slot.entry;
  const std::filesystem::path file = catalogue.PathOf(entry.files[0]);
  if (file.extension() == ".gguf") {
    // A file that is no model is told apart from a server that fails.
    if (Result<void> checked = CheckGguf(file); !checked) return Fail(std::move(checked.error()));
  }
  auto process = std::make_shared<Process>();
  process->entry = &entry;
  // Never reused: llama-server refuses a path that exists.
  process->endpoint = net::Endpoint::Unix((options.runtime_folder / (NewId() + ".sock")).string());
  process->kills_before = host::OutOfMemoryKills();
  ServerPrograms programs;
  programs.llama_server = options.llama_server;
  programs.embedder = options.embedder;
  const Plan plan;
  child::ChildOptions command =
      ServerCommand(programs, catalogue, entry, plan, process->endpoint.unix_path, options.threads);
  const std::weak_ptr<Process> weak = process;
  command.on_stdout_line = [core = weak_from_this(), &slot, weak](std::string_view line) {
    const std::shared_ptr<Core> pool = core.lock();
    const std::shared_ptr<Process> alive = weak.lock();
    if (pool && alive) pool->TakeLine(slot, alive, line);
  };
  Result<std::unique_ptr<child::Child>> child = child::Child::Spawn(io, std::move(command));
  if (!child) {
    return Fail(child.error().code, "The model server could not be started. " + child.error().message,
                "Run: ./run setup, or set engine.llama_server to your own.");
  }
  process->child = std::move(*child);
  return process;
}

void ModelPool::Core::TakeLine(Slot& slot, const std::shared_ptr<Process>& process, std::string_view line) {
  const std::optional<double> progress = ProgressOf(line);
  if (!progress || slot.process != process || slot.state != ModelState::kLoading) return;
  process->said_ready = *progress >= 1;
  if (*progress > slot.progress) {
    slot.progress = *progress;
    Tell(slot);
  }
  if (process->said_ready) slot.change.Notify();
}

asio::awaitable<void> ModelPool::Core::Load(std::shared_ptr<Core> self, Slot& slot, std::shared_ptr<Process> process,
                                            Clock::time_point began) {
  const Clock::time_point deadline = began + self->options.load_timeout;
  const Result<void> ready = co_await BecomeReady(slot, process, began, deadline);
  if (ready) {
    slot.load_seconds = std::chrono::duration<double>(Clock::now() - began).count();
    slot.ready_since = UnixNow();
    slot.progress = 1;
    self->Enter(slot, ModelState::kReady, "");
    co_return;
  }
  if (!process->lost) {
    process->stopping = true;
    process->child->Kill();
    // The slot leaves `loading` only when nothing is left of the process.
    while (!process->lost) co_await slot.change.Wait(Clock::time_point::max());
  }
  self->FailLoad(slot, ready.error());
}

void ModelPool::Core::FailLoad(Slot& slot, const Error& error) {
  slot.process.reset();
  slot.progress = 0;
  slot.failed_load = slot.load_number;
  slot.failure = error;
  const bool cancelled = error.code == ErrorCode::kCancelled;
  Enter(slot, cancelled ? ModelState::kCold : ModelState::kFailed, cancelled ? "" : error.message);
}

asio::awaitable<Result<void>> ModelPool::Core::BecomeReady(Slot& slot, std::shared_ptr<Process> process,
                                                           Clock::time_point began, Clock::time_point deadline) {
  const net::Request health("GET", "/health");
  Clock::time_point next_look = NextLook(began);
  for (;;) {
    if (slot.cancel_load) co_return Fail(ErrorCode::kCancelled, "The load was cancelled by an unload.", "Ask again.");
    if (process->lost) co_return Fail(*process->lost);
    if (Clock::now() >= deadline) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "Loading '" + slot.entry->name + "' took too long.",
                     "Try again; if the machine is slow or the disk busy, it will be faster the second time.");
    }
    if (process->said_ready || Clock::now() >= next_look) {
      process->said_ready = false;
      const Result<net::Reply> reply = co_await net::Fetch(process->endpoint, health, kHealthTimeout);
      if (reply && reply->status == 200 && !process->lost && !slot.cancel_load) co_return Result<void>();
      next_look = NextLook(began);
      continue;
    }
    const Clock::time_point until = std::min(next_look, deadline);
    co_await slot.change.Wait(until);
  }
}

void ModelPool::Core::CancelLoad(Slot& slot) {
  slot.cancel_load = true;
  slot.process->stopping = true;
  slot.process->child->Kill();
  slot.change.Notify();
}

// Waits for the end of a process, whatever its cause, and says what it meant.
asio::awaitable<void> ModelPool::Core::Watch(std::shared_ptr<Core> self, Slot& slot, std::shared_ptr<Process> process) {
  const child::Exit exit = co_await process->child->Wait();
  ::unlink(process->endpoint.unix_path.c_str());
  const ModelEntry& entry = *process->entry;
  if (process->stopping) {
    process->lost = Error(ErrorCode::kUnavailable, "'" + entry.name + "' was unloaded.", "Ask again.");
  } else {
    ServerEnd end;
    end.exit = exit;
    end.last_words = process->child->last_words();
    end.was_ready = slot.process == process && slot.state != ModelState::kLoading;
    end.memory_ran_out = host::OutOfMemoryKills() > process->kills_before;
    process->lost = ExplainEnd(self->catalogue, entry, end);
    spdlog::warn("model {}: process {} {}", entry.name, process->child->pid(), exit.ToString());
  }
  if (slot.process == process && slot.state != ModelState::kLoading) {
    slot.process.reset();
    slot.progress = 0;
    if (process->stopping) {
      self->Enter(slot, ModelState::kCold, "");
    } else {
      // Who waited for this very load must not start the next one.
      slot.failed_load = slot.load_number;
      slot.failure = process->lost;
      self->Enter(slot, ModelState::kFailed, process->lost->message);
    }
  }
  slot.change.Notify();
}

// ---- giving back ----

void ModelPool::Core::StartDrain(Slot& slot, Clock::time_point deadline, bool force) {
  slot.force_drain = force;
  Enter(slot, ModelState::kDraining, "given back when the running requests have ended");
  asio::co_spawn(io, Drain(shared_from_this(), slot, deadline), asio::detached);
}

asio::awaitable<void> ModelPool::Core::Drain(std::shared_ptr<Core> self, Slot& slot, Clock::time_point deadline) {
  const std::shared_ptr<Process> process = slot.process;
  while (slot.process == process && process->leases > 0 && !slot.force_drain && Clock::now() < deadline) {
    co_await slot.change.Wait(deadline);
  }
  if (slot.process != process) co_return;  // it died meanwhile
  if (process->leases > 0 && !slot.force_drain) {
    self->Enter(slot, ModelState::kReady, "");
    co_return;
  }
  process->stopping = true;
  (void)co_await process->child->Stop(kStopGrace);
  // Buffers of the replies it gave: back to the kernel, as its own memory is.
  ::malloc_trim(0);
}

}  // namespace counsel::models
