#include "models/writing_threads.h"

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

TEST(WritingThreads, AreAllOfThemOnAMachineWithNothingElseToDo) {
  EXPECT_EQ(WritingThreads(8, 0), 8U);
  EXPECT_EQ(WritingThreads(2, 0.4), 2U);
}

TEST(WritingThreads, LeaveAProcessorToEachOfTheOthers) {
  EXPECT_EQ(WritingThreads(8, 2), 6U);
  EXPECT_EQ(WritingThreads(2, 0.6), 1U);
}

TEST(WritingThreads, AreNeverUnderHalf) {
  EXPECT_EQ(WritingThreads(8, 100), 4U);
  EXPECT_EQ(WritingThreads(5, 100), 3U);
  EXPECT_EQ(WritingThreads(1, 100), 1U);
  EXPECT_EQ(WritingThreads(0, 0), 1U);
}

}  // namespace
}  // namespace counsel::models
