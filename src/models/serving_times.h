// Where the time of a model's requests goes inside Counsel: cheap enough to be measured for every one of them, always.
//
// Threads: io thread only.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace counsel::models {

// How many durations fell into each of some fixed ranges. 160 bytes; adding one costs a few comparisons.
class DurationHistogram {
 public:
  // The ranges' upper ends in seconds, themselves included; one more range is above the last.
  static constexpr std::array<double, 16> kBounds = {0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                                                     0.02,    0.05,   0.1,    0.2,    0.5,   1,     5,     30};

  void Add(std::chrono::steady_clock::duration duration);

  // Of the range `i`, 0 to kBounds.size().
  [[nodiscard]] std::uint64_t count(std::size_t i) const { return counts_[i]; }
  [[nodiscard]] double sum_seconds() const { return sum_seconds_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  double sum_seconds_ = 0;
};

// How fast a model reads prompts: of the last few, newer ones counting more.
class ReadingSpeed {
 public:
  // Too short a prompt says nothing.
  void Add(std::uint32_t tokens, double seconds);
  // Tokens a second; 0: nothing has been read yet.
  [[nodiscard]] double tokens_per_second() const { return tokens_per_second_; }

 private:
  double tokens_per_second_ = 0;
};

// Of one model, since the daemon's start.
struct ServingTimes {
  ServingTimes() = default;
  DurationHistogram forward;  // a request was read → it was written to the server, less the lease's wait
  DurationHistogram relay;    // a piece of the reply was read from the server → it was written to the client
  ReadingSpeed reading;
  DurationHistogram lease_wait;  // the wait for the model; only of requests that had to
};

}  // namespace counsel::models
