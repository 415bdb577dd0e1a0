#include "host/host.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "host/test_host.h"

namespace counsel::host {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;

using HostTest = RecordedHost;

TEST_F(HostTest, ReadsTotalAndAvailableMemory) {
  const Memory memory = ReadMemory(root_);
  EXPECT_EQ(memory.total_bytes, 16384000ULL * 1024);
  EXPECT_EQ(memory.available_bytes, 8192000ULL * 1024);
}

TEST_F(HostTest, NoControlGroupIsNoLimit) {
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 0U);
}

TEST_F(HostTest, TheSmallestLimitOfAllAncestorsCounts) {
  Version2("/user.slice/app.scope/job");
  Write("sys/fs/cgroup/user.slice/memory.max", std::to_string(512 * kMiB) + "\n");
  Write("sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
  Write("sys/fs/cgroup/user.slice/app.scope/job/memory.max", std::to_string(900 * kMiB) + "\n");
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 512 * kMiB);
}

TEST_F(HostTest, AContainersOwnLimitIsAtItsMountPoint) {
  Version2("/");
  Write("sys/fs/cgroup/memory.max", std::to_string(256 * kMiB) + "\n");
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 256 * kMiB);
}

TEST_F(HostTest, AGroupIsLookedForBelowWhatIsMounted) {
  Version1("/docker/abc/inner", "/docker/abc");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(700 * kMiB) + "\n");
  Write("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", std::to_string(300 * kMiB) + "\n");
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 300 * kMiB);
}

TEST_F(HostTest, AGroupOutsideOfWhatIsMountedFallsBackToTheMountPoint) {
  Version1("/docker/other", "/docker/abc");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(700 * kMiB) + "\n");
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 700 * kMiB);
}

TEST_F(HostTest, Version1SaysNoLimitWithAHugeNumber) {
  Version1("/");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(ReadMemory(root_).limit_bytes, 0U);
}

TEST_F(HostTest, TheAffinityMaskBoundsTheProcessors) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(CheckHardware(root_).processors, 1U);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(CheckHardware(root_).processors, static_cast<unsigned>(CPU_COUNT(&before)));
}

TEST_F(HostTest, AQuotaLeavesWholeProcessorsAndAtLeastOne) {
  Version2("/a/b");
  Write("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
  Write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(CheckHardware(root_).processors, 1U);
  Write("sys/fs/cgroup/a/cpu.max", "20000 100000\n");
  EXPECT_EQ(CheckHardware(root_).processors, 1U);
}

TEST_F(HostTest, Version1QuotaOfMinusOneIsNone) {
  const unsigned all = CheckHardware(root_).processors;
  Version1("/");
  Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CheckHardware(root_).processors, all);
  Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n");
  EXPECT_EQ(CheckHardware(root_).processors, 1U);
}

TEST_F(HostTest, FindsGpuNodesAndNothingElseOfTheDrivers) {
  for (const char* name : {"nvidia0", "nvidia11", "nvidiactl", "nvidia-uvm", "nvidia", "dri/renderD128", "dri/card0"}) {
    Write(std::string("dev/") + name, "");
  }
  EXPECT_THAT(CheckHardware(root_).gpu_nodes, ElementsAre("/dev/dri/renderD128", "/dev/nvidia0", "/dev/nvidia11"));
}

TEST_F(HostTest, NoDeviceFoldersAreNoNodes) {
  EXPECT_THAT(CheckHardware(root_).gpu_nodes, IsEmpty());
}

TEST_F(HostTest, ReadsWhatAProcessHolds) {
  Write("proc/77/smaps_rollup",
        "5562-7ffe ---p 0 00:00 0 [rollup]\nRss: 1732 kB\nPss:                 206 kB\nPss_Dirty: 112 kB\n"
        "Pss_Anon:            112 kB\nPss_File:             94 kB\nPss_Shmem:             7 kB\n");
  const Result<ProcessMemory> memory = ReadProcessMemory(77, root_);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->pss_bytes, 206U * 1024);
  EXPECT_EQ(memory->pss_anon_bytes, 112U * 1024);
  EXPECT_EQ(memory->pss_shmem_bytes, 7U * 1024);
}

TEST_F(HostTest, AProcessThatIsNotThereIsNotFound) {
  EXPECT_EQ(PssOfProcess(78, root_).error().code, ErrorCode::kNotFound);
}

TEST_F(HostTest, CountsTheKernelsOutOfMemoryKills) {
  Write("proc/vmstat", "pgfault 12\noom_kill 3\nthp_x 4\n");
  EXPECT_EQ(OutOfMemoryKills(root_), 3U);
}

TEST(ThisMachine, HasMemoryProcessorsAndThisProcess) {
  const Hardware hardware = CheckHardware();
  EXPECT_THAT(hardware.memory.total_bytes, Gt(std::uint64_t{64} << 20));
  EXPECT_THAT(hardware.memory.available_bytes, Gt(0U));
  EXPECT_LE(hardware.memory.available_bytes, hardware.memory.total_bytes);
  EXPECT_GE(hardware.processors, 1U);
  EXPECT_THAT(PssOfProcess(::getpid()).value_or(0), Gt(100U * 1024));
}

}  // namespace
}  // namespace counsel::host
