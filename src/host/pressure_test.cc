#include "host/pressure.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "host/test_host.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class PressureTest : public RecordedHost {
 protected:
  void Pressure(const std::string& path, const std::string& some, const std::string& full, int total) const {
    Write(path, "some avg10=" + some + " avg60=7.77 avg300=8.88 total=" + std::to_string(total) +
                    "\nfull avg10=" + full + " avg60=9.99 avg300=9.99 total=3\n");
  }
};

TEST_F(PressureTest, AKernelThatDoesNotTellIsUnknown) {
  EXPECT_FALSE(ReadPressure(root_).known);
}

TEST_F(PressureTest, ReadsTheMachines) {
  Pressure("proc/pressure/memory", "12.34", "5.60", 1951008);
  const PressureSample sample = ReadPressure(root_);
  EXPECT_TRUE(sample.known);
  EXPECT_DOUBLE_EQ(sample.some_avg10, 12.34);
  EXPECT_DOUBLE_EQ(sample.full_avg10, 5.6);
  EXPECT_EQ(sample.some_total_us, 1951008U);
}

TEST_F(PressureTest, TheNearestGroupThatTellsGoesFirst) {
  Version2("/a/b/c");
  Pressure("proc/pressure/memory", "1.00", "0.00", 1);
  EXPECT_DOUBLE_EQ(ReadPressure(root_).some_avg10, 1);
  Pressure("sys/fs/cgroup/a/memory.pressure", "2.00", "0.00", 1);
  EXPECT_DOUBLE_EQ(ReadPressure(root_).some_avg10, 2);
  Pressure("sys/fs/cgroup/a/b/memory.pressure", "3.00", "0.00", 1);
  Write("sys/fs/cgroup/a/b/c/memory.pressure", "");  // switched off: reading it fails
  EXPECT_DOUBLE_EQ(ReadPressure(root_).some_avg10, 3);
}

TEST_F(PressureTest, TheVersion2GroupTellsEvenWhereVersion1LimitsMemory) {
  Write("proc/self/cgroup", "4:memory:/box\n1:name=systemd:/x\n0::/system.slice/counsel.service\n");
  Write("proc/self/mountinfo",
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  Pressure("sys/fs/cgroup/unified/system.slice/counsel.service/memory.pressure", "4.00", "0.00", 1);
  EXPECT_DOUBLE_EQ(ReadPressure(root_).some_avg10, 4);
}

TEST_F(PressureTest, ThisMachinesTimeStalledOnlyGrows) {
  if (!fs::exists("/proc/pressure/memory")) GTEST_SKIP() << "This kernel has no pressure stall information.";
  fs::create_directories(root_ / "proc/pressure");
  fs::create_symlink("/proc/pressure/memory", root_ / "proc/pressure/memory");
  const PressureSample before = ReadPressure(root_);
  const PressureSample after = ReadPressure(root_);
  ASSERT_TRUE(before.known);
  EXPECT_LE(before.some_total_us, after.some_total_us);
  EXPECT_GE(before.some_avg10, before.full_avg10);
  EXPECT_LE(before.some_avg10, 100);
  EXPECT_TRUE(ReadPressure("/").known);
}

constexpr std::uint64_t kMargin = 1000;
constexpr std::uint64_t kPlenty = 50 * kMargin;

PressureSample Stalls(double some, double full = 0) {
  PressureSample sample;
  sample.known = true;
  sample.some_avg10 = some;
  sample.full_avg10 = full;
  return sample;
}

PressureLevel Judge(PressureLevel previous, const PressureSample& sample, std::uint64_t headroom) {
  return JudgePressure(previous, sample, headroom, kMargin);
}

TEST(JudgePressure, AFullHostAtRestIsCalm) {
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(0), kMargin), PressureLevel::kCalm);
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(10), kMargin), PressureLevel::kCalm);
}

TEST(JudgePressure, HeadroomBelowTheMarginIsRisingUntilHalfAMarginMoreIsThere) {
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(0), 999), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(0), 1499), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(0), 1500), PressureLevel::kCalm);
}

TEST(JudgePressure, StallsAreRisingUntilTheyHaveHalved) {
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(10.1), kPlenty), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(5), kPlenty), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(4.9), kPlenty), PressureLevel::kCalm);
}

TEST(JudgePressure, RisingEndsOnlyWhenBothHeadroomAndStallsAllowIt) {
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(4.9), 1499), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(5.1), 1500), PressureLevel::kRising);
}

TEST(JudgePressure, HalfAMarginOrEverythingStalledIsCritical) {
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(0), 499), PressureLevel::kCritical);
  EXPECT_EQ(Judge(PressureLevel::kRising, Stalls(0), 500), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kCalm, Stalls(30, 10.1), kPlenty), PressureLevel::kCritical);
}

TEST(JudgePressure, CriticalGoesDownByWayOfRising) {
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(0), 749), PressureLevel::kCritical);
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(0), 750), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(0), 1499), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(8, 5), kPlenty), PressureLevel::kCritical);
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(8, 4.9), kPlenty), PressureLevel::kRising);
  EXPECT_EQ(Judge(PressureLevel::kCritical, Stalls(0), kPlenty), PressureLevel::kCalm);
}

TEST(JudgePressure, WithoutPressureInformationTheHeadroomDecides) {
  PressureSample unknown = Stalls(99, 99);
  unknown.known = false;
  EXPECT_EQ(Judge(PressureLevel::kCritical, unknown, kPlenty), PressureLevel::kCalm);
  EXPECT_EQ(Judge(PressureLevel::kCalm, unknown, 999), PressureLevel::kRising);
}

TEST(JudgePressure, NoHeadroomIsCriticalWhateverTheMargin) {
  EXPECT_EQ(JudgePressure(PressureLevel::kCalm, Stalls(0), 0, 0), PressureLevel::kCritical);
}

TEST(JudgePressure, LevelsHaveNames) {
  EXPECT_EQ(PressureLevelName(PressureLevel::kCalm), "calm");
  EXPECT_EQ(PressureLevelName(PressureLevel::kRising), "rising");
  EXPECT_EQ(PressureLevelName(PressureLevel::kCritical), "critical");
}

HeadroomSample At(int ms, std::uint64_t headroom) {
  return {std::chrono::steady_clock::time_point(milliseconds(ms)), headroom};
}

TEST(NextSample, IsASecondAwayWhileNothingFalls) {
  EXPECT_EQ(NextSampleIn(At(0, kPlenty), At(0, kPlenty), kMargin), milliseconds(1000));
  EXPECT_EQ(NextSampleIn(At(0, kPlenty), At(1000, kPlenty), kMargin), milliseconds(1000));
  EXPECT_EQ(NextSampleIn(At(0, 4000), At(1000, kPlenty), kMargin), milliseconds(1000));
  EXPECT_EQ(NextSampleIn(At(0, 3000), At(1000, 3000), kMargin), milliseconds(1000));
}

TEST(NextSample, IsSoonWhenTheMarginIsNear) {
  EXPECT_EQ(NextSampleIn(At(0, 2999), At(1000, 2999), kMargin), milliseconds(100));
  EXPECT_EQ(NextSampleIn(At(0, 0), At(1000, 0), kMargin), milliseconds(100));
}

TEST(NextSample, ComesInHalfTheTimeInWhichTheMarginWouldBeReached) {
  // 5000 a second, 4000 to go: 0.8 s.
  EXPECT_EQ(NextSampleIn(At(0, 10000), At(1000, 5000), kMargin), milliseconds(400));
  // Slowly: the margin is 40 s away.
  EXPECT_EQ(NextSampleIn(At(0, 5100), At(1000, 5000), kMargin), milliseconds(1000));
  // So fast that it would be passed at once.
  EXPECT_EQ(NextSampleIn(At(0, kPlenty * 10), At(100, 3100), kMargin), milliseconds(100));
}

TEST(NextSample, AClockThatStandsStillTellsNoRate) {
  EXPECT_EQ(NextSampleIn(At(5, 10000), At(5, 5000), kMargin), milliseconds(1000));
}

// The promise in pressure.h, for a process that takes 200 MB/s beside margins of 200 MB, wherever it begins.
TEST(NextSample, AProcessThatTakesMemorySteadilyIsSeenWithinATenthOfASecondOfTheMargin) {
  constexpr std::int64_t kRate = 200'000;  // bytes a millisecond
  constexpr std::uint64_t kMarginBytes = 200'000'000;
  for (std::int64_t start = 600'000'000; start < 900'000'000; start += 1'234'567) {
    HeadroomSample before = At(0, static_cast<std::uint64_t>(start));
    HeadroomSample now = before;
    for (std::int64_t ms = 0; now.headroom_bytes >= kMarginBytes;) {
      ms += NextSampleIn(before, now, kMarginBytes).count();
      before = now;
      now = At(static_cast<int>(ms), static_cast<std::uint64_t>(std::max<std::int64_t>(0, start - kRate * ms)));
    }
    EXPECT_GE(now.headroom_bytes, kMarginBytes - kRate * 100) << "from " << start;
  }
}

}  // namespace
}  // namespace counsel::host
