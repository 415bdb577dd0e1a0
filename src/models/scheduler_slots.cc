// Who waits for a server gets a lease on it: at once, or when the slots it takes are free.
//
// One line for each model, by priority, then by arrival: a request for many slots is passed by nobody who takes any, so
// it waits no longer than for those before it. What takes no slots (a count of tokens, a text for a vector) does not
// stand in it. Slots come back with the end of the lease, however it ends, and with the end of the server.
//
// A processor reads two prompts side by side no faster than one after the other, and then both first words are late. So
// who is next in the line begins when the one before it has been read, and reads while that one writes.
#include <algorithm>
#include <utility>

#include "models/scheduler.h"

namespace counsel::models {

void Scheduler::PutInLine(Model& model, Waiter waiter) {
  const auto after = std::find_if(model.waiters.begin(), model.waiters.end(), [&waiter](const Waiter& other) {
    if (other.options.priority != waiter.options.priority) return other.options.priority > waiter.options.priority;
    return other.arrived > waiter.arrived;
  });
  model.waiters.insert(after, std::move(waiter));
}

// Who has come so far that others are answered before it does not wait for a load any more.
Time Scheduler::DeadlineOf(const Waiter& waiter) {
  return waiter.in_line ? std::max(waiter.deadline, waiter.arrived + waiter.options.turn) : waiter.deadline;
}

void Scheduler::GrantOpen(Model& model, Time now) {
  if (!IsOpen(model)) return;
  const bool successor = Successor(model) != nullptr;
  const std::uint32_t slots = model.server->plan.slots;
  const auto reads = [&model] { return model.server->plan.reads_alone && model.server->reading > 0; };
  bool line = false;  // somebody waits for slots
  for (auto waiter = model.waiters.begin(); waiter != model.waiters.end();) {
    const std::uint32_t wanted = slots > 0 ? waiter->options.held.slots : 0;
    if (successor && waiter->for_successor) {
      ++waiter;
    } else if (wanted > slots) {
      Refuse(*waiter, Error(ErrorCode::kInvalidArgument, "'" + model.policy.name + "' writes at most " +
                                                             std::to_string(slots) + " texts at a time here, and " +
                                                             std::to_string(wanted) + " were asked for."));
      waiter = model.waiters.erase(waiter);
    } else if (wanted > 0 && (line || reads() || model.server->slots_taken + wanted > slots)) {
      line = true;
      waiter->in_line = true;
      ++waiter;
    } else {
      Grant(model, *waiter, now);
      waiter = model.waiters.erase(waiter);
    }
  }
}

void Scheduler::Grant(Model& model, const Waiter& waiter, Time now) {
  Server& server = *model.server;
  ++server.leases;
  const Held& held = waiter.options.held;
  server.slots_taken += held.slots;
  if (held.slots > 0) ++server.writing;
  if (held.reading) ++server.reading;
  server.served = true;
  server.idle_since = now;
  if (waiter.options.prompt_tokens != kUnknownPrompt) server.read_tokens += waiter.options.prompt_tokens;
  if (waiter.options.priority == Priority::kUser) {
    server.background = false;
    server.keep_alive = waiter.options.keep_alive;
  }
  GrantLease action;
  action.request = waiter.id;
  action.server = server.id;
  action.held = held;
  actions_.emplace_back(action);
}

// To those who wait for slots of a server that serves.
void Scheduler::TellPlaces(Model& model) {
  if (!IsOpen(model)) return;
  std::size_t before = model.server->writing;
  for (Waiter& waiter : model.waiters) {
    if (!waiter.in_line) continue;
    if (waiter.told_before != before) {
      waiter.told_before = before;
      TellPlace action;
      action.request = waiter.id;
      action.before = before;
      actions_.emplace_back(action);
    }
    ++before;
  }
}

}  // namespace counsel::models
