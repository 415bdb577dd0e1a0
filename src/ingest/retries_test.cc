#include "ingest/retries.h"

#include <gtest/gtest.h>

namespace counsel::ingest {
namespace {

TEST(RetriesOf, PausesDoubleAndHurryShortensThem) {
  using std::chrono::milliseconds;
  Retries retries(milliseconds(1000), milliseconds(3000), 5);
  Retries::Time now = Retries::Time() + std::chrono::hours(1);
  EXPECT_FALSE(retries.Failed("a", Judgement::kLater, true, now));
  EXPECT_EQ(retries.next_try(), now + milliseconds(1000));
  EXPECT_FALSE(retries.Failed("b", Judgement::kLater, false, now + milliseconds(5))) << "the same incident";
  EXPECT_EQ(retries.next_try(), now + milliseconds(1000));
  now = retries.next_try();
  EXPECT_FALSE(retries.Failed("a", Judgement::kLater, true, now));
  EXPECT_EQ(retries.next_try(), now + milliseconds(2000));
  retries.Hurry();
  EXPECT_EQ(retries.next_try(), now + milliseconds(1000));
  now = retries.next_try();
  EXPECT_FALSE(retries.Failed("a", Judgement::kLater, true, now));
  EXPECT_EQ(retries.next_try(), now + milliseconds(3000));
  EXPECT_TRUE(retries.careful());
  retries.Succeeded("b");
  EXPECT_FALSE(retries.careful());
  EXPECT_LE(retries.next_try(), now);
}

TEST(RetriesOf, OnlyFailuresAloneCountAndTheFifthIsTheLast) {
  Retries retries(std::chrono::milliseconds(1), std::chrono::milliseconds(1), 5);
  const Retries::Time now = Retries::Time() + std::chrono::hours(1);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(retries.Failed("a", Judgement::kLater, false, now));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(retries.Failed("a", Judgement::kLater, true, now));
  EXPECT_TRUE(retries.Failed("a", Judgement::kLater, true, now));
}

TEST(RetriesOf, WhatTheMachineHasNoMemoryForIsTriedThreeTimesAlone) {
  Retries retries(std::chrono::milliseconds(1), std::chrono::milliseconds(1), 5);
  const Retries::Time now = Retries::Time() + std::chrono::hours(1);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(retries.Failed("a", Judgement::kSmaller, false, now));
  EXPECT_FALSE(retries.Failed("a", Judgement::kSmaller, true, now));
  EXPECT_FALSE(retries.LastTry("a"));
  EXPECT_FALSE(retries.Failed("a", Judgement::kSmaller, true, now));
  EXPECT_TRUE(retries.LastTry("a"));
  EXPECT_TRUE(retries.Failed("a", Judgement::kSmaller, true, now));
}

TEST(RetriesOf, WhatIsPermanentIsGivenUpAtOnceAndHoldsNobodyUp) {
  Retries retries(std::chrono::milliseconds(1000), std::chrono::milliseconds(1000), 5);
  const Retries::Time now = Retries::Time() + std::chrono::hours(1);
  EXPECT_TRUE(retries.Failed("a", Judgement::kPermanent, false, now));
  EXPECT_FALSE(retries.careful());
  EXPECT_LE(retries.next_try(), now);
}

}  // namespace
}  // namespace counsel::ingest
