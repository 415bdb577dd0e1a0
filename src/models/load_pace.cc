#include "models/load_pace.h"

namespace counsel::models {
namespace {

double Seconds(std::chrono::steady_clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

void LoadPace::See(double share, Time now) {
  if (share <= last_) return;
  if (last_ == 0) {
    first_ = share;
    first_at_ = now;
  }
  last_ = share;
  last_at_ = now;
}

std::optional<double> LoadPace::Rate() const {
  const double seconds = Seconds(last_at_ - first_at_);
  if (seconds <= 0 || last_ <= first_) return std::nullopt;
  return (last_ - first_) / seconds;
}

std::optional<double> LoadPace::SecondsLeft(Time now) const {
  if (const double left = expected_seconds_ - Seconds(now - began_); left > 0) return left;
  const std::optional<double> rate = Rate();
  if (!rate) return std::nullopt;
  const double left = (1 - last_) / *rate - Seconds(now - last_at_);
  // It has stopped for longer than it should have taken: nobody knows.
  if (left < 0) return std::nullopt;
  return left;
}

LoadFigures LoadPace::At(Time now) const {
  LoadFigures figures;
  figures.bytes = bytes_;
  figures.bytes_loaded = static_cast<std::uint64_t>(last_ * static_cast<double>(bytes_));
  const std::optional<double> rate = Rate();
  if (rate && bytes_ > 0) figures.bytes_per_second = *rate * static_cast<double>(bytes_);
  figures.seconds_left = SecondsLeft(now);
  return figures;
}

}  // namespace counsel::models
