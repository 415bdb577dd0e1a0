// The pool's inside: the scheduler's actions carried out on real processes, and what becomes of them told back. Its
// coroutines belong to the core, not to a caller: a caller that leaves changes nothing. Internal to this room: pool.h
// is the one to read.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "child/child.h"
#include "models/devices.h"
#include "models/model_server.h"
#include "models/placement.h"
#include "models/planner.h"
#include "models/pool.h"
#include "models/scheduler.h"

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
  ServerId server = 0;
  std::unique_ptr<child::Child> child;
  net::Endpoint endpoint;
  const ModelEntry* entry = nullptr;
  Plan plan;
  std::uint64_t kills_before = 0;  // of the kernel for lack of memory, when it started
  std::chrono::steady_clock::time_point began;
  std::chrono::steady_clock::time_point last_sign;  // of progress, or health
  std::int64_t ready_since = 0;                     // unix seconds; 0: not yet
  double load_seconds = 0;                          // once it is ready or has failed
  DeviceBuffers buffers;                            // on devices, as it tells of them
  std::uint64_t measured_host = 0;                  // the most it was seen to hold
  std::chrono::steady_clock::time_point measured_at;
  std::uint32_t leases = 0;
  std::uint64_t granted = 0;  // leases, so far
  bool said_ready = false;
  bool measuring = false;
  bool stopping = false;         // we are ending it
  bool less_next = false;        // it has ended, and the next one is loaded with less of a device's memory
  std::optional<Error> verdict;  // why we are ending it, when that is a failure
  std::optional<Error> lost;     // once it has ended and been reaped
  Change change;                 // any of these
};

// What a lease holds; its end is the lease's.
struct Lease::State {
  std::shared_ptr<ModelPool::Core> core;
  std::shared_ptr<Process> process;
  Held held;
  double waited = 0;
  bool beside = false;        // of others, when it began
  std::uint64_t granted = 0;  // Process::granted with it

  ~State();
};

// An Acquire that waits.
struct Ticket {
  std::optional<Result<Lease>> outcome;
  std::function<void(std::size_t)> on_place;
  Change change;
};

struct ModelPool::Core : std::enable_shared_from_this<ModelPool::Core> {
  using Clock = std::chrono::steady_clock;

  Core(boost::asio::any_io_executor io_in, const Catalogue& catalogue_in, PoolOptions options_in);

  [[nodiscard]] ModelPolicy PolicyOf(const ModelEntry& entry) const;
  // Carries out what the scheduler wants after something was told to it. Every such telling is followed by it.
  void Carry();
  void EndLease(Process& process, Held held);
  void HasRead(const Process& process);
  [[nodiscard]] HostState ReadHost() const;
  [[nodiscard]] const std::vector<Device>& seen_devices() const { return devices_.last(); }
  // Plans a load of the model for a prompt of this length, on this rung, with the devices there are and as many slots
  // as are worth having and find room.
  static boost::asio::awaitable<Result<Plan>> MakePlanOf(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                         std::uint32_t prompt_tokens, bool only_quick, int rung);
  // Likewise with as many slots as the question has.
  static boost::asio::awaitable<Result<Plan>> PlanWithSlots(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                            PlanQuestion question, std::vector<Device> devices,
                                                            std::uint32_t prompt_tokens, bool only_quick);
  // Puts layers on the devices, as many as fit there by what the engine says of them, from rung `asked` downwards.
  static boost::asio::awaitable<Result<Plan>> PlanOnDevices(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                            PlanQuestion question, std::vector<Device> devices,
                                                            int asked, Placement* placement);
  static boost::asio::awaitable<void> ReadingAhead(std::shared_ptr<Core> self, const ModelEntry& entry);
  static boost::asio::awaitable<Result<std::uint64_t>> Warming(std::shared_ptr<Core> self, const ModelEntry& entry);
  // Tells that a remote model's fallback takes its place for a request.
  void TellFallback(const std::string& name, const std::string& fallback, const std::string& why);
  // Kills what still runs.
  void Abandon();
  boost::asio::thread_pool& files();

  const boost::asio::any_io_executor io;
  const Catalogue& catalogue;
  PoolOptions options;
  Scheduler scheduler;
  std::map<ServerId, std::shared_ptr<Process>> processes;
  std::map<RequestId, std::shared_ptr<Ticket>> tickets;
  std::map<std::uint64_t, Listener> listeners;
  std::uint64_t next_listener = 0;
  std::deque<LoadRecord> history;             // newest first
  std::map<std::string, ServingTimes> times;  // by model
  std::map<std::string, ModelCounts> counts;  // by model
  host::PressureLevel pressure = host::PressureLevel::kCalm;
  Change changed;                                                           // after each Carry
  std::map<std::string, std::chrono::steady_clock::time_point> read_ahead;  // when, by model

 private:
  void Do(const MakePlan& action);
  void Do(const StartServer& action);
  void Do(const StopServer& action);
  void Do(const GrantLease& action);
  void Do(const TellPlace& action);
  void Do(const RefuseRequest& action);
  void Do(const PoolEvent& event);
  static void Log(const PoolEvent& event);

  [[nodiscard]] Result<std::shared_ptr<Process>> Spawn(const StartServer& action);
  void TakeLine(const std::shared_ptr<Process>& process, std::string_view line);
  // The devices of the last reading, as if none of our servers had been there.
  [[nodiscard]] std::vector<Device> DevicesWithoutOurs() const;
  void NoteDeviceUse(const Process& process);
  void EndDeviceUse(ServerId server);
  static boost::asio::awaitable<void> Planning(std::shared_ptr<Core> self, MakePlan action);
  static boost::asio::awaitable<void> Loading(std::shared_ptr<Core> self, std::shared_ptr<Process> process);
  static boost::asio::awaitable<Result<void>> BecomeReady(std::shared_ptr<Core> self, std::shared_ptr<Process> process);
  static boost::asio::awaitable<void> Watching(std::shared_ptr<Core> self, std::shared_ptr<Process> process);
  static boost::asio::awaitable<void> Stopping(std::shared_ptr<Process> process);
  // Asks a server that serves for its health now and then, and ends one that does not answer.
  static boost::asio::awaitable<void> Guarding(std::shared_ptr<Core> self, std::shared_ptr<Process> process);
  // What it holds, to planner and ledger.
  static boost::asio::awaitable<void> Measuring(std::shared_ptr<Core> self, std::shared_ptr<Process> process);
  // Looks at the machine's memory as long as any server runs.
  static boost::asio::awaitable<void> WatchingPressure(std::shared_ptr<Core> self);
  [[nodiscard]] std::uint64_t RoomForPages(const std::string& name) const;
  void Record(const Process& process, std::uint64_t measured_host, const std::string& reason);
  [[nodiscard]] ServerEnded Explain(const Process& process, const child::Exit& exit) const;

  Planner planner_;
  Devices devices_;
  std::vector<DeviceUse> device_uses_;  // since the last reading of the devices
  std::unique_ptr<boost::asio::thread_pool> own_files_;
  const std::uint64_t margin_bytes_;
  boost::asio::steady_timer tick_;
  bool carrying_ = false;
  bool watching_pressure_ = false;
  bool abandoned_ = false;
};

}  // namespace counsel::models
