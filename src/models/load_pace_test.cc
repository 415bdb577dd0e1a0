#include "models/load_pace.h"

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

using std::chrono::milliseconds;

const LoadPace::Time kStart{};
constexpr std::uint64_t kBytes = 1'000'000'000;

TEST(LoadPaceTest, TellsASpeedAfterTwoSignsAndLeavesTheStartOfTheProcessOut) {
  LoadPace pace(kStart, kBytes, 0);
  pace.See(0, kStart + milliseconds(100));
  pace.See(0.25, kStart + milliseconds(5000));
  const LoadFigures first = pace.At(kStart + milliseconds(5000));
  EXPECT_EQ(first.bytes_loaded, kBytes / 4);
  EXPECT_FALSE(first.bytes_per_second);
  EXPECT_FALSE(first.seconds_left);
  pace.See(0.75, kStart + milliseconds(6000));
  const LoadFigures second = pace.At(kStart + milliseconds(6100));
  EXPECT_EQ(second.bytes_loaded, 3 * kBytes / 4);
  EXPECT_DOUBLE_EQ(second.bytes_per_second.value_or(0), 5e8);
  EXPECT_NEAR(second.seconds_left.value_or(0), 0.4, 1e-9);
}

TEST(LoadPaceTest, ExpectsALoadToTakeAsLongAsThoseBefore) {
  LoadPace pace(kStart, kBytes, 8);
  EXPECT_DOUBLE_EQ(pace.At(kStart).seconds_left.value_or(0), 8);
  pace.See(0.1, kStart + milliseconds(1000));
  pace.See(0.9, kStart + milliseconds(2000));
  EXPECT_DOUBLE_EQ(pace.At(kStart + milliseconds(2000)).seconds_left.value_or(0), 6);
}

TEST(LoadPaceTest, GoesByTheSpeedOnceALoadTakesLongerThanThoseBefore) {
  LoadPace pace(kStart, kBytes, 1);
  pace.See(0.2, kStart + milliseconds(1000));
  pace.See(0.6, kStart + milliseconds(3000));
  EXPECT_DOUBLE_EQ(pace.At(kStart + milliseconds(3000)).seconds_left.value_or(0), 2);
}

TEST(LoadPaceTest, SaysNothingOfALoadThatStandsStill) {
  LoadPace pace(kStart, kBytes, 0);
  pace.See(0.4, kStart + milliseconds(1000));
  pace.See(0.6, kStart + milliseconds(2000));
  EXPECT_TRUE(pace.At(kStart + milliseconds(3900)).seconds_left);
  EXPECT_FALSE(pace.At(kStart + milliseconds(4100)).seconds_left);
}

TEST(LoadPaceTest, TellsNoBytesOfAModelWhoseSizeIsNotKnown) {
  LoadPace pace(kStart, 0, 0);
  pace.See(0.5, kStart + milliseconds(1000));
  pace.See(0.75, kStart + milliseconds(2000));
  const LoadFigures figures = pace.At(kStart + milliseconds(2000));
  EXPECT_EQ(figures.bytes_loaded, 0U);
  EXPECT_FALSE(figures.bytes_per_second);
  EXPECT_DOUBLE_EQ(figures.seconds_left.value_or(0), 1);
}

}  // namespace
}  // namespace counsel::models
