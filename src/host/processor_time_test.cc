#include "host/processor_time.h"

#include <gtest/gtest.h>

#include "host/test_host.h"

namespace counsel::host {
namespace {

using ProcessorTimeTest = RecordedHost;

TEST_F(ProcessorTimeTest, IdleTimeAndWaitsForDisksAreNotBusy) {
  Write("proc/stat", "cpu  10 20 30 400 500 1 2 3 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
  const ProcessorTime time = ReadProcessorTime(root_);
  EXPECT_EQ(time.busy, 66U);
  EXPECT_EQ(time.total, 966U);
}

TEST_F(ProcessorTimeTest, WithoutTheFileNothingIsBusy) {
  const ProcessorTime time = ReadProcessorTime(root_);
  EXPECT_EQ(time.total, 0U);
  EXPECT_EQ(BusyShare(time, time), 0);
}

TEST(BusyShare, IsOfTheTimeBetweenTwoLooks) {
  EXPECT_DOUBLE_EQ(BusyShare({100, 1000}, {130, 1040}), 0.75);
  EXPECT_EQ(BusyShare({130, 1040}, {100, 1000}), 0);
}

TEST_F(ProcessorTimeTest, OthersThatRunDoSoNowAndDidSoForAMinute) {
  const auto others = [this](const char* line) {
    Write("proc/loadavg", line);
    return OthersThatRun(root_);
  };
  EXPECT_DOUBLE_EQ(others("2.50 1.00 0.50 4/512 11206\n"), 2.5);
  EXPECT_DOUBLE_EQ(others("2.50 1.00 0.50 2/512 11206\n"), 1) << "what ran a minute long has ended";
  EXPECT_DOUBLE_EQ(others("0.10 1.00 0.50 9/512 11206\n"), 0.1) << "what runs now has only begun";
  EXPECT_DOUBLE_EQ(others("2.50 1.00 0.50 0/512 11206\n"), 0);
  EXPECT_DOUBLE_EQ(others("nothing of the kind"), 0);
}

TEST_F(ProcessorTimeTest, WithoutTheFileNobodyRuns) {
  EXPECT_EQ(OthersThatRun(root_), 0);
}

}  // namespace
}  // namespace counsel::host
