#include "app/background.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "app/daemon_client.h"
#include "app/programs.h"
#include "base/file.h"

namespace counsel::app {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};
// "ready", or the error as JSON.
constexpr std::string_view kReady = "ready";

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// All that comes from `fd` until its end, within kStartTimeout.
std::string ReadReport(int fd) {
  std::string report;
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return report;
    std::array<char, 4096> buffer{};
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n <= 0) return report;
    report.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

// In the forked child: becomes the daemon. Only async-signal-safe calls.
[[noreturn]] void BecomeDaemon(char* const* argv, int log_fd, int null_fd, int ready_fd) {
  ::setsid();
  ::dup2(null_fd, STDIN_FILENO);
  ::dup2(log_fd, STDOUT_FILENO);
  ::dup2(log_fd, STDERR_FILENO);
  ::fcntl(ready_fd, F_SETFD, 0);
  ::execv(argv[0], argv);
  ::_exit(127);
}

}  // namespace

std::filesystem::path BackgroundLog(const Settings& settings) {
  const std::string& configured = settings.Get("log.file").text;
  return configured.empty() ? settings.home() / "counsel.log" : std::filesystem::path(configured);
}

Result<void> StartInBackground(const Settings& settings) {
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return made;
  const std::string log = BackgroundLog(settings).string();
  FileDescriptor log_fd(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log_fd.valid()) return Fail(ErrnoError(errno, "Cannot write the log " + log));
  FileDescriptor null_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Fail(ErrnoError(errno, "Cannot make a pipe"));
  FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);

  std::vector<std::string> arguments = {(FindPrograms().folder / "counsel").string(),
                                        "--home",
                                        settings.home().string(),
                                        "serve",
                                        "--ready-fd",
                                        std::to_string(write_end.get())};
  for (const auto& [key, text] : settings.overrides()) {
    arguments.insert(arguments.end(), {"--set", std::string(key).append("=").append(text)});
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const pid_t pid = ::fork();
  if (pid < 0) return Fail(ErrnoError(errno, "Cannot start a process"));
  if (pid == 0) BecomeDaemon(argv.data(), log_fd.get(), null_fd.get(), write_end.get());
  write_end.Close();
  const std::string report = ReadReport(read_end.get());
  if (report == kReady) return {};
  const Json json = Json::parse(report, nullptr, false);
  if (json.is_object()) return Fail(ErrorFromJson(json, 500));
  return Fail(ErrorCode::kUnavailable, "Counsel could not be started.", "Look into " + log + ".");
}

void ReportReady(int ready_fd) {
  if (ready_fd < 0) return;
  WriteAll(ready_fd, kReady);
  ::close(ready_fd);
}

void ReportNotReady(int ready_fd, const Error& error) {
  if (ready_fd < 0) return;
  const Json json = {
      {"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}, {"next_step", error.next_step}}}};
  WriteAll(ready_fd, json.dump(-1, ' ', false, Json::error_handler_t::replace));
  ::close(ready_fd);
}

}  // namespace counsel::app
