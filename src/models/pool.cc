#include "models/pool.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "host/budget.h"
#include "models/model_server.h"
#include "models/pool_core.h"

namespace counsel::models {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

Error Cancelled() {
  return {ErrorCode::kCancelled, "The request was cancelled."};
}

double SecondsUntil(Clock::time_point time, Clock::time_point now) {
  return std::max(0.0, std::chrono::duration<double>(time - now).count());
}

// Whether a remote model's failure may be made up for by its fallback: no fault of the request, nor the caller's end.
bool MayFallBack(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kOverloaded:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string_view ModelStateName(ModelState state) {
  switch (state) {
    case ModelState::kCold:
      return "cold";
    case ModelState::kLoading:
      return "loading";
    case ModelState::kReady:
      return "ready";
    case ModelState::kDraining:
      return "draining";
    case ModelState::kFailed:
      return "failed";
  }
  return "cold";
}

std::string_view EvictionCauseName(Eviction::Cause cause) {
  switch (cause) {
    case Eviction::Cause::kAnotherModel:
      return "another_model";
    case Eviction::Cause::kMemoryShort:
      return "memory_short";
    case Eviction::Cause::kIdle:
      return "idle";
  }
  return "unknown";
}

Lease::State::~State() {
  if (process) core->EndLease(*process, held);
}

Lease::Lease() = default;
Lease::Lease(Lease&&) noexcept = default;
Lease& Lease::operator=(Lease&&) noexcept = default;
Lease::~Lease() = default;

const net::Endpoint& Lease::endpoint() const {
  return state_->process->endpoint;
}
const ModelEntry& Lease::model() const {
  return *state_->process->entry;
}
std::uint32_t Lease::context_tokens() const {
  const std::uint32_t planned = state_->process->plan.context_tokens;
  return planned > 0 ? planned : state_->process->entry->context_tokens;
}
bool Lease::less_next() const {
  return state_->process->less_next;
}
std::vector<std::string> Lease::flags() const {
  const Process& process = *state_->process;
  return process.entry->remote || IsOnnx(*process.entry) ? std::vector<std::string>()
                                                         : EngineFlags(*process.entry, process.plan);
}
bool Lease::alone() const {
  return !state_->beside && state_->process->granted == state_->granted;
}
double Lease::waited_seconds() const {
  return state_->waited;
}
void Lease::HasRead() const {
  if (!state_->held.reading) return;
  state_->held.reading = false;
  state_->core->HasRead(*state_->process);
}
std::optional<Error> Lease::lost() const {
  return state_->process->lost;
}

ServingTimes& Lease::times() const {
  return state_->core->times[state_->process->entry->name];
}

ModelPool::ModelPool(asio::any_io_executor io, const Catalogue& catalogue, PoolOptions options)
    : core_(std::make_shared<Core>(std::move(io), catalogue, std::move(options))) {}

ModelPool::~ModelPool() {
  core_->Abandon();
}

asio::awaitable<Result<Lease>> ModelPool::Acquire(std::string name, AcquireOptions options) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  const bool has_fallback = entry && (*entry)->remote && !(*entry)->remote->fallback.empty();
  if (!has_fallback) co_return co_await AcquireNamed(name, options);
  const std::string fallback = (*entry)->remote->fallback;
  std::string why = "its request failed";
  if (!options.fall_back) {
    Result<Lease> lease = co_await AcquireNamed(name, options);
    if (lease || !MayFallBack(lease.error())) co_return lease;
    why = lease.error().message;
  }
  core->TellFallback(name, fallback, why);
  co_return co_await AcquireNamed(fallback, options);
}

asio::awaitable<Result<Lease>> ModelPool::AcquireNamed(std::string name, AcquireOptions options) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  const Clock::time_point began = Clock::now();
  if (!core->scheduler.View(name).server) {
    if (Result<void> installed = core->catalogue.RequireInstalled(**entry); !installed) {
      co_return Fail(std::move(installed.error()));
    }
  }
  RequestOptions request;
  request.priority = options.background ? Priority::kBackground : Priority::kUser;
  request.prompt_tokens = options.prompt_tokens;
  request.insist = options.insist;
  if (options.keep_alive) request.keep_alive.emplace(*options.keep_alive);
  request.held.slots = options.slots;
  request.held.reading = options.slots > 0 && options.tells_reading;
  request.turn = options.turn_timeout;
  request.arrived = options.arrived;
  const auto ticket = std::make_shared<Ticket>();
  ticket->on_place = options.on_place;
  const RequestId id = core->scheduler.Request(core->PolicyOf(**entry), request, began + options.timeout, began);
  core->tickets[id] = ticket;
  core->Carry();
  const bool waits = !ticket->outcome;
  while (!ticket->outcome) {
    co_await ticket->change.Wait(Clock::time_point::max());
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() == asio::cancellation_type::none) continue;
    core->tickets.erase(id);
    if (!ticket->outcome) {
      core->scheduler.Leave(id, Clock::now());
      core->Carry();
    }
    co_return Fail(Cancelled());
  }
  Result<Lease> outcome = std::move(*ticket->outcome);
  if (outcome && waits) {
    const Clock::duration waited = Clock::now() - began;
    outcome->state_->waited = std::chrono::duration<double>(waited).count();
    outcome->times().lease_wait.Add(waited);
  }
  co_return outcome;
}

asio::awaitable<Result<std::uint64_t>> ModelPool::Warm(std::string name) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  if (Result<void> installed = core->catalogue.RequireInstalled(**entry); !installed) {
    co_return Fail(std::move(installed.error()));
  }
  if ((*entry)->remote) {
    co_return Fail(ErrorCode::kInvalidArgument,
                   "'" + name + "' is served by " + (*entry)->remote->host() + ": it has no files here to read.");
  }
  co_return co_await Core::Warming(core, **entry);
}

void ModelPool::ReadAhead(const std::string& name) {
  const Result<const ModelEntry*> entry = core_->catalogue.Find(name);
  if (!entry || core_->scheduler.View(name).server || !core_->catalogue.Installed(**entry)) return;
  asio::co_spawn(core_->io, Core::ReadingAhead(core_, **entry), asio::detached);
}

asio::awaitable<Result<void>> ModelPool::Unload(std::string name, std::chrono::milliseconds grace, bool force) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  const Clock::time_point now = Clock::now();
  const std::optional<ServerView> server = core->scheduler.View(name).server;
  core->scheduler.Unload(name, now + grace, force, now);
  core->Carry();
  for (;;) {
    const ModelView view = core->scheduler.View(name);
    if (!view.server && !view.beside) co_return Result<void>();
    // Another request has loaded it again.
    if (view.server && (!server || view.server->id != server->id)) co_return Result<void>();
    const bool kept = view.server && view.server->phase == ServerPhase::kServing && !view.server->closing;
    if (kept || (!view.server && !force && Clock::now() >= now + grace)) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "'" + name + "' still serves requests and was kept.",
                     "Wait for them, or end them with: counsel unload --force");
    }
    const Clock::time_point until = view.server || force ? Clock::time_point::max() : now + grace;
    co_await core->changed.Wait(until);
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return Fail(Cancelled());
  }
}

asio::awaitable<Result<void>> ModelPool::UnloadAll(std::chrono::milliseconds grace, bool force) {
  const std::shared_ptr<Core> core = core_;
  const Clock::time_point deadline = Clock::now() + grace;
  // All begin at once; then each is waited for.
  std::vector<std::string> names;
  for (const ModelEntry& entry : core->catalogue.entries()) {
    const ModelView view = core->scheduler.View(entry.name);
    if (!view.server && !view.beside && view.failures == 0) continue;
    names.push_back(entry.name);
    core->scheduler.Unload(entry.name, deadline, force, Clock::now());
  }
  core->Carry();
  Result<void> outcome;
  for (const std::string& name : names) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    Result<void> unloaded = co_await Unload(name, std::max(left, std::chrono::milliseconds(0)), force);
    if (!unloaded) outcome = std::move(unloaded);
  }
  co_return outcome;
}

void ModelPool::Follow(const PoolOptions& changed) {
  PoolOptions& options = core_->options;
  options.memory_threshold = changed.memory_threshold;
  options.auto_unload = changed.auto_unload;
  options.keep_alive = changed.keep_alive;
  options.stall_timeout = changed.stall_timeout;
  options.health_interval = changed.health_interval;
  options.enable_gpu = changed.enable_gpu;
  options.max_gpu_memory_fraction = changed.max_gpu_memory_fraction;
  for (const ModelEntry& entry : core_->catalogue.entries()) core_->scheduler.SetPolicy(core_->PolicyOf(entry));
  core_->scheduler.SetLimits(options.memory_threshold, options.auto_unload, Clock::now());
  core_->Carry();
}

asio::awaitable<Result<PlanReport>> ModelPool::PlanLoad(std::string name, LoadStyle style) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  if (Result<void> installed = core->catalogue.RequireInstalled(**entry); !installed) {
    co_return Fail(std::move(installed.error()));
  }
  Result<Plan> plan = co_await Core::MakePlanOf(core, **entry, kUnknownPrompt, style == LoadStyle::kQuick, 0);
  if (!plan) co_return Fail(std::move(plan.error()));
  PlanReport report;
  report.plan = std::move(*plan);
  if (report.plan.style == LoadStyle::kQuick && !IsOnnx(**entry)) report.plan.flags.emplace_back("--no-repack");
  const Admission admission = core->scheduler.Foresee(name, report.plan.claim, Clock::now());
  report.fits = admission.verdict != Verdict::kNever;
  for (const ServerId id : admission.take) {
    if (const auto found = core->processes.find(id); found != core->processes.end()) {
      report.evicts.push_back(found->second->entry->name);
      if (found->second->leases > 0) report.waits_for.push_back(found->second->entry->name);
    }
  }
  report.reason = admission.reason;
  co_return report;
}

std::vector<ModelStatus> ModelPool::Status() const {
  std::vector<ModelStatus> all;
  const Clock::time_point now = Clock::now();
  for (const ModelEntry& entry : core_->catalogue.entries()) {
    const ModelView view = core_->scheduler.View(entry.name);
    ModelStatus status;
    status.name = entry.name;
    status.role = entry.role;
    status.installed = core_->catalogue.Installed(entry);
    if (entry.remote) status.remote = entry.remote->host();
    status.pinned = entry.pinned;
    status.state = view.state;
    status.reason = view.reason;
    status.waiting = view.waiting;
    status.load_seconds = view.load_seconds;
    status.failures = view.failures;
    if (view.retry_at) status.retry_in = SecondsUntil(*view.retry_at, now);
    status.planned.host_bytes = entry.planned_bytes;
    status.context_tokens = entry.context_tokens;
    if (view.server) {
      const ServerView& server = *view.server;
      if (server.phase >= ServerPhase::kStarting) status.planned = server.claim;
      status.progress = server.progress;
      if (server.phase == ServerPhase::kStarting) status.load = server.pace.At(now);
      status.leases = server.leases;
      if (server.expires) status.expires_in = SecondsUntil(*server.expires, now);
      if (const auto found = core_->processes.find(server.id); found != core_->processes.end()) {
        const Process& process = *found->second;
        status.pid = process.child->pid();
        status.flags = process.plan.flags;
        status.reduced = process.plan.what;
        if (process.plan.context_tokens > 0) status.context_tokens = process.plan.context_tokens;
        status.slots = process.plan.slots;
        if (process.plan.style == LoadStyle::kQuick && !IsOnnx(entry)) status.flags.emplace_back("--no-repack");
        // The highest so far, as it is measured after requests; before the first, what can be seen at once.
        status.measured.host_bytes = process.measured_host;
        status.measured.device_bytes = process.buffers.total();
        const Result<host::Charge> charge = host::ReadCharge(process.child->pid());
        if (process.measured_host == 0 && charge) {
          // Mapped weights that were rearranged are not read again: the kernel may take them back.
          const std::uint64_t mapped = process.plan.mapped_bytes;
          status.measured.host_bytes =
              charge->held_bytes() + (mapped > 0 ? std::min(mapped, charge->file_bytes) : charge->file_bytes);
        }
        if (status.state == ModelState::kReady) status.ready_since = process.ready_since;
      }
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::vector<LoadRecord> ModelPool::History() const {
  return {core_->history.begin(), core_->history.end()};
}

const std::map<std::string, ModelCounts>& ModelPool::Counts() const {
  return core_->counts;
}

host::PressureLevel ModelPool::Pressure() const {
  return core_->pressure;
}

const std::map<std::string, ServingTimes>& ModelPool::Times() const {
  return core_->times;
}

const std::vector<Device>& ModelPool::SeenDevices() const {
  return core_->seen_devices();
}

std::shared_ptr<void> ModelPool::Subscribe(Listener listener) {
  const std::uint64_t id = core_->next_listener++;
  core_->listeners[id] = std::move(listener);
  return {nullptr, [core = std::weak_ptr<Core>(core_), id](void*) {
            if (const std::shared_ptr<Core> alive = core.lock()) alive->listeners.erase(id);
          }};
}

}  // namespace counsel::models
