// counsel stop, doctor.
#include <cstdio>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/examination.h"
#include "app/instance.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

asio::awaitable<int> Stop(const Settings& settings) {
  const std::optional<InstanceNote> note = ReadInstanceNote(settings.home());
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (!daemon) {
    std::printf("Counsel is not running.\n");
    co_return kExitOk;
  }
  const Json body = Json::object();
  Result<Json> stopped = co_await daemon->Call("POST", "/api/stop", body);
  if (!stopped) co_return ReportError(stopped.error());
  // The daemon drops its lock as its last act.
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int tries = 0; tries < 1500; ++tries) {
    if (LockHome(settings.home())) {
      std::printf("Counsel has stopped.\n");
      co_return kExitOk;
    }
    timer.expires_after(std::chrono::milliseconds(10));
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return ReportError(Error(ErrorCode::kDeadlineExceeded, "Counsel still runs after 15 s.",
                              note ? "End it with: kill -9 " + std::to_string(note->pid) : ""));
}

}  // namespace

int StopCommand(const Settings& settings) {
  return RunCommand(Stop(settings));
}

int DoctorCommand(const Settings& settings, bool json) {
  const std::vector<Check> checks = Examine(settings);
  bool good = true;
  Json all = Json::array();
  for (const Check& check : checks) {
    good = good && (check.good || !check.needed);
    all.push_back({{"check", check.what}, {"good", check.good}, {"needed", check.needed}, {"detail", check.detail}});
    const char* mark = check.good ? "✓" : check.needed ? "✗" : "–";
    if (!json) std::printf("%s %-16s %s\n", mark, check.what.c_str(), check.detail.c_str());
  }
  if (json) std::printf("%s\n", Json({{"checks", all}, {"good", good}}).dump(2).c_str());
  return good ? kExitOk : kExitFailure;
}

}  // namespace counsel::app
