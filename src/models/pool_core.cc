#include "models/pool_core.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/supervise.h"
#include "host/budget.h"
#include "host/host.h"
#include "models/model_server.h"

namespace counsel::models {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

// Left free for everybody else: what memory may grow by before rising pressure has given up a model (host/pressure.h).
constexpr std::uint64_t kMarginBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMarginPart = 8;  // of a small machine, this part

SchedulerOptions OptionsOf(const PoolOptions& options) {
  SchedulerOptions scheduler;
  scheduler.ledger.share = options.memory_threshold;
  scheduler.ledger.margin_bytes = std::min(kMarginBytes, host::ReadBudget().total_bytes / kMarginPart);
  scheduler.auto_unload = options.auto_unload;
  scheduler.queue_limit = options.queue_limit;
  return scheduler;
}

PoolOptions WithThreads(PoolOptions options) {
  if (options.threads == 0) options.threads = host::CheckHardware().processors;
  return options;
}

PlannerOptions PlannerOptionsOf(const PoolOptions& options) {
  PlannerOptions planner;
  planner.llama_server = options.llama_server;
  const fs::path fit_params = options.llama_server.parent_path() / "llama-fit-params";
  std::error_code ignored;
  if (fs::exists(fit_params, ignored)) planner.fit_params = fit_params;
  planner.embedder = options.embedder;
  planner.measurements_file = options.measurements_file;
  planner.threads = options.threads;
  planner.fit_timeout = std::min<std::chrono::milliseconds>(planner.fit_timeout, options.stall_timeout);
  planner.files = options.files;
  planner.environment = ServerEnvironment();
  return planner;
}

DevicesOptions DevicesOptionsOf(const PoolOptions& options) {
  DevicesOptions devices;
  devices.llama_server = options.llama_server;
  devices.environment = ServerEnvironment();
  devices.deadline = std::min<std::chrono::milliseconds>(devices.deadline, options.stall_timeout);
  return devices;
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
    : io(std::move(io_in)),
      catalogue(catalogue_in),
      options(WithThreads(std::move(options_in))),
      scheduler(OptionsOf(options), [this] { return ReadHost(); }),
      planner_(io, catalogue, PlannerOptionsOf(options)),
      devices_(io, DevicesOptionsOf(options)),
      margin_bytes_(OptionsOf(options).ledger.margin_bytes),
      tick_(io) {}

asio::thread_pool& ModelPool::Core::files() {
  if (options.files != nullptr) return *options.files;
  if (!own_files_) own_files_ = std::make_unique<asio::thread_pool>(1);
  return *own_files_;
}

ModelPolicy ModelPool::Core::PolicyOf(const ModelEntry& entry) const {
  ModelPolicy policy;
  policy.name = entry.name;
  policy.pinned = entry.pinned;
  policy.keep_alive = options.keep_alive;
  if (entry.keep_alive_seconds) policy.keep_alive = std::chrono::seconds(*entry.keep_alive_seconds);
  if (entry.keep_alive_seconds && *entry.keep_alive_seconds < 0) policy.keep_alive.reset();
  policy.identity = FileIdentity(catalogue, entry);
  for (const ModelFile& file : entry.files) {
    std::error_code missing;
    const std::uintmax_t bytes = fs::file_size(catalogue.PathOf(file), missing);
    if (!missing) policy.file_bytes += bytes;
  }
  return policy;
}

// ---- carrying out ----

void ModelPool::Core::Carry() {
  // What is told to the scheduler meanwhile is carried out by the loop that runs.
  if (carrying_ || abandoned_) return;
  carrying_ = true;
  for (std::vector<Action> actions = scheduler.TakeActions(); !actions.empty(); actions = scheduler.TakeActions()) {
    for (const Action& action : actions) {
      std::visit([this](const auto& what) { Do(what); }, action);
    }
  }
  carrying_ = false;
  const Time next = scheduler.NextTick(Clock::now());
  if (next == Time::max()) {
    tick_.cancel();
  } else {
    tick_.expires_at(next);
    tick_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
      const std::shared_ptr<Core> self = weak.lock();
      if (cancelled || !self) return;
      self->scheduler.Tick(Clock::now());
      self->Carry();
    });
  }
  changed.Notify();
}

void ModelPool::Core::Do(const MakePlan& action) {
  asio::co_spawn(io, Planning(shared_from_this(), action), asio::detached);
}

void ModelPool::Core::Do(const StartServer& action) {
  Result<std::shared_ptr<Process>> started = Spawn(action);
  if (!started) {
    ServerEnded end;
    end.error = std::move(started.error());
    scheduler.Ended(action.server, std::move(end), Clock::now());
    return;
  }
  processes[action.server] = *started;
  const auto watching = [self = shared_from_this(), process = *started] { return Watching(self, process); };
  asio::co_spawn(io, Supervised("watching a model's process", watching), asio::detached);
  asio::co_spawn(io, Loading(shared_from_this(), *started), asio::detached);
  if (watching_pressure_) return;
  watching_pressure_ = true;
  const auto pressure = [self = shared_from_this()] { return WatchingPressure(self); };
  asio::co_spawn(io, Supervised("watching memory pressure", pressure), asio::detached);
}

void ModelPool::Core::Do(const StopServer& action) {
  const auto found = processes.find(action.server);
  if (found == processes.end()) return;
  const std::shared_ptr<Process> process = found->second;
  process->stopping = true;
  EndDeviceUse(process->server);
  if (action.at_once) {
    process->child->Kill();
  } else {
    asio::co_spawn(io, Stopping(process), asio::detached);
  }
  process->change.Notify();
}

void ModelPool::Core::Do(const GrantLease& action) {
  const auto process = processes.find(action.server);
  const auto ticket = tickets.find(action.request);
  if (process == processes.end()) return;
  const bool beside = process->second->leases > 0;
  ++process->second->leases;
  ++process->second->granted;
  process->second->change.Notify();
  Lease lease;
  lease.state_ = std::make_unique<Lease::State>();
  lease.state_->core = shared_from_this();
  lease.state_->process = process->second;
  lease.state_->held = action.held;
  lease.state_->beside = beside;
  lease.state_->granted = process->second->granted;
  if (ticket == tickets.end()) return;  // it has left: the lease ends here
  ticket->second->outcome.emplace(std::move(lease));
  ticket->second->change.Notify();
  tickets.erase(ticket);
}

void ModelPool::Core::Do(const TellPlace& action) {
  const auto ticket = tickets.find(action.request);
  if (ticket != tickets.end() && ticket->second->on_place) ticket->second->on_place(action.before);
}

void ModelPool::Core::Do(const RefuseRequest& action) {
  const auto ticket = tickets.find(action.request);
  if (ticket == tickets.end()) return;
  ticket->second->outcome.emplace(Fail(action.error));
  ticket->second->change.Notify();
  tickets.erase(ticket);
}

// Not each sign of progress, and an eviction by the state that follows it.
void ModelPool::Core::Log(const PoolEvent& event) {
  if (const auto* pressure = std::get_if<PressureChange>(&event)) {
    spdlog::info("memory pressure: {} ({} MB could still be had)", host::PressureLevelName(pressure->level),
                 pressure->headroom_bytes / 1'000'000);
  }
  const auto* change = std::get_if<ModelChange>(&event);
  if (change == nullptr || (change->progress > 0 && change->progress < 1)) return;
  if (change->state == ModelState::kFailed) {
    spdlog::warn("model {}: failed: {}", change->model, change->reason);
  } else {
    spdlog::info("model {}: {}{}{}", change->model, ModelStateName(change->state), change->reason.empty() ? "" : ": ",
                 change->reason);
  }
}

void ModelPool::Core::Do(const PoolEvent& event) {
  Log(event);
  if (const auto* eviction = std::get_if<Eviction>(&event)) ++counts[eviction->model].evictions[eviction->cause];
  if (const auto* change = std::get_if<PressureChange>(&event)) pressure = change->level;
  // A listener may unsubscribe, itself or another, while it is told.
  const std::map<std::uint64_t, Listener> told = listeners;
  for (const auto& [id, listener] : told) {
    if (listeners.count(id) > 0) listener(event);
  }
}

void ModelPool::Core::TellFallback(const std::string& name, const std::string& fallback, const std::string& why) {
  ModelChange change;
  change.model = name;
  change.state = scheduler.View(name).state;
  change.reason = "'" + fallback + "' takes its place: " + why;
  Do(PoolEvent(std::move(change)));
}

void ModelPool::Core::EndLease(Process& process, Held held) {
  --process.leases;
  if (abandoned_) return;
  scheduler.EndLease(process.server, held, Clock::now());
  const auto found = processes.find(process.server);
  if (process.leases == 0 && found != processes.end() && !process.stopping) {
    asio::co_spawn(io, Measuring(shared_from_this(), found->second), asio::detached);
  }
  Carry();
}

void ModelPool::Core::HasRead(const Process& process) {
  if (abandoned_) return;
  scheduler.HasRead(process.server, Clock::now());
  Carry();
}

void ModelPool::Core::Abandon() {
  abandoned_ = true;
  listeners.clear();
  tick_.cancel();
  for (auto& [id, process] : processes) {
    process->stopping = true;
    process->child->Kill();
    ::unlink(process->endpoint.unix_path.c_str());
    process->change.Notify();
  }
  for (auto& [id, ticket] : std::exchange(tickets, {})) {
    ticket->outcome.emplace(Fail(ErrorCode::kCancelled, "Counsel is stopping."));
    ticket->change.Notify();
  }
  changed.Notify();
}

}  // namespace counsel::models
