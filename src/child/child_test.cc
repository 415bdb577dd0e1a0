// How a child's life goes: output, end, stopping.
#include <csignal>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/judgement.h"
#include "child/test_children.h"

namespace counsel::child {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST_F(ChildTest, AnExitStatusIsReported) {
  const Exit exit = RunToEnd(Script("exit 7"));
  EXPECT_EQ(exit.kind, ExitKind::kExited);
  EXPECT_EQ(exit.status, 7);
  EXPECT_EQ(exit.ToString(), "exited with status 7");
}

TEST_F(ChildTest, AnExitIsReportedThoughWeWereStartedWithSigchldIgnored) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const Exit exit = RunToEnd(Script("exit 7"));
  std::signal(SIGCHLD, before);
  EXPECT_EQ(exit.ToString(), "exited with status 7");
}

TEST_F(ChildTest, ASignalIsReported) {
  const Exit exit = RunToEnd(Script("kill -SEGV $$"));
  EXPECT_EQ(exit.kind, ExitKind::kSignalled);
  EXPECT_EQ(exit.status, SIGSEGV);
  EXPECT_EQ(exit.ToString(), "was killed (signal 11, Segmentation fault)");
}

TEST_F(ChildTest, AKillSuggestsTheOutOfMemoryKiller) {
  const std::unique_ptr<Child> child = SpawnScript("read x");
  child->Kill();
  Run([&]() -> asio::awaitable<void> {
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.ToString(), "was killed (signal 9, often the kernel's out-of-memory killer)");
  });
}

TEST_F(ChildTest, LinesOfStdoutArriveWholeAndLongOnesAreCut) {
  RunToEnd(
      Script("printf 'a\\n\\nb\\n'; /usr/bin/head -c 70000 /dev/zero | /usr/bin/tr '\\0' x;"
             "printf '\\nlast\\nnot ended'"));
  EXPECT_THAT(lines_, ElementsAre("a", "", "b", std::string(64 * 1024, 'x'), "last"));
  EXPECT_THAT(words_, EndsWith("last\nnot ended"));
}

TEST_F(ChildTest, TheLast64KilobytesOfBothStreamsAreKept) {
  RunToEnd(Script("echo lost; /usr/bin/head -c 300000 /dev/zero >&2; echo out; echo err >&2"));
  EXPECT_EQ(words_.size(), 64U * 1024);
  EXPECT_THAT(words_, HasSubstr("out\n"));
  EXPECT_THAT(words_, HasSubstr("err\n"));
}

TEST_F(ChildTest, AProgramThatCannotBeExecutedIsAnErrorNotAnExit) {
  const std::string garbage = ::testing::TempDir() + "/counsel-garbage";
  ASSERT_TRUE(WriteFileAtomically(garbage, std::string("\x7f nonsense\0", 11)));
  ASSERT_EQ(chmod(garbage.c_str(), 0700), 0);
  const std::string busy = ::testing::TempDir() + "/counsel-busy";
  const FileDescriptor writing(open(busy.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0700));
  // As during an upgrade: gone, not to be executed yet, half written, being written. None is the caller's fault.
  for (const std::string& program : {std::string("/no/such/program"), std::string("/tmp"), garbage, busy}) {
    ChildOptions options;
    options.argv = {program};
    const Result<std::unique_ptr<Child>> child = Child::Spawn(io_.get_executor(), options);
    ASSERT_FALSE(child) << program;
    EXPECT_EQ(Judge(child.error()), Judgement::kLater) << program << ": " << child.error().message;
    EXPECT_THAT(child.error().message, HasSubstr(program));
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was left unreaped";
  unlink(garbage.c_str());
  unlink(busy.c_str());
}

TEST_F(ChildTest, NoDescriptorLeftIsAnErrorForLater) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  ChildOptions options;
  options.argv = {"/bin/true"};
  const Result<std::unique_ptr<Child>> child = Child::Spawn(io_.get_executor(), options);
  setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(child);
  EXPECT_EQ(Judge(child.error()), Judgement::kLater) << child.error().message;
}

TEST_F(ChildTest, AChildOverItsProcessorTimeEndsByTheSignalThatSaysSo) {
  ChildOptions options = Script("while :; do :; done");
  options.cpu_seconds_limit = 1;
  const Exit exit = RunToEnd(std::move(options));
  EXPECT_EQ(exit.kind, ExitKind::kSignalled);
  EXPECT_EQ(exit.status, SIGXCPU);
}

TEST_F(ChildTest, ClosingStdinIsSeenByTheChild) {
  const std::unique_ptr<Child> child = SpawnScript("/bin/cat; exit 4");
  EXPECT_TRUE(child->running());
  child->CloseStdin();
  Run([&]() -> asio::awaitable<void> {
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.status, 4);
    EXPECT_FALSE(child->running());
  });
}

TEST_F(ChildTest, StopLetsTheChildEndByItself) {
  const std::unique_ptr<Child> child = SpawnScript("trap 'exit 3' TERM; echo ready; while :; do read x; done");
  Run([&]() -> asio::awaitable<void> {
    co_await LineCame(1);
    const Exit exit = co_await child->Stop(1h);
    EXPECT_EQ(exit.ToString(), "exited with status 3");
  });
}

TEST_F(ChildTest, StopKillsAChildThatIgnoresIt) {
  const std::unique_ptr<Child> child = SpawnScript("trap '' TERM; echo ready; while :; do read x; done");
  Run([&]() -> asio::awaitable<void> {
    co_await LineCame(1);
    const Exit exit = co_await child->Stop(10ms);
    EXPECT_EQ(exit.kind, ExitKind::kSignalled);
    EXPECT_EQ(exit.status, SIGKILL);
  });
}

TEST_F(ChildTest, AStopThatIsCancelledStillKillsInTheEnd) {
  const std::unique_ptr<Child> child = SpawnScript("trap '' TERM; echo ready; while :; do read x; done");
  asio::cancellation_signal leave;
  const auto stop = [&]() -> asio::awaitable<void> { co_await child->Stop(10ms); };
  Run([&]() -> asio::awaitable<void> {
    co_await LineCame(1);
    asio::co_spawn(io_, stop(), asio::bind_cancellation_slot(leave.slot(), asio::detached));
    leave.emit(asio::cancellation_type::terminal);
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.status, SIGKILL);
  });
}

TEST_F(ChildTest, ManyMayWaitAndOneMayGiveUp) {
  const std::unique_ptr<Child> child = SpawnScript("read x; exit 6");
  asio::cancellation_signal leave;
  int reports = 0;
  bool gave_up = false;
  const auto wait = [&]() -> asio::awaitable<void> {
    const Exit exit = co_await child->Wait();
    reports += exit.status == 6 ? 1 : 0;
  };
  Run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) asio::co_spawn(io_, wait(), asio::detached);
    asio::co_spawn(io_, wait(), asio::bind_cancellation_slot(leave.slot(), [&](const std::exception_ptr& error) {
                     gave_up = error != nullptr;
                     child->CloseStdin();
                   }));
    leave.emit(asio::cancellation_type::terminal);
    co_await wait();
    co_await wait();  // at once now
    EXPECT_EQ(reports, 5);
    EXPECT_TRUE(gave_up);
  });
}

TEST_F(ChildTest, AGrandchildThatHoldsTheOutputIsKilledAndNotWaitedFor) {
  const Exit exit = RunToEnd(Script("/bin/sleep 1000 & echo $!; exit 5"));
  EXPECT_EQ(exit.status, 5);
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_TRUE(Process(std::stoi(lines_[0])).EndsWithin(10s));
}

TEST_F(ChildTest, AGrandchildThatLeftTheGroupIsNotWaitedFor) {
  const std::unique_ptr<Child> child =
      SpawnScript("/usr/bin/setsid /bin/sh -c 'echo $$; exec /bin/sleep 1000' & read x; exit 5");
  Run([&]() -> asio::awaitable<void> {
    co_await LineCame(1);
    child->CloseStdin();
    const Exit exit = co_await child->Wait();
    EXPECT_EQ(exit.status, 5);
  });
  kill(std::stoi(lines_.at(0)), SIGKILL);
}

TEST_F(ChildTest, TheEndOfAChildObjectKillsAndReapsTheChild) {
  std::unique_ptr<Child> child = SpawnScript("/bin/sleep 1000");
  const pid_t pid = child->pid();
  child.reset();
  io_.run_for(20s);  // ends by itself: nothing is left to wait for
  EXPECT_TRUE(io_.stopped());
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ChildWithoutLoopTest, TheEndOfTheLoopReapsTheChildToo) {
  pid_t pid = 0;
  {
    asio::io_context io;
    ChildOptions options;
    options.argv = {"/bin/sleep", "1000"};
    const Result<std::unique_ptr<Child>> child = Child::Spawn(io.get_executor(), options);
    ASSERT_TRUE(child);
    pid = (*child)->pid();
  }
  EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace counsel::child
