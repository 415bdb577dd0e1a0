// The first product's /api/companies-house/…. Counsel's client of the register is not built yet: without a key the
// replies are the first product's own, with one they say what is true.
#include <utility>

#include "http/detail.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;

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

Error CannotAsk(const Services& services) {
  if (!services.register_configured) {
    return Error(ErrorCode::kUnavailable, "Companies House cannot be asked: CH_API_KEY is not set.",
                 "Put the key of your account into the environment or into .env in the home, then restart Counsel.");
  }
  return Error(ErrorCode::kUnavailable,
               "Companies House cannot be asked: this version of Counsel has no client of the register yet.",
               "CH_API_KEY is set and will be used once it has.");
}

asio::awaitable<Result<void>> Status(Call& call) {
  Json json = {{"available", false}, {"configured", call.services.register_configured}};
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
  if (call.services.register_configured) co_return Fail(CannotAsk(call.services));
  Json json = {{"companies", Json::array()}, {"query", checked.values["query"]}, {"total", 0}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Company(Call& call) {
  co_return Fail(CannotAsk(call.services));
}

asio::awaitable<Result<void>> Ingest(Call& call) {
  Result<std::string> body = co_await call.exchange.ReadBody(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const std::string content_type(net::FindHeader(call.exchange.request().headers, "Content-Type").value_or(""));
  const CheckedRequest checked = CheckBody(*body, content_type, IngestFields());
  if (checked.status != 200) co_return co_await SendFaults(call, checked);
  co_return Fail(CannotAsk(call.services));
}

}  // namespace

void AddCompaniesHouseRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/companies-house/status", Status});
  routes.push_back({"GET", "/api/companies-house/search", Search});
  routes.push_back({"GET", "/api/companies-house/company/{number}", Company});
  routes.push_back({"POST", "/api/companies-house/company/{number}/filing/{transaction}/download", Company});
  routes.push_back({"POST", "/api/companies-house/ingest", Ingest});
}

}  // namespace counsel::http
