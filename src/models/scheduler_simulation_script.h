// What happens on the virtual machine of scheduler_simulation.h: servers, requests, and what became of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/scheduler.h"

namespace counsel::models {

using namespace std::chrono_literals;

inline constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

// What a virtual server does.
struct Script {
  std::uint64_t claim = kGiB;  // by plan
  Span load = 1s;
  bool crashes_loading = false;
  bool hangs_loading = false;            // until it is stopped, or the limit on loads ends it
  std::optional<Span> dies_after = {};   // of serving
  std::uint64_t grows_to = 0;            // charge while serving, if more than the claim
  int rungs = 0;                         // loads that run out of device memory before one fits
  std::uint32_t repack_from_tokens = 0;  // 0: one style only
  bool bad_file = false;                 // the plan fails
  double expected_seconds = 0;           // of a load, as measured before
  std::uint32_t slots = 0;               // 0: no limit
  bool reads_alone = false;
};

struct Asking {
  Span lasts = 1s;
  Span patience = 10min;
  Priority priority = Priority::kUser;
  bool insist = false;
  std::uint32_t prompt_tokens = kUnknownPrompt;
  std::optional<Span> leaves_after = {};
  std::uint32_t slots = 0;
  std::optional<Span> reads = {};  // how long until it tells that its prompt was read
  Span turn = 1h;                  // how long it waits for slots
  Span arrived_before{};           // it is asked
};

struct Outcome {
  enum What { kWaiting, kGranted, kRefused, kLeft } what = kWaiting;
  std::string model;
  Time asked;
  Time arrived;
  Time ended;
  Time deadline;
  std::optional<Error> error;
  Asking asking;
  std::vector<std::size_t> places;  // as they were told
};

// A virtual server's process.
struct Running {
  std::string model;
  Plan plan;
  bool ready = false;
  bool stopping = false;
  std::uint32_t leases = 0;
  std::uint32_t slots = 0;  // that are held
  int reading = 0;
  std::uint64_t charge = 0;
};
// A request that has not ended.
struct Pending {
  std::size_t number = 0;
  Span lasts{};
};

}  // namespace counsel::models
