// counsel company NUMBER|NAME, company search, company login.
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <termios.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/company_choice.h"
#include "app/company_text.h"
#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/file.h"
#include "companies_house/connection.h"
#include "companies_house/register_key.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kPoll{200};

asio::awaitable<int> Search(const Settings& settings, const CompanyOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Result<Json> found = co_await SearchCompanies(*daemon, options);
  if (!found) co_return ReportError(found.error());
  if (options.json) {
    PrintJson(*found);
    co_return kExitOk;
  }
  const Json& companies = (*found)["companies"];
  if (companies.empty()) {
    std::printf("The register has no such company.\n");
    co_return kExitNotFound;
  }
  std::printf("%s%zu of %lld, read %s\n", CompaniesText(companies).c_str(), companies.size(),
              static_cast<long long>(found->value("total", std::int64_t{0})),
              FormatTime(found->value("read_at", std::int64_t{0})).c_str());
  co_return kExitOk;
}

// Until all are ready or failed. Returns them.
asio::awaitable<Result<Json>> WaitUntilRead(DaemonClient& daemon, const std::set<std::string>& ids) {
  Json documents = Json::array();
  ProgressBar bar;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const Json nothing;
  for (const std::string& id : ids) {
    for (;;) {
      Result<Json> document = co_await daemon.Call("GET", "/api/documents/" + id, nothing);
      if (!document && document.error().code == ErrorCode::kNotFound) break;  // deleted meanwhile
      if (!document) co_return Fail(std::move(document.error()));
      const std::string state = document->value("state", "");
      if (state == "ready" || state == "failed") {
        documents.push_back(std::move(*document));
        break;
      }
      bar.Show(static_cast<double>(documents.size()) / static_cast<double>(ids.size()),
               "reading " + Printable(document->value("name", ""), 60));
      timer.expires_after(kPoll);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
  co_return documents;
}

asio::awaitable<Result<Json>> FollowIngest(DaemonClient& daemon, const std::string& number,
                                           const CompanyOptions& options) {
  const Json body = {{"categories", options.ingest},
                     {"since", options.since},
                     {"max", options.most},
                     {"matter", options.matter},
                     {"fresh", options.fresh}};
  const Error broken(ErrorCode::kUnavailable, "The daemon ended before this did; what was brought in is kept.",
                     "Run the same command again.");
  std::string target = "/api/companies/" + number + "/ingest";
  co_return co_await FollowWork(daemon, std::move(target), body, broken);
}

// Prints what was brought in. Returns the exit status.
int ReportIngest(const Json& outcome, const Json& documents, const CompanyOptions& options) {
  bool failed = outcome["stopped"].is_object();
  std::size_t brought = 0, there = 0;
  for (const Json& filing : outcome["filings"]) {
    const bool has = filing["document"].is_string();
    failed = failed || !has;
    there += has && filing.value("already_there", false) ? 1 : 0;
    brought += has && !filing.value("already_there", false) ? 1 : 0;
  }
  for (const Json& document : documents) failed = failed || document.value("state", "") == "failed";
  if (options.json) {
    Json json = outcome;
    json["documents"] = documents;
    PrintJson(json);
    return failed ? kExitFailure : kExitOk;
  }
  for (const Json& filing : outcome["filings"]) {
    const std::string reason = filing["reason"].is_string() ? ": " + filing["reason"].get<std::string>() : "";
    std::printf("%s  %s  %s%s\n", filing["date"].is_string() ? filing["date"].get<std::string>().c_str() : "",
                filing.value("type", "").c_str(), Printable(filing.value("description", "")).c_str(),
                Printable(reason.empty() && filing.value("already_there", false) ? " (there before)" : reason).c_str());
  }
  for (const Json& document : documents) {
    if (document.value("state", "") != "failed") continue;
    std::printf("  %s: %s\n", Printable(document.value("name", "")).c_str(),
                Printable(document.value("reason", "")).c_str());
  }
  std::printf("%zu filings brought into the matter '%s', %zu there before.\n", brought,
              Printable(options.matter).c_str(), there);
  if (outcome["stopped"].is_object()) {
    std::fprintf(stderr, "counsel: it ended early: %s Run the same command again for the rest.\n",
                 Printable(outcome["stopped"].value("message", "")).c_str());
  }
  return failed ? kExitFailure : kExitOk;
}

asio::awaitable<int> Show(const Settings& settings, const CompanyOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Result<ChosenCompany> chosen = co_await ChooseCompany(*daemon, options);
  if (!chosen) co_return ReportError(chosen.error());
  if (chosen->number.empty()) co_return chosen->status;
  if (!options.ingest.empty()) {
    const Result<Json> outcome = co_await FollowIngest(*daemon, chosen->number, options);
    if (!outcome) co_return ReportError(outcome.error());
    std::set<std::string> ids;
    for (const Json& filing : (*outcome)["filings"]) {
      if (filing["document"].is_string()) ids.insert(filing["document"].get<std::string>());
    }
    const Result<Json> documents = co_await WaitUntilRead(*daemon, ids);
    if (!documents) co_return ReportError(documents.error());
    co_return ReportIngest(*outcome, *documents, options);
  }
  const std::string target = "/api/companies/" + chosen->number + "?" + RegisterQuery(options);
  const Json nothing;
  Result<Json> dossier = co_await daemon->Call("GET", target, nothing, std::chrono::minutes(30));
  if (!dossier) co_return ReportError(dossier.error());
  // What its matters' documents say otherwise.
  const std::string matter = options.matter.empty() ? "" : "?matter=" + net::PercentEncode(options.matter);
  const std::string others = "/api/companies/" + chosen->number + "/disagreements" + matter;
  const Result<Json> compared = co_await daemon->Call("GET", others, nothing, std::chrono::minutes(30));
  if (!compared) co_return ReportError(compared.error());
  (*dossier)["compared"] = (*compared)["companies"];
  if (options.json) {
    PrintJson(*dossier);
    co_return kExitOk;
  }
  std::fputs(DossierText(*dossier).c_str(), stdout);
  if ((*dossier)["compared"].empty() && !options.matter.empty()) {
    std::printf(
        "The matter '%s' does not name this company: its documents were not compared. Name it: counsel company "
        "watch add %s --matter '%s'\n",
        Printable(options.matter).c_str(), chosen->number.c_str(), Printable(options.matter).c_str());
  }
  co_return kExitOk;
}

// One line from the terminal without echo, or from a pipe.
std::string ReadKeyLine() {
  const bool terminal = IsTerminal(STDIN_FILENO);
  termios before{};
  if (terminal && ::tcgetattr(STDIN_FILENO, &before) == 0) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::fprintf(stderr, "Key of the Companies House API (not shown): ");
  }
  std::string line;
  for (char c = 0; line.size() < 4096 && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) line += c;
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fprintf(stderr, "\n");
  }
  return line;
}

// Asks the register whether it takes the key: one small request.
asio::awaitable<int> TryKey(companies_house::Connection& connection) {
  std::string target = "/search/companies?q=a&items_per_page=1";
  std::string accept;
  companies_house::Patience patience;
  const Result<outgoing::Reply> reply =
      co_await connection.Get(std::move(target), std::move(accept), std::uint64_t{1} << 20, patience);
  co_return reply ? kExitOk : ReportError(reply.error());
}

}  // namespace

int CompanyCommand(const Settings& settings, const CompanyOptions& options) {
  return RunCommand(options.action == "search" ? Search(settings, options) : Show(settings, options));
}

int CompanyLoginCommand(const Settings& settings) {
  std::string line = ReadKeyLine();
  Result<Secret> key = companies_house::CheckKey(line);
  WipeText(&line);
  if (!key) return ReportError(key.error());
  const std::filesystem::path file = settings.register_key().file();
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return ReportError(made.error());
  {
    const companies_house::RegisterKey tried(Secret(key->view()), file);
    asio::thread_pool threads(1);
    companies_house::ConnectionOptions options;
    options.url = settings.register_options().api_url;
    options.ca_file = settings.register_options().ca_file;
    asio::io_context io;
    outgoing::Courier courier(io.get_executor(), outgoing::CourierOptions());
    companies_house::Connection connection(io.get_executor(), courier, threads, tried, options);
    int status = kExitFailure;
    asio::co_spawn(io, TryKey(connection), [&](const std::exception_ptr& thrown, int result) {
      if (!thrown) status = result;
      courier.Stop();
    });
    io.run();
    if (status != kExitOk) {
      std::fprintf(stderr, "counsel: the key was not kept.\n");
      return status;
    }
  }
  const Result<void> written = WriteFileAtomically(file, key->view());
  if (!written) return ReportError(written.error());
  std::printf("The register takes the key; it is in %s (mode 0600). A running daemon uses it from now on.\n",
              file.c_str());
  return kExitOk;
}

}  // namespace counsel::app
