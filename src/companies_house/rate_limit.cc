#include "companies_house/rate_limit.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include <time.h>

namespace counsel::companies_house {
namespace {

using std::chrono::seconds;

// Clocks that differ by less are taken as the same: the Date header has whole seconds.
constexpr seconds kSameClock{3};
// After a 429 that does not say until when: so long, doubled each time, at most the window.
constexpr seconds kFirstRefusal{5};
constexpr std::int64_t kMostLimit = 1'000'000;
constexpr seconds kLongestWindow{86'400};

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> NumberIn(const outgoing::Headers& headers, std::string_view name) {
  const std::optional<std::string_view> text = outgoing::FindHeader(headers, name);
  return text ? Number(*text) : std::nullopt;
}

// "5m", "300s", "300".
std::optional<seconds> Duration(std::string_view text) {
  const std::optional<std::int64_t> value = Number(text);
  if (!value || *value <= 0 || *value > kLongestWindow.count()) return std::nullopt;
  const char unit = text.back();
  const seconds duration(*value * (unit == 'm' ? 60 : unit == 'h' ? 3600 : 1));
  return std::min(duration, kLongestWindow);
}

// Seconds that the Date header is ahead of `now`; 0 when they agree, or when there is none to believe.
seconds AheadOf(Time now, const outgoing::Headers& headers) {
  const std::optional<std::string_view> text = outgoing::FindHeader(headers, "Date");
  std::tm parts{};
  if (!text || ::strptime(std::string(*text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr)
    return seconds(0);
  const seconds ahead(::timegm(&parts) - Clock::to_time_t(now));
  if (ahead < kSameClock && ahead > -kSameClock) return seconds(0);
  return ahead > kLongestWindow || ahead < -kLongestWindow ? seconds(0) : ahead;
}

}  // namespace

RateHeaders ReadRateHeaders(const outgoing::Headers& headers, Time now) {
  RateHeaders read;
  read.limit = NumberIn(headers, "X-Ratelimit-Limit");
  if (read.limit && (*read.limit <= 0 || *read.limit > kMostLimit)) read.limit.reset();
  read.remaining = NumberIn(headers, "X-Ratelimit-Remain");
  if (!read.remaining) read.remaining = NumberIn(headers, "X-Ratelimit-Remaining");
  if (read.remaining) read.remaining = std::clamp<std::int64_t>(*read.remaining, 0, kMostLimit);
  if (const auto text = outgoing::FindHeader(headers, "X-Ratelimit-Window")) read.window = Duration(*text);
  // Nanoseconds since 1970 end in the year 2262.
  constexpr std::int64_t kMostSeconds = 9'000'000'000;
  const std::optional<std::int64_t> reset = NumberIn(headers, "X-Ratelimit-Reset");
  if (reset && *reset > 0 && *reset < kMostSeconds) read.reset = Clock::from_time_t(*reset) - AheadOf(now, headers);
  if (const std::optional<std::int64_t> after = NumberIn(headers, "Retry-After")) {
    read.retry_after = seconds(std::clamp<std::int64_t>(*after, 0, kLongestWindow.count()));
  }
  return read;
}

void RateLimit::EndWindowIfOver(Time now) {
  if (closed_until_ && now >= *closed_until_) closed_until_.reset();
  if (!reset_ || now < *reset_) return;
  reset_.reset();
  remaining_.reset();
}

// Without headers: when the oldest of our last `limit_` requests leaves the window, or nothing when there is room.
std::optional<Time> RateLimit::OwnWindowFullUntil(Time now) {
  // A clock that was set back must not hold us for ever.
  while (!sent_.empty() && (sent_.front() + window_ <= now || sent_.front() > now + window_)) sent_.pop_front();
  if (static_cast<std::int64_t>(sent_.size()) < limit_) return std::nullopt;
  return sent_[sent_.size() - static_cast<std::size_t>(limit_)] + window_;
}

RateDecision RateLimit::Ask(Time now) {
  EndWindowIfOver(now);
  RateDecision decision;
  if (closed_until_) {
    decision.reason = WaitReason::kWindowSpent;
    decision.again_at = closed_until_;
    return decision;
  }
  const std::optional<Time> full_until = OwnWindowFullUntil(now);
  if (remaining_) {
    if (*remaining_ - in_flight_ <= 0) {
      decision.reason = WaitReason::kWindowSpent;
      // A reply may show that less was spent than we feared.
      decision.again_at = reset_;
      return decision;
    }
  } else if (no_headers_) {
    if (full_until) {
      decision.reason = WaitReason::kWindowSpent;
      decision.again_at = full_until;
      return decision;
    }
  } else if (learning_) {
    decision.reason = WaitReason::kLearning;
    return decision;
  } else {
    learning_ = true;
  }
  ++in_flight_;
  sent_.push_back(now);
  if (static_cast<std::int64_t>(sent_.size()) > limit_) sent_.pop_front();
  decision.go = true;
  return decision;
}

void RateLimit::Replied(Time now, int status, const RateHeaders& headers) {
  EndWindowIfOver(now);
  in_flight_ = std::max<std::int64_t>(0, in_flight_ - 1);
  learning_ = false;
  Learn(now, headers);
  if (status == 429) {
    Close(now, headers);
  } else {
    refusals_ = 0;
  }
}

void RateLimit::Failed(Time now) {
  EndWindowIfOver(now);
  in_flight_ = std::max<std::int64_t>(0, in_flight_ - 1);
  learning_ = false;
}

void RateLimit::Learn(Time now, const RateHeaders& headers) {
  if (headers.limit) limit_ = *headers.limit;
  if (headers.window) window_ = *headers.window;
  if (!headers.remaining) {
    // An error page of something in between says nothing; it does not unsay what is known of this window.
    no_headers_ = !remaining_;
    return;
  }
  no_headers_ = false;
  Time reset = headers.reset.value_or(reset_.value_or(now + window_));
  const Clock::duration same_window = std::min<Clock::duration>(seconds(1), window_ / 2);
  // A window that is over, and one is known that is not: overtaken by a reply of that one. (One that ends sooner than
  // was said before is believed: the register has changed its mind.)
  if (remaining_ && reset_ && reset <= now && *reset_ > now + same_window) return;
  // One that is over means that the register's clock is a little behind ours; an absurd one must not hold us for ever.
  reset = std::clamp(reset, now + same_window, now + window_);
  const bool same = remaining_ && reset_ && reset <= *reset_ + same_window && reset >= *reset_ - same_window;
  remaining_ = same ? std::min(*remaining_, *headers.remaining) : *headers.remaining;
  reset_ = reset;
}

void RateLimit::Close(Time now, const RateHeaders& headers) {
  Time until = now + std::min(kFirstRefusal * (1 << std::min(refusals_, 10)), window_);
  if (headers.retry_after) {
    until = now + *headers.retry_after;
  } else if (reset_ && refusals_ == 0) {
    until = *reset_;
  } else if (reset_) {
    until = std::max(until, *reset_);
  }
  ++refusals_;
  closed_until_ = closed_until_ ? std::max(*closed_until_, until) : until;
}

RateStatus RateLimit::status(Time now) const {
  RateStatus status;
  status.limit = limit_;
  status.window = window_;
  if (closed_until_ && *closed_until_ > now) {
    status.remaining = 0;
    status.reset = closed_until_;
  } else if (reset_ && *reset_ > now) {
    status.remaining = remaining_;
    status.reset = reset_;
  }
  return status;
}

}  // namespace counsel::companies_house
