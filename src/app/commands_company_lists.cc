// counsel company officers, filings, appointments.
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "app/commands.h"
#include "app/company_choice.h"
#include "app/company_text.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes kLongest{30};

asio::awaitable<Result<Json>> ReadList(DaemonClient& daemon, std::string target, const CompanyOptions& options) {
  target += "?limit=" + std::to_string(options.limit) + "&" + RegisterQuery(options);
  if (!options.category.empty()) target += "&category=" + net::PercentEncode(options.category);
  const Json nothing;
  co_return co_await daemon.Call("GET", target, nothing, kLongest);
}

// "12 of 120, read 2026-11-25 21:04", and that it is old.
void PrintFoot(const Json& list, std::size_t shown) {
  std::printf("%zu of %lld, read %s\n", shown, static_cast<long long>(list.value("total", std::int64_t{0})),
              FormatTime(list.value("read_at", std::int64_t{0})).c_str());
  const auto problem = list.find("problem");
  if (problem != list.end() && problem->is_string() && !problem->get_ref<const std::string&>().empty()) {
    std::printf("! older than it should be: %s\n", Printable(problem->get<std::string>()).c_str());
  }
}

asio::awaitable<int> List(const Settings& settings, const CompanyOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  std::string target;
  if (options.action == "appointments") {
    // As it stands in an officer's link, or the id alone.
    std::string officer = options.text;
    if (officer.starts_with("/officers/")) officer = officer.substr(10, officer.find('/', 10) - 10);
    target = "/api/companies/officers/" + net::PercentEncode(officer) + "/appointments";
  } else {
    const Result<ChosenCompany> chosen = co_await ChooseCompany(*daemon, options);
    if (!chosen) co_return ReportError(chosen.error());
    if (chosen->number.empty()) co_return chosen->status;
    target = "/api/companies/" + chosen->number + "/" + options.action;
  }
  const Result<Json> list = co_await ReadList(*daemon, std::move(target), options);
  if (!list) co_return ReportError(list.error());
  if (options.json) {
    PrintJson(*list);
    co_return kExitOk;
  }
  const Json& items = (*list)[options.action == "appointments" ? "appointments" : "records"];
  const std::string text = options.action == "officers"  ? OfficersText(items)
                           : options.action == "filings" ? FilingsText(items)
                                                         : AppointmentsText(*list);
  std::fputs(text.c_str(), stdout);
  PrintFoot(*list, items.size());
  co_return kExitOk;
}

}  // namespace

int CompanyListCommand(const Settings& settings, const CompanyOptions& options) {
  return RunCommand(List(settings, options));
}

}  // namespace counsel::app
