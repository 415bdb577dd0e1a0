// /api/companies: the register of companies.
#include <optional>
#include <utility>

#include "companies_house/company_number.h"
#include "companies_house/dossier.h"
#include "companies_house/ingest_filings.h"
#include "http/company_json.h"
#include "http/company_request.h"
#include "http/long_work.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using companies_house::ListReader;
using companies_house::ReadOptions;
using companies_house::RegisterClient;

constexpr std::size_t kBodyLimit = 64 * 1024;
constexpr std::int64_t kMostFilings = 1'000;

Json RateJson(const companies_house::RateStatus& rate) {
  return {{"limit", rate.limit},
          {"window", rate.window.count()},
          {"remaining", rate.remaining ? Json(*rate.remaining) : Json(nullptr)},
          {"reset", rate.reset ? Json(companies_house::Clock::to_time_t(*rate.reset)) : Json(nullptr)}};
}

asio::awaitable<Result<void>> Status(Call& call) {
  RegisterClient& client = call.services.companies;
  const std::string source = client.key().source();
  const companies_house::FilingDescriptionsFile::Known known = co_await client.Descriptions();
  Json json = {{"configured", client.configured()},
               {"key", source.empty() ? Json(nullptr) : Json(source)},
               {"url", client.api().url()},
               {"document_url", client.documents().url()},
               {"rate", RateJson(client.api().rate())},
               {"document_rate", RateJson(client.documents().rate())},
               {"requests", client.api().requests() + client.documents().requests()},
               {"filing_descriptions",
                {{"count", known.descriptions->size()},
                 {"problem", known.problem.empty() ? Json(nullptr) : Json(known.problem)}}}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Show(Call& call) {
  const net::Request& request = call.exchange.request();
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  companies_house::DossierOptions options;
  Result<ReadOptions> read = OptionsOf(request);
  if (!read) co_return Fail(std::move(read.error()));
  options.read = *read;
  Result<std::int64_t> filings = NumberQuery(request, "filings", options.filings, 100);
  if (!filings) co_return Fail(std::move(filings.error()));
  options.filings = static_cast<int>(*filings);
  Result<companies_house::Dossier> dossier =
      co_await companies_house::ReadDossier(call.services.companies, *number, options);
  if (!dossier) co_return RegisterFailed(std::move(dossier.error()));
  co_return co_await call.SendJson(DossierJson(*dossier));
}

// "accounts,resolutions", by the register's names of them.
std::string Categories(std::string_view said) {
  std::string categories;
  while (!said.empty()) {
    const std::size_t end = said.find(',');
    categories += (categories.empty() ? "" : ",") + companies_house::CategoryName(said.substr(0, end));
    said.remove_prefix(end == std::string_view::npos ? said.size() : end + 1);
  }
  return categories;
}

// GET /api/companies/{number}/{part}: one list as the register sends it, with where and when it was read.
asio::awaitable<Result<void>> Part(Call& call) {
  const net::Request& request = call.exchange.request();
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  Result<ReadOptions> options = OptionsOf(request);
  if (!options) co_return Fail(std::move(options.error()));
  Result<std::int64_t> limit = NumberQuery(request, "limit", 100, 10'000);
  if (!limit) co_return Fail(std::move(limit.error()));
  RegisterClient& client = call.services.companies;
  const std::string part = call.parameters["part"];
  if (part == "profile" || part == "registered-office") {
    asio::awaitable<Result<companies_house::Reading>> wanted =
        part == "profile" ? client.Profile(*number, *options) : client.RegisteredOffice(*number, *options);
    Result<companies_house::Reading> reading = co_await std::move(wanted);
    if (!reading) co_return RegisterFailed(std::move(reading.error()));
    Json json = {{"item", reading->json},
                 {"source", reading->source},
                 {"read_at", reading->read_at},
                 {"stale", reading->stale},
                 {"problem", reading->problem}};
    co_return co_await call.SendJson(std::move(json));
  }
  const std::string category = Categories(request.query("category").value_or(""));
  std::optional<ListReader> list;
  if (part == "officers") list.emplace(client.Officers(*number, *options));
  if (part == "owners") list.emplace(client.Owners(*number, *options));
  if (part == "owner-statements") list.emplace(client.OwnerStatements(*number, *options));
  if (part == "charges") list.emplace(client.Charges(*number, *options));
  if (part == "insolvency") list.emplace(client.Insolvency(*number, *options));
  if (part == "filings") list.emplace(client.Filings(*number, category, 100, *options));
  if (!list) {
    co_return Fail(ErrorCode::kNotFound, "There is no part '" + part + "' of a company.",
                   "There are profile, registered-office, officers, owners, owner-statements, charges, insolvency and "
                   "filings.");
  }
  Result<std::vector<Json>> items = co_await list->All(static_cast<std::size_t>(*limit));
  if (!items) co_return RegisterFailed(std::move(items.error()));
  if (items->size() > static_cast<std::size_t>(*limit)) items->resize(static_cast<std::size_t>(*limit));
  const companies_house::FilingDescriptionsFile::Known known = co_await client.Descriptions();
  Json json = ListJson(*list);
  json["records"] = RecordsJson(part, *items, *known.descriptions);
  json["items"] = std::move(*items);
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<Json>> RunIngest(Services& services, companies_house::IngestRequest request,
                                        upkeep::Report report) {
  // The limit is waited for, and the wait is told.
  request.read.patience.most = kLongestRegisterWait;
  request.read.patience.waiting = [report](const std::string& reason) { (void)report(0, reason); };
  companies_house::IngestReport progress = [report](double share, std::string_view what) {
    return report(share, what);
  };
  companies_house::IngestQueued queued = [&services] { services.ingest.Wake(); };
  Result<companies_house::IngestOutcome> outcome =
      co_await companies_house::IngestFilings(services.companies, services.store, services.originals,
                                              std::move(request), std::move(progress), std::move(queued));
  if (!outcome) co_return RegisterFailed(std::move(outcome.error()));
  co_return IngestOutcomeJson(*outcome);
}

// POST /api/companies/{number}/ingest {categories?, since?, max?, filing?, matter?, fresh?} → server-sent events.
asio::awaitable<Result<void>> Ingest(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  companies_house::IngestRequest request;
  request.number = *number;
  Result<std::vector<std::string>> categories = StringsMember(*body, "categories");
  if (!categories) co_return Fail(std::move(categories.error()));
  request.categories = *categories;
  Result<std::string> since = StringMember(*body, "since", "");
  if (!since) co_return Fail(std::move(since.error()));
  request.since = *since;
  Result<std::string> filing = StringMember(*body, "filing", "");
  if (!filing) co_return Fail(std::move(filing.error()));
  request.filing = *filing;
  Result<std::string> matter = StringMember(*body, "matter", request.matter);
  if (!matter) co_return Fail(std::move(matter.error()));
  request.matter = *matter;
  Result<std::int64_t> most = IntegerMember(*body, "max", static_cast<std::int64_t>(request.most));
  if (!most) co_return Fail(std::move(most.error()));
  if (*most < 1 || *most > kMostFilings) {
    co_return Fail(ErrorCode::kInvalidArgument, "'max' must be from 1 to " + std::to_string(kMostFilings) + ".");
  }
  request.most = static_cast<std::size_t>(*most);
  request.size_limit = call.services.limits.input_bytes;
  Result<bool> fresh = BoolMember(*body, "fresh", false);
  if (!fresh) co_return Fail(std::move(fresh.error()));
  request.read.fresh = *fresh;
  Services& services = call.services;
  LongWork work = [&services, request](upkeep::Report report) {
    return RunIngest(services, request, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

}  // namespace

void AddCompanyRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/companies/status", Status});
  routes.push_back({"GET", "/api/companies/{number}", Show, {"filings", "fresh", "wait"}});
  routes.push_back({"POST", "/api/companies/{number}/ingest", Ingest});
  routes.push_back({"GET", "/api/companies/{number}/{part}", Part, {"limit", "category", "fresh", "wait"}});
}

}  // namespace counsel::http
