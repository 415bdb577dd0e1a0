// counsel open, --list, --revoke.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "http/page_sessions.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// Hands it to the desktop's browser; false where there is none.
bool OpenInBrowser(const std::string& url) {
  if (!IsSet("DISPLAY") && !IsSet("WAYLAND_DISPLAY") && !IsSet("BROWSER")) return false;
  std::string program = "xdg-open";
  std::string address = url;
  std::array<char*, 3> arguments = {program.data(), address.data(), nullptr};
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, program.c_str(), &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return false;
  int status = 0;
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

asio::awaitable<Result<Json>> NewCode(DaemonClient& daemon, bool own_account) {
  const Json body = {{"own_account", own_account}};
  co_return co_await daemon.Call("POST", "/page/code", body);
}

void PrintLinks(const Json& code) {
  std::cerr << "This link is good once, for 5 minutes, for whoever has it:\n";
  std::printf("%s\n", code.value("url", "").c_str());
  for (const Json& url : code["elsewhere"]) std::printf("%s\n", Printable(url.get<std::string>()).c_str());
}

asio::awaitable<int> Open(const Settings& settings, const OpenOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (!options.print && !options.json) {
    // Other accounts may read a browser's arguments: this code is of no use to them.
    const Result<Json> code = co_await NewCode(*daemon, true);
    if (!code) co_return ReportError(code.error());
    if (OpenInBrowser(code->value("url", ""))) {
      std::printf("The page opens in your browser.\n");
      co_return kExitOk;
    }
    std::cerr << "No browser could be opened from here.\n";
  }
  const Result<Json> code = co_await NewCode(*daemon, false);
  if (!code) co_return ReportError(code.error());
  if (options.json) {
    PrintJson(*code);
  } else {
    PrintLinks(*code);
  }
  co_return kExitOk;
}

std::string Day(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm local{};
  std::array<char, 32> text{};
  if (::localtime_r(&time, &local) != nullptr) std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local);
  return text.data();
}

int List(const Settings& settings, const OpenOptions& options) {
  const Result<std::vector<http::PageSession>> sessions = http::ListPageSessions(settings.home(), UnixNow());
  if (!sessions) return ReportError(sessions.error());
  if (options.json) {
    Json all = Json::array();
    for (const http::PageSession& one : *sessions) {
      all.push_back({{"id", one.id},
                     {"user", one.owner},
                     {"browser", one.browser},
                     {"created_at", one.created_at},
                     {"expires_at", one.expires_at}});
    }
    PrintJson({{"sessions", std::move(all)}});
    return kExitOk;
  }
  if (sessions->empty()) {
    std::printf("No browser is let in. Open the page with: counsel open\n");
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"id", "who", "browser", "let in", "until"}};
  for (const http::PageSession& one : *sessions) {
    rows.push_back({one.id, one.owner, Printable(one.browser), Day(one.created_at), Day(one.expires_at)});
  }
  std::printf("%s", FormatTable(rows).c_str());
  return kExitOk;
}

int Revoke(const Settings& settings, const OpenOptions& options) {
  const Result<std::size_t> closed = http::RevokePageSessions(settings.home(), options.revoke, UnixNow());
  if (!closed) return ReportError(closed.error());
  if (options.json) {
    PrintJson({{"closed", *closed}});
  } else {
    std::printf("%zu %s: known no more, from the next request on.\n", *closed, *closed == 1 ? "browser" : "browsers");
  }
  return kExitOk;
}

}  // namespace

int OpenCommand(const Settings& settings, const OpenOptions& options) {
  if (options.list) return List(settings, options);
  if (!options.revoke.empty()) return Revoke(settings, options);
  return RunCommand(Open(settings, options));
}

}  // namespace counsel::app
