// How many requests one API of the register allows, learned from its replies. Pure: told what happens and when, it
// says whether a request may go out now. No IO, no clock of its own.
//
// The register counts in fixed windows, for all programs that use the key, and tells of them only in the headers of its
// replies. So at the start of each window one request goes out alone, to learn what is left; then as many as are left.
// A request whose reply has not come counts as spent besides what the last reply said: no 429 is provoked. Where the
// headers are missing: never more than 600 requests of ours in any 300 s.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "outgoing/outgoing.h"

namespace counsel::companies_house {

using Clock = std::chrono::system_clock;
using Time = Clock::time_point;

// What a reply says of the limit. Both spellings, Remain and Remaining, are read.
struct RateHeaders {
  RateHeaders() = default;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  std::optional<Time> reset;  // by our clock
  std::optional<std::chrono::seconds> window;
  std::optional<std::chrono::seconds> retry_after;
};
// `now` is when the reply came; the register's clock, by its Date header, may be another.
[[nodiscard]] RateHeaders ReadRateHeaders(const outgoing::Headers& headers, Time now);

// Why a request has to wait.
enum class WaitReason {
  kNone,
  kLearning,    // another request is finding out what is left of this window
  kWindowSpent  // nothing is left until the window ends
};

struct RateDecision {
  RateDecision() = default;
  bool go = false;
  WaitReason reason = WaitReason::kNone;
  // When to ask again at the latest; nothing: when a reply comes.
  std::optional<Time> again_at;
};

struct RateStatus {
  RateStatus() = default;
  std::int64_t limit = 0;
  std::chrono::seconds window{0};
  std::optional<std::int64_t> remaining;  // nothing: not known now
  std::optional<Time> reset;
};

class RateLimit {
 public:
  static constexpr std::int64_t kDefaultLimit = 600;
  static constexpr std::chrono::seconds kDefaultWindow{300};

  // May one request go out now? When it may, it counts as sent: tell its end by Replied or Failed.
  [[nodiscard]] RateDecision Ask(Time now);
  // A reply came, 429 or any other.
  void Replied(Time now, int status, const RateHeaders& headers);
  // The request ended without a reply.
  void Failed(Time now);

  [[nodiscard]] RateStatus status(Time now) const;

 private:
  void EndWindowIfOver(Time now);
  void Learn(Time now, const RateHeaders& headers);
  void Close(Time now, const RateHeaders& headers);
  [[nodiscard]] std::optional<Time> OwnWindowFullUntil(Time now);

  std::int64_t limit_ = kDefaultLimit;
  std::chrono::seconds window_ = kDefaultWindow;
  std::int64_t in_flight_ = 0;
  bool learning_ = false;                  // one request is out to learn, alone
  bool no_headers_ = false;                // the last reply told nothing: our own count is all there is
  std::optional<std::int64_t> remaining_;  // of the window that ends at reset_
  std::optional<Time> reset_;
  std::optional<Time> closed_until_;  // after a 429
  int refusals_ = 0;                  // 429s in a row
  std::deque<Time> sent_;             // when ours went out, the last window_ of them
};

}  // namespace counsel::companies_house
