// The line for the slots of a server, case by case, on a virtual machine.
#include "models/scheduler_simulation.h"

namespace counsel::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Script WithSlots(std::uint32_t slots) {
  Script script;
  script.slots = slots;
  return script;
}

Span Waited(const Outcome& outcome) {
  return outcome.ended - outcome.asked;
}

TEST(SlotsTest, WhatFindsNoneFreeWaitsAndIsToldHowManyAreBefore) {
  Simulation sim;
  sim.AddModel("a", WithSlots(2));
  for (int i = 0; i < 5; ++i) sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.Run(1min);
  EXPECT_LT(Waited(sim.outcome(1)), 2s);
  EXPECT_THAT(sim.outcome(1).places, IsEmpty());
  EXPECT_THAT(sim.outcome(2).places, ElementsAre(2));
  EXPECT_THAT(sim.outcome(4).places, ElementsAre(4, 3, 2));
  EXPECT_GT(Waited(sim.outcome(4)), 20s);
}

TEST(SlotsTest, ARequestForManyIsNotPassedByOneForFew) {
  Simulation sim;
  sim.AddModel("a", WithSlots(2));
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.At(2s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 2}); });
  sim.At(3s, [&] { sim.Ask("a", {.lasts = 1s, .slots = 1}); });
  sim.Run(1min);
  EXPECT_LT(sim.outcome(1).ended, sim.outcome(2).ended);
}

TEST(SlotsTest, OnAProcessorTheNextPromptIsReadWhenTheOneBeforeHasBeen) {
  for (const bool alone : {true, false}) {
    Simulation sim;
    Script script = WithSlots(2);
    script.reads_alone = alone;
    sim.AddModel("a", script);
    for (int i = 0; i < 2; ++i) sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1, .reads = 4s}); });
    sim.Run(1min);
    EXPECT_EQ(Waited(sim.outcome(1)) - Waited(sim.outcome(0)), alone ? 4s : 0s);
  }
}

TEST(SlotsTest, WhoComesAgainKeepsItsPlace) {
  Simulation sim;
  sim.AddModel("a", WithSlots(1));
  for (int i = 0; i < 3; ++i) sim.At(i * 1s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.At(5s, [&] { sim.Ask("a", {.slots = 1, .arrived_before = 4500ms}); });
  sim.Run(1min);
  EXPECT_THAT(sim.outcome(3).places, ElementsAre(1));
  EXPECT_LT(sim.outcome(3).ended, sim.outcome(1).ended);
}

TEST(SlotsTest, WhatWritesNothingDoesNotStandInTheLine) {
  Simulation sim;
  sim.AddModel("a", WithSlots(1));
  for (int i = 0; i < 3; ++i) sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.At(5s, [&] { sim.Ask("a"); });
  sim.Run(1min);
  EXPECT_EQ(Waited(sim.outcome(3)), 0s);
}

TEST(SlotsTest, MoreThanThereAreAreRefusedAtOnce) {
  Simulation sim;
  sim.AddModel("a", WithSlots(2));
  sim.At(0s, [&] { sim.Ask("a", {.slots = 3}); });
  sim.Run(1min);
  ASSERT_EQ(sim.outcome(0).what, Outcome::kRefused);
  EXPECT_EQ(sim.outcome(0).error->code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(sim.outcome(0).error->message, HasSubstr("at most 2 texts at a time"));
}

TEST(SlotsTest, TheDeadlineOfALoadDoesNotCountInTheLine) {
  Simulation sim;
  sim.AddModel("a", WithSlots(1));
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 10min, .slots = 1}); });
  sim.At(5s, [&] { sim.Ask("a", {.patience = 5min, .slots = 1}); });
  sim.At(5s, [&] { sim.Ask("a", {.patience = 5min, .slots = 1, .turn = 6min}); });
  sim.Run(1h);
  EXPECT_EQ(sim.outcome(1).what, Outcome::kGranted);
  ASSERT_EQ(sim.outcome(2).what, Outcome::kRefused);
  EXPECT_EQ(sim.outcome(2).error->code, ErrorCode::kDeadlineExceeded);
  EXPECT_THAT(sim.outcome(2).error->message, HasSubstr("answered others all the time"));
  EXPECT_EQ(Waited(sim.outcome(2)), 6min);
}

TEST(SlotsTest, WhoLeavesLetsTheOthersMoveUp) {
  Simulation sim;
  sim.AddModel("a", WithSlots(1));
  sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.At(2s, [&] { sim.Ask("a", {.leaves_after = 1s, .slots = 1}); });
  sim.At(2s, [&] { sim.Ask("a", {.slots = 1}); });
  sim.Run(1min);
  EXPECT_THAT(sim.outcome(2).places, ElementsAre(2, 1));
}

TEST(SlotsTest, ServersThatDieAreReplacedForThoseInTheLine) {
  Simulation sim;
  Script script = WithSlots(1);
  script.dies_after = 15s;
  sim.AddModel("a", script);
  for (int i = 0; i < 3; ++i) sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.Run(1h);
  for (const Outcome& outcome : sim.outcomes()) EXPECT_EQ(outcome.what, Outcome::kGranted);
  EXPECT_EQ(sim.loads("a"), 2);
}

TEST(SlotsTest, AModelInUseIsClosedAfterThoseWhoRunNotAfterThoseInTheLine) {
  Simulation sim;
  Script script = WithSlots(1);
  script.claim = 20 * kGiB;
  sim.AddModel("a", script);
  sim.AddModel("b", 20 * kGiB, 1s);
  for (int i = 0; i < 20; ++i) sim.At(0s, [&] { sim.Ask("a", {.lasts = 10s, .slots = 1}); });
  sim.At(12s, [&] { sim.Ask("b"); });
  sim.Run(1h);
  EXPECT_LT(Waited(sim.outcome(20)), 15s);
  for (const Outcome& outcome : sim.outcomes()) EXPECT_EQ(outcome.what, Outcome::kGranted);
}

}  // namespace
}  // namespace counsel::models
