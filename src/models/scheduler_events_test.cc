// What the scheduler tells of its decisions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/scheduler_simulation.h"

namespace counsel::models {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

template <class Event>
std::vector<Event> Told(const Simulation& sim) {
  std::vector<Event> told;
  for (const PoolEvent& event : sim.events()) {
    if (const auto* one = std::get_if<Event>(&event)) told.push_back(*one);
  }
  return told;
}

TEST(SchedulerEventsTest, ProgressComesWithTheBytesThatAreLoaded) {
  Simulation sim;
  sim.AddModel("a", kGiB, 8s);
  sim.policy("a").file_bytes = 1000;
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  bool halfway = false;
  for (const ModelChange& change : Told<ModelChange>(sim)) {
    EXPECT_FALSE(change.state == ModelState::kReady && change.load);
    if (change.progress != 0.5) continue;
    halfway = true;
    ASSERT_TRUE(change.load);
    EXPECT_EQ(change.load->bytes, 1000U);
    EXPECT_EQ(change.load->bytes_loaded, 500U);
  }
  EXPECT_TRUE(halfway);
}

TEST(SchedulerEventsTest, ALoadLikeOneBeforeSaysWhenItEnds) {
  Simulation sim;
  sim.AddModel("a", kGiB, 8s);
  sim.script("a").expected_seconds = 8;
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  std::vector<double> left;
  for (const ModelChange& change : Told<ModelChange>(sim)) {
    if (change.load) left.push_back(change.load->seconds_left.value_or(-1));
  }
  ASSERT_FALSE(left.empty());
  EXPECT_DOUBLE_EQ(left.back(), 4);  // half of it is done
}

TEST(SchedulerEventsTest, AnEvictionSaysForWhomAndHowMuchItFrees) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 10 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(1min, [&] { sim.Ask("b"); });
  sim.Run(2min);
  const std::vector<Eviction> told = Told<Eviction>(sim);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].model, "a");
  EXPECT_EQ(told[0].cause, Eviction::Cause::kAnotherModel);
  EXPECT_EQ(told[0].for_model, "b");
  EXPECT_EQ(told[0].frees.host_bytes, 20 * kGiB);
  EXPECT_EQ(told[0].reason, "gives its memory to 'b'");
}

TEST(SchedulerEventsTest, AModelAskedToFinishIsEvictedWhenItsLastRequestEnds) {
  Simulation sim;
  sim.AddModel("a", 20 * kGiB, 1s);
  sim.AddModel("b", 10 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 30s}); });
  sim.At(10s, [&] { sim.Ask("b"); });
  sim.Run(1min);
  const std::vector<Eviction> told = Told<Eviction>(sim);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].cause, Eviction::Cause::kAnotherModel);
  EXPECT_EQ(told[0].for_model, "b");
}

TEST(SchedulerEventsTest, IdlenessIsACauseAndAnUnloadIsNoEviction) {
  Simulation sim;
  sim.AddModel("a", kGiB, 1s);
  sim.AddModel("b", kGiB, 1s);
  sim.policy("a").keep_alive = 10s;
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(0s, [&] { sim.Ask("b"); });
  sim.At(20s, [&] { sim.Unload("b", 1s, false); });
  sim.Run(1min);
  const std::vector<Eviction> told = Told<Eviction>(sim);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].model, "a");
  EXPECT_EQ(told[0].cause, Eviction::Cause::kIdle);
  EXPECT_EQ(told[0].for_model, "");
}

TEST(SchedulerEventsTest, PressureIsToldOnceALevelWithTheHeadroom) {
  SchedulerOptions options = Simulation::DefaultOptions();
  options.ledger.margin_bytes = kGiB;
  Simulation sim(options);
  sim.AddModel("a", 4 * kGiB, 1s);
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.At(10s, [&] {
    sim.SetOthers(20 * kGiB);
    sim.SetPressure(host::PressureLevel::kRising);
  });
  sim.At(11s, [&] { sim.SetPressure(host::PressureLevel::kRising); });
  sim.At(12s, [&] {
    sim.SetOthers(0);
    sim.SetPressure(host::PressureLevel::kCalm);
  });
  sim.Run(1min);
  const std::vector<PressureChange> told = Told<PressureChange>(sim);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].before, host::PressureLevel::kCalm);
  EXPECT_EQ(told[0].level, host::PressureLevel::kRising);
  EXPECT_EQ(told[0].headroom_bytes, 0U);
  EXPECT_EQ(told[0].margin_bytes, kGiB);
  EXPECT_EQ(told[1].level, host::PressureLevel::kCalm);
  EXPECT_EQ(told[1].headroom_bytes, 24 * kGiB);
  const std::vector<Eviction> evictions = Told<Eviction>(sim);
  ASSERT_THAT(evictions, SizeIs(1));
  EXPECT_EQ(evictions[0].cause, Eviction::Cause::kMemoryShort);
  EXPECT_EQ(evictions[0].frees.host_bytes, 4 * kGiB);
}

TEST(SchedulerEventsTest, EachStepDownTheLadderSaysWhatWasTaken) {
  Simulation sim;
  sim.AddModel("a", kGiB, 1s);
  sim.script("a").rungs = 2;
  sim.At(0s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  const std::vector<LoadReduced> told = Told<LoadReduced>(sim);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].rung, 1);
  EXPECT_EQ(told[0].reduced, "rung 1");
  EXPECT_EQ(told[1].rung, 2);
  EXPECT_THAT(Told<Eviction>(sim), IsEmpty());
}

}  // namespace
}  // namespace counsel::models
