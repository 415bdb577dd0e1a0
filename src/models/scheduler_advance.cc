// What follows from what has just happened, step by step: who is too late, which server is wanted, due to close, idle
// for too long. The line of loads is in scheduler_line.cc, the hand-over in scheduler_hand_over.cc.
#include <algorithm>
#include <cmath>
#include <utility>

#include "models/scheduler.h"

namespace counsel::models {
namespace {

std::string InSeconds(Span span) {
  const double seconds = std::chrono::duration<double>(span).count();
  return std::to_string(std::max<long>(1, std::lround(std::ceil(seconds)))) + " s";
}

}  // namespace

void Scheduler::RefuseLate(Model& model, Time now) {
  for (std::size_t i = 0; i < model.waiters.size();) {
    const Waiter& waiter = model.waiters[i];
    if (DeadlineOf(waiter) > now) {
      ++i;
      continue;
    }
    const bool waits = model.server && model.server->phase == ServerPhase::kWaiting;
    const std::string reason = waits ? "; it " + model.server->why + "." : model.server ? "; it goes on loading." : ".";
    const std::string late = waiter.in_line ? " answered others all the time." : " was not ready in time" + reason;
    Refuse(waiter, Error(ErrorCode::kDeadlineExceeded, "'" + model.policy.name + "'" + late, "Ask again in a moment."));
    model.waiters.erase(model.waiters.begin() + static_cast<std::ptrdiff_t>(i));
    if (model.waiters.empty() && model.server) model.server->idle_since = now;
  }
}

// A model with requests and no server gets one, unless it has failed so often that it must wait.
void Scheduler::StartWanted(Model& model, Time now) {
  if (model.server || Successor(model) != nullptr || model.waiters.empty()) return;
  if (now < model.retry_at) {
    if (model.failures < options_.circuit_after) return;
    Error error(ErrorCode::kUnavailable,
                "'" + model.policy.name + "' failed " + std::to_string(model.failures) +
                    " times in a row and rests for " + InSeconds(model.retry_at - now) + ".",
                "Try now with: counsel load " + model.policy.name);
    if (model.failure) error.message += " The last time: " + model.failure->message;
    return RefuseAll(model, error);
  }
  auto server = std::make_unique<Server>();
  server->id = next_id_++;
  server->model = &model;
  server->background = std::all_of(model.waiters.begin(), model.waiters.end(), [](const Waiter& waiter) {
    return waiter.options.priority == Priority::kBackground;
  });
  model.server = std::move(server);
  StartPlanning(*model.server, model.rung, now);
}

void Scheduler::DropUnwanted(Model& model, Time now) {
  if (!model.server || !model.waiters.empty()) return;
  Server& server = *model.server;
  if (server.phase == ServerPhase::kPlanning || server.phase == ServerPhase::kWaiting) return Drop(server);
  if (server.phase == ServerPhase::kStarting && !model.policy.pinned &&
      now >= server.idle_since + options_.unwanted_grace) {
    Stop(server, true, "nobody waits for it any more", now);
  }
}

void Scheduler::CloseDue(Server& server, Time now) {
  if (!server.closing || server.phase != ServerPhase::kServing) return;
  const Server* wanting = server.closing_for > 0 ? Find(server.closing_for) : nullptr;
  const bool lapsed = server.closing_for > 0 ? wanting == nullptr || wanting->phase != ServerPhase::kWaiting
                                             : now >= server.closing_until && server.leases > 0;
  if (lapsed) {
    server.closing = false;
    server.why.clear();
    return GrantOpen(*server.model, now);
  }
  if (server.leases > 0) return;
  if (wanting == nullptr) return Stop(server, false, std::move(server.why), now);
  const std::string& taker = wanting->model->policy.name;
  Evict(server, Eviction::Cause::kAnotherModel, taker, "gives its memory to '" + taker + "'", now);
}

void Scheduler::ExpireIdle(Model& model, Time now) {
  if (!model.server) return;
  const std::optional<Time> expiry = Expiry(*model.server);
  if (!expiry || now < *expiry) return;
  Evict(*model.server, Eviction::Cause::kIdle, "",
        "given back after " + InSeconds(*expiry - model.server->idle_since) + " without a request", now);
}

void Scheduler::Advance(Time now) {
  for (auto& [name, model] : models_) RefuseLate(*model, now);
  for (auto& [name, model] : models_) HandOver(*model, now);
  for (auto& [name, model] : models_) DropUnwanted(*model, now);
  for (auto& [name, model] : models_) StartWanted(*model, now);
  AdmitLine(now);
  for (Server* server : Servers()) CloseDue(*server, now);
  for (auto& [name, model] : models_) ExpireIdle(*model, now);
  RelieveStep(now);
  TellChanges(now);
}

}  // namespace counsel::models
