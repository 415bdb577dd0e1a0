// What a child gets and does not get from us, and that it cannot outlive us.
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include "child/test_children.h"

namespace counsel::child {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(ChildTest, OnlyTheGivenDescriptorsAreInherited) {
  // Not close-on-exec, as a library may open one.
  const FileDescriptor leaky(open("/dev/null", O_RDONLY));
  const FileDescriptor high(fcntl(leaky.get(), F_DUPFD, 200));
  ASSERT_TRUE(high.valid());
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const FileDescriptor read_end(ends[0]), write_end(ends[1]);
  ChildOptions options = Script("/bin/ls /proc/$$/fd; echo through >&7; :");
  options.descriptors = {{write_end.get(), 7}, {leaky.get(), 5}};
  RunToEnd(options);
  EXPECT_THAT(lines_, ElementsAre("0", "1", "2", "5", "7"));
  char text[8] = {};
  EXPECT_EQ(read(read_end.get(), text, sizeof text), 8);
  EXPECT_EQ(std::string(text, 8), "through\n");
}

TEST_F(ChildTest, DescriptorsMaySwapTheirNumbers) {
  const FileDescriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const FileDescriptor zero(open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const int a = null.get(), b = zero.get();
  ChildOptions options =
      Script("/usr/bin/readlink /proc/$$/fd/" + std::to_string(a) + " /proc/$$/fd/" + std::to_string(b) + "; :");
  options.descriptors = {{a, b}, {b, a}};
  RunToEnd(options);
  EXPECT_THAT(lines_, ElementsAre("/dev/zero", "/dev/null"));
}

TEST_F(ChildTest, ADescriptorThatIsNotOpenIsAnError) {
  ChildOptions options = Script(":");
  options.descriptors = {{1000, 5}};
  const Result<std::unique_ptr<Child>> child = Child::Spawn(io_.get_executor(), options);
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().message, HasSubstr("Cannot hand descriptors to /bin/sh"));
}

TEST_F(ChildTest, TheEnvironmentIsExactlyTheGivenOne) {
  ChildOptions options = Script("");
  options.argv = {"/usr/bin/env"};
  options.environment = {"A=b", "HOME=/x"};
  RunToEnd(options);
  EXPECT_THAT(lines_, ElementsAre("A=b", "HOME=/x"));
}

TEST_F(ChildTest, LimitsNicenessAndOomScoreAreSet) {
  ChildOptions options =
      Script("ulimit -v; ulimit -t; ulimit -f; ulimit -c; /usr/bin/nice; /bin/cat /proc/self/oom_score_adj");
  options.address_space_limit = 1000 << 20;
  options.cpu_seconds_limit = 33;
  options.file_size_limit = 512 * 10;
  options.nice = 5;
  RunToEnd(options);
  EXPECT_THAT(lines_, ElementsAre("1024000", "33", "10", "0", "5", "1000")) << words_;
}

TEST_F(ChildTest, SignalsAreNeitherBlockedNorIgnored) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  ChildOptions options = Script("");
  options.argv = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
  RunToEnd(options);
  std::signal(SIGPIPE, old);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(lines_, ElementsAre("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"));
}

TEST_F(ChildTest, TheChildLeadsAGroupOfItsOwn) {
  RunToEnd(Script("set -- $(/bin/cat /proc/$$/stat); echo $(($5 - $$))"));
  EXPECT_THAT(lines_, ElementsAre("0"));
}

// A daemon that is killed can do nothing any more: the kernel must end its children.
TEST(ParentDeathTest, AChildDiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const FileDescriptor from_parent(ends[0]);
  FileDescriptor to_test(ends[1]);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    asio::io_context io;
    ChildOptions options;
    options.argv = {"/bin/sleep", "1000"};
    const Result<std::unique_ptr<Child>> child = Child::Spawn(io.get_executor(), options);
    const pid_t pid = child ? (*child)->pid() : -1;
    if (write(to_test.get(), &pid, sizeof pid) != sizeof pid) _exit(1);
    for (;;) pause();
  }
  to_test.Close();
  pid_t child = -1;
  ASSERT_EQ(read(from_parent.get(), &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ASSERT_GT(child, 0);
  const Process process(child);
  EXPECT_FALSE(process.EndsWithin(0ms));
  kill(parent, SIGKILL);
  EXPECT_TRUE(process.EndsWithin(10s));
  waitpid(parent, nullptr, 0);
}

}  // namespace
}  // namespace counsel::child
