#include "http/chronology_routes.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "chronology/chronology.h"
#include "documents/lists.h"
#include "http/long_work.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
namespace ch = chronology;

constexpr std::size_t kBodyLimit = 256 * 1024;
constexpr std::int64_t kMostEvents = 1000;  // of a page
constexpr std::size_t kMostDisputed = 5;    // of an event, that are shown

struct Asked {
  Asked() = default;
  ch::Wanted wanted;
  std::optional<ch::Day> from;
  std::optional<ch::Day> to;
  bool undated = false;
  std::int64_t after = 0;
  std::int64_t limit = 200;
};

// The chronology that was asked for last, for its further pages: places and days, no text. It is made anew when a
// document has come or gone.
struct Kept {
  std::string key;
  std::shared_ptr<const ch::Chronology> chronology;
};

Result<std::optional<ch::Day>> DayMember(const Json& body, const char* name) {
  ASSIGN_OR_RETURN(const std::string text, StringMember(body, name, ""));
  if (text.empty()) return std::optional<ch::Day>();
  const std::optional<ch::Day> day = ch::ReadIsoDay(text);
  if (day) return day;
  return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' must be a day like 2024-03-05.");
}

Result<Asked> ReadAsked(const Json& body) {
  RETURN_IF_ERROR(OnlyMembers(body, {"matter", "documents", "from", "to", "undated", "after", "limit"}));
  Asked asked;
  ASSIGN_OR_RETURN(asked.wanted.matter, StringMember(body, "matter", ""));
  if (body.contains("matter") && !body["matter"].is_null()) {
    RETURN_IF_ERROR(documents::CheckMatterName(asked.wanted.matter));
  }
  ASSIGN_OR_RETURN(asked.wanted.documents, StringsMember(body, "documents"));
  ASSIGN_OR_RETURN(asked.from, DayMember(body, "from"));
  ASSIGN_OR_RETURN(asked.to, DayMember(body, "to"));
  ASSIGN_OR_RETURN(asked.undated, BoolMember(body, "undated", false));
  ASSIGN_OR_RETURN(asked.after, IntegerMember(body, "after", 0));
  ASSIGN_OR_RETURN(asked.limit, IntegerMember(body, "limit", asked.limit));
  if (asked.limit < 1 || asked.limit > kMostEvents || asked.after < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "'limit' must be from 1 to " + std::to_string(kMostEvents) + ", and 'after' from 0.");
  }
  if (asked.from && asked.to && *asked.to < *asked.from) {
    return Fail(ErrorCode::kInvalidArgument, "'to' is before 'from'.");
  }
  return asked;
}

// What a chronology is of: which documents there are, and how far each is read.
Result<std::string> KeyOf(store::Connection& db, const ch::Wanted& wanted) {
  std::string key = wanted.matter;
  for (const std::string& id : wanted.documents) key += '\n' + id;
  documents::PageOptions page;
  page.matter = wanted.matter;
  page.limit = 1000;
  std::size_t hash = 0;
  do {
    ASSIGN_OR_RETURN(const documents::DocumentPage list, documents::ListPage(db, page));
    for (const documents::Document& one : list.documents) {
      hash = hash * 31 + std::hash<std::string>()(one.id) + static_cast<std::size_t>(one.state) +
             static_cast<std::size_t>(one.characters) + static_cast<std::size_t>(one.reader);
    }
    page.after = list.next;
  } while (page.after != 0);
  return key + '\n' + std::to_string(hash);
}

Json SpanJson(const std::optional<ch::Span>& span) {
  if (!span) return nullptr;
  return {{"from", ch::IsoDay(span->first)}, {"to", ch::IsoDay(span->last)}};
}

Json DateJson(const ch::DateFound& date) {
  Json marks = Json::array();
  for (const ch::Mark mark :
       {ch::kAmbiguous, ch::kYearInferred, ch::kNoYear, ch::kResolved, ch::kUnresolved, ch::kAbout}) {
    if ((date.marks & mark) != 0) marks.push_back(ch::MarkName(mark));
  }
  Json json = {{"kind", ch::KindName(date.kind)},
               {"precision", ch::PrecisionName(date.precision)},
               {"from", date.span ? Json(ch::IsoDay(date.span->first)) : Json(nullptr)},
               {"to", date.span ? Json(ch::IsoDay(date.span->last)) : Json(nullptr)},
               {"marks", std::move(marks)},
               {"counted_from", date.base ? Json(ch::IsoDay(*date.base)) : Json(nullptr)}};
  if (date.other) json["readings"] = {SpanJson(date.first_reading), SpanJson(date.other)};
  return json;
}

Json ShownJson(const ch::Shown& shown) {
  return {{"document", shown.document.id},
          {"name", shown.document.name},
          {"page", shown.page > 0 ? Json(shown.page) : Json(nullptr)},
          {"start", shown.told->quote_start},
          {"end", shown.told->quote_end},
          {"quote", shown.quote},
          {"date_start", shown.told->start},
          {"date_end", shown.told->end},
          {"written", shown.written},
          {"date", DateJson(shown.told->date)}};
}

Result<Json> EventJson(store::Connection& db, const ch::Chronology& chronology, const ch::Event& event) {
  Json json;
  Json sources = Json::array();
  for (const std::uint32_t place : event.told) {
    ASSIGN_OR_RETURN(const ch::Shown shown, ch::Show(db, chronology, place));
    if (sources.empty()) {
      json = {
          {"date", DateJson(shown.told->date)}, {"written", shown.written}, {"who", shown.who}, {"what", shown.what}};
    }
    sources.push_back(ShownJson(shown));
  }
  json["sources"] = std::move(sources);
  Json disputed = Json::array();
  for (std::size_t i = 0; i < event.disputed.size() && i < kMostDisputed; ++i) {
    ASSIGN_OR_RETURN(const ch::Shown shown, ch::Show(db, chronology, event.disputed[i]));
    disputed.push_back(ShownJson(shown));
  }
  json["contradicted_by"] = std::move(disputed);
  return json;
}

bool Falls(const ch::Chronology& chronology, const ch::Event& event, const Asked& asked) {
  const std::optional<ch::Span>& span = chronology.told[event.told.front()].date.span;
  if (!span) return asked.undated;
  return (!asked.from || span->last >= *asked.from) && (!asked.to || span->first <= *asked.to);
}

Result<Json> PageJson(store::Connection& db, const ch::Chronology& chronology, const Asked& asked) {
  Json events = Json::array();
  std::size_t at = static_cast<std::size_t>(asked.after);
  for (; at < chronology.events.size() && static_cast<std::int64_t>(events.size()) < asked.limit; ++at) {
    if (!Falls(chronology, chronology.events[at], asked)) continue;
    ASSIGN_OR_RETURN(Json event, EventJson(db, chronology, chronology.events[at]));
    events.push_back(std::move(event));
  }
  while (at < chronology.events.size() && !Falls(chronology, chronology.events[at], asked)) ++at;
  Json unread = Json::array();
  for (const ch::Unread& one : chronology.unread) {
    unread.push_back({{"document", one.id}, {"name", one.name}, {"why", one.why}});
  }
  return Json{{"documents", chronology.documents.size()},
              {"unread", std::move(unread)},
              {"unread_count", chronology.unread_count},
              {"dates", chronology.told.size()},
              {"dated", chronology.dated},
              {"undated", chronology.events.size() - chronology.dated},
              {"events", std::move(events)},
              {"next", at < chronology.events.size() ? Json(at) : Json(nullptr)}};
}

asio::awaitable<Result<Json>> Make(Services& services, std::shared_ptr<Kept> kept, Asked asked, upkeep::Report report) {
  std::shared_ptr<const ch::Chronology> chronology = kept->chronology;
  const std::string had = kept->key;
  std::string key;
  auto work = [&](store::Connection& db) -> Result<Json> {
    ASSIGN_OR_RETURN(key, KeyOf(db, asked.wanted));
    if (key != had || !chronology) {
      const ch::Progress progress = [&report](double share) { return !report || report(share, "the dates"); };
      ASSIGN_OR_RETURN(ch::Chronology built, ch::Build(db, asked.wanted, progress));
      chronology = std::make_shared<const ch::Chronology>(std::move(built));
    }
    return PageJson(db, *chronology, asked);
  };
  Result<Json> page = co_await services.store.ReadApart(work);
  if (page) {
    kept->key = key;
    kept->chronology = chronology;
    // Nobody asks for a page behind the last one.
    if ((*page)["next"].is_null()) *kept = Kept();
  }
  co_return page;
}

// POST /api/chronology {matter?, documents?, from?, to?, undated?, after?, limit?}
asio::awaitable<Result<void>> Ask(Call& call, std::shared_ptr<Kept> kept) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  ASSIGN_OR_CO_RETURN(const Asked asked, ReadAsked(body));
  Services& services = call.services;
  LongWork work = [&services, kept, asked](upkeep::Report report) {
    return Make(services, kept, asked, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

}  // namespace

void AddChronologyRoutes(std::vector<Route>& routes) {
  const auto kept = std::make_shared<Kept>();
  routes.push_back({"POST", "/api/chronology", [kept](Call& call) { return Ask(call, kept); }});
}

}  // namespace counsel::http
