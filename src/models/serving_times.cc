#include "models/serving_times.h"

#include <algorithm>

namespace counsel::models {

void DurationHistogram::Add(std::chrono::steady_clock::duration duration) {
  const double seconds = std::max(0.0, std::chrono::duration<double>(duration).count());
  const auto* range = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++counts_[static_cast<std::size_t>(range - kBounds.begin())];
  sum_seconds_ += seconds;
}

}  // namespace counsel::models
