#include "extractor/sandbox/program.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace counsel::sandbox {
namespace {

constexpr int kNoNamespaces = 99;

int RunScript(const char* script) {
  Program program;
  program.argv = {"/usr/bin/sh", "-c", script};
  return RunProgram(program);
}

// Which of them is wrong, from 1; 0: none.
int FirstWrong() {
  if (RunScript("exit 7") != 7) return 1;
  if (RunScript("echo kept > /tmp/a && read y < /tmp/a && test \"$y\" = kept") != 0) return 2;
  if (RunScript("read x < /etc/passwd") == 0) return 3;
  if (RunScript("read x < /proc/self/status") == 0) return 4;
  if (RunScript("echo x > /usr/counsel-test") == 0) return 5;
  if (RunScript("/usr/bin/true; /usr/bin/true") == 0) return 6;  // a process of its own
  return 0;
}

TEST(ProgramSandbox, AProgramHasAPlaceToWriteAndNothingOfOursAndStartsNoOther) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(EnterForPrograms({"/usr"}, 16U << 20).active ? FirstWrong() : kNoNamespaces);
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoNamespaces) GTEST_SKIP() << "no namespaces here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace counsel::sandbox
