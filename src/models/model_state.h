// The states of a model that a user sees, and the events that tell of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host/pressure.h"
#include "models/load_pace.h"
#include "models/plan.h"

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

// What is worth telling of the pool (docs/api.md, "Events").

// A state reached, another reason, or progress of a load.
struct ModelChange {
  ModelChange() = default;
  std::string model;
  ModelState state = ModelState::kCold;
  double progress = 0;              // 0..1
  std::string reason;               // "" or why it is in this state, for a user
  std::optional<LoadFigures> load;  // while its process starts
};

// A model is given up by the pool itself, not by a person. Its process is told to end now.
struct Eviction {
  Eviction() = default;
  enum class Cause { kAnotherModel, kMemoryShort, kIdle };
  std::string model;
  Cause cause = Cause::kIdle;
  std::string for_model;  // kAnotherModel: whose load gets the memory
  Footprint frees;        // what was reserved for it
  std::string reason;     // for a user
};
[[nodiscard]] std::string_view EvictionCauseName(Eviction::Cause cause);  // "another_model", "memory_short", "idle"

// A load that begins with less than the model's settings say: device memory ran out, or would.
struct LoadReduced {
  LoadReduced() = default;
  std::string model;
  int rung = 0;         // steps down the ladder (models/placement.h)
  std::string reduced;  // what was taken, for a user: "half the context"
  std::string why;      // for a user: "the device's memory ran out"
};

// Memory gets short, or is no longer. Told only while a model is loaded: nothing is watched otherwise.
struct PressureChange {
  PressureChange() = default;
  host::PressureLevel before = host::PressureLevel::kCalm;
  host::PressureLevel level = host::PressureLevel::kCalm;
  std::uint64_t headroom_bytes = 0;  // what could still be had
  std::uint64_t margin_bytes = 0;    // what is to be left free: below it pressure rises
};

using PoolEvent = std::variant<ModelChange, Eviction, LoadReduced, PressureChange>;

}  // namespace counsel::models
