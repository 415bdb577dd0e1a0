// What the pool decides, case by case, on a virtual machine.
#include "models/scheduler_simulation.h"

namespace counsel::models {
namespace {

using ::testing::HasSubstr;

TEST(SchedulerTest, ManyRequestsForOneModelAreOneLoad) {
  Simulation sim;
  sim.AddModel("a", kGiB, 3s);
  for (int i = 0; i < 50; ++i) sim.At(i * 10ms, [&] { sim.Ask("a"); });
  sim.Run(1min);
  for (const Outcome& outcome : sim.outcomes()) EXPECT_EQ(outcome.what, Outcome::kGranted);
  EXPECT_EQ(sim.loads("a"), 1);
}

TEST(SchedulerTest, TwoModelsThatFitTogetherLoadAtTheSameTime) {
  Simulation sim;
  sim.AddModel("a", 10 * kGiB, 10s);
  sim.AddModel("b", 10 * kGiB, 10s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(1s, [&] { sim.Ask("b"); });
  sim.Run(1min);
  EXPECT_LT(sim.outcome(1).ended - Time(), 12s);
}

TEST(SchedulerTest, AModelLargerThanTheMachineIsRefusedAtOnceWithTheBytes) {
  Simulation sim;
  sim.AddModel("a", 30 * kGiB, 10s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run();
  ASSERT_EQ(sim.outcome(0).what, Outcome::kRefused);
  EXPECT_EQ(sim.outcome(0).error->code, ErrorCode::kOutOfMemory);
  EXPECT_THAT(sim.outcome(0).error->message, HasSubstr("needs 32.21 GB"));
  EXPECT_THAT(sim.outcome(0).error->message, HasSubstr("at most 25.77 GB"));
  EXPECT_LT(sim.outcome(0).ended - Time(), 1s);
  EXPECT_EQ(sim.scheduler().View("a").state, ModelState::kFailed);
}

TEST(SchedulerTest, AnIdleModelGivesItsMemoryToOneThatIsWanted) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 5s);
  sim.AddModel("b", 20 * kGiB, 5s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(10s, [&] { sim.Ask("b"); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
  EXPECT_LT(sim.outcome(1).ended - Time(), 16s);
  EXPECT_FALSE(sim.Runs("a"));
}

TEST(SchedulerTest, APinnedModelIsNeverGivenUpForAnother) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 5s);
  sim.policy("a").pinned = true;
  sim.AddModel("b", 20 * kGiB, 5s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(10s, [&] { sim.Ask("b"); });
  sim.Run(1h);
  EXPECT_EQ(sim.outcome(1).error->code, ErrorCode::kOutOfMemory);
  EXPECT_TRUE(sim.Runs("a"));
}

TEST(SchedulerTest, ABusyModelServesItsRequestsBeforeItGoes) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 20 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 30s}); });
  sim.At(5s, [&] { sim.Ask("b"); });
  sim.Run(2min);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
  EXPECT_GT(sim.outcome(1).ended - Time(), 31s);
}

TEST(SchedulerTest, ALoadThatWaitsForMemoryDoesNotHoldUpAWarmModel) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 20 * kGiB, 1s);
  sim.AddModel("c", 2 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 60s}); });
  sim.At(0s, [&] { sim.Ask("c"); });
  sim.At(10s, [&] { sim.Ask("b"); });
  sim.At(11s, [&] { sim.Ask("c"); });
  sim.Run(3min);
  EXPECT_EQ(sim.outcome(3).ended - Time(), 11s);
  EXPECT_EQ(sim.outcome(2).what, Outcome::kGranted);
}

TEST(SchedulerTest, AStreamOfRequestsForOneModelDoesNotStarveAnother) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 20 * kGiB, 1s);
  for (int i = 0; i < 120; ++i) sim.At(i * 500ms, [&] { sim.Ask("a", {.lasts = 2s}); });
  sim.At(10s, [&] { sim.Ask("b"); });
  sim.Run(5min);
  for (const Outcome& outcome : sim.outcomes()) {
    EXPECT_EQ(outcome.what, Outcome::kGranted);
    if (outcome.model != "b") continue;
    EXPECT_LT(outcome.ended - outcome.asked, 10s);
  }
}

TEST(SchedulerTest, AWaiterThatLeavesChangesNothingForTheOthers) {
  Simulation sim;
  sim.AddModel("a", kGiB, 10s);
  sim.At(0s, [&] { sim.Ask("a", {.leaves_after = 1s}); });
  sim.At(0s, [&] { sim.Ask("a", {.patience = 2s}); });
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(0).what, Outcome::kLeft);
  EXPECT_EQ(sim.outcome(1).error->code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(sim.outcome(2).what, Outcome::kGranted);
  EXPECT_EQ(sim.loads("a"), 1);
}

TEST(SchedulerTest, ALoadThatNobodyWantsGoesOnForAWhileOnly) {
  Simulation sim;
  sim.AddModel("a", kGiB, 20s);
  sim.AddModel("b", kGiB, 300s);
  sim.At(0s, [&] { sim.Ask("a", {.leaves_after = 1s}); });
  sim.At(0s, [&] { sim.Ask("b", {.leaves_after = 1s}); });
  sim.Run(2min);
  EXPECT_TRUE(sim.Runs("a"));
  EXPECT_FALSE(sim.Runs("b"));
  EXPECT_EQ(sim.scheduler().View("b").state, ModelState::kCold);
}

TEST(SchedulerTest, AnIdleModelExpires) {
  Simulation sim;
  sim.AddModel("a", kGiB, 1s);
  sim.policy("a").keep_alive = 60s;
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(55s);
  EXPECT_TRUE(sim.Runs("a"));
  sim.Run(10s);
  EXPECT_FALSE(sim.Runs("a"));
}

TEST(SchedulerTest, WithAutoUnloadOffNothingExpiresAndPressureTakesNothing) {
  SchedulerOptions options = Simulation::DefaultOptions();
  options.auto_unload = false;
  Simulation sim(options);
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 20 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(5s, [&] { sim.SetPressure(host::PressureLevel::kCritical); });
  sim.Run(1h);
  EXPECT_TRUE(sim.Runs("a"));
  // A load still gets its room.
  sim.After(0s, [&] { sim.Ask("b"); });
  sim.Run(1min);
  EXPECT_TRUE(sim.Runs("b"));
}

TEST(SchedulerTest, RisingPressureGivesUpOneIdleModelAStep) {
  Simulation sim;
  sim.AddModel("a", 2 * kGiB, 1s);
  sim.AddModel("b", 8 * kGiB, 1s);
  sim.AddModel("c", kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(0s, [&] { sim.Ask("b"); });
  sim.At(0s, [&] { sim.Ask("c", {.lasts = 60s}); });
  sim.At(10s, [&] { sim.SetPressure(host::PressureLevel::kRising); });
  sim.At(10200ms, [&] {
    EXPECT_FALSE(sim.Runs("b"));  // the most bytes for the least loss
    EXPECT_TRUE(sim.Runs("a"));
  });
  sim.Run(30s);
  EXPECT_FALSE(sim.Runs("a"));
  EXPECT_TRUE(sim.Runs("c"));  // busy
  EXPECT_THAT(sim.schedule(), HasSubstr("stop b"));
}

TEST(SchedulerTest, PreloadingTakesOnlyWhatIsFreeAndYieldsToARequest) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 10s);
  sim.AddModel("b", 20 * kGiB, 10s);
  sim.At(0s, [&] { sim.Ask("a", {.priority = Priority::kBackground}); });
  sim.At(1s, [&] { sim.Ask("b"); });
  sim.At(30s, [&] { sim.Ask("a", {.priority = Priority::kBackground}); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
  EXPECT_LT(sim.outcome(1).ended - Time(), 12s);
  EXPECT_EQ(sim.outcome(2).what, Outcome::kRefused);
  EXPECT_TRUE(sim.Runs("b"));
}

TEST(SchedulerTest, ACrashAtLoadIsToldToThoseWhoWaited) {
  Simulation sim;
  sim.AddModel("a", {.load = 2s, .crashes_loading = true});
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(500ms, [&] { sim.Ask("a"); });
  sim.Run();
  EXPECT_EQ(sim.outcome(0).error->message, "It crashed.");
  EXPECT_EQ(sim.outcome(1).error->message, "It crashed.");
  EXPECT_EQ(sim.loads("a"), 1);
}

TEST(SchedulerTest, RepeatedCrashesOpenTheCircuitWhichSaysWhenItTriesAgain) {
  Simulation sim;
  sim.AddModel("a", {.load = 1s, .crashes_loading = true});
  for (int i = 0; i < 6; ++i) sim.At(i * 100s, [&] { sim.Ask("a"); });
  sim.At(501s, [&] { sim.Ask("a"); });
  sim.Run();
  EXPECT_EQ(sim.loads("a"), 6);
  EXPECT_EQ(sim.outcome(6).ended, sim.outcome(6).asked);
  EXPECT_THAT(sim.outcome(6).error->message, HasSubstr("failed 6 times in a row and rests for 16 s"));
}

TEST(SchedulerTest, APersonWhoInsistsIsNotKeptWaitingByTheCircuit) {
  Simulation sim;
  sim.AddModel("a", {.load = 1s, .crashes_loading = true});
  for (int i = 0; i < 6; ++i) sim.At(i * 100s, [&] { sim.Ask("a"); });
  sim.At(501s, [&] {
    sim.script("a").crashes_loading = false;
    sim.Ask("a", {.insist = true});
  });
  sim.Run(10min);
  EXPECT_EQ(sim.outcome(6).what, Outcome::kGranted);
}

TEST(SchedulerTest, ANewFileClearsTheFailuresOfTheOldOne) {
  Simulation sim;
  sim.AddModel("a", {.load = 1s, .crashes_loading = true});
  for (int i = 0; i < 6; ++i) sim.At(i * 100s, [&] { sim.Ask("a"); });
  sim.At(502s, [&] {
    sim.script("a").crashes_loading = false;
    sim.policy("a").identity = "another";
    sim.Ask("a");
  });
  sim.Run(10min);
  EXPECT_EQ(sim.outcome(6).what, Outcome::kGranted);
}

TEST(SchedulerTest, OutOfDeviceMemoryTriesTheNextRungForTheSameRequest) {
  Simulation sim;
  sim.AddModel("a", {.load = 2s, .rungs = 3});
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(0).what, Outcome::kGranted);
  EXPECT_EQ(sim.loads("a"), 4);
  EXPECT_EQ(sim.scheduler().View("a").server->plan.rung, 3);
}

TEST(SchedulerTest, AShortPromptLoadsTheQuickWayAndALongOneRepacks) {
  Simulation sim;
  sim.AddModel("a", {.claim = 14 * kGiB, .repack_from_tokens = 300});  // two do not fit
  const auto style = [&] { return sim.scheduler().View("a").server->plan.style; };
  sim.At(0s, [&] { sim.Ask("a", {.prompt_tokens = 20}); });
  sim.At(5s, [&] {
    EXPECT_EQ(style(), LoadStyle::kQuick);
    sim.Ask("a", {.lasts = 10s, .prompt_tokens = 50});
  });
  sim.At(6s, [&] { sim.Ask("a", {.prompt_tokens = 500}); });  // another is being answered: it is served as it is
  sim.At(20s, [&] {
    EXPECT_EQ(style(), LoadStyle::kQuick);
    sim.Ask("a", {.prompt_tokens = 500});
  });
  sim.Run(1min);
  EXPECT_EQ(style(), LoadStyle::kRepacked);
  EXPECT_EQ(sim.loads("a"), 2);
  for (const Outcome& outcome : sim.outcomes()) EXPECT_EQ(outcome.what, Outcome::kGranted);
}

TEST(SchedulerTest, AQuickServerThatHasReadMuchHandsOverWithoutDroppingAStream) {
  Simulation sim;
  sim.AddModel("a", {.claim = 4 * kGiB, .load = 5s, .repack_from_tokens = 300});
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 60s, .prompt_tokens = 100}); });
  sim.At(6s, [&] { sim.Ask("a", {.prompt_tokens = 100}); });
  sim.At(7s, [&] { sim.Ask("a", {.prompt_tokens = 100}); });  // now as much as a load is worth has been lost
  sim.At(8s, [&] { sim.Ask("a", {.prompt_tokens = 10}); });   // answered by the quick one
  sim.At(9s, [&] { sim.Ask("a", {.prompt_tokens = 400}); });  // sooner answered by the one that comes
  sim.At(20s, [&] {
    EXPECT_EQ(sim.scheduler().View("a").server->plan.style, LoadStyle::kRepacked);
    EXPECT_EQ(sim.scheduler().View("a").state, ModelState::kReady);
    EXPECT_TRUE(sim.scheduler().View("a").beside);  // the long stream goes on
  });
  sim.Run(70s);
  EXPECT_EQ(sim.outcome(3).ended, Time() + 8s);
  EXPECT_LT(sim.outcome(4).ended, Time() + 13s);
  EXPECT_GT(sim.outcome(4).ended, Time() + 11s);
  EXPECT_EQ(sim.loads("a"), 2);
  EXPECT_FALSE(sim.scheduler().View("a").beside);
}

TEST(SchedulerTest, AHandOverTakesOnlyFreeMemoryAndYieldsToAnotherLoad) {
  Simulation sim;
  sim.AddModel("a", {.claim = 8 * kGiB, .load = 10s, .repack_from_tokens = 300});
  sim.AddModel("b", 10 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 60s, .prompt_tokens = 290}); });
  sim.At(11s, [&] { sim.Ask("a", {.prompt_tokens = 100}); });
  sim.At(15s, [&] { sim.Ask("b"); });
  sim.At(16s, [&] { sim.Ask("a", {.prompt_tokens = 400}); });
  sim.Run(50s);
  EXPECT_EQ(sim.outcome(2).what, Outcome::kGranted);
  EXPECT_LT(sim.outcome(2).ended, Time() + 17s);
  EXPECT_EQ(sim.outcome(3).what, Outcome::kGranted);  // by the quick one, since no other comes
  EXPECT_EQ(sim.scheduler().View("a").server->plan.style, LoadStyle::kQuick);
  EXPECT_FALSE(sim.scheduler().View("a").beside);
}

TEST(SchedulerTest, WhenAServerDiesItsSuccessorIsForWhoeverAsksNext) {
  Simulation sim;
  sim.AddModel("a", {.claim = 4 * kGiB, .load = 5s, .dies_after = 3s, .repack_from_tokens = 300});
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 60s, .prompt_tokens = 200}); });
  sim.At(6s, [&] { sim.Ask("a", {.lasts = 60s, .prompt_tokens = 200}); });
  sim.At(9s, [&] { sim.Ask("a", {.prompt_tokens = 10}); });
  sim.Run(12s);
  EXPECT_EQ(sim.outcome(2).what, Outcome::kGranted);
  EXPECT_LT(sim.outcome(2).ended, Time() + 12s);
  EXPECT_EQ(sim.loads("a"), 2);
}

TEST(SchedulerTest, AnUnloadDuringAHandOverEndsBoth) {
  Simulation sim;
  sim.AddModel("a", {.claim = 4 * kGiB, .load = 5s, .repack_from_tokens = 300});
  sim.At(0s, [&] { sim.Ask("a", {.prompt_tokens = 200}); });
  sim.At(6s, [&] { sim.Ask("a", {.prompt_tokens = 200}); });
  sim.At(8s, [&] { sim.Unload("a", 10s, false); });
  sim.Run(2s);
  sim.Run(7s);
  EXPECT_FALSE(sim.Runs("a"));
  EXPECT_TRUE(sim.scheduler().Idle());
}

TEST(SchedulerTest, WhereARepackedOneDoesNotFitAQuickOneServesLongPromptsToo) {
  Simulation sim;
  sim.AddModel("a", {.claim = 20 * kGiB, .repack_from_tokens = 300});
  sim.At(0s, [&] { sim.Ask("a", {.prompt_tokens = 500}); });
  sim.At(10s, [&] { sim.Ask("a", {.prompt_tokens = 500}); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
  EXPECT_EQ(sim.scheduler().View("a").server->plan.style, LoadStyle::kQuick);
  EXPECT_EQ(sim.loads("a"), 1);
}

TEST(SchedulerTest, AFullQueueIsSaidAtOnce) {
  SchedulerOptions options = Simulation::DefaultOptions();
  options.queue_limit = 2;
  Simulation sim(options);
  sim.AddModel("a", kGiB, 10s);
  for (int i = 0; i < 3; ++i) sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  EXPECT_EQ(sim.outcome(2).error->code, ErrorCode::kOverloaded);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
}

TEST(SchedulerTest, WhatOutgrewItsPlanIsCountedAsItIs) {
  Simulation sim;
  sim.AddModel("a", {.claim = 4 * kGiB, .grows_to = 16 * kGiB});
  sim.AddModel("b", 10 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 1h}); });
  sim.At(10s, [&] { sim.Ask("b", {.patience = 1min}); });
  sim.Run(2h);
  EXPECT_EQ(sim.loads("b"), 0);
}

TEST(SchedulerTest, AnUnloadWaitsForLeasesAndKeepsTheModelAfterItsGrace) {
  Simulation sim;
  sim.AddModel("a", kGiB, 1s);
  sim.policy("a").keep_alive = std::nullopt;
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 60s}); });
  sim.At(10s, [&] { sim.Unload("a", 5s, false); });
  sim.At(12s, [&] { EXPECT_EQ(sim.scheduler().View("a").state, ModelState::kDraining); });
  sim.At(16s, [&] { EXPECT_EQ(sim.scheduler().View("a").state, ModelState::kReady); });
  sim.At(20s, [&] { sim.Unload("a", 0s, true); });
  sim.Run(30s);
  EXPECT_FALSE(sim.Runs("a"));
}

TEST(SchedulerTest, AnUnloadOfAnIdleModelSpeaksOfNoRequests) {
  Simulation sim;
  sim.AddModel("a", kGiB, 1s);
  sim.policy("a").keep_alive = std::nullopt;
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 1s}); });
  sim.At(10s, [&] {
    sim.Unload("a", 5s, false);
    EXPECT_EQ(sim.scheduler().View("a").reason, "given back by an unload");
  });
  sim.Run(30s);
  EXPECT_FALSE(sim.Runs("a"));
}

}  // namespace
}  // namespace counsel::models
