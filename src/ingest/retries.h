// When to try again after the model or the disk failed, and when to give a document up. Pure: the clock is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace counsel::ingest {

class Retries {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Pause = std::chrono::milliseconds;

  Retries(Pause first, Pause longest, int tries) : first_(first), longest_(longest), tries_(tries) {}

  // A document's work failed. `alone`: no other was worked on, so the fault may be this document's. true: give it up.
  [[nodiscard]] bool Failed(const std::string& document, bool alone, Time now) {
    // Documents that fail together are one incident.
    if (now >= next_try_) {
      pause_ = pause_ == Pause::zero() ? first_ : std::min(pause_ * 2, longest_);
      failed_at_ = now;
      next_try_ = now + pause_;
    }
    careful_ = true;
    if (!alone) return false;
    if (++failures_[document] < tries_) return false;
    failures_.erase(document);
    return true;
  }

  void Succeeded(const std::string& document) {
    failures_.erase(document);
    careful_ = false;
    pause_ = Pause::zero();
    next_try_ = Time();
  }

  void Forget(const std::string& document) { failures_.erase(document); }

  // Somebody wants it now: the next try comes soon after the failure.
  void Hurry() { next_try_ = std::min(next_try_, failed_at_ + first_); }

  [[nodiscard]] Time next_try() const { return next_try_; }
  // One document at a time, until one succeeds: that shows whose fault it is.
  [[nodiscard]] bool careful() const { return careful_; }

 private:
  const Pause first_;
  const Pause longest_;
  const int tries_;
  Pause pause_{0};
  Time failed_at_{};
  Time next_try_{};
  bool careful_ = false;
  std::map<std::string, int> failures_;
};

}  // namespace counsel::ingest
