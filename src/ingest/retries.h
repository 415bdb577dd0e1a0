// When to try again after a failure that is no fault of the document, and when to give one up. Pure: the clock is an
// argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "base/judgement.h"

namespace counsel::ingest {

class Retries {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Pause = std::chrono::milliseconds;

  Retries(Pause first, Pause longest, int tries) : first_(first), longest_(longest), tries_(tries) {}

  // Tries, alone, of what the machine has no memory for: a fourth would find no more.
  static constexpr int kTriesForMemory = 3;

  // A document's work failed, as `judgement` says. `alone`: no other was worked on, so the fault may be this
  // document's. true: give it up.
  [[nodiscard]] bool Failed(const std::string& document, Judgement judgement, bool alone, Time now) {
    if (judgement == Judgement::kPermanent) {
      failures_.erase(document);
      return true;
    }
    // Documents that fail together are one incident.
    if (now >= next_try_) {
      pause_ = pause_ == Pause::zero() ? first_ : std::min(pause_ * 2, longest_);
      failed_at_ = now;
      next_try_ = now + pause_;
    }
    careful_ = true;
    if (!alone) return false;
    if (++failures_[document] < Tries(judgement)) return false;
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
  // Whether the document is given up should there be no memory for it once more.
  [[nodiscard]] bool LastTry(const std::string& document) const {
    const auto found = failures_.find(document);
    return found != failures_.end() && found->second + 1 >= Tries(Judgement::kSmaller);
  }
  [[nodiscard]] int Tries(Judgement judgement) const {
    return judgement == Judgement::kSmaller ? std::min(tries_, kTriesForMemory) : tries_;
  }

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
