// The line of loads that wait for memory, and what is given up for them.
#include <algorithm>
#include <utility>

#include "models/scheduler.h"

namespace counsel::models {
using Hold = Holding::Hold;

// When the first of those who wait for it came.
Time Scheduler::Oldest(const Server& server) {
  const std::deque<Waiter>& waiters = server.model->waiters;
  return waiters.empty() ? server.since : waiters.front().arrived;
}

// Until then it is not taken away from those who use it.
Time Scheduler::ResidentUntil(const Server& server) const {
  const auto load = std::chrono::duration_cast<Span>(std::chrono::duration<double>(server.model->load_seconds));
  return server.since + std::max(options_.patience, load);
}

Holding Scheduler::HoldingOf(const Server& server, const HostState& host, Time now) const {
  Holding holding;
  holding.server = server.id;
  holding.claim = server.claim;
  if (const auto charge = host.charges.find(server.id); charge != host.charges.end()) holding.charge = charge->second;
  const Model& model = *server.model;
  const double load = model.load_seconds > 0 ? model.load_seconds : server.plan.load_seconds;
  const double idle = std::chrono::duration<double>(now - server.idle_since).count();
  switch (server.phase) {
    case ServerPhase::kPlanning:
    case ServerPhase::kWaiting:
      // Promised room: another's turn comes after it.
      holding.hold = Hold::kBusy;
      holding.loss = 1e6;
      break;
    case ServerPhase::kStarting:
      // Preloaded or wanted by nobody: the first to go.
      holding.hold = model.waiters.empty() || server.background ? Hold::kIdle : Hold::kBusy;
      if (model.policy.pinned && !IsBeside(server)) holding.hold = Hold::kFirm;
      holding.loss = holding.hold == Hold::kIdle ? 0 : 1e3 + load;
      break;
    case ServerPhase::kServing:
      if (server.closing) {
        holding.hold = Hold::kIdle;  // on its way already
      } else if (model.policy.pinned) {
        holding.hold = Hold::kFirm;
      } else if (server.leases > 0 || (!server.served && !server.background && Resident(server, now))) {
        holding.hold = Hold::kBusy;
        holding.loss = 1e3 + load;
      } else {
        holding.hold = Hold::kIdle;
        holding.loss = server.served ? EvictionLoss(load, idle) : 0;
      }
      break;
    case ServerPhase::kStopping:
      holding.hold = Hold::kIdle;
      break;
  }
  return holding;
}

void Scheduler::AdmitLine(Time now) {
  std::vector<Server*> line;
  for (Server* server : Servers()) {
    if (server->phase == ServerPhase::kWaiting) line.push_back(server);
  }
  if (line.empty()) return;
  std::sort(line.begin(), line.end(), [](const Server* a, const Server* b) {
    if (a->background != b->background) return b->background;
    if (Oldest(*a) != Oldest(*b)) return Oldest(*a) < Oldest(*b);
    return a->id < b->id;
  });
  const HostState host = host_();
  std::vector<const Server*> promised;
  for (Server* server : line) {
    if (!AdmitOne(*server, promised, host, now)) return AdmitLine(now);  // the line itself changed
    if (server->phase == ServerPhase::kWaiting && server->making_room) promised.push_back(server);
  }
}

// `promised`: those before it in the line for whom room is being made. False when the server has left the line other
// than by starting.
bool Scheduler::AdmitOne(Server& server, const std::vector<const Server*>& promised, const HostState& host, Time now) {
  std::vector<Holding> held;
  for (const Server* other : Servers()) {
    if (other->phase >= ServerPhase::kStarting) held.push_back(HoldingOf(*other, host, now));
  }
  for (const Server* other : promised) held.push_back(HoldingOf(*other, host, now));
  const Admission admission = Admit(server.claim, host, held, options_.ledger);
  const bool short_of_memory = pressure_ != host::PressureLevel::kCalm;
  if (admission.verdict == Verdict::kFits && !(server.background && short_of_memory)) {
    Start(server, now);
    return true;
  }
  Model& model = *server.model;
  if (IsBeside(server)) {
    Drop(server);
    return false;
  }
  if (server.background) {
    // Preloading takes what is free, and nothing else.
    RefuseAll(model, Error(ErrorCode::kOutOfMemory,
                           "There is no free memory to load '" + model.policy.name + "' ahead of its use."));
    Drop(server);
    return false;
  }
  if (admission.verdict == Verdict::kNever && server.plan.style == LoadStyle::kRepacked && !model.only_quick &&
      server.plan.repack_from_tokens > 0) {
    // Mapped as it is in the file, it may take less.
    model.only_quick = true;
    StartPlanning(server, server.rung, now);
    return false;
  }
  if (admission.verdict == Verdict::kNever) {
    Error error(ErrorCode::kOutOfMemory, "'" + model.policy.name + "' " + admission.reason + ".",
                "Close other programs, use a smaller model, or raise MEMORY_THRESHOLD.");
    Drop(server);
    Fail(model, std::move(error), false, now);
    return false;
  }
  const bool after_leases = admission.verdict == Verdict::kFitsAfterLeases;
  if (after_leases && now < Oldest(server) + options_.patience) {
    server.why = "waits for memory that running requests use";
    return true;
  }
  MakeRoom(server, admission.take, now);
  return true;
}

// Asks what is busy to finish; once all of `take` has agreed, gives up what is idle.
void Scheduler::MakeRoom(Server& server, const std::vector<ServerId>& take, Time now) {
  const std::string for_whom = "'" + server.model->policy.name + "'";
  std::string names;
  bool all_agree = true;
  server.making_room = true;
  for (const ServerId id : take) {
    Server& other = *Find(id);
    names += (names.empty() ? "'" : ", '") + other.model->policy.name + "'";
    const HostState unread;
    if (other.phase == ServerPhase::kStopping || other.closing || HoldingOf(other, unread, now).hold == Hold::kIdle)
      continue;
    // What is loading, or has only just begun to serve, serves first those who wait for it.
    if (other.phase != ServerPhase::kServing || Resident(other, now)) {
      all_agree = false;
      continue;
    }
    other.closing = true;
    other.closing_for = server.id;
    other.why = "gives its memory to " + for_whom + " when its requests have ended";
  }
  server.why = "waits for the memory of " + names;
  if (!all_agree) return;
  for (const ServerId id : take) {
    Server& other = *Find(id);
    if (other.leases > 0) continue;
    Evict(other, Eviction::Cause::kAnotherModel, server.model->policy.name, "gives its memory to " + for_whom, now);
  }
}

// One idle model a step while memory is short: the least loss for a byte.
void Scheduler::RelieveStep(Time now) {
  if (pressure_ == host::PressureLevel::kCalm || !options_.auto_unload || now < next_relief_) return;
  const HostState host = host_();
  Server* best = nullptr;
  double least = 0;
  for (Server* server : Servers()) {
    if (server->phase == ServerPhase::kStopping) continue;
    if (server->phase < ServerPhase::kStarting || server->claim.host_bytes == 0) continue;
    const Holding holding = HoldingOf(*server, host, now);
    if (holding.hold != Hold::kIdle || server->leases > 0) continue;
    const double loss = holding.loss / static_cast<double>(std::max<std::uint64_t>(1, holding.claim.host_bytes));
    if (best != nullptr && loss >= least) continue;
    best = server;
    least = loss;
  }
  if (best == nullptr) return;
  next_relief_ = now + options_.pressure_step;
  Evict(*best, Eviction::Cause::kMemoryShort, "", "given back because memory is short", now);
}

}  // namespace counsel::models
