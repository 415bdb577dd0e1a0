// counsel company watch [add NUMBER | remove NUMBER | list].
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "companies_house/company_number.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes kLongest{30};

std::string Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? Printable(found->get<std::string>()) : std::string();
}

std::string Called(const Json& company) {
  return Text(company, "name") + "  (" + Text(company, "number") + "), matter '" + Text(company, "matter") + "'";
}

std::string Time(const Json& json, const char* name) {
  return json[name].is_number() ? FormatTime(json[name].get<std::int64_t>()) : std::string("never");
}

void PrintNews(const Json& company) {
  std::printf("%s  [read %s]\n", Called(company).c_str(), Time(company, "read_at").c_str());
  if (!Text(company, "problem").empty()) {
    std::printf("  ! older than it should be: %s\n", Text(company, "problem").c_str());
  }
  if (company.value("first", false)) {
    std::printf("  the first reading: there is nothing to compare it with\n");
    return;
  }
  const Json& changes = company["changes"];
  if (changes.empty()) std::printf("  nothing changed since %s\n", Time(company, "since").c_str());
  for (const Json& change : changes) std::printf("  - %s\n", Text(change, "text").c_str());
}

asio::awaitable<int> AddOrRemove(DaemonClient& daemon, const CompanyOptions& options) {
  const Result<std::string> number = companies_house::NormaliseNumber(options.text);
  if (!number) co_return ReportError(number.error());
  const std::string matter = options.matter.empty() ? "general" : options.matter;
  const bool add = options.action == "watch add";
  const std::string target =
      "/api/companies/" + *number + "/watch" + (add ? "" : "?matter=" + net::PercentEncode(matter));
  const Json body = add ? Json{{"matter", matter}, {"fresh", options.fresh}} : Json();
  const Result<Json> done = co_await daemon.Call(add ? "PUT" : "DELETE", target, body, kLongest);
  if (!done) co_return ReportError(done.error());
  if (options.json) {
    PrintJson(*done);
  } else if (add) {
    std::printf("%s  [read %s]\n", Called(*done).c_str(), Time(*done, "read_at").c_str());
  } else {
    std::printf("The matter '%s' no longer names %s. What was read of it stays among its documents.\n",
                Printable(matter).c_str(), number->c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Run(const Settings& settings, const CompanyOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.action == "watch add" || options.action == "watch remove") {
    const int status = co_await AddOrRemove(*daemon, options);
    co_return status;
  }
  const bool list = options.action == "watch list";
  const std::string query = options.matter.empty() ? "" : "?matter=" + net::PercentEncode(options.matter);
  Json body = {{"fresh", options.fresh}};
  if (!options.matter.empty()) body["matter"] = options.matter;
  if (list) body = Json();
  const std::string target = "/api/companies/watch" + (list ? query : "");
  const Result<Json> told = co_await daemon->Call(list ? "GET" : "POST", target, body, kLongest);
  if (!told) co_return ReportError(told.error());
  if (options.json) {
    PrintJson(*told);
    co_return kExitOk;
  }
  const Json& companies = (*told)["companies"];
  if (companies.empty()) std::printf("No company is named. Name one: counsel company watch add NUMBER\n");
  for (const Json& company : companies) {
    if (list) {
      std::printf("%s  [read %s]\n", Called(company).c_str(), Time(company, "read_at").c_str());
    } else {
      PrintNews(company);
    }
  }
  co_return kExitOk;
}

}  // namespace

int CompanyWatchCommand(const Settings& settings, const CompanyOptions& options) {
  return RunCommand(Run(settings, options));
}

}  // namespace counsel::app
