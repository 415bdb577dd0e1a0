#include "companies_house/rate_limit.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace counsel::companies_house {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Time kStart = Clock::from_time_t(1'800'000'000);

outgoing::Headers Headers(std::int64_t remaining, Time reset, const char* spelling = "X-Ratelimit-Remain") {
  return {{"X-Ratelimit-Limit", "600"},
          {spelling, std::to_string(remaining)},
          {"X-Ratelimit-Reset", std::to_string(Clock::to_time_t(reset))},
          {"X-Ratelimit-Window", "5m"}};
}

// The register's side: fixed windows, told only in headers.
class Register {
 public:
  Register(std::int64_t limit, seconds window, std::int64_t spent) : limit_(limit), window_(window), used_(spent) {}
  struct Answer {
    int status;
    outgoing::Headers headers;
  };
  Answer Take(Time now) {
    const auto number = now.time_since_epoch() / window_;
    if (number_ && *number_ != number) used_ = 0;
    number_ = number;
    const bool allowed = used_ < limit_;
    if (allowed) ++used_;
    const Time reset{(number + 1) * window_};
    outgoing::Headers headers = Headers(limit_ - used_, reset);
    headers[0].second = std::to_string(limit_);
    headers[3].second = std::to_string(window_.count());
    if (silent) headers.clear();
    return {allowed ? 200 : 429, headers};
  }
  void Spend(std::int64_t count) { used_ = std::min(limit_, used_ + count); }
  bool silent = false;

 private:
  std::int64_t limit_;
  seconds window_;
  std::int64_t used_;
  std::optional<std::int64_t> number_;
};

struct Outcome {
  std::int64_t done = 0;
  std::int64_t refused = 0;
  Time last = kStart;
};

// `clients` at once send `requests` in all; a reply takes 5 to 60 ms, and the register counts somewhere on the way.
Outcome Simulate(Register& site, std::int64_t requests, std::size_t clients, std::uint32_t seed) {
  RateLimit limit;
  std::mt19937 chance(seed);
  Outcome outcome;
  struct Flight {
    Time counted;
    Time back;
    bool taken = false;
    Register::Answer answer{};
  };
  std::vector<Flight> flights;
  std::int64_t sent = 0;
  std::int64_t waiting = requests;
  for (Time now = kStart; waiting > 0 || !flights.empty();) {
    while (waiting > 0 && flights.size() < clients) {
      const RateDecision decision = limit.Ask(now);
      if (!decision.go) break;
      --waiting;
      ++sent;
      const auto there = milliseconds(2 + chance() % 28);
      flights.push_back({now + there, now + there + milliseconds(3 + chance() % 30)});
    }
    now += milliseconds(1);
    for (Flight& flight : flights) {
      if (!flight.taken && flight.counted <= now) {
        flight.answer = site.Take(flight.counted);
        flight.taken = true;
      }
    }
    for (std::size_t i = 0; i < flights.size();) {
      if (flights[i].back > now) {
        ++i;
        continue;
      }
      const Register::Answer& answer = flights[i].answer;
      limit.Replied(now, answer.status, ReadRateHeaders(answer.headers, now));
      if (answer.status == 429) {
        ++outcome.refused;
        ++waiting;  // again
      } else {
        ++outcome.done;
        outcome.last = now;
      }
      flights.erase(flights.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return outcome;
}

TEST(RateLimit, TenClientsProvokeNo429AndUseNearlyAllOf600In300Seconds) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    Register site(600, seconds(300), 300);
    const Outcome outcome = Simulate(site, 2000, 10, seed);
    EXPECT_EQ(outcome.done, 2000);
    EXPECT_EQ(outcome.refused, 0) << seed;
    // 300 in the first window, 600 each in two, 500 in the fourth: it begins 900 s after the first.
    const Time first_window{kStart.time_since_epoch() / seconds(300) * seconds(300)};
    EXPECT_LT(outcome.last - first_window, seconds(900 + 6)) << seed;
    EXPECT_GT(outcome.last - first_window, seconds(900)) << seed;
  }
}

TEST(RateLimit, ShortWindowsAreUsedToTheEndToo) {
  Register site(600, seconds(3), 300);
  const Outcome outcome = Simulate(site, 2000, 10, 7);
  EXPECT_EQ(outcome.refused, 0);
}

TEST(RateLimit, WithoutHeadersNoMoreThan600GoOutInAny300Seconds) {
  RateLimit limit;
  std::vector<Time> sent;
  for (Time now = kStart; sent.size() < 1500; now += milliseconds(50)) {
    if (!limit.Ask(now).go) continue;
    sent.push_back(now);
    limit.Replied(now, 200, RateHeaders());
  }
  for (std::size_t i = 600; i < sent.size(); ++i) ASSERT_GE(sent[i] - sent[i - 600], seconds(300)) << i;
  EXPECT_LT(sent.back() - sent.front(), seconds(640));
}

TEST(RateLimit, TheFirstRequestGoesAloneToLearn) {
  RateLimit limit;
  EXPECT_TRUE(limit.Ask(kStart).go);
  const RateDecision second = limit.Ask(kStart);
  EXPECT_FALSE(second.go);
  EXPECT_EQ(second.reason, WaitReason::kLearning);
  limit.Failed(kStart);  // it learned nothing: the next one tries
  EXPECT_TRUE(limit.Ask(kStart).go);
}

TEST(RateLimit, RequestsUnderWayCountAsSpent) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(2, kStart + seconds(200)), kStart));
  EXPECT_TRUE(limit.Ask(kStart).go);
  EXPECT_TRUE(limit.Ask(kStart).go);
  const RateDecision third = limit.Ask(kStart);
  EXPECT_FALSE(third.go);
  EXPECT_EQ(third.reason, WaitReason::kWindowSpent);
  EXPECT_EQ(third.again_at, kStart + seconds(200));
  EXPECT_TRUE(limit.Ask(kStart + seconds(200)).go);
}

TEST(RateLimit, BothSpellingsAndAWindowInMinutesAreRead) {
  for (const char* spelling : {"X-Ratelimit-Remain", "x-ratelimit-remaining"}) {
    const RateHeaders read = ReadRateHeaders(Headers(41, kStart + seconds(9), spelling), kStart);
    EXPECT_EQ(read.remaining, 41) << spelling;
    EXPECT_EQ(read.window, seconds(300));
    EXPECT_EQ(read.reset, kStart + seconds(9));
  }
}

TEST(RateLimit, TheResetIsReadByTheRegistersOwnClock) {
  outgoing::Headers headers = Headers(1, kStart + seconds(100));
  headers.emplace_back("Date", "Fri, 15 Jan 2027 07:59:00 GMT");  // a minute behind ours
  EXPECT_EQ(ReadRateHeaders(headers, kStart).reset, kStart + seconds(160));
}

TEST(RateLimit, AnAbsurdResetDoesNotHoldUsForEver) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(0, kStart + seconds(999'999)), kStart));
  EXPECT_FALSE(limit.Ask(kStart).go);
  EXPECT_TRUE(limit.Ask(kStart + seconds(300)).go);
}

TEST(RateLimit, After429WithoutRetryAfterTheWindowIsWaitedFor) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 429, ReadRateHeaders(Headers(0, kStart + seconds(77)), kStart));
  EXPECT_EQ(limit.Ask(kStart).again_at, kStart + seconds(77));
  EXPECT_FALSE(limit.Ask(kStart + seconds(76)).go);
  EXPECT_TRUE(limit.Ask(kStart + seconds(77)).go);
}

TEST(RateLimit, RepeatedBare429sWaitLongerEachTime) {
  RateLimit limit;
  Time now = kStart;
  Clock::duration before{};
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(limit.Ask(now).go);
    limit.Replied(now, 429, RateHeaders());
    const RateDecision decision = limit.Ask(now);
    ASSERT_TRUE(decision.again_at);
    EXPECT_GE(*decision.again_at - now, before);
    before = *decision.again_at - now;
    now = *decision.again_at;
  }
  EXPECT_EQ(before, seconds(300));
}

TEST(RateLimit, RetryAfterIsObeyed) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  RateHeaders headers;
  headers.retry_after = seconds(42);
  limit.Replied(kStart, 429, headers);
  EXPECT_FALSE(limit.Ask(kStart + seconds(41)).go);
  EXPECT_TRUE(limit.Ask(kStart + seconds(42)).go);
}

TEST(RateLimit, AnothersUseOfTheKeyShowsInTheNextReply) {
  Register site(600, seconds(300), 0);
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(site.Take(kStart).headers, kStart));
  EXPECT_EQ(limit.status(kStart).remaining, 599);
  site.Spend(500);
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(site.Take(kStart).headers, kStart));
  EXPECT_EQ(limit.status(kStart).remaining, 98);
}

TEST(RateLimit, AReplyOfAnEarlierWindowDoesNotOverrideALaterOne) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(500, kStart + seconds(300)), kStart));
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(3, kStart - seconds(1)), kStart));
  EXPECT_EQ(limit.status(kStart).remaining, 500);
}

TEST(RateLimit, AWindowThatEndsSoonerThanWasSaidIsBelieved) {
  RateLimit limit;
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(500, kStart + seconds(300)), kStart));
  ASSERT_TRUE(limit.Ask(kStart).go);
  limit.Replied(kStart, 200, ReadRateHeaders(Headers(0, kStart + seconds(3)), kStart));
  EXPECT_EQ(limit.Ask(kStart).again_at, kStart + seconds(3));
}

}  // namespace
}  // namespace counsel::companies_house
