#include "models/serving_times.h"

#include <algorithm>

namespace counsel::models {

void DurationHistogram::Add(std::chrono::steady_clock::duration duration) {
  const double seconds = std::max(0.0, std::chrono::duration<double>(duration).count());
  const auto* range = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++counts_[static_cast<std::size_t>(range - kBounds.begin())];
  sum_seconds_ += seconds;
}

void ReadingSpeed::Add(std::uint32_t tokens, double seconds) {
  constexpr std::uint32_t kFewest = 32;
  constexpr double kNewest = 0.5;  // what the newest counts
  if (tokens < kFewest || seconds <= 0) return;
  const double speed = tokens / seconds;
  tokens_per_second_ = tokens_per_second_ > 0 ? kNewest * speed + (1 - kNewest) * tokens_per_second_ : speed;
}

}  // namespace counsel::models
