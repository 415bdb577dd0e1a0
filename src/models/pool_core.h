// The pool's inside: one slot per model, one process per loaded one, and the coroutines that carry a load, the watch
// over a process and a drain. They belong to the core, not to a caller: a caller that leaves changes nothing. Internal
// to this room: pool.h is the one to read.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "child/child.h"
#include "models/pool.h"

namespace counsel::models {

// Wakes every coroutine that waits for something to have changed.
class Change {
 public:
  using Clock = std::chrono::steady_clock;

  // Returns when Notify was called, at `deadline`, or when the caller is cancelled: look again.
  [[nodiscard]] boost::asio::awaitable<void> Wait(Clock::time_point deadline);
  void Notify() {
    for (boost::asio::steady_timer* timer : waiting_) timer->cancel();
  }

 private:
  class Registered;
  std::set<boost::asio::steady_timer*> waiting_;
};

// One server process, from its start until nobody refers to it.
struct Process {
  std::unique_ptr<child::Child> child;
  net::Endpoint endpoint;
  const ModelEntry* entry = nullptr;
  std::uint64_t kills_before = 0;  // of the kernel for lack of memory, when it started
  std::uint32_t leases = 0;
  bool said_ready = false;
  bool stopping = false;      // we are ending it
  std::optional<Error> lost;  // once it has ended and been reaped
};

// What the pool knows of one model.
struct Slot {
  const ModelEntry* entry = nullptr;
  ModelState state = ModelState::kCold;
  std::string reason;
  double progress = 0;
  double load_seconds = 0;
  std::int64_t ready_since = 0;
  std::uint64_t load_number = 0;  // of the load that runs or ran last
  std::uint64_t failed_load = 0;  // the last load that failed, or whose process died; and why
  std::optional<Error> failure;
  bool cancel_load = false;
  bool force_drain = false;
  std::shared_ptr<Process> process;  // while loading, ready or draining
  Change change;
};

struct ModelPool::Core : std::enable_shared_from_this<ModelPool::Core> {
  using Clock = std::chrono::steady_clock;

  Core(boost::asio::any_io_executor io_in, const Catalogue& catalogue_in, PoolOptions options_in);

  Slot& SlotOf(const ModelEntry& entry);
  // From cold or failed. When it returns the slot is loading, or has failed already.
  void StartLoad(Slot& slot);
  // From loading: ends the load; its waiters get kCancelled.
  void CancelLoad(Slot& slot);
  // From ready.
  void StartDrain(Slot& slot, Clock::time_point deadline, bool force);
  void EndLease(Process& process);
  // Every change of state goes through here, so that log, events and waiters agree.
  void Enter(Slot& slot, ModelState state, std::string reason);
  // Kills what still runs.
  void Abandon();

  boost::asio::any_io_executor io;
  const Catalogue& catalogue;
  PoolOptions options;
  std::map<std::string, Slot> slots;  // nodes never move or go
  std::map<std::uint64_t, Listener> listeners;
  std::uint64_t next_listener = 0;

 private:
  void Tell(const Slot& slot);
  void TakeLine(Slot& slot, const std::shared_ptr<Process>& process, std::string_view line);
  [[nodiscard]] Result<std::shared_ptr<Process>> StartServer(Slot& slot);
  static boost::asio::awaitable<void> Load(std::shared_ptr<Core> self, Slot& slot, std::shared_ptr<Process> process,
                                           Clock::time_point began);
  static boost::asio::awaitable<Result<void>> BecomeReady(Slot& slot, std::shared_ptr<Process> process,
                                                          Clock::time_point began, Clock::time_point deadline);
  static boost::asio::awaitable<void> Watch(std::shared_ptr<Core> self, Slot& slot, std::shared_ptr<Process> process);
  static boost::asio::awaitable<void> Drain(std::shared_ptr<Core> self, Slot& slot, Clock::time_point deadline);
  void FailLoad(Slot& slot, const Error& error);

  std::uint64_t load_count_ = 0;
};

}  // namespace counsel::models
