#include "http/mentions_routes.h"

#include <utility>

#include "http/long_work.h"
#include "mentions/mentions.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;

Json FoundJson(const mentions::Found& found) {
  Json all = Json::array();
  for (const mentions::Mention& one : found.mentions) {
    all.push_back({{"document", one.id},
                   {"name", one.name},
                   {"count", one.count},
                   {"start", one.start},
                   {"end", one.end},
                   {"page", one.page > 0 ? Json(one.page) : Json(nullptr)},
                   {"quote_start", one.quote_start},
                   {"quote_end", one.quote_end},
                   {"quote", one.quote}});
  }
  Json not_read = Json::array();
  for (const mentions::NotRead& one : found.not_read) {
    not_read.push_back({{"document", one.id}, {"name", one.name}, {"why", one.why}});
  }
  return {{"words", found.words},       {"documents", found.documents},           {"mentioning", found.mentioning},
          {"mentions", std::move(all)}, {"not_read_count", found.not_read_count}, {"not_read", std::move(not_read)}};
}

asio::awaitable<Result<Json>> Look(Services& services, std::string text, std::string matter, upkeep::Report report) {
  auto work = [&](store::Connection& db) -> Result<Json> {
    const mentions::Progress progress = [&report](double share) { return !report || report(share, "the documents"); };
    ASSIGN_OR_RETURN(const mentions::Found found, mentions::Find(db, text, matter, progress));
    return FoundJson(found);
  };
  co_return co_await services.store.ReadApart(work);
}

// POST /api/mentions {text, matter?}
asio::awaitable<Result<void>> Ask(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"text", "matter"}));
  ASSIGN_OR_CO_RETURN(const std::string text, StringMember(body, "text", ""));
  ASSIGN_OR_CO_RETURN(const std::string matter, StringMember(body, "matter", ""));
  if (body.contains("matter") && !body["matter"].is_null()) {
    CO_RETURN_IF_ERROR(documents::CheckMatterName(matter));
  }
  Services& services = call.services;
  LongWork work = [&services, text, matter](upkeep::Report report) {
    return Look(services, text, matter, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

}  // namespace

void AddMentionsRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/mentions", Ask});
}

}  // namespace counsel::http
