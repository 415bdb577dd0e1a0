// The states of a model that a user sees, and the events that tell of them.
#pragma once

#include <string>
#include <string_view>

namespace counsel::models {

//            ┌────────────────────── given up, unloaded, died ───────────┐
//            ▼                                                           │
//   cold ──Acquire──▶ loading ──healthy──▶ ready ──Unload while leased──▶ draining ──last lease ended──▶ cold
//            ▲           │  failed to load    │ no lease: Unload ▶ cold
//            │           ▼                    │ child died
//            └─Acquire─ failed ◀──────────────┘
//
//   cold      no process. The next Acquire loads.
//   loading   it is being planned, waits for memory, or its process starts; every Acquire joins and waits with its own
//             deadline.
//   ready     the process answers; Acquire gives a lease at once.
//   draining  no new lease; ends when the last lease does, then the process is stopped. An Acquire waits for that and
//             loads anew.
//   failed    the last load or the running process ended badly; the reason says how, for a user. The next Acquire tries
//             again, after a back-off when it was not the first failure in a row.
//
// models/scheduler.h has the finer phases behind them.
enum class ModelState { kCold, kLoading, kReady, kDraining, kFailed };
[[nodiscard]] std::string_view ModelStateName(ModelState state);

// A change worth telling: a state reached, another reason, or progress of a load.
struct PoolEvent {
  PoolEvent() = default;
  std::string model;
  ModelState state = ModelState::kCold;
  double progress = 0;  // 0..1
  std::string reason;   // "" or why it is in this state, for a user
};

}  // namespace counsel::models
