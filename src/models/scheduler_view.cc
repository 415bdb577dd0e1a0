// What there is to know of the scheduler's state: the states and reasons that users see, the ledger, and when the next
// thing is due.
#include <algorithm>

#include "models/scheduler.h"

namespace counsel::models {

// ---- what a user sees ----

ModelState Scheduler::StateOf(const Model& model) {
  if (!model.server && model.beside) return ModelState::kDraining;
  if (!model.server) return model.failure ? ModelState::kFailed : ModelState::kCold;
  switch (model.server->phase) {
    case ServerPhase::kPlanning:
    case ServerPhase::kWaiting:
    case ServerPhase::kStarting:
      return ModelState::kLoading;
    case ServerPhase::kServing:
      return model.server->closing ? ModelState::kDraining : ModelState::kReady;
    case ServerPhase::kStopping:
      return ModelState::kDraining;
  }
  return ModelState::kCold;
}

std::string Scheduler::ReasonOf(const Model& model) {
  if (Successor(model) != nullptr) return Successor(model)->why;
  if (model.server) return model.server->why;
  return model.failure ? model.failure->message : "";
}

void Scheduler::TellChanges(Time now) {
  for (auto& [name, model] : models_) {
    TellPlaces(*model);
    ModelChange event;
    event.model = name;
    event.state = StateOf(*model);
    event.reason = ReasonOf(*model);
    event.progress = model->server ? model->server->progress : 0;
    ModelChange& told = model->told;
    if (event.state == told.state && event.reason == told.reason && event.progress == told.progress) continue;
    if (model->server && model->server->phase == ServerPhase::kStarting) event.load = model->server->pace.At(now);
    told = event;
    actions_.emplace_back(PoolEvent(std::move(event)));
  }
}

ModelView Scheduler::View(const std::string& name) const {
  ModelView view;
  const auto found = models_.find(name);
  if (found == models_.end()) return view;
  const Model& model = *found->second;
  view.state = StateOf(model);
  view.reason = ReasonOf(model);
  view.waiting = model.waiters.size();
  view.beside = model.beside != nullptr;
  view.load_seconds = model.load_seconds;
  view.failures = model.failures;
  if (model.failures > 1 && !model.server) view.retry_at = model.retry_at;
  if (!model.server) return view;
  const Server& server = *model.server;
  view.server.emplace();
  view.server->id = server.id;
  view.server->phase = server.phase;
  view.server->closing = server.closing;
  view.server->leases = server.leases;
  view.server->slots_taken = server.slots_taken;
  view.server->progress = server.progress;
  view.server->pace = server.pace;
  view.server->plan = server.plan;
  view.server->claim = server.claim;
  view.server->since = server.since;
  view.server->expires = Expiry(server);
  return view;
}

bool Scheduler::Idle() const {
  return Servers().empty();
}

std::vector<Holding> Scheduler::Ledger(Time now) const {
  const HostState host = host_();
  std::vector<Holding> ledger;
  for (const Server* server : Servers()) {
    if (server->phase >= ServerPhase::kStarting) ledger.push_back(HoldingOf(*server, host, now));
  }
  return ledger;
}

Admission Scheduler::Foresee(const std::string& name, const Footprint& claim, Time now) const {
  const HostState host = host_();
  std::vector<Holding> held;
  for (const Server* server : Servers()) {
    if (server->model->policy.name == name || server->phase < ServerPhase::kStarting) continue;
    held.push_back(HoldingOf(*server, host, now));
  }
  return Admit(claim, host, held, options_.ledger);
}

// When a serving model is given up for idleness.
std::optional<Time> Scheduler::Expiry(const Server& server) const {
  if (!options_.auto_unload || server.phase != ServerPhase::kServing || server.leases > 0 || server.closing ||
      server.model->policy.pinned) {
    return std::nullopt;
  }
  const std::optional<Span> keep = server.keep_alive ? *server.keep_alive : server.model->policy.keep_alive;
  if (!keep) return std::nullopt;
  return server.idle_since + *keep;
}

Time Scheduler::NextTick(Time now) const {
  Time next = Time::max();
  const auto at = [&next, now](Time time) {
    if (time > now) next = std::min(next, time);
  };
  const std::vector<Server*> servers = Servers();
  const bool line = std::any_of(servers.begin(), servers.end(),
                                [](const Server* server) { return server->phase == ServerPhase::kWaiting; });
  for (const auto& [name, model] : models_) {
    for (const Waiter& waiter : model->waiters) at(DeadlineOf(waiter));
    if (!model->server && !model->waiters.empty()) at(model->retry_at);
    if (!model->server) continue;
    const Server& server = *model->server;
    if (server.phase == ServerPhase::kWaiting) at(Oldest(server) + options_.patience);
    if (server.phase == ServerPhase::kServing && line) at(ResidentUntil(server));
    if (server.phase == ServerPhase::kStarting && model->waiters.empty() && !server.background) {
      at(server.idle_since + options_.unwanted_grace);
    }
    if (server.closing && server.closing_for == 0 && server.leases > 0) at(server.closing_until);
    if (const std::optional<Time> expiry = Expiry(server)) at(*expiry);
    const bool may_go = server.phase == ServerPhase::kServing || Successor(*model) != nullptr;
    if (pressure_ != host::PressureLevel::kCalm && may_go) at(next_relief_);
  }
  return next;
}

}  // namespace counsel::models
