// Is memory running short? The kernel's pressure stall information beside the headroom of budget.h, judged with
// hysteresis, and how soon to look again. Watched only while a model is loaded.
//
// Threads: any. ReadPressure reads two or three of the kernel's small files, about 0.1 ms; the rest is pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace counsel::host {

// How long tasks stood still because memory was short: reclaiming it, or reading back what had just been thrown out
// (weights that no longer fit). The averages are percent of the last 10 s; the kernel renews them every 2 s.
struct PressureSample {
  PressureSample() = default;

  bool known = false;               // a kernel without PSI says nothing
  double some_avg10 = 0;            // at least one task stood still
  double full_avg10 = 0;            // all of them did
  std::uint64_t some_total_us = 0;  // microseconds since the start
};

// Of the nearest version 2 control group that tells, also where memory is limited by version 1; else of the machine.
// `root` as in host.h.
[[nodiscard]] PressureSample ReadPressure(const std::filesystem::path& root = "/");

enum class PressureLevel {
  kCalm,
  kRising,    // give up idle models, one step at a time
  kCritical,  // give up everything that is idle, at once: next the kernel kills
};
[[nodiscard]] std::string_view PressureLevelName(PressureLevel level);  // "calm", "rising", "critical"

// A level is entered at one value and left only past the other.
struct PressureBand {
  double enter;
  double leave;
};

struct PressureLimits {
  PressureLimits() = default;

  // Headroom, in margins. Loads are admitted down to one margin, so a full host at rest is calm; what was given up must
  // bring half a margin more, or the next small growth would call again. Entered below, left at or above.
  PressureBand rising_margins{1.0, 1.5};
  PressureBand critical_margins{0.5, 0.75};
  // Percent of the last 10 s. Measured (2 processors, a disk of 2 GB/s): a generator whose weights fit 0 to 2, while it
  // loads too; reading a file through a full group 5 to 8; a generator whose mapped weights no longer fit, at less than
  // half its speed, 26 to 31. When all tasks stand still for a tenth of the time (there: 6), little else gets done. A
  // burst fades from the average by half in 7 s. Entered above, left below.
  PressureBand rising_some_percent{10, 5};
  PressureBand critical_full_percent{10, 5};
};

// The level now, after `previous`. A sample that is not known leaves it to the headroom. From critical it goes down by
// way of rising as each level's own conditions allow.
[[nodiscard]] PressureLevel JudgePressure(PressureLevel previous, const PressureSample& sample,
                                          std::uint64_t headroom_bytes, std::uint64_t margin_bytes,
                                          const PressureLimits& limits = {});

struct HeadroomSample {
  HeadroomSample() = default;
  HeadroomSample(std::chrono::steady_clock::time_point at_in, std::uint64_t headroom_bytes_in)
      : at(at_in), headroom_bytes(headroom_bytes_in) {}

  std::chrono::steady_clock::time_point at;
  std::uint64_t headroom_bytes = 0;
};

struct SamplingLimits {
  SamplingLimits() = default;

  std::chrono::milliseconds calm{1000};
  std::chrono::milliseconds close{100};
  double close_margins = 3;  // headroom, in margins, below which each sample comes after `close`
};

// How long to wait before the next sample, after the last two (the first time: the same one twice): `close` when the
// headroom is below close_margins; when it falls, half the time in which it would reach one margin at this rate, so
// that a rate which doubles meanwhile is still met; never over `calm` nor under `close`.
//
// So a process that takes memory at a steady rate is seen within `close` of the margin, if close_margins − 1 margins
// are at least rate × calm; and nothing is killed, if a margin is at least rate × (close + the time it takes to give up
// a model). At 200 MB/s: margins of 100 MB for the first, and 200 MB for the second when giving up takes 0.9 s.
[[nodiscard]] std::chrono::milliseconds NextSampleIn(const HeadroomSample& before, const HeadroomSample& now,
                                                     std::uint64_t margin_bytes, const SamplingLimits& limits = {});

}  // namespace counsel::host
