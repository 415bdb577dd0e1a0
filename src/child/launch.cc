#include "child/launch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/judgement.h"

namespace counsel::child {
namespace {

constexpr std::size_t kMaxDescriptors = 16;
constexpr int kMaxDescriptorNumber = 255;

// What the child was doing when it failed; travels with errno through the report pipe.
enum class Step : int { kDescriptors, kLimits, kPriority, kFolder, kExec };

struct Failure {
  Step step;
  int error;
};

std::string_view Describe(Step step) {
  switch (step) {
    case Step::kDescriptors:
      return "Cannot hand descriptors to ";
    case Step::kLimits:
      return "Cannot set the limits of ";
    case Step::kPriority:
      return "Cannot lower the priority of ";
    case Step::kFolder:
      return "Cannot enter the folder for ";
    case Step::kExec:
      break;
  }
  return "Cannot start ";
}

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Fail(ErrnoError(errno, "Cannot create a pipe"));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// All that the child needs, made before the fork: after it nothing may allocate, lock or throw.
struct Plan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const ChildOptions* options = nullptr;
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  int report_fd = -1;
  int highest = 2;  // the highest number that the child keeps
  pid_t parent = 0;
};

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) pointers.push_back(const_cast<char*>(string.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// ---- in the child: async-signal-safe calls only ----

[[noreturn]] void Report(int fd, Step step) {
  const Failure failure{step, errno};
  // One write: it is far below PIPE_BUF. Nothing can be done when it fails.
  if (write(fd, &failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

void ResetSignals() {
  struct sigaction action;
  std::memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The kernel takes a model before it takes the daemon. Raising one's own score needs no privilege.
void OfferToOomKiller() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t written = write(fd, "1000", 4);
  close(fd);
}

void CloseFrom(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  // A kernel before 5.9. What lies above is close-on-exec, as all our descriptors are.
  for (unsigned fd = first; fd <= std::min(last, 65535U); ++fd) close(static_cast<int>(fd));
}

// Puts every descriptor at its number and closes all others but the report pipe, whose new number it returns.
int PlaceDescriptors(const Plan& plan) {
  const auto& wanted = plan.options->descriptors;
  const int free_from = plan.highest + 1;
  // First all go out of the way, so that no dup2 overwrites one that is still needed.
  const int report = fcntl(plan.report_fd, F_DUPFD_CLOEXEC, free_from);
  if (report < 0) Report(plan.report_fd, Step::kDescriptors);
  const int standard[3] = {plan.stdin_fd, plan.stdout_fd, plan.stderr_fd};
  int sources[kMaxDescriptors + 3];
  for (std::size_t i = 0; i < wanted.size() + 3; ++i) {
    sources[i] = fcntl(i < 3 ? standard[i] : wanted[i - 3].first, F_DUPFD_CLOEXEC, free_from);
    if (sources[i] < 0) Report(report, Step::kDescriptors);
  }
  bool kept[kMaxDescriptorNumber + 1] = {true, true, true};
  for (std::size_t i = 0; i < wanted.size() + 3; ++i) {
    const int number = i < 3 ? static_cast<int>(i) : wanted[i - 3].second;
    if (dup2(sources[i], number) < 0) Report(report, Step::kDescriptors);
    kept[number] = true;
  }
  for (int fd = 3; fd <= plan.highest; ++fd) {
    if (!kept[fd]) close(fd);
  }
  CloseFrom(static_cast<unsigned>(free_from), static_cast<unsigned>(report) - 1);
  CloseFrom(static_cast<unsigned>(report) + 1, ~0U);
  return report;
}

bool Limit(int resource, std::uint64_t value, std::uint64_t beyond = 0) {
  const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value + beyond)};
  return setrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &limit) == 0;
}

void SetLimits(const ChildOptions& options, int report) {
  // A core file of a model is gigabytes, of an extraction somebody's document.
  bool ok = Limit(RLIMIT_CORE, 0);
  if (options.address_space_limit > 0) ok = Limit(RLIMIT_AS, options.address_space_limit) && ok;
  // SIGXCPU, which says why, comes at the lower one; at the upper one SIGKILL, which does not.
  if (options.cpu_seconds_limit > 0) ok = Limit(RLIMIT_CPU, options.cpu_seconds_limit, 2) && ok;
  if (options.file_size_limit > 0) ok = Limit(RLIMIT_FSIZE, options.file_size_limit) && ok;
  if (!ok) Report(report, Step::kLimits);
  if (options.nice != 0 && setpriority(PRIO_PROCESS, 0, options.nice) != 0) Report(report, Step::kPriority);
}

[[noreturn]] void BecomeProgram(const Plan& plan) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above.
  if (getppid() != plan.parent) _exit(127);
  ResetSignals();
  OfferToOomKiller();
  const int report = PlaceDescriptors(plan);
  SetLimits(*plan.options, report);
  if (!plan.options->folder.empty() && chdir(plan.options->folder.c_str()) != 0) Report(report, Step::kFolder);
  execve(plan.argv[0], plan.argv.data(), plan.environment.data());
  Report(report, Step::kExec);
}

// ---- in the parent ----

Result<void> Check(const ChildOptions& options) {
  if (options.argv.empty() || options.argv[0].empty()) {
    return Fail(ErrorCode::kInternal, "A child process was asked for without a program.");
  }
  if (options.descriptors.size() > kMaxDescriptors) {
    return Fail(ErrorCode::kInternal, "Too many descriptors for a child process.");
  }
  for (const auto& [here, there] : options.descriptors) {
    if (here < 0 || there < 3 || there > kMaxDescriptorNumber) {
      return Fail(ErrorCode::kInternal, "A descriptor for a child process is out of range.");
    }
  }
  return {};
}

// A program that is missing, busy or half written may be one that is being replaced: who asked for it is not to blame,
// and another try may find it whole. Only arguments that are too long stay so.
Error StartFailure(const Failure& failure, const std::string& program) {
  Error error = ErrnoError(failure.error, std::string(Describe(failure.step)) + program);
  if (Judge(error) != Judgement::kPermanent || error.code == ErrorCode::kTooLarge) return error;
  error.code = ErrorCode::kUnavailable;
  error.next_step = "If that lasts, install it again (./run setup) or check its path and permissions.";
  return error;
}

// Waits until exec has closed the report pipe or the child has said why it could not.
Result<void> AwaitExec(int report_fd, pid_t pid, const std::string& program) {
  Failure failure{};
  ssize_t count;
  do {
    count = read(report_fd, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  if (count == 0) return {};
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (count != static_cast<ssize_t>(sizeof failure)) {
    return Fail(ErrorCode::kUnavailable, "Cannot start " + program + ": it died before it was executed.",
                "Try again later.");
  }
  return Fail(StartFailure(failure, program));
}

pid_t ForkAndExec(const Plan& plan) {
  // Nothing may run our signal handlers in the child: they write to pipes that it still shares with us.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) BecomeProgram(plan);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// Started with SIGCHLD ignored we would inherit that, and the kernel would reap children behind our back.
void KeepZombies() {
  struct sigaction action;
  if (sigaction(SIGCHLD, nullptr, &action) != 0 || action.sa_handler != SIG_IGN) return;
  action.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &action, nullptr);
}

Result<FileDescriptor> WatchEnd(pid_t pid, const std::string& program) {
  FileDescriptor pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd.valid()) return pidfd;
  const int error = errno;
  kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return Fail(ErrnoError(error, "Cannot watch " + program + " (Linux 5.3 or later is needed)"));
}

void StopBlocking(const FileDescriptor& fd) {
  fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<Launched> Launch(const ChildOptions& options) {
  RETURN_IF_ERROR(Check(options));
  Result<Pipe> in = MakePipe();
  Result<Pipe> out = MakePipe();
  Result<Pipe> err = MakePipe();
  Result<Pipe> report = MakePipe();
  for (const Result<Pipe>* pipe : {&in, &out, &err, &report}) {
    if (!*pipe) return Fail(pipe->error());
  }
  Plan plan;
  plan.argv = Pointers(options.argv);
  plan.environment = Pointers(options.environment);
  plan.options = &options;
  plan.stdin_fd = in->read.get();
  plan.stdout_fd = out->write.get();
  plan.stderr_fd = err->write.get();
  plan.report_fd = report->write.get();
  plan.parent = getpid();
  for (const auto& descriptor : options.descriptors) plan.highest = std::max(plan.highest, descriptor.second);

  KeepZombies();
  Launched launched;
  launched.pid = ForkAndExec(plan);
  if (launched.pid < 0) return Fail(ErrnoError(errno, "Cannot start " + options.argv[0]));
  report->write.Close();
  RETURN_IF_ERROR(AwaitExec(report->read.get(), launched.pid, options.argv[0]));
  ASSIGN_OR_RETURN(launched.pidfd, WatchEnd(launched.pid, options.argv[0]));
  StopBlocking(out->read);
  StopBlocking(err->read);
  launched.stdin_end = std::move(in->write);
  launched.stdout_end = std::move(out->read);
  launched.stderr_end = std::move(err->read);
  return launched;
}

Result<Launched> Adopt(pid_t pid, FileDescriptor output, const std::string& program) {
  Launched launched;
  launched.pid = pid;
  // Its own setpgid may not have run yet, and whoever kills it means its group.
  setpgid(pid, pid);
  ASSIGN_OR_RETURN(launched.pidfd, WatchEnd(pid, program));
  launched.stderr_end = std::move(output);
  return launched;
}

}  // namespace counsel::child
