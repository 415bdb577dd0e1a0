// counsel config list, get, set, unset. The daemon's settings where one runs (its environment may be another), else
// those that one would have if it were started from here.
#include <cstdio>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "http/json.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

struct Listing {
  Listing() = default;
  bool running = false;
  Json json;  // of /api/config
};

asio::awaitable<Result<Listing>> ReadSettings(const Settings& settings) {
  Listing listing;
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (daemon) {
    const Json nothing;
    Result<Json> json = co_await daemon->Call("GET", "/api/config", nothing);
    if (!json) co_return Fail(std::move(json.error()));
    listing.running = true;
    listing.json = std::move(*json);
    co_return listing;
  }
  Json all = Json::array();
  for (const http::SettingView& view : settings.ViewAll()) all.push_back(http::SettingJson(view));
  listing.json = {{"home", settings.home().string()}, {"settings", std::move(all)}};
  co_return listing;
}

asio::awaitable<int> List(const Settings& settings, const ConfigOptions& options) {
  const Result<Listing> listing = co_await ReadSettings(settings);
  if (!listing) co_return ReportError(listing.error());
  if (options.json) {
    PrintJson(listing->json);
    co_return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"SETTING", "VALUE", "FROM", "MEANING"}};
  for (const Json& setting : listing->json["settings"]) {
    const std::string value = setting.value("value", "");
    rows.push_back({setting.value("name", ""), value.empty() ? "-" : Printable(value), setting.value("source", ""),
                    setting.value("help", "")});
  }
  std::printf("%s\nRead from the command line, then the environment, then %s, then %s.\n\n%s",
              listing->running ? "The running daemon's settings." : "No daemon runs; these are what one would have.",
              (settings.home() / ".env").c_str(), (settings.home() / "counsel.toml").c_str(),
              FormatTable(rows).c_str());
  for (const std::string& name : settings.unknown()) std::printf("counsel.toml: '%s' is no setting\n", name.c_str());
  co_return kExitOk;
}

asio::awaitable<int> Get(const Settings& settings, const ConfigOptions& options) {
  const SettingKind* kind = FindSetting(options.name);
  if (kind == nullptr) {
    co_return ReportError(
        Error(ErrorCode::kNotFound, "There is no setting '" + options.name + "'.", "See: counsel config list"));
  }
  const Result<Listing> listing = co_await ReadSettings(settings);
  if (!listing) co_return ReportError(listing.error());
  for (const Json& setting : listing->json["settings"]) {
    if (setting.value("name", "") != kind->key) continue;
    if (options.json) {
      PrintJson(setting);
    } else {
      std::printf("%s\n", Printable(setting.value("value", "")).c_str());
    }
  }
  co_return kExitOk;
}

asio::awaitable<int> Change(const Settings& settings, const ConfigOptions& options) {
  const std::optional<std::string> value = options.action == "set" ? std::optional(options.value) : std::nullopt;
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  Json view;
  if (daemon) {
    const Json body = {{"name", options.name}, {"value", value ? Json(*value) : Json()}};
    Result<Json> changed = co_await daemon->Call("PUT", "/api/config", body);
    if (!changed) co_return ReportError(changed.error());
    view = std::move(*changed);
  } else {
    const Result<Settings> changed = settings.Change(options.name, value, SetBy::kHand);
    if (!changed) co_return ReportError(changed.error());
    view = http::SettingJson(changed->View(*FindSetting(options.name)));
  }
  if (options.json) {
    PrintJson(view);
    co_return kExitOk;
  }
  const std::string name = view.value("name", "");
  const std::string source = view.value("source", "");
  std::printf("%s is %s (%s).\n", name.c_str(), Printable(view.value("value", "")).c_str(), source.c_str());
  if (value && source != "counsel.toml") {
    std::printf("It was written to counsel.toml, but %s goes before that.\n", source.c_str());
  } else if (daemon && !view.value("live", false)) {
    std::printf("The running daemon follows after a restart: counsel stop, then any command.\n");
  }
  co_return kExitOk;
}

}  // namespace

int ConfigCommand(const Settings& settings, const ConfigOptions& options) {
  if (options.action == "get") return RunCommand(Get(settings, options));
  if (options.action == "list") return RunCommand(List(settings, options));
  return RunCommand(Change(settings, options));
}

}  // namespace counsel::app
