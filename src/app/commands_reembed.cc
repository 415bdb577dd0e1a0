// counsel reembed.
#include <cstdio>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

asio::awaitable<int> Print(DaemonClient& daemon, bool json) {
  Result<Json> now = co_await daemon.Call("GET", "/api/reembed", Json());
  if (!now) co_return ReportError(now.error());
  if (json) {
    PrintJson(*now);
    co_return kExitOk;
  }
  std::string serving;
  for (const Json& model : (*now)["serving"]) {
    serving += (serving.empty() ? "" : ", ") + model["model"].get<std::string>() + " (" +
               std::to_string(model["passages"].get<std::int64_t>()) + " passages)";
  }
  std::printf("Serving: %s\n", serving.empty() ? "nothing is stored yet" : serving.c_str());
  const std::int64_t waiting = (*now)["waiting"];
  if (waiting > 0) {
    std::printf("%lld passages wait for %s.\n", static_cast<long long>(waiting),
                (*now)["wanted"].value("name", "").c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Reembed(const Settings& settings, ReembedOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.stop) {
    Result<Json> stopped = co_await daemon->Call("DELETE", "/api/reembed", Json());
    if (!stopped) co_return ReportError(stopped.error());
  } else {
    const Json body = {{"stream", true}};
    const Error broken(ErrorCode::kUnavailable, "The daemon has stopped; what was made is kept.",
                       "It goes on when the daemon is started again: counsel serve");
    Result<Json> done = co_await FollowWork(*daemon, "/api/reembed", body, broken);
    if (!done) co_return ReportError(done.error());
  }
  co_return co_await Print(*daemon, options.json);
}

}  // namespace

int ReembedCommand(const Settings& settings, const ReembedOptions& options) {
  const int status = RunCommand(Reembed(settings, options));
  if (status == kExitInterrupted) {
    std::fprintf(stderr,
                 "\nStopped waiting. It goes on in the background; see: counsel status. End it: counsel "
                 "reembed --stop\n");
  }
  return status;
}

}  // namespace counsel::app
