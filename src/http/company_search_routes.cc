// /api/companies: companies by name and by what they are; an officer's appointments.
#include <algorithm>
#include <optional>
#include <utility>

#include "http/company_json.h"
#include "http/company_request.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using companies_house::ListReader;
using companies_house::ReadOptions;
using companies_house::SearchFilter;

asio::awaitable<Result<void>> SendHits(Call& call, const ListReader& list, const std::vector<Json>& items,
                                       std::size_t most) {
  Json companies = Json::array();
  for (std::size_t i = 0; i < items.size() && i < most; ++i) {
    companies.push_back(SearchHitJson(companies_house::ReadSearchHit(items[i])));
  }
  Json json = ListJson(list);
  json["companies"] = std::move(companies);
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Search(Call& call) {
  const net::Request& request = call.exchange.request();
  Result<ReadOptions> options = OptionsOf(request);
  if (!options) co_return Fail(std::move(options.error()));
  const std::string words = request.query("q").value_or("");
  if (words.empty()) co_return Fail(ErrorCode::kInvalidArgument, "'q' is missing: what to look for.");
  Result<std::int64_t> limit = NumberQuery(request, "limit", 20, 1'000);
  if (!limit) co_return Fail(std::move(limit.error()));
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, *limit));
  ListReader list = call.services.companies.Search(words, static_cast<int>(std::min<std::size_t>(most, 100)), *options);
  Result<std::vector<Json>> items = co_await list.All(most);
  if (!items) co_return RegisterFailed(std::move(items.error()));
  co_return co_await SendHits(call, list, *items, most);
}

bool IsDay(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return c == '-' || is_digit(c); });
}

// The filters by their names at the register; `q` is another name for words in a company's name.
std::vector<std::string_view> SearchNames() {
  std::vector<std::string_view> names = {"q", "limit", "fresh", "wait"};
  names.insert(names.end(), companies_house::kSearchFilters.begin(), companies_house::kSearchFilters.end());
  return names;
}

Result<std::vector<SearchFilter>> FiltersOf(const net::Request& request) {
  std::vector<SearchFilter> filters;
  for (const std::string_view name : SearchNames()) {
    if (name == "limit" || name == "fresh" || name == "wait") continue;
    const std::string filter(name == "q" ? "company_name_includes" : name);
    std::string value = request.query(name).value_or("");
    if (value.empty()) continue;
    if ((filter.ends_with("_from") || filter.ends_with("_to")) && !IsDay(value)) {
      return Fail(ErrorCode::kInvalidArgument, "'" + filter + "' must be a day such as 2020-01-31.");
    }
    filters.emplace_back(filter, std::move(value));
  }
  if (filters.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "What to look for is missing.", "Give q, or another filter.");
  }
  return filters;
}

// GET /api/companies/search: those that all filters fit.
asio::awaitable<Result<void>> AdvancedSearch(Call& call) {
  const net::Request& request = call.exchange.request();
  Result<ReadOptions> options = OptionsOf(request);
  if (!options) co_return Fail(std::move(options.error()));
  Result<std::vector<SearchFilter>> filters = FiltersOf(request);
  if (!filters) co_return Fail(std::move(filters.error()));
  Result<std::int64_t> limit = NumberQuery(request, "limit", 20, 10'000);
  if (!limit) co_return Fail(std::move(limit.error()));
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, *limit));
  ListReader list = call.services.companies.AdvancedSearch(*filters, static_cast<int>(most), *options);
  Result<std::vector<Json>> items = co_await list.All(most);
  if (!items) co_return RegisterFailed(std::move(items.error()));
  co_return co_await SendHits(call, list, *items, most);
}

// GET /api/companies/officers/{officer}/appointments; the officer's id is in its `appointments`.
asio::awaitable<Result<void>> Appointments(Call& call) {
  const net::Request& request = call.exchange.request();
  const std::string officer = call.parameters["officer"];
  const bool plain = std::all_of(officer.begin(), officer.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  if (!plain || officer.size() > 100) {
    co_return Fail(ErrorCode::kInvalidArgument, "That is no officer's id.",
                   "It stands in an officer's 'appointments': /officers/ID/appointments.");
  }
  Result<ReadOptions> options = OptionsOf(request);
  if (!options) co_return Fail(std::move(options.error()));
  Result<std::int64_t> limit = NumberQuery(request, "limit", 100, 10'000);
  if (!limit) co_return Fail(std::move(limit.error()));
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, *limit));
  ListReader list = call.services.companies.Appointments(officer, *options);
  Result<std::vector<Json>> items = co_await list.All(most);
  if (!items) co_return RegisterFailed(std::move(items.error()));
  const companies_house::Reading& reading = list.reading();
  // Who has no appointment is no officer.
  if (reading.json.is_null()) co_return Fail(ErrorCode::kNotFound, "The register has no officer " + officer + ".");
  Json appointments = Json::array();
  for (std::size_t i = 0; i < items->size() && i < most; ++i) {
    appointments.push_back(AppointmentJson(companies_house::ReadAppointment((*items)[i])));
  }
  Json json = ListJson(list);
  json["officer"] = AppointedPersonJson(companies_house::ReadAppointedPerson(reading.json));
  json["appointments"] = std::move(appointments);
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddCompanySearchRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/companies", Search, {"q", "limit", "fresh", "wait"}});
  routes.push_back({"GET", "/api/companies/search", AdvancedSearch, SearchNames()});
  routes.push_back({"GET", "/api/companies/officers/{officer}/appointments", Appointments, {"limit", "fresh", "wait"}});
}

}  // namespace counsel::http
