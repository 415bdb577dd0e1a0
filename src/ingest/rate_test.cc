#include "ingest/rate.h"

#include <gtest/gtest.h>

namespace counsel::ingest {
namespace {

using std::chrono::milliseconds;

TEST(RateOf, NothingIsToldBeforeThereIsEnough) {
  Rate rate;
  const Rate::Time begin{};
  EXPECT_EQ(rate.PerSecond(), std::nullopt);
  rate.Add(32, begin);
  EXPECT_EQ(rate.PerSecond(), std::nullopt);
  rate.Add(32, begin + milliseconds(100));
  EXPECT_EQ(rate.PerSecond(), std::nullopt);
  rate.Add(32, begin + milliseconds(400));
  EXPECT_DOUBLE_EQ(*rate.PerSecond(), 160);
}

TEST(RateOf, WhatIsLongAgoDoesNotCount) {
  Rate rate;
  Rate::Time now{};
  for (int i = 0; i < 20; ++i) rate.Add(100, now += milliseconds(1'000));
  EXPECT_DOUBLE_EQ(*rate.PerSecond(), 100);
  for (int i = 0; i < 11; ++i) rate.Add(10, now += milliseconds(1'000));
  EXPECT_DOUBLE_EQ(*rate.PerSecond(), 10);
  rate.Add(5, now += std::chrono::hours(1));
  EXPECT_EQ(rate.PerSecond(), std::nullopt);
}

}  // namespace
}  // namespace counsel::ingest
