// How the pool takes care of real processes: expiry, memory that is not there, servers that hang.
#include "models/pool_fixture.h"

namespace counsel::models {
namespace {

using ::testing::HasSubstr;

class PoolCareTest : public PoolFixture {
 protected:
  static void Signal(std::int64_t pid, int signal) { ::kill(static_cast<pid_t>(pid), signal); }
  struct Outcome {
    std::optional<Result<Lease>> got;
  };
  std::shared_ptr<Outcome> Start(const std::string& name, AcquireOptions options = AcquireOptions(kLong)) {
    auto outcome = std::make_shared<Outcome>();
    asio::co_spawn(io_, Acquire(pool(), name, options, outcome), asio::detached);
    return outcome;
  }

 private:
  static asio::awaitable<void> Acquire(ModelPool& pool, std::string name, AcquireOptions options,
                                       std::shared_ptr<Outcome> outcome) {
    outcome->got.emplace(co_await pool.Acquire(name, options));
  }
};

TEST_F(PoolCareTest, AnIdleModelIsGivenBackAfterItsKeepAlive) {
  AddScripted("m");
  options_.keep_alive = seconds(0);
  const auto body = [this]() -> asio::awaitable<void> {
    Result<Lease> lease = co_await pool().Acquire("m", kLong);
    const std::int64_t pid = StatusOf("m").pid;
    EXPECT_TRUE(Alive(pid));
    lease = Lease();
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").state == ModelState::kCold; }));
    EXPECT_FALSE(Alive(pid));
    EXPECT_TRUE(NoSockets());
  };
  Run(body());
}

TEST_F(PoolCareTest, ARequestsOwnKeepAliveHoldsUntilTheNext) {
  AddScripted("m");
  options_.keep_alive = seconds(0);
  const auto body = [this]() -> asio::awaitable<void> {
    AcquireOptions for_ever(kLong);
    for_ever.keep_alive.emplace();
    Result<Lease> lease = co_await pool().Acquire("m", for_ever);
    lease = Lease();
    EXPECT_EQ(StatusOf("m").state, ModelState::kReady);
    EXPECT_FALSE(StatusOf("m").expires_in.has_value());
    Result<Lease> next = co_await pool().Acquire("m", kLong);
    next = Lease();
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").state == ModelState::kCold; }));
  };
  Run(body());
}

TEST_F(PoolCareTest, AModelThatCannotFitIsRefusedWithTheBytesAndStartsNothing) {
  AddScripted("m", {"--starts", starts()});
  options_.memory_threshold = 1e-6;
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kOutOfMemory);
    EXPECT_THAT(lease.error().message, HasSubstr("MB of memory; "));
    EXPECT_THAT(lease.error().next_step, HasSubstr("MEMORY_THRESHOLD"));
    EXPECT_EQ(CountStarts(), 0);
    EXPECT_EQ(StatusOf("m").state, ModelState::kFailed);
    const Result<PlanReport> report = co_await pool().PlanLoad("m", LoadStyle::kRepacked);
    EXPECT_TRUE(report.has_value());
    EXPECT_FALSE(report->fits);
    EXPECT_THAT(report->reason, HasSubstr("can give it at most"));
  };
  Run(body());
}

TEST_F(PoolCareTest, AServerKilledWhileItLoadsIsToldToItsWaiters) {
  AddScripted("m", {"--gate", gate()});
  const auto waiting = Start("m");
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").progress == 0.5; }));
    Signal(StatusOf("m").pid, SIGKILL);
    EXPECT_TRUE(co_await Until([&] { return waiting->got.has_value(); }));
    EXPECT_EQ(waiting->got->error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(NoSockets());
  };
  Run(body());
}

TEST_F(PoolCareTest, AServerThatStandsStillWhileItLoadsIsEnded) {
  AddScripted("m", {"--gate", gate()});
  options_.stall_timeout = seconds(1);
  const auto waiting = Start("m");
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").progress == 0.5; }));
    const std::int64_t pid = StatusOf("m").pid;
    Signal(pid, SIGSTOP);
    EXPECT_TRUE(co_await Until([&] { return waiting->got.has_value(); }));
    EXPECT_EQ(waiting->got->error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_THAT(waiting->got->error().message, HasSubstr("standstill"));
    EXPECT_FALSE(Alive(pid));
  };
  Run(body());
}

TEST_F(PoolCareTest, AServerThatNoLongerAnswersWhileItIsUsedIsEnded) {
  AddScripted("m");
  options_.health_interval = milliseconds(100);
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    Signal(StatusOf("m").pid, SIGSTOP);
    EXPECT_TRUE(co_await Until([&] { return lease->lost().has_value(); }));
    EXPECT_THAT(lease->lost()->message, HasSubstr("stopped answering"));
    const Result<Lease> again = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(again.has_value());
  };
  Run(body());
}

TEST_F(PoolCareTest, WhatIsLoadedAheadIsReadyAndIdle) {
  AddScripted("m");
  AcquireOptions ahead(kLong);
  ahead.background = true;
  const auto loading = Start("m", ahead);
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return loading->got.has_value(); }));
    EXPECT_TRUE(loading->got->has_value());
    loading->got.reset();
    EXPECT_EQ(StatusOf("m").state, ModelState::kReady);
    EXPECT_EQ(StatusOf("m").leases, 0U);
  };
  Run(body());
}

TEST_F(PoolCareTest, TheLastLoadsAreRemembered) {
  AddScripted("good");
  AddScripted("bad", {"--exit", "3"});
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> good = co_await pool().Acquire("good", kLong);
    const Result<Lease> bad = co_await pool().Acquire("bad", kLong);
    EXPECT_FALSE(bad.has_value());
    EXPECT_TRUE(co_await Until([&] { return pool().History().size() == 2; }));
    for (const LoadRecord& record : pool().History()) {
      EXPECT_EQ(record.reason.empty(), record.model == "good");
      EXPECT_EQ(record.measured.host_bytes > 0, record.model == "good");
    }
  };
  Run(body());
}

}  // namespace
}  // namespace counsel::models
