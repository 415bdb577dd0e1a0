// What a piece of work takes, for programs that bench/search.py asks.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>
#include <vector>

namespace counsel::search {

inline constexpr int kRounds = 7;

inline double MsOn(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Took {
  double wall = 0;
  double processor = 0;
};

inline Took MedianMs(const std::function<void()>& run) {
  std::vector<double> wall;
  std::vector<double> processor;
  for (int i = 0; i < kRounds; ++i) {
    const double began = MsOn(CLOCK_MONOTONIC);
    const double used = MsOn(CLOCK_THREAD_CPUTIME_ID);
    run();
    processor.push_back(MsOn(CLOCK_THREAD_CPUTIME_ID) - used);
    wall.push_back(MsOn(CLOCK_MONOTONIC) - began);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(processor.begin(), processor.end());
  return {wall[kRounds / 2], processor[kRounds / 2]};
}

}  // namespace counsel::search
