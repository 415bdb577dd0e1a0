#include "models/serving_times.h"

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

using std::chrono::microseconds;

TEST(DurationHistogramTest, EachDurationFallsIntoTheRangeThatEndsAtOrAfterIt) {
  DurationHistogram histogram;
  histogram.Add(microseconds(0));
  histogram.Add(microseconds(49));
  histogram.Add(microseconds(9'999));
  histogram.Add(microseconds(10'001));
  histogram.Add(std::chrono::hours(1));
  EXPECT_EQ(histogram.count(0), 2U);
  EXPECT_EQ(histogram.count(7), 1U);
  EXPECT_EQ(histogram.count(8), 1U);
  EXPECT_EQ(histogram.count(DurationHistogram::kBounds.size()), 1U);
}

TEST(DurationHistogramTest, TheSumIsInSecondsAndAClockThatWentBackCountsAsNothing) {
  DurationHistogram histogram;
  histogram.Add(microseconds(1'500'000));
  histogram.Add(microseconds(-700'000));
  EXPECT_DOUBLE_EQ(histogram.sum_seconds(), 1.5);
  EXPECT_EQ(histogram.count(0), 1U);
}

}  // namespace
}  // namespace counsel::models
