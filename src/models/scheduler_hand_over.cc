// From a server that was loaded the quick way to one whose weights are rearranged, while requests are served.
//
// When it pays is a ski-rental question (Karlin, Manasse, Rudolph and Sleator, "Competitive snoopy caching", 1988):
// nobody knows how many prompts will come, so the repacked one is loaded when the quick one has lost as much time by
// reading slowly as the load takes. That costs at most twice what a seer would have spent.
#include <utility>

#include "models/scheduler.h"

namespace counsel::models {

Scheduler::Server* Scheduler::Successor(const Model& model) {
  return model.beside && model.beside->phase < ServerPhase::kServing ? model.beside.get() : nullptr;
}

bool Scheduler::IsOpen(const Model& model) {
  return model.server && model.server->phase == ServerPhase::kServing && !model.server->closing;
}

void Scheduler::HandOver(Model& model, Time now) {
  if (Server* successor = Successor(model); successor != nullptr && !IsOpen(model)) {
    if (!model.server) {
      // The first one died. What is on its way is for whoever asks next.
      model.server = std::move(model.beside);
      model.server->background = false;
      model.server->idle_since = now;
    } else if (successor->phase == ServerPhase::kStarting) {
      Stop(*successor, true, "", now);
    } else {
      Drop(*successor);
    }
  }
  BeginHandOver(model, now);
  GrantOpen(model, now);
}

void Scheduler::BeginHandOver(Model& model, Time now) {
  if (!IsOpen(model) || model.beside || model.only_quick || pressure_ != host::PressureLevel::kCalm) return;
  Server& server = *model.server;
  const bool pays = server.plan.repack_from_tokens > 0 && server.read_tokens >= server.plan.repack_from_tokens;
  if (server.plan.style != LoadStyle::kQuick || server.handed_over || !pays) return;
  server.handed_over = true;
  model.beside = std::make_unique<Server>();
  model.beside->id = next_id_++;
  model.beside->model = &model;
  // Only into what is free.
  model.beside->background = true;
  StartPlanning(*model.beside, 0, now);
}

// The successor is ready.
void Scheduler::TakeOver(Model& model, Time now) {
  std::swap(model.server, model.beside);
  Server& former = *model.beside;
  former.closing = true;
  former.closing_for = 0;
  former.closing_until = Time::max();
  model.server->background = former.background;
  model.server->served = former.served;
  model.server->keep_alive = former.keep_alive;
  model.server->idle_since = now;
}

}  // namespace counsel::models
