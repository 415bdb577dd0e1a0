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
#include "base/offload.h"
#include "host/budget.h"
#include "host/host.h"
#include "models/gguf.h"
#include "models/model_server.h"
#include "models/placement.h"

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
  planner.files = options.files;
  planner.environment = ServerEnvironment();
  return planner;
}

DevicesOptions DevicesOptionsOf(const PoolOptions& options) {
  DevicesOptions devices;
  devices.llama_server = options.llama_server;
  devices.environment = ServerEnvironment();
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
  return policy;
}

HostState ModelPool::Core::ReadHost() const {
  const host::Budget budget = host::ReadBudget();
  HostState host;
  host.total_bytes = budget.total_bytes;
  host.headroom_bytes = budget.headroom_bytes;
  host.bound_by = budget.bound_by;
  std::map<std::string, std::uint64_t> ours;
  for (const auto& [id, process] : processes) {
    if (const Result<host::Charge> charge = host::ReadCharge(process->child->pid())) {
      host.charges[id] = charge->held_bytes();
    }
    for (const auto& [device, bytes] : process->plan.claim.device_bytes) ours[device] += bytes;
  }
  for (const Device& device : devices_.last()) {
    // What others use: all that is in use, less what our servers claim there.
    const std::uint64_t used = device.total_bytes - device.free_bytes;
    const std::uint64_t others = used > ours[device.name] ? used - ours[device.name] : 0;
    const auto allowed =
        static_cast<std::uint64_t>(static_cast<double>(device.total_bytes) * options.max_gpu_memory_fraction);
    host.device_capacity[device.name] = allowed > others ? allowed - others : 0;
  }
  return host;
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
  asio::co_spawn(io, Watching(shared_from_this(), *started), asio::detached);
  asio::co_spawn(io, Loading(shared_from_this(), *started), asio::detached);
  if (watching_pressure_) return;
  watching_pressure_ = true;
  asio::co_spawn(io, WatchingPressure(shared_from_this()), asio::detached);
}

void ModelPool::Core::Do(const StopServer& action) {
  const auto found = processes.find(action.server);
  if (found == processes.end()) return;
  const std::shared_ptr<Process> process = found->second;
  process->stopping = true;
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
  ++process->second->leases;
  process->second->change.Notify();
  Lease lease;
  lease.state_ = std::make_unique<Lease::State>();
  lease.state_->core = shared_from_this();
  lease.state_->process = process->second;
  if (ticket == tickets.end()) return;  // it has left: the lease ends here
  ticket->second->outcome.emplace(std::move(lease));
  ticket->second->change.Notify();
  tickets.erase(ticket);
}

void ModelPool::Core::Do(const RefuseRequest& action) {
  const auto ticket = tickets.find(action.request);
  if (ticket == tickets.end()) return;
  ticket->second->outcome.emplace(Fail(action.error));
  ticket->second->change.Notify();
  tickets.erase(ticket);
}

void ModelPool::Core::Do(const PoolEvent& event) {
  if (event.progress == 0 || event.progress == 1) {
    const std::string_view state = ModelStateName(event.state);
    if (event.state == ModelState::kFailed) {
      spdlog::warn("model {}: failed: {}", event.model, event.reason);
    } else {
      spdlog::info("model {}: {}{}{}", event.model, state, event.reason.empty() ? "" : ": ", event.reason);
    }
  }
  // A listener may unsubscribe, itself or another, while it is told.
  const std::map<std::uint64_t, Listener> told = listeners;
  for (const auto& [id, listener] : told) {
    if (listeners.count(id) > 0) listener(event);
  }
}

void ModelPool::Core::EndLease(Process& process) {
  --process.leases;
  if (abandoned_) return;
  scheduler.EndLease(process.server, Clock::now());
  const auto found = processes.find(process.server);
  if (process.leases == 0 && found != processes.end() && !process.stopping) {
    asio::co_spawn(io, Measuring(shared_from_this(), found->second), asio::detached);
  }
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

// ---- planning ----

asio::awaitable<Result<Plan>> ModelPool::Core::MakePlanOf(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                          std::uint32_t prompt_tokens, bool only_quick, int rung) {
  PlanQuestion question;
  question.rung = rung;
  question.context_tokens = entry.context_tokens;
  Placement placement;
  placement.last = true;
  if (!IsOnnx(entry)) {
    const std::vector<Device> devices = co_await self->devices_.Read();
    PlacementInputs inputs;
    inputs.devices_seen = !devices.empty();
    inputs.context_tokens = entry.context_tokens;
    inputs.context_may_shrink = entry.role == Role::kGenerator;
    inputs.cache_may_be_quantised = entry.role == Role::kGenerator;
    if (!devices.empty()) {
      const fs::path file = self->catalogue.PathOf(entry.files[0]);
      auto read = [file] { return ReadGguf(file); };
      const Result<GgufFacts> facts = co_await Offload(self->files(), read);
      if (facts) inputs.layers = static_cast<int>(std::min<std::uint64_t>(facts->block_count, 10'000));
      inputs.gpu_layers =
          ChooseLayers(devices, self->options.max_gpu_memory_fraction, self->options.enable_gpu, LayerCosts());
    }
    placement = PlaceAtRung(inputs, rung);
    question.flags = placement.flags;
    question.context_tokens = placement.context_tokens;
  }
  Result<Plan> plan = co_await self->planner_.Make(entry, question);
  // Of a model on the processor there is a second way to load it.
  if (plan && !IsOnnx(entry) && placement.gpu_layers == kNoLayers) {
    question.style = LoadStyle::kQuick;
    Result<Plan> quick = co_await self->planner_.Make(entry, question);
    if (!quick) co_return quick;
    StyleFacts facts;
    facts.weight_bytes = quick->mapped_bytes;
    facts.repacked_bytes = quick->mapped_bytes > plan->mapped_bytes ? quick->mapped_bytes - plan->mapped_bytes : 0;
    facts.threads = self->options.threads;
    if (plan->measured) facts.repacked_seconds = plan->load_seconds;
    if (quick->measured) facts.quick_seconds = quick->load_seconds;
    const std::uint32_t from = RepackFromTokens(facts);
    if (from > 0 && (only_quick || prompt_tokens < from)) plan = std::move(quick);
    plan->repack_from_tokens = from;
  }
  if (plan) {
    plan->last_rung = placement.last;
    plan->what = placement.what;
  }
  co_return plan;
}

asio::awaitable<void> ModelPool::Core::Planning(std::shared_ptr<Core> self, MakePlan action) {
  Result<const ModelEntry*> entry = self->catalogue.Find(action.model);
  Result<Plan> plan = Fail(ErrorCode::kInternal, "'" + action.model + "' is no model any more.");
  if (entry) plan = co_await MakePlanOf(self, **entry, action.prompt_tokens, action.only_quick, action.rung);
  if (self->abandoned_) co_return;
  self->scheduler.Planned(action.server, std::move(plan), Clock::now());
  self->Carry();
}

// ---- memory ----

asio::awaitable<void> ModelPool::Core::WatchingPressure(std::shared_ptr<Core> self) {
  host::PressureLevel level = host::PressureLevel::kCalm;
  host::HeadroomSample before;
  while (!self->abandoned_ && !self->scheduler.Idle()) {
    const host::HeadroomSample now(Clock::now(), host::ReadBudget().headroom_bytes);
    const host::PressureLevel next =
        host::JudgePressure(level, host::ReadPressure(), now.headroom_bytes, self->margin_bytes_);
    if (next != level) {
      spdlog::info("memory pressure: {} ({} MB could still be had)", host::PressureLevelName(next),
                   now.headroom_bytes / 1'000'000);
    }
    if (next != level || next != host::PressureLevel::kCalm) self->scheduler.Pressure(next, Clock::now());
    level = next;
    self->Carry();
    const std::chrono::milliseconds pause =
        host::NextSampleIn(before.headroom_bytes == 0 ? now : before, now, self->margin_bytes_);
    before = now;
    const Clock::time_point until = Clock::now() + pause;
    while (Clock::now() < until && !self->abandoned_ && !self->scheduler.Idle()) co_await self->changed.Wait(until);
  }
  self->scheduler.Pressure(host::PressureLevel::kCalm, Clock::now());
  self->watching_pressure_ = false;
}

asio::awaitable<void> ModelPool::Core::Measuring(std::shared_ptr<Core> self, std::shared_ptr<Process> process) {
  // The pages of a large model are walked through: not more often than this.
  constexpr std::chrono::seconds kBetween{5};
  const bool first = process->measured_host == 0;
  if (process->measuring || (!first && Clock::now() < process->measured_at + kBetween)) co_return;
  process->measuring = true;
  process->measured_at = Clock::now();
  std::vector<fs::path> paths;
  for (const ModelFile& file : process->entry->files) paths.push_back(self->catalogue.PathOf(file));
  const pid_t pid = process->child->pid();
  const std::uint64_t mapped = process->plan.mapped_bytes;
  auto measure = [pid, mapped, paths] { return MeasureHost(pid, paths, mapped); };
  const Result<std::uint64_t> bytes = co_await Offload(self->files(), measure);
  process->measuring = false;
  if (!bytes || process->stopping || process->lost) co_return;
  Measured measured;
  if (first) {
    measured.at_ready.host_bytes = *bytes;
    measured.load_seconds = process->load_seconds;
    self->Record(*process, *bytes, "");
  }
  if (*bytes <= process->measured_host && !first) co_return;
  process->measured_host = *bytes;
  measured.highest.host_bytes = *bytes;
  self->planner_.Learn(process->plan, measured);
  Footprint grown;
  grown.host_bytes = *bytes;
  if (self->abandoned_) co_return;
  self->scheduler.Grew(process->server, grown, Clock::now());
  self->Carry();
}

void ModelPool::Core::Record(const Process& process, std::uint64_t measured_host, const std::string& reason) {
  constexpr std::size_t kKept = 50;
  LoadRecord record;
  record.model = process.entry->name;
  record.at =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  record.seconds = process.load_seconds;
  record.planned = process.plan.at_ready;
  record.measured.host_bytes = measured_host;
  record.reason = reason;
  history.push_front(std::move(record));
  if (history.size() > kKept) history.pop_back();
}

}  // namespace counsel::models
