#include "models/scheduler.h"

#include <algorithm>
#include <utility>

namespace counsel::models {
namespace {

double SecondsOf(Span span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

Scheduler::Scheduler(SchedulerOptions options, std::function<HostState()> host)
    : options_(std::move(options)), host_(std::move(host)) {}

Scheduler::~Scheduler() = default;

// ---- what callers want ----

Scheduler::Model& Scheduler::ModelOf(const ModelPolicy& policy) {
  std::unique_ptr<Model>& model = models_[policy.name];
  if (!model) {
    model = std::make_unique<Model>();
    model->told.model = policy.name;
  }
  if (model->policy.identity != policy.identity) {
    // Another file: what happened with the old one says nothing of it.
    model->failures = 0;
    model->rung = 0;
    model->only_quick = false;
    model->retry_at = Time();
  }
  model->policy = policy;
  return *model;
}

RequestId Scheduler::Request(const ModelPolicy& policy, const RequestOptions& options, Time deadline, Time now) {
  Model& model = ModelOf(policy);
  Waiter waiter;
  waiter.id = next_id_++;
  waiter.arrived = std::min(options.arrived.value_or(now), now);
  waiter.deadline = deadline;
  waiter.options = options;
  if (options.insist) {
    model.failures = 0;
    model.retry_at = Time();
  }
  std::size_t running = model.server ? model.server->leases : 0;
  if (model.beside) running += model.beside->leases;
  if (model.waiters.size() + running >= options_.queue_limit) {
    Refuse(waiter, Error(ErrorCode::kOverloaded,
                         "'" + policy.name + "' has " + std::to_string(options_.queue_limit) +
                             " requests already, the most that may wait for one model.",
                         "Ask again in a moment."));
    Advance(now);
    return waiter.id;
  }
  if (IsOpen(model) && WorthRepacking(*model.server, options)) {
    waiter.for_successor = Successor(model) != nullptr;
    if (!waiter.for_successor) Stop(*model.server, false, "loaded again, rearranged for long prompts", now);
  } else if (model.server && options.priority == Priority::kUser) {
    model.server->background = false;
  }
  const RequestId id = waiter.id;
  PutInLine(model, std::move(waiter));
  GrantOpen(model, now);
  Advance(now);
  return id;
}

void Scheduler::Leave(RequestId request, Time now) {
  for (auto& [name, model] : models_) {
    const auto gone = std::find_if(model->waiters.begin(), model->waiters.end(),
                                   [request](const Waiter& waiter) { return waiter.id == request; });
    if (gone == model->waiters.end()) continue;
    model->waiters.erase(gone);
    // The grace of a load that nobody wants any more begins now.
    if (model->waiters.empty() && model->server) model->server->idle_since = now;
    Advance(now);
    return;
  }
}

void Scheduler::EndLease(ServerId id, Held held, Time now) {
  Server* server = Find(id);
  if (server == nullptr || server->leases == 0) return;
  --server->leases;
  server->slots_taken -= std::min(held.slots, server->slots_taken);
  if (held.slots > 0 && server->writing > 0) --server->writing;
  if (held.reading && server->reading > 0) --server->reading;
  server->idle_since = now;
  Advance(now);
}

void Scheduler::HasRead(ServerId id, Time now) {
  Server* server = Find(id);
  if (server == nullptr || server->reading == 0) return;
  --server->reading;
  Advance(now);
}

void Scheduler::Unload(const std::string& name, Time deadline, bool force, Time now) {
  const auto found = models_.find(name);
  if (found == models_.end()) return;
  Model& model = *found->second;
  if (model.beside && model.beside->phase == ServerPhase::kServing && force) Stop(*model.beside, false, "", now);
  model.failure.reset();
  model.failures = 0;
  model.rung = 0;
  model.only_quick = false;
  model.retry_at = Time();
  if (!model.server) return Advance(now);
  Server& server = *model.server;
  const bool loads = server.phase != ServerPhase::kServing && server.phase != ServerPhase::kStopping;
  if (loads) {
    RefuseAll(model, Error(ErrorCode::kCancelled, "The load was cancelled by an unload.", "Ask again."));
    if (server.phase == ServerPhase::kStarting) {
      Stop(server, true, "", now);
    } else {
      Drop(server);
    }
  } else if (server.phase == ServerPhase::kServing && force) {
    Stop(server, false, "", now);
  } else if (server.phase == ServerPhase::kServing) {
    server.closing = true;
    server.closing_for = 0;
    server.closing_until = deadline;
    server.why = server.leases > 0 ? "given back when the running requests have ended" : "given back by an unload";
  }
  Advance(now);
}

void Scheduler::SetPolicy(const ModelPolicy& policy) {
  if (models_.count(policy.name) > 0) (void)ModelOf(policy);
}

void Scheduler::SetLimits(double share, bool auto_unload, Time now) {
  options_.ledger.share = share;
  options_.auto_unload = auto_unload;
  Advance(now);
}

// ---- what became of an action ----

void Scheduler::Planned(ServerId id, Result<Plan> plan, Time now) {
  Server* server = Find(id);
  if (server == nullptr || server->phase != ServerPhase::kPlanning) return;
  // A second server is there for its style alone.
  if (IsBeside(*server) && (!plan || plan->style == LoadStyle::kQuick)) {
    Drop(*server);
    return Advance(now);
  }
  if (!plan) {
    Model& model = *server->model;
    Drop(*server);
    Fail(model, std::move(plan.error()), true, now);
    return Advance(now);
  }
  server->plan = std::move(*plan);
  server->claim = server->plan.claim;
  server->rung = std::max(server->rung, server->plan.rung);
  server->phase = ServerPhase::kWaiting;
  server->since = now;
  Advance(now);
}

void Scheduler::Progress(ServerId id, double progress, Time now) {
  Server* server = Find(id);
  if (server == nullptr || server->phase != ServerPhase::kStarting || progress <= server->progress) return;
  server->progress = progress;
  server->pace.See(progress, now);
  Advance(now);
}

void Scheduler::Ready(ServerId id, Time now) {
  Server* server = Find(id);
  if (server == nullptr || server->phase != ServerPhase::kStarting) return;
  Model& model = *server->model;
  model.load_seconds = SecondsOf(now - server->since);
  model.failure.reset();
  server->phase = ServerPhase::kServing;
  server->since = now;
  server->idle_since = now;
  server->progress = 1;
  server->why.clear();
  if (IsBeside(*server)) TakeOver(model, now);
  GrantOpen(model, now);
  Advance(now);
}

void Scheduler::Ended(ServerId id, ServerEnded end, Time now) {
  Server* found = Find(id);
  if (found == nullptr) return;
  Model& model = *found->model;
  if (IsBeside(*found)) {
    // The other one serves, whatever became of this.
    model.beside.reset();
    return Advance(now);
  }
  const std::unique_ptr<Server> server = std::move(model.server);
  const bool served = server->phase == ServerPhase::kServing;
  // Whatever ended a process that we were stopping: it is gone, as we wished.
  if (server->phase == ServerPhase::kStopping || !end.error) return Advance(now);
  if (served && now - server->since >= options_.recovered_after) model.failures = 0;
  if (end.next_rung) {
    model.rung = server->rung + 1;
    model.why_less = end.why_less;
    if (!served && !model.waiters.empty()) {
      StartWanted(model, now);
      if (model.server) model.server->why = model.why_less;
      return Advance(now);
    }
  }
  // Who waited for this very load is told; who comes to a process that died while it served starts the next one.
  if (served) {
    const std::deque<Waiter> waiting = std::exchange(model.waiters, {});
    Fail(model, std::move(*end.error), !end.next_rung, now);
    model.waiters = waiting;
  } else {
    Fail(model, std::move(*end.error), !end.next_rung, now);
  }
  Advance(now);
}

void Scheduler::Grew(ServerId id, const Footprint& measured, Time now) {
  Server* server = Find(id);
  if (server == nullptr) return;
  server->claim.host_bytes = std::max(server->claim.host_bytes, measured.host_bytes);
  for (const auto& [device, bytes] : measured.device_bytes) {
    std::uint64_t& claim = server->claim.device_bytes[device];
    claim = std::max(claim, bytes);
  }
  Advance(now);
}

void Scheduler::Pressure(host::PressureLevel level, Time now) {
  if (level != pressure_) {
    PressureChange event;
    event.before = pressure_;
    event.level = level;
    event.headroom_bytes = host_().headroom_bytes;
    event.margin_bytes = options_.ledger.margin_bytes;
    actions_.emplace_back(PoolEvent(event));
  }
  pressure_ = level;
  Advance(now);
}

void Scheduler::Tick(Time now) {
  Advance(now);
}

// ---- small steps ----

// A server that was loaded the quick way, and a prompt so long that it is sooner answered after a load anew: of this
// one while it is idle, or of its successor.
bool Scheduler::WorthRepacking(const Server& server, const RequestOptions& options) {
  const bool may_go = server.leases == 0 && !server.model->policy.pinned;
  return server.plan.style == LoadStyle::kQuick && !server.model->only_quick &&
         (may_go || Successor(*server.model) != nullptr) && server.plan.repack_from_tokens > 0 &&
         options.prompt_tokens != kUnknownPrompt && options.prompt_tokens >= server.plan.repack_from_tokens;
}

void Scheduler::StartPlanning(Server& server, int rung, Time now) {
  server.phase = ServerPhase::kPlanning;
  server.since = now;
  server.rung = rung;
  MakePlan action;
  action.server = server.id;
  action.model = server.model->policy.name;
  action.only_quick = server.model->only_quick;
  action.prompt_tokens = 0;
  for (const Waiter& waiter : server.model->waiters) {
    action.prompt_tokens = std::max(action.prompt_tokens, waiter.options.prompt_tokens);
  }
  if (IsBeside(server)) action.prompt_tokens = kUnknownPrompt;
  action.rung = rung;
  actions_.emplace_back(std::move(action));
}

void Scheduler::Start(Server& server, Time now) {
  server.phase = ServerPhase::kStarting;
  server.since = now;
  server.idle_since = now;
  server.making_room = false;
  server.pace = LoadPace(now, server.model->policy.file_bytes, server.plan.load_seconds);
  // The plan's own reason is the newer one.
  const std::string& why_less = server.plan.why_less.empty() ? server.model->why_less : server.plan.why_less;
  if (server.plan.rung > 0 && !server.plan.what.empty()) {
    LoadReduced event;
    event.model = server.model->policy.name;
    event.rung = server.plan.rung;
    event.reduced = server.plan.what;
    event.why = why_less;
    actions_.emplace_back(PoolEvent(std::move(event)));
  }
  server.why = server.plan.what.empty() ? "" : why_less + ": loading with " + server.plan.what;
  if (IsBeside(server)) server.why = "a second process is loaded to take over, rearranged for long prompts";
  StartServer action;
  action.server = server.id;
  action.model = server.model->policy.name;
  action.plan = server.plan;
  actions_.emplace_back(std::move(action));
}

void Scheduler::Stop(Server& server, bool at_once, std::string why, Time now) {
  if (server.phase == ServerPhase::kStopping) return;
  server.phase = ServerPhase::kStopping;
  server.since = now;
  server.why = std::move(why);
  StopServer action;
  action.server = server.id;
  action.at_once = at_once;
  actions_.emplace_back(action);
}

void Scheduler::Evict(Server& server, Eviction::Cause cause, const std::string& for_model, std::string why, Time now) {
  if (server.phase == ServerPhase::kStopping) return;
  Eviction event;
  event.model = server.model->policy.name;
  event.cause = cause;
  event.for_model = for_model;
  event.frees = server.claim;
  event.reason = why;
  actions_.emplace_back(PoolEvent(std::move(event)));
  Stop(server, server.phase == ServerPhase::kStarting, std::move(why), now);
}

void Scheduler::Refuse(const Waiter& waiter, Error error) {
  actions_.emplace_back(RefuseRequest{waiter.id, std::move(error)});
}

void Scheduler::RefuseAll(Model& model, const Error& error) {
  for (const Waiter& waiter : model.waiters) Refuse(waiter, error);
  model.waiters.clear();
}

// `counts`: it is one more failure in a row.
void Scheduler::Fail(Model& model, Error error, bool counts, Time now) {
  if (counts) ++model.failures;
  if (counts && model.failures > 1) {
    const unsigned doublings = std::min(model.failures - 2, 20U);
    model.retry_at = now + std::min<Span>(options_.longest_back_off, options_.first_back_off * (1LL << doublings));
  }
  RefuseAll(model, error);
  model.failure = std::move(error);
}

Scheduler::Server* Scheduler::Find(ServerId id) {
  const std::vector<Server*> servers = Servers();
  const auto found =
      std::find_if(servers.begin(), servers.end(), [id](const Server* server) { return server->id == id; });
  return found == servers.end() ? nullptr : *found;
}

std::vector<Scheduler::Server*> Scheduler::Servers() const {
  std::vector<Server*> all;
  for (const auto& [name, model] : models_) {
    if (model->server) all.push_back(model->server.get());
    if (model->beside) all.push_back(model->beside.get());
  }
  return all;
}

void Scheduler::Drop(Server& server) {
  (IsBeside(server) ? server.model->beside : server.model->server).reset();
}

std::vector<Action> Scheduler::TakeActions() {
  return std::exchange(actions_, {});
}

}  // namespace counsel::models
