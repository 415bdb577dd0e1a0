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

}  // namespace
}  // namespace counsel::host
