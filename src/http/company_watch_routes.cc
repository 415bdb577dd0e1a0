// /api/companies/watch: the companies that matters name, and what changed.
#include <utility>

#include "answers/matter_disagreements.h"
#include "companies_house/company_number.h"
#include "companies_house/register_entries.h"
#include "http/company_json.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using companies_house::CompanyEntry;
using companies_house::CompanyNews;
using companies_house::MatterCompany;
using companies_house::ReadOptions;

constexpr std::size_t kBodyLimit = 64 * 1024;
// Of a reading's limit: the caller waits for it.
constexpr std::chrono::seconds kWait{600};

Json NewsJson(const CompanyNews& news) {
  Json changes = Json::array();
  for (const companies_house::Change& change : news.changes) {
    changes.push_back({{"kind", change.kind},
                       {"text", change.text},
                       {"before", change.before.empty() ? Json(nullptr) : Json(change.before)},
                       {"after", change.after.empty() ? Json(nullptr) : Json(change.after)}});
  }
  Json json = MatterCompanyJson(news.company);
  json["first"] = news.first;
  json["since"] = news.since > 0 ? Json(news.since) : Json(nullptr);
  json["changes"] = std::move(changes);
  json["stale"] = news.stale;
  json["problem"] = news.problem.empty() ? Json(nullptr) : Json(news.problem);
  return json;
}

asio::awaitable<Result<void>> List(Call& call) {
  std::vector<std::string> matters;
  if (std::optional<std::string> matter = call.exchange.request().query("matter")) matters.push_back(*matter);
  Result<std::vector<MatterCompany>> companies = co_await call.services.entries.List(std::move(matters));
  if (!companies) co_return Fail(std::move(companies.error()));
  Json json = {{"companies", Json::array()}};
  for (const MatterCompany& company : *companies) json["companies"].push_back(MatterCompanyJson(company));
  co_return co_await call.SendJson(std::move(json));
}

// POST {matter?, fresh?}: what changed since the last time.
asio::awaitable<Result<void>> Watch(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<std::vector<std::string>> matters = StringsMember(*body, "matter");
  if (!matters) co_return Fail(std::move(matters.error()));
  Result<bool> fresh = BoolMember(*body, "fresh", false);
  if (!fresh) co_return Fail(std::move(fresh.error()));
  ReadOptions options;
  options.fresh = *fresh;
  options.patience.most = kWait;
  Result<std::vector<CompanyNews>> news = co_await call.services.entries.Watch(*matters, std::move(options));
  if (!news) co_return RegisterFailed(std::move(news.error()));
  Json json = {{"companies", Json::array()}};
  for (const CompanyNews& one : *news) json["companies"].push_back(NewsJson(one));
  co_return co_await call.SendJson(std::move(json));
}

// PUT /api/companies/{number}/watch {matter?, fresh?}: the matter names the company.
asio::awaitable<Result<void>> Name(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<std::string> matter = StringMember(*body, "matter", std::string(documents::kDefaultMatter));
  if (!matter) co_return Fail(std::move(matter.error()));
  Result<bool> fresh = BoolMember(*body, "fresh", false);
  if (!fresh) co_return Fail(std::move(fresh.error()));
  ReadOptions options;
  options.fresh = *fresh;
  Result<CompanyEntry> entry = co_await call.services.entries.Name(*matter, *number, std::move(options));
  if (!entry) co_return RegisterFailed(std::move(entry.error()));
  Json json = MatterCompanyJson(entry->company);
  json["stale"] = entry->stale;
  json["problem"] = entry->problem.empty() ? Json(nullptr) : Json(entry->problem);
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Forget(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  const std::string matter = call.exchange.request().query("matter").value_or(std::string(documents::kDefaultMatter));
  std::string named = matter;
  Result<bool> forgotten = co_await call.services.entries.Forget(std::move(named), *number);
  if (!forgotten) co_return Fail(std::move(forgotten.error()));
  if (!*forgotten) {
    co_return Fail(ErrorCode::kNotFound, "The matter '" + matter + "' does not name company " + *number + ".",
                   "See those it names: counsel company watch list");
  }
  Json json = {{"number", *number}, {"matter", matter}};
  co_return co_await call.SendJson(std::move(json));
}

// GET /api/companies/{number}/disagreements: what the documents of the matters that name the company say otherwise than
// the register.
asio::awaitable<Result<void>> Disagreements(Call& call) {
  Result<std::string> number = companies_house::NormaliseNumber(call.parameters["number"]);
  if (!number) co_return Fail(std::move(number.error()));
  std::vector<std::string> matters;
  if (std::optional<std::string> matter = call.exchange.request().query("matter")) matters.push_back(*matter);
  Result<std::vector<MatterCompany>> companies = co_await call.services.entries.List(std::move(matters));
  if (!companies) co_return Fail(std::move(companies.error()));
  Json json = {{"companies", Json::array()}};
  for (const MatterCompany& company : *companies) {
    if (company.number != *number) continue;
    MatterCompany one = company;
    ReadOptions options;
    Result<CompanyEntry> entry =
        co_await call.services.entries.Read(std::move(one), companies_house::Kind::kProfile, std::move(options));
    if (!entry) co_return RegisterFailed(std::move(entry.error()));
    Json told = MatterCompanyJson(entry->company);
    told["stale"] = entry->stale;
    told["problem"] = entry->problem.empty() ? Json(nullptr) : Json(entry->problem);
    told["disagreements"] = Json::array();
    Result<std::vector<answers::SideBySide>> found =
        co_await answers::ListDisagreements(std::move(*entry), call.services.store);
    if (!found) co_return Fail(std::move(found.error()));
    for (const answers::SideBySide& both : *found) told["disagreements"].push_back(SideBySideJson(both));
    json["companies"].push_back(std::move(told));
  }
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddCompanyWatchRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/companies/watch", List, {"matter"}});
  routes.push_back({"POST", "/api/companies/watch", Watch});
  routes.push_back({"PUT", "/api/companies/{number}/watch", Name});
  routes.push_back({"DELETE", "/api/companies/{number}/watch", Forget, {"matter"}});
  routes.push_back({"GET", "/api/companies/{number}/disagreements", Disagreements, {"matter"}});
}

}  // namespace counsel::http
