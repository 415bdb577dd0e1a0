// counsel token, token add, list, revoke. Works on the home's files, whether a daemon runs or not: it looks at them
// with each request that brings a token.
#include <cstdio>
#include <ctime>
#include <iostream>
#include <vector>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "http/tokens.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

// Was the running daemon given another api.token than this command sees? Its environment may be another.
asio::awaitable<bool> DaemonHasItsOwn(const Settings& settings) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (!daemon) co_return false;
  const Json nothing;
  const Result<Json> json = co_await daemon->Call("GET", "/api/config", nothing);
  if (!json) co_return false;
  for (const Json& setting : (*json)["settings"]) {
    if (setting.value("name", "") == "api.token") co_return setting.value("value", "") == "set";
  }
  co_return false;
}

asio::awaitable<int> Show(const Settings& settings, const TokenOptions& options) {
  std::string token = settings.token();
  if (token.empty()) {
    const bool other = co_await DaemonHasItsOwn(settings);
    if (other) {
      co_return ReportError(Error(ErrorCode::kUnavailable, "The running daemon has an api.token of its own.",
                                  "It stands in that daemon's environment or command line."));
    }
    Result<std::string> made = http::HomeToken(settings.home());
    if (!made) co_return ReportError(made.error());
    token = std::move(*made);
  }
  if (options.json) {
    PrintJson({{"token", token}});
  } else {
    std::printf("%s\n", token.c_str());
  }
  co_return kExitOk;
}

int Add(const Settings& settings, const TokenOptions& options) {
  const Result<std::string> token = http::AddPersonsToken(settings.home(), options.name);
  if (!token) return ReportError(token.error());
  if (options.json) {
    PrintJson({{"name", options.name}, {"token", *token}});
    return kExitOk;
  }
  std::cerr << "The token of '" << options.name
            << "', which is shown this once. It is sent as: Authorization: Bearer TOKEN\n";
  std::printf("%s\n", token->c_str());
  return kExitOk;
}

std::string Day(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm local{};
  char text[32] = "";
  if (::localtime_r(&time, &local) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

int List(const Settings& settings, const TokenOptions& options) {
  const Result<std::vector<http::PersonsToken>> persons = http::ListPersonsTokens(settings.home());
  if (!persons) return ReportError(persons.error());
  if (options.json) {
    Json all = Json::array();
    for (const http::PersonsToken& one : *persons) all.push_back({{"name", one.name}, {"created_at", one.created_at}});
    PrintJson({{"tokens", std::move(all)}});
    return kExitOk;
  }
  if (persons->empty()) {
    std::printf("No person has a token. Make one with: counsel token add NAME\n");
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"NAME", "MADE"}};
  for (const http::PersonsToken& one : *persons) rows.push_back({one.name, Day(one.created_at)});
  std::printf("%s", FormatTable(rows).c_str());
  return kExitOk;
}

int Revoke(const Settings& settings, const TokenOptions& options) {
  const Result<void> revoked = http::RevokePersonsToken(settings.home(), options.name);
  if (!revoked) return ReportError(revoked.error());
  if (options.json) {
    PrintJson({{"revoked", options.name}});
  } else {
    std::printf(
        "The token of '%s' opens nothing any more. What '%s' asked is kept, for nobody but who gets a token of that "
        "name "
        "again; DELETE /api/conversations?owner=%s deletes it.\n",
        options.name.c_str(), options.name.c_str(), options.name.c_str());
  }
  return kExitOk;
}

}  // namespace

int TokenCommand(const Settings& settings, const TokenOptions& options) {
  if (options.action == "add") return Add(settings, options);
  if (options.action == "list") return List(settings, options);
  if (options.action == "revoke") return Revoke(settings, options);
  return RunCommand(Show(settings, options));
}

}  // namespace counsel::app
