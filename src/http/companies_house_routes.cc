// The first product's /api/companies-house/…: its shapes, over the client of the register.
#include <algorithm>
#include <utility>

#include "companies_house/company_number.h"
#include "companies_house/ingest_filings.h"
#include "http/detail.h"
#include "http/query_value.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;
constexpr std::int64_t kMostHits = 100;  // of one page of the register's
constexpr std::int64_t kMostFilings = 1'000;

const std::vector<Field>& IngestFields() {
  static const std::vector<Field> fields = {
      Field::Required("company_number", FieldType::kString),
      Field::Optional("filing_id", FieldType::kString, nullptr),
      Field::Optional("categories", FieldType::kStrings, nullptr),
      Field::Optional("max_documents", FieldType::kInteger, 10),
  };
  return fields;
}

const std::vector<Field>& SearchFields() {
  static const std::vector<Field> fields = {
      Field::Required("query", FieldType::kString),
      Field::Optional("type", FieldType::kString, "company"),
      Field::Optional("limit", FieldType::kInteger, 10),
  };
  return fields;
}

// What the first product answered without a key; a key that is refused is no matter of who calls us.
Error ForCaller(Error error) {
  if (error.code == ErrorCode::kUnauthenticated) error.code = ErrorCode::kUnavailable;
  return error;
}

asio::awaitable<Result<void>> Status(Call& call) {
  const bool configured = call.services.companies.configured();
  Json json = {{"available", configured}, {"configured", configured}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Search(Call& call) {
  const net::Request& request = call.exchange.request();
  const auto find = [&request](std::string_view name) {
    std::optional<std::string> value = request.query(name);
    return value || name != "query" ? value : request.query("q");
  };
  const CheckedRequest checked = CheckQuery(find, SearchFields());
  if (checked.status != 200) co_return co_await SendFaults(call, checked);
  companies_house::RegisterClient& client = call.services.companies;
  const std::string words = checked.values["query"].get<std::string>();
  Json json = {{"companies", Json::array()}, {"query", words}, {"total", 0}};
  if (!client.configured()) co_return co_await call.SendJson(std::move(json));
  const std::int64_t limit = std::clamp<std::int64_t>(checked.values["limit"].get<std::int64_t>(), 1, kMostHits);
  const std::string target =
      "/search/companies?q=" + net::PercentEncode(words) + "&items_per_page=" + std::to_string(limit);
  const companies_house::ReadOptions options;
  Result<companies_house::Reading> reading = co_await client.Get(target, companies_house::Kind::kSearch, options);
  if (!reading) co_return Fail(ForCaller(std::move(reading.error())));
  if (!reading->json.is_null()) json["companies"] = reading->json;
  if (reading->json.is_object()) json["total"] = reading->json.value("total_results", Json(0));
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Company(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  const companies_house::ReadOptions options;
  Result<companies_house::Reading> profile = co_await call.services.companies.Profile(*number, options);
  if (!profile) co_return Fail(ForCaller(std::move(profile.error())));
  co_return co_await call.SendJson(std::move(profile->json));
}

asio::awaitable<Result<companies_house::IngestOutcome>> Bring(Call& call, companies_house::IngestRequest request) {
  Services& services = call.services;
  request.size_limit = services.limits.input_bytes;
  companies_house::IngestReport report = [](double, std::string_view) { return true; };
  companies_house::IngestQueued queued = [&services] { services.ingest.Wake(); };
  co_return co_await companies_house::IngestFilings(services.companies, services.store, services.originals,
                                                    std::move(request), std::move(report), std::move(queued));
}

// One filing, by its transaction.
asio::awaitable<Result<void>> Download(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  companies_house::IngestRequest request;
  request.number = *number;
  request.filing = call.parameters["transaction"];
  Result<companies_house::IngestOutcome> outcome = co_await Bring(call, std::move(request));
  if (!outcome) co_return Fail(ForCaller(std::move(outcome.error())));
  if (outcome->stopped) co_return Fail(ForCaller(*outcome->stopped));
  if (outcome->filings.empty()) co_return Fail(ErrorCode::kNotFound, "Document not found");
  const companies_house::IngestedFiling& filing = outcome->filings.front();
  if (filing.document.empty()) co_return Fail(ErrorCode::kUnavailable, filing.reason);
  const std::string said = call.exchange.request().query("category").value_or("");
  Json json = {{"message", "Document downloaded and queued to be read"},
               {"doc_id", filing.document},
               {"category", said.empty() ? filing.category : said}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Ingest(Call& call) {
  Result<std::string> body = co_await call.exchange.ReadBody(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const std::string content_type(net::FindHeader(call.exchange.request().headers, "Content-Type").value_or(""));
  const CheckedRequest checked = CheckBody(*body, content_type, IngestFields());
  if (checked.status != 200) co_return co_await SendFaults(call, checked);
  Result<std::string> number = companies_house::NormaliseNumber(checked.values["company_number"].get<std::string>());
  if (!number) co_return Fail(std::move(number.error()));
  companies_house::IngestRequest request;
  request.number = *number;
  if (checked.values["filing_id"].is_string()) request.filing = checked.values["filing_id"].get<std::string>();
  if (checked.values["categories"].is_array()) {
    for (const Json& category : checked.values["categories"]) {
      if (category.is_string()) request.categories.push_back(category.get<std::string>());
    }
  }
  const std::int64_t most =
      std::clamp<std::int64_t>(checked.values["max_documents"].get<std::int64_t>(), 1, kMostFilings);
  request.most = static_cast<std::size_t>(most);
  Result<companies_house::IngestOutcome> outcome = co_await Bring(call, std::move(request));
  if (!outcome) co_return Fail(ForCaller(std::move(outcome.error())));
  Json ingested = Json::array();
  Json skipped = Json::array();
  Json errors = Json::array();
  for (const companies_house::IngestedFiling& filing : outcome->filings) {
    if (filing.document.empty()) {
      errors.push_back(filing.transaction + ": " + filing.reason);
    } else {
      (filing.already_there ? skipped : ingested).push_back(filing.document);
    }
  }
  if (outcome->stopped) errors.push_back(outcome->stopped->ToString());
  const std::string message = std::to_string(ingested.size()) + " documents of " + *number + " were brought in";
  Json json = {{"success", errors.empty()},
               {"company_number", *number},
               {"ingested_documents", std::move(ingested)},
               {"skipped_documents", std::move(skipped)},
               {"errors", std::move(errors)},
               {"message", message}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddCompaniesHouseRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/companies-house/status", Status, {kAnyName}});
  routes.push_back({"GET", "/api/companies-house/search", Search, {kAnyName}});
  routes.push_back({"GET", "/api/companies-house/company/{number}", Company, {kAnyName}});
  routes.push_back(
      {"POST", "/api/companies-house/company/{number}/filing/{transaction}/download", Download, {kAnyName}});
  routes.push_back({"POST", "/api/companies-house/ingest", Ingest, {kAnyName}});
}

}  // namespace counsel::http
