// How far a load has come, how fast it goes and when it will end, from the signs of progress that its server gives.
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace counsel::models {

// What users see of a running load.
struct LoadFigures {
  LoadFigures() = default;
  std::uint64_t bytes = 0;  // of the model's files; 0: not known
  std::uint64_t bytes_loaded = 0;
  std::optional<double> bytes_per_second;  // nothing before the second sign
  std::optional<double> seconds_left;      // nothing while it cannot be told
};

// The seconds left are those that a load like this one took before, less those that have passed: a load's parts are not
// equally fast (the start of the process, the weights, the first run), and a share of the bytes does not show that.
// Without such a load, or once it takes longer than that, they follow from the speed since the first sign; the start of
// the process is no part of it.
class LoadPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  LoadPace() = default;
  // `expected_seconds` as measured before (Plan::load_seconds); 0: never.
  LoadPace(Time began, std::uint64_t bytes, double expected_seconds)
      : began_(began), bytes_(bytes), expected_seconds_(expected_seconds) {}

  // `share` of the load that is done, 0..1, never less than before.
  void See(double share, Time now);
  [[nodiscard]] LoadFigures At(Time now) const;

 private:
  // Shares a second; nothing before the second sign.
  [[nodiscard]] std::optional<double> Rate() const;
  [[nodiscard]] std::optional<double> SecondsLeft(Time now) const;

  Time began_;
  std::uint64_t bytes_ = 0;
  double expected_seconds_ = 0;
  double first_ = 0;
  Time first_at_;
  double last_ = 0;
  Time last_at_;
};

}  // namespace counsel::models
