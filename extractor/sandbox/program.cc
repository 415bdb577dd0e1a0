#include "extractor/sandbox/program.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "extractor/sandbox/layers.h"

namespace counsel::sandbox {
namespace {

constexpr int kNotConfined = 126;
constexpr int kSignalled = 128;

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Nothing of ours but where it may complain.
bool CloseDescriptors() {
  constexpr int kAfterErrors = 3;
  return ::syscall(SYS_close_range, kAfterErrors, ~0U, 0) == 0;
}

bool Confine() {
  const rlimit none = {0, 0};
  const rlimit descriptors = {256, 256};
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct capabilities[2] = {};
  return ::setrlimit(RLIMIT_CORE, &none) == 0 && ::setrlimit(RLIMIT_NOFILE, &descriptors) == 0 &&
         ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::syscall(SYS_capset, &header, capabilities) == 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && CloseDescriptors() && RestrictProgramCalls().active;
}

}  // namespace

LayerState EnterForPrograms(const std::vector<std::filesystem::path>& visible, std::uint64_t scratch_bytes) {
  Folders existing;
  for (const std::filesystem::path& folder : visible) {
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) existing.push_back(folder);
  }
  ProgramRoom room;
  room.programs = true;
  room.scratch_bytes = scratch_bytes;
  return EnterNamespaces(existing, room);
}

int RunProgram(const Program& program) {
  std::vector<char*> argv = Pointers(program.argv);
  std::vector<char*> environment = Pointers(program.environment);
  const pid_t child = ::fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (Confine()) ::execve(argv[0], argv.data(), environment.data());
    ::_exit(kNotConfined);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  if (WIFSIGNALED(status)) return kSignalled + WTERMSIG(status);
  return WIFEXITED(status) && WEXITSTATUS(status) != kNotConfined ? WEXITSTATUS(status) : -1;
}

}  // namespace counsel::sandbox
