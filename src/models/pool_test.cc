#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "models/model_client.h"
#include "models/pool_fixture.h"

namespace counsel::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Acquires, and keeps what came of it.
struct Caller {
  std::optional<Result<Lease>> got;
};
asio::awaitable<void> Call(ModelPool& pool, std::string name, milliseconds timeout, std::shared_ptr<Caller> caller) {
  caller->got.emplace(co_await pool.Acquire(name, timeout));
}

class PoolTest : public PoolFixture {
 protected:
  std::shared_ptr<Caller> Start(const std::string& name, milliseconds timeout = kLong) {
    auto caller = std::make_shared<Caller>();
    asio::co_spawn(io_, Call(pool(), name, timeout, caller), asio::detached);
    return caller;
  }
};

TEST_F(PoolTest, AModelIsColdUntilItIsAskedFor) {
  AddScripted("m", {"--starts", starts()});
  EXPECT_EQ(StatusOf("m").state, ModelState::kCold);
  EXPECT_EQ(StatusOf("m").pid, 0);
  EXPECT_EQ(CountStarts(), 0);
}

TEST_F(PoolTest, AcquireLoadsAndGivesALease) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value()) << lease.error().ToString();
    if (!lease) co_return;
    const ModelStatus status = StatusOf("m");
    EXPECT_EQ(status.state, ModelState::kReady);
    EXPECT_EQ(status.leases, 1U);
    EXPECT_TRUE(Alive(status.pid));
    EXPECT_GT(status.measured.host_bytes, 0U);
    EXPECT_GT(status.load_seconds, 0);
    EXPECT_GT(lease->waited_seconds(), 0);
    EXPECT_FALSE(lease->lost().has_value());
    EXPECT_EQ(lease->model().name, "m");
    lease = Lease();
    EXPECT_EQ(StatusOf("m").leases, 0U);
    EXPECT_EQ(StatusOf("m").state, ModelState::kReady);
  };
  Run(body());
}

TEST_F(PoolTest, FiftyCallersStartOneProcess) {
  AddScripted("m", {"--starts", starts(), "--gate", gate()});
  std::vector<std::shared_ptr<Caller>> callers;
  for (int i = 0; i < 50; ++i) callers.push_back(Start("m"));
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").progress == 0.5; }));
    OpenGate();
    const bool all = co_await Until([&] { return StatusOf("m").leases == 50; });
    EXPECT_TRUE(all);
  };
  Run(body());
  for (const auto& caller : callers) ASSERT_TRUE(caller->got && *caller->got);
  EXPECT_EQ(CountStarts(), 1);
}

TEST_F(PoolTest, AWaiterThatRunsOutOfTimeChangesNothing) {
  AddScripted("m", {"--starts", starts(), "--gate", gate()});
  const std::shared_ptr<Caller> patient = Start("m");
  const std::shared_ptr<Caller> hasty = Start("m", milliseconds(1));
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return hasty->got.has_value(); }));
    EXPECT_EQ(StatusOf("m").state, ModelState::kLoading);
    EXPECT_FALSE(patient->got.has_value());
    OpenGate();
    EXPECT_TRUE(co_await Until([&] { return patient->got.has_value(); }));
  };
  Run(body());
  EXPECT_EQ((*hasty->got).error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_TRUE((*patient->got).has_value());
  EXPECT_EQ(CountStarts(), 1);
}

TEST_F(PoolTest, TheOnlyCallerMayLeaveAndTheLoadGoesOn) {
  AddScripted("m", {"--starts", starts(), "--gate", gate()});
  asio::cancellation_signal leave;
  auto caller = std::make_shared<Caller>();
  asio::co_spawn(io_, Call(pool(), "m", kLong, caller), asio::bind_cancellation_slot(leave.slot(), asio::detached));
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").progress == 0.5; }));
    leave.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(co_await Until([&] { return caller->got.has_value() || caller.use_count() == 1; }));
    EXPECT_EQ(StatusOf("m").state, ModelState::kLoading);
    OpenGate();
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value());
  };
  Run(body());
  if (caller->got) {
    EXPECT_EQ((*caller->got).error().code, ErrorCode::kCancelled);
  }
  EXPECT_EQ(CountStarts(), 1);
}

TEST_F(PoolTest, AServerThatPrintsNothingIsFoundReadyByItsHealth) {
  AddScripted("m", {"--silent", "--gate", gate()});
  OpenGate();
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value());
  };
  Run(body());
}

TEST_F(PoolTest, SubscribersSeeLoadingThenProgressThenReady) {
  AddScripted("m", {"--gate", gate()});
  OpenGate();
  std::vector<std::string> seen;
  std::shared_ptr<void> token = pool().Subscribe([&](const PoolEvent& event) {
    const auto* change = std::get_if<ModelChange>(&event);
    if (change == nullptr) return;
    seen.push_back(std::string(ModelStateName(change->state)) + " " + std::to_string(change->progress).substr(0, 3));
  });
  const auto body = [&]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value());
    token.reset();
    const Result<void> unloaded = co_await pool().Unload("m", milliseconds(0), true);
    EXPECT_TRUE(unloaded.has_value());
  };
  Run(body());
  EXPECT_THAT(seen, ElementsAre("loading 0.0", "loading 0.5", "ready 1.0"));
}

TEST_F(PoolTest, AKilledServerIsNoticedAndTheNextCallLoadsAgain) {
  AddScripted("m", {"--starts", starts()});
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value());
    if (!lease) co_return;
    const net::Request request("GET", "/hang");
    Result<net::ReplyStream> stream = co_await net::Open(lease->endpoint(), request, kLong);
    EXPECT_TRUE(stream.has_value());
    (void)co_await stream->ReadSome();
    ::kill(static_cast<pid_t>(StatusOf("m").pid), SIGKILL);
    const Result<std::string> broken = co_await stream->ReadSome();
    EXPECT_FALSE(broken.has_value());
    const Error why = co_await ExplainFailure(*lease, broken.error());
    EXPECT_EQ(why.code, ErrorCode::kUnavailable);
    EXPECT_THAT(why.message, HasSubstr("signal 9"));
    EXPECT_EQ(StatusOf("m").state, ModelState::kFailed);
    EXPECT_EQ(StatusOf("m").reason, why.message);
    EXPECT_TRUE(NoSockets());
    const Result<Lease> again = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(again.has_value());
    EXPECT_FALSE(again->lost().has_value());
    EXPECT_EQ(CountStarts(), 2);
  };
  Run(body());
}

TEST_F(PoolTest, ABadFileIsToldToEveryWaiterAndIsNotTriedOnTheirBehalfAgain) {
  AddScripted("m", {"--starts", starts(), "--says", "E srv: failed to load model x", "--exit", "1"});
  const std::shared_ptr<Caller> first = Start("m");
  const std::shared_ptr<Caller> second = Start("m");
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return first->got && second->got; }));
  };
  Run(body());
  EXPECT_EQ((*first->got).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ((*second->got).error().code, ErrorCode::kCorrupt);
  EXPECT_THAT((*first->got).error().message, HasSubstr("m.gguf could not be loaded"));
  EXPECT_EQ(StatusOf("m").state, ModelState::kFailed);
  EXPECT_EQ(CountStarts(), 1);
}

TEST_F(PoolTest, AServerThatCannotAllocateIsOutOfMemory) {
  AddScripted("m", {"--says", "terminate: std::bad_alloc", "--abort"});
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kOutOfMemory);
  };
  Run(body());
}

TEST_F(PoolTest, ALoadThatNeverEndsIsEndedAndLeavesNoProcess) {
  AddScripted("m", {"--deaf", "--starts", starts()});
  options_.load_timeout = seconds(1);
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(StatusOf("m").state, ModelState::kFailed);
    EXPECT_TRUE(NoSockets());
    std::ifstream file(starts());
    std::int64_t pid = 0;
    file >> pid;
    EXPECT_GT(pid, 0);
    EXPECT_FALSE(Alive(pid));
  };
  Run(body());
}

TEST_F(PoolTest, AProgramThatIsNotThereFailsAtOnce) {
  AddScripted("m");
  options_.llama_server = folder_ / "nothing";
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(lease.error().next_step, HasSubstr("./run setup"));
    EXPECT_EQ(StatusOf("m").state, ModelState::kFailed);
  };
  Run(body());
}

TEST_F(PoolTest, AMissingFileIsNamedAndLeavesTheModelCold) {
  AddScripted("m");
  fs::remove(folder_ / "m.gguf");
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kModelFileMissing);
    EXPECT_EQ(lease.error().message, "Model file not found: " + (folder_ / "m.gguf").string());
    EXPECT_EQ(StatusOf("m").state, ModelState::kCold);
    EXPECT_FALSE(StatusOf("m").installed);
  };
  Run(body());
}

TEST_F(PoolTest, AFileThatIsNoGgufStartsNoProcess) {
  AddScripted("m", {"--starts", starts()});
  std::ofstream(folder_ / "m.gguf") << "<html>404";
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(lease.error().message, HasSubstr("is not a GGUF file"));
    EXPECT_EQ(CountStarts(), 0);
  };
  Run(body());
}

TEST_F(PoolTest, AnUnknownModelIsNotFound) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("nobody", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kNotFound);
  };
  Run(body());
}

TEST_F(PoolTest, UnloadWaitsForTheLeaseAndThenEndsTheProcess) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    Result<Lease> lease = co_await pool().Acquire("m", kLong);
    EXPECT_TRUE(lease.has_value());
    const std::int64_t pid = StatusOf("m").pid;
    std::optional<Result<void>> unloaded;
    asio::co_spawn(io_, pool().Unload("m", kLong),
                   [&](const std::exception_ptr&, Result<void> result) { unloaded.emplace(std::move(result)); });
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").state == ModelState::kDraining; }));
    EXPECT_TRUE(Alive(pid));
    EXPECT_FALSE(unloaded.has_value());
    lease = Lease();
    EXPECT_TRUE(co_await Until([&] { return unloaded.has_value(); }));
    EXPECT_TRUE(unloaded->has_value());
    EXPECT_FALSE(Alive(pid));
    EXPECT_EQ(StatusOf("m").state, ModelState::kCold);
    EXPECT_TRUE(NoSockets());
  };
  Run(body());
}

TEST_F(PoolTest, UnloadKeepsAModelThatStillServesAfterTheGrace) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    const Result<void> unloaded = co_await pool().Unload("m", milliseconds(1));
    EXPECT_EQ(unloaded.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(StatusOf("m").state, ModelState::kReady);
    EXPECT_FALSE(lease->lost().has_value());
  };
  Run(body());
}

TEST_F(PoolTest, ForceEndsAModelUnderItsLease) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("m", kLong);
    const std::int64_t pid = StatusOf("m").pid;
    const Result<void> unloaded = co_await pool().Unload("m", kLong, true);
    EXPECT_TRUE(unloaded.has_value());
    EXPECT_FALSE(Alive(pid));
    EXPECT_TRUE(lease->lost().has_value());
    EXPECT_THAT(lease->lost()->message, HasSubstr("was unloaded"));
  };
  Run(body());
}

TEST_F(PoolTest, AnAcquireWhileDrainingLoadsAnew) {
  AddScripted("m", {"--starts", starts()});
  const auto body = [this]() -> asio::awaitable<void> {
    Result<Lease> lease = co_await pool().Acquire("m", kLong);
    asio::co_spawn(io_, pool().Unload("m", kLong), asio::detached);
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").state == ModelState::kDraining; }));
    const std::shared_ptr<Caller> next = Start("m");
    lease = Lease();
    EXPECT_TRUE(co_await Until([&] { return next->got.has_value(); }));
    EXPECT_TRUE((*next->got).has_value());
    EXPECT_EQ(CountStarts(), 2);
  };
  Run(body());
}

TEST_F(PoolTest, UnloadOfALoadingModelCancelsItsWaiters) {
  AddScripted("m", {"--gate", gate()});
  const std::shared_ptr<Caller> caller = Start("m");
  const auto body = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await Until([&] { return StatusOf("m").progress == 0.5; }));
    const std::int64_t pid = StatusOf("m").pid;
    const Result<void> unloaded = co_await pool().Unload("m", kLong);
    EXPECT_TRUE(unloaded.has_value());
    EXPECT_FALSE(Alive(pid));
    EXPECT_TRUE(NoSockets());
    EXPECT_EQ(StatusOf("m").state, ModelState::kCold);
    EXPECT_TRUE(co_await Until([&] { return caller->got.has_value(); }));
    EXPECT_EQ((*caller->got).error().code, ErrorCode::kCancelled);
  };
  Run(body());
}

TEST_F(PoolTest, UnloadOfAColdModelSucceeds) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<void> unloaded = co_await pool().Unload("m", kLong);
    EXPECT_TRUE(unloaded.has_value());
  };
  Run(body());
}

TEST_F(PoolTest, AfterUnloadAllThereIsNoChildAndNoSocket) {
  AddScripted("a");
  AddScripted("b", {"--gate", gate()});
  const std::shared_ptr<Caller> loading = Start("b");
  const auto body = [&]() -> asio::awaitable<void> {
    (void)co_await pool().Acquire("a", kLong);
    EXPECT_TRUE(co_await Until([&] { return StatusOf("b").progress == 0.5; }));
    const std::int64_t a = StatusOf("a").pid;
    const std::int64_t b = StatusOf("b").pid;
    const Result<void> unloaded = co_await pool().UnloadAll(kLong);
    EXPECT_TRUE(unloaded.has_value());
    EXPECT_FALSE(Alive(a));
    EXPECT_FALSE(Alive(b));
    EXPECT_TRUE(NoSockets());
  };
  Run(body());
}

TEST_F(PoolTest, ThePoolsEndKillsItsChildren) {
  AddScripted("m");
  const auto body = [this]() -> asio::awaitable<void> {
    std::int64_t pid = 0;
    {
      const Result<Lease> lease = co_await pool().Acquire("m", kLong);
      pid = StatusOf("m").pid;
    }
    pool_.reset();
    EXPECT_TRUE(NoSockets());
    EXPECT_TRUE(co_await Until([&] { return !Alive(pid); }));
  };
  Run(body());
}

}  // namespace
}  // namespace counsel::models
