// How fast something goes, for progress bars.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace counsel::ingest {

// Pure but for the times it is told, which ascend.
class Rate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Add(std::int64_t count, Time now) {
    while (!recent_.empty() && now - recent_.front().first > kWindow) recent_.pop_front();
    recent_.emplace_back(now, count);
  }
  // Of the last ten seconds, before the last Add; nothing until there is enough to tell.
  [[nodiscard]] std::optional<double> PerSecond() const {
    if (recent_.size() < 2) return std::nullopt;
    const std::chrono::duration<double> span = recent_.back().first - recent_.front().first;
    if (span < kLeast) return std::nullopt;
    std::int64_t count = -recent_.front().second;  // done before the span began
    for (const auto& [time, one] : recent_) count += one;
    return static_cast<double>(count) / span.count();
  }

 private:
  static constexpr std::chrono::seconds kWindow{10};
  static constexpr std::chrono::milliseconds kLeast{200};
  std::deque<std::pair<Time, std::int64_t>> recent_;
};

}  // namespace counsel::ingest
