// counsel models, plan, load, unload.
#include <cstdio>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/model_text.h"
#include "app/programs.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "models/catalogue.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

Result<models::Catalogue> LoadCatalogue(const Settings& settings) {
  return models::Catalogue::Load(FindPrograms().catalogue, settings.home() / "catalogue.toml",
                                 settings.models_folder());
}

std::uint64_t BytesOf(const models::ModelEntry& entry) {
  std::uint64_t bytes = 0;
  for (const models::ModelFile& file : entry.files) bytes += file.bytes;
  return bytes;
}

bool CanBePulled(const models::ModelEntry& entry) {
  return !entry.files.empty() && !entry.files[0].url.empty();
}

void PrintStates(const Json& models) {
  for (const Json& model : models) {
    const std::uint64_t bytes = model["measured"]["host"];
    if (!model["installed"].get<bool>() && model["state"] == "cold") continue;
    std::printf("%s is %s%s%s\n", model["name"].get<std::string>().c_str(), model["state"].get<std::string>().c_str(),
                bytes > 0 ? ", " : "", bytes > 0 ? FormatBytes(bytes).c_str() : "");
  }
}

std::string RouteOf(const std::string& name, const char* action) {
  return "/api/models/" + net::PercentEncode(name) + "/" + action;
}

asio::awaitable<int> Warm(const Settings& settings, LoadOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string route = RouteOf(options.name, "warm");
  const Json body = Json::object();
  // As long as a slow disk takes for the largest model.
  Result<Json> warmed = co_await daemon->Call("POST", route, body, std::chrono::hours(2));
  if (!warmed) co_return ReportError(warmed.error());
  if (options.json) {
    std::printf("%s\n", warmed->dump(2).c_str());
  } else {
    std::printf("%s of %s are in memory now, read in %s; it is not loaded.\n", FormatBytes((*warmed)["bytes"]).c_str(),
                options.name.c_str(), FormatSeconds((*warmed)["seconds"]).c_str());
  }
  co_return kExitOk;
}

std::string HowLongItStays(const Json& model) {
  if (model["pinned"].get<bool>()) return "it is pinned";
  if (model["expires_in"].is_null()) return "it stays until its memory is needed or it is unloaded";
  return "given back " + FormatSeconds(model["expires_in"]) + " after its last use";
}

asio::awaitable<int> Load(const Settings& settings, LoadOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  Json body = {{"style", options.quick ? "quick" : "repacked"}};
  if (options.keep_alive) body["keep_alive"] = *options.keep_alive;
  const std::string route = RouteOf(options.name, "load");
  Result<Json> model = co_await daemon->Call("POST", route, body);
  if (!model) co_return ReportError(model.error());
  if (options.json) {
    std::printf("%s\n", model->dump(2).c_str());
  } else {
    std::printf("%s is ready, %s, loaded in %s; %s\n", options.name.c_str(),
                FormatBytes((*model)["measured"]["host"]).c_str(), FormatSeconds((*model)["load_seconds"]).c_str(),
                HowLongItStays(*model).c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Plan(const Settings& settings, LoadOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = {{"style", options.quick ? "quick" : "repacked"}};
  const std::string route = RouteOf(options.name, "plan");
  Result<Json> plan = co_await daemon->Call("POST", route, body);
  if (!plan) co_return ReportError(plan.error());
  if (options.json) {
    std::printf("%s\n", plan->dump(2).c_str());
  } else {
    std::fputs(PlanText(*plan).c_str(), stdout);
  }
  co_return (*plan)["fits"].get<bool>() ? kExitOk : kExitFailure;
}

asio::awaitable<int> Unload(const Settings& settings, const std::string& name, bool force, bool json) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (!daemon) {
    (void)ReportError(daemon.error());
    co_return kExitNotRunning;
  }
  const Json body = {{"force", force}};
  const std::string target =
      name.empty() ? "/api/models/unload" : "/api/models/" + net::PercentEncode(name) + "/unload";
  Result<Json> reply = co_await daemon->Call("POST", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (json) {
    std::printf("%s\n", reply->dump(2).c_str());
  } else {
    PrintStates((*reply)["models"]);
  }
  co_return kExitOk;
}

}  // namespace

int ModelsCommand(const Settings& settings, bool json) {
  const Result<models::Catalogue> catalogue = LoadCatalogue(settings);
  if (!catalogue) return ReportError(catalogue.error());
  Json all = Json::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "ROLE", "SIZE", "LICENCE", "", "WHAT"}};
  for (const models::ModelEntry& entry : catalogue->entries()) {
    const bool installed = catalogue->Installed(entry);
    all.push_back({{"name", entry.name},
                   {"role", models::RoleName(entry.role)},
                   {"installed", installed},
                   {"bytes", BytesOf(entry)},
                   {"licence", entry.licence},
                   {"title", entry.title},
                   {"source", entry.source},
                   {"path", entry.files.empty() ? "" : catalogue->PathOf(entry.files[0]).string()},
                   {"remote", entry.remote ? entry.remote->host() : ""}});
    const std::string how = entry.remote         ? "sent to " + entry.remote->host()
                            : installed          ? "installed"
                            : CanBePulled(entry) ? "counsel pull " + entry.name
                                                 : "./run setup";
    rows.push_back({entry.name, std::string(models::RoleName(entry.role)),
                    entry.remote ? "-" : FormatBytes(BytesOf(entry)), entry.licence, how, entry.title});
  }
  if (json) {
    std::printf("%s\n", Json({{"models", all}}).dump(2).c_str());
  } else {
    std::fputs(FormatTable(rows).c_str(), stdout);
  }
  return kExitOk;
}

int LoadCommand(const Settings& settings, const LoadOptions& options) {
  return RunCommand(options.warm ? Warm(settings, options) : Load(settings, options));
}

int PlanCommand(const Settings& settings, const LoadOptions& options) {
  return RunCommand(Plan(settings, options));
}

int UnloadCommand(const Settings& settings, const std::string& name, bool force, bool json) {
  return RunCommand(Unload(settings, name, force, json));
}

}  // namespace counsel::app
