#include "host/budget.h"

#include <cstring>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/control_groups.h"
#include "host/test_host.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTotal = 16384000ULL * 1024;     // RecordedHost's MemTotal
constexpr std::uint64_t kAvailable = 8192000ULL * 1024;  // and MemAvailable

class BudgetTest : public RecordedHost {
 protected:
  void Expect(std::uint64_t total, std::uint64_t headroom, const std::string& bound_by) const {
    const Budget budget = ReadBudget(root_);
    EXPECT_EQ(budget.total_bytes, total);
    EXPECT_EQ(budget.headroom_bytes, headroom);
    EXPECT_EQ(budget.bound_by, bound_by);
  }
};

TEST_F(BudgetTest, WithoutControlGroupsTheMachineBounds) {
  Expect(kTotal, kAvailable, "the machine");
}

TEST_F(BudgetTest, AMachineThatCannotBeReadHasNothingToGive) {
  fs::remove_all(root_ / "proc");
  Expect(0, 0, "the machine");
}

TEST_F(BudgetTest, LimitsOfMaxAreNone) {
  Version2("/system.slice/counsel.service");
  Group2("/system.slice", "max", 900 * kMiB, 0);
  Group2("/system.slice/counsel.service", "max", 500 * kMiB, 0);
  Expect(kTotal, kAvailable, "the machine");
}

TEST_F(BudgetTest, PageCacheOfTheGroupIsHeadroom) {
  Version2("/");  // a container of docker's, in a namespace of its own
  Group2("", std::to_string(2048 * kMiB), 1500 * kMiB, 1000 * kMiB);
  Expect(2048 * kMiB, 1548 * kMiB, "this container's control group");
}

TEST_F(BudgetTest, ADockerContainerWithoutANamespaceOfItsOwn) {
  const std::string group = "/system.slice/docker-4f2a.scope";
  Version2(group, group);
  Group2("", std::to_string(1024 * kMiB), 600 * kMiB, 0);
  Expect(1024 * kMiB, 424 * kMiB, "the control group /system.slice/docker-4f2a.scope");
}

TEST_F(BudgetTest, ASystemdUserServiceIsBoundByTheSliceAboveIt) {
  // The leaf has no memory controller: no files of it.
  Version2("/user.slice/user-1000.slice/user@1000.service/app.slice/counsel.service");
  Group2("/user.slice", "max", 7000 * kMiB, 0);
  Group2("/user.slice/user-1000.slice", std::to_string(4096 * kMiB), 3000 * kMiB, 100 * kMiB);
  Group2("/user.slice/user-1000.slice/user@1000.service", "max", 2900 * kMiB, 0);
  Expect(4096 * kMiB, 1196 * kMiB, "the control group /user.slice/user-1000.slice");
}

TEST_F(BudgetTest, TheSmallestLimitMayBeInTheMiddle) {
  Version2("/a/b/c");
  Group2("/a", std::to_string(4096 * kMiB), 800 * kMiB, 0);
  Group2("/a/b", std::to_string(1024 * kMiB), 700 * kMiB, 0);
  Group2("/a/b/c", std::to_string(2048 * kMiB), 600 * kMiB, 0);
  Expect(1024 * kMiB, 324 * kMiB, "the control group /a/b");
}

TEST_F(BudgetTest, AFullAncestorBoundsThoughItsLimitIsTheLargest) {
  Version2("/a/b");
  Group2("/a", std::to_string(4096 * kMiB), 4000 * kMiB, 0);
  Group2("/a/b", std::to_string(1024 * kMiB), 100 * kMiB, 0);
  Expect(1024 * kMiB, 96 * kMiB, "the control group /a");
}

TEST_F(BudgetTest, MemoryHighIsALimitToo) {
  Version2("/a");
  Group2("/a", std::to_string(2048 * kMiB), 500 * kMiB, 0);
  Write("sys/fs/cgroup/a/memory.high", std::to_string(1500 * kMiB) + "\n");
  Expect(1500 * kMiB, 1000 * kMiB, "the control group /a");
  Group2("/a", "max", 500 * kMiB, 0);
  Write("sys/fs/cgroup/a/memory.high", std::to_string(1500 * kMiB) + "\n");
  Expect(1500 * kMiB, 1000 * kMiB, "the control group /a");
}

TEST_F(BudgetTest, UsageOverTheLimitIsNoHeadroom) {
  Version2("/a");
  Group2("/a", std::to_string(1024 * kMiB), 1030 * kMiB, 0);
  Expect(1024 * kMiB, 0, "the control group /a");
}

TEST_F(BudgetTest, CacheReadLaterThanTheUsageMayBeLarger) {
  Version2("/a");
  Group2("/a", std::to_string(1024 * kMiB), 100 * kMiB, 120 * kMiB);
  Expect(1024 * kMiB, 1024 * kMiB, "the control group /a");
}

TEST_F(BudgetTest, AMountThatBeginsAboveTheNamespaceShowsOnlyItsOwnRoot) {
  Version2("/", "/../..");
  Group2("", std::to_string(3072 * kMiB), 72 * kMiB, 0);
  EXPECT_EQ(ReadBudget(root_).headroom_bytes, 3000 * kMiB);
}

TEST_F(BudgetTest, AGroupBesideTheNamespaceIsFoundBelowAMountThatBeginsAboveIt) {
  Version2("/../../other", "/../..");
  Group2("/other", std::to_string(512 * kMiB), 12 * kMiB, 0);
  EXPECT_EQ(ReadBudget(root_).headroom_bytes, 500 * kMiB);
}

TEST_F(BudgetTest, OfTwoMountsTheOneThatHoldsTheGroupCounts) {
  // The machine's hierarchy is there too, for a monitor in the container, and comes first.
  Version2("/");
  Write(
      "proc/self/mountinfo",
      "30 23 0:28 /../.. /host/cgroup ro - cgroup2 cgroup2 rw\n31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Group2("", std::to_string(1024 * kMiB), 24 * kMiB, 0);
  Expect(1024 * kMiB, 1000 * kMiB, "this container's control group");
}

TEST_F(BudgetTest, OfTwoMountsThatHoldTheGroupTheOneWithMoreAncestorsCounts) {
  Version2("/pod/box");
  Write("proc/self/mountinfo",
        "30 23 0:28 /pod/box /box rw - cgroup2 cgroup2 rw\n31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Group2("/pod", std::to_string(1024 * kMiB), 24 * kMiB, 0);
  Expect(1024 * kMiB, 1000 * kMiB, "the control group /pod");
}

TEST_F(BudgetTest, ABackslashInAGroupsNameIsEscapedInMountinfo) {
  Version2(R"(/app-a\x2db.scope/inner)", R"(/app-a\134x2db.scope)");
  Group2("/inner", std::to_string(512 * kMiB), 12 * kMiB, 0);
  Expect(512 * kMiB, 500 * kMiB, R"(the control group /app-a\x2db.scope/inner)");
}

TEST_F(BudgetTest, Version1CountsTheRowsOfTheWholeSubtree) {
  Version1("/docker/abc", "/docker/abc");
  Group1("", 2048 * kMiB, 1500 * kMiB, 1000 * kMiB);
  Expect(2048 * kMiB, 1548 * kMiB, "the control group /docker/abc");
}

TEST_F(BudgetTest, Version1Nested) {
  Version1("/a/b/c");
  Group1("", kNoLimit1, 9000 * kMiB, 0);
  Group1("/a", 4096 * kMiB, 800 * kMiB, 0);
  Group1("/a/b", 1024 * kMiB, 700 * kMiB, 0);
  Group1("/a/b/c", kNoLimit1, 600 * kMiB, 0);
  Expect(1024 * kMiB, 324 * kMiB, "the control group /a/b");
}

TEST_F(BudgetTest, Version1TellsTheLimitOfAPodBeyondItsContainersMount) {
  Version1("/kubepods/pod1/box", "/kubepods/pod1/box");
  Group1("", kNoLimit1, 300 * kMiB, 100 * kMiB, 1024 * kMiB);
  Expect(1024 * kMiB, 824 * kMiB, "the control group /kubepods/pod1/box");
}

TEST_F(BudgetTest, ReadsWhatTheKernelCannotTakeBackFromAProcess) {
  Write(
      "proc/77/status",
      "Name:\tllama-server\nVmRSS:\t 4500 kB\nRssAnon:\t     112 kB\nRssFile:\t    1620 kB\nRssShmem:\t       7 kB\n");
  const Result<Charge> charge = ReadCharge(77, root_);
  ASSERT_TRUE(charge);
  EXPECT_EQ(charge->anon_bytes, 112U * 1024);
  EXPECT_EQ(charge->shmem_bytes, 7U * 1024);
  EXPECT_EQ(charge->file_bytes, 1620U * 1024);
  EXPECT_EQ(charge->held_bytes(), 119U * 1024);
}

TEST_F(BudgetTest, AProcessThatEndedButWasNotWaitedForHoldsNothing) {
  Write("proc/77/status", "Name:\tllama-server\nState:\tZ (zombie)\n");
  ASSERT_TRUE(ReadCharge(77, root_));
  EXPECT_EQ(ReadCharge(77, root_)->held_bytes(), 0U);
}

TEST_F(BudgetTest, AProcessThatIsNotThereHasNoCharge) {
  EXPECT_EQ(ReadCharge(78, root_).error().code, ErrorCode::kNotFound);
}

TEST(ThisMachine, HasABudgetWithinItsMemory) {
  const Budget budget = ReadBudget();
  EXPECT_GT(budget.headroom_bytes, 0U);
  EXPECT_LE(budget.headroom_bytes, budget.total_bytes);
}

// Memory that this process has touched, until it ends.
class Touched {
 public:
  explicit Touched(std::size_t bytes)
      : bytes_(bytes),
        at_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {}
  Touched(const Touched&) = delete;
  Touched& operator=(const Touched&) = delete;
  ~Touched() { ::munmap(at_, bytes_); }

 private:
  std::size_t bytes_;
  void* at_;
};

TEST(ThisMachine, MemoryThatAProcessTouchesIsInItsCharge) {
  constexpr std::size_t kTouched = std::size_t{64} << 20;
  const Result<Charge> before = ReadCharge(::getpid());
  const Touched memory(kTouched);
  const Result<Charge> after = ReadCharge(::getpid());
  ASSERT_TRUE(before && after);
  // Kernels count per processor and may be a little behind.
  EXPECT_GT(after->held_bytes(), before->held_bytes() + kTouched * 3 / 4);
}

// A child memory group of this process's own, on this machine.
class LiveGroup1 {
 public:
  LiveGroup1() {
    const GroupLine line = FindGroup("memory", "/");
    if (line.version != 1 || line.groups.empty()) return;
    parent_ = line.groups.front().folder;
    folder_ = parent_ / ("counsel-test-" + std::to_string(::getpid()));
    made_ = ::mkdir(folder_.c_str(), 0755) == 0;
  }
  LiveGroup1(const LiveGroup1&) = delete;
  LiveGroup1& operator=(const LiveGroup1&) = delete;
  ~LiveGroup1() {
    if (made_) ::rmdir(folder_.c_str());
  }

  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] bool Limit(std::uint64_t bytes) const {
    return Put(folder_ / "memory.limit_in_bytes", std::to_string(bytes));
  }
  [[nodiscard]] bool Join() const { return Put(folder_ / "cgroup.procs", "0"); }
  [[nodiscard]] bool Leave() const { return Put(parent_ / "cgroup.procs", "0"); }

 private:
  static bool Put(const fs::path& file, const std::string& text) {
    return static_cast<bool>(std::ofstream(file) << text << std::flush);
  }

  fs::path parent_;
  fs::path folder_;
  bool made_ = false;
};

// What a process in the group saw.
struct Seen {
  std::uint64_t total, headroom, headroom_after_touching;
  char bound_by[256];
};

void LookFromInside(const LiveGroup1& group, std::size_t touch_bytes, int pipe) {
  Seen seen{};
  if (!group.Join()) ::_exit(1);
  const Budget budget = ReadBudget();
  const Touched memory(touch_bytes);
  seen.total = budget.total_bytes;
  seen.headroom = budget.headroom_bytes;
  seen.headroom_after_touching = ReadBudget().headroom_bytes;
  std::strncpy(seen.bound_by, budget.bound_by.c_str(), sizeof seen.bound_by - 1);
  const bool told = ::write(pipe, &seen, sizeof seen) == sizeof seen;
  // So that the group is empty, and can be removed, before this process is waited for.
  ::_exit(group.Leave() && told ? 0 : 1);
}

TEST(ThisMachine, AProcessInALimitedVersion1GroupSeesTheLimitAndWhatItTouches) {
  constexpr std::uint64_t kLimit = std::uint64_t{128} << 20;
  constexpr std::size_t kTouched = std::size_t{64} << 20;
  const LiveGroup1 group;
  if (!group.made()) GTEST_SKIP() << "No version 1 memory group can be made here.";
  ASSERT_TRUE(group.Limit(kLimit));
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) LookFromInside(group, kTouched, ends[1]);
  ::close(ends[1]);
  Seen seen{};
  EXPECT_EQ(::read(ends[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(seen.total, kLimit);
  EXPECT_LE(seen.headroom, kLimit);
  EXPECT_GT(seen.headroom, kTouched);
  EXPECT_NE(std::string(seen.bound_by).find("/counsel-test-"), std::string::npos) << seen.bound_by;
  // The kernel charges ahead in small batches, so not to the byte.
  EXPECT_LT(seen.headroom_after_touching, seen.headroom - kTouched * 3 / 4);
}

}  // namespace
}  // namespace counsel::host
