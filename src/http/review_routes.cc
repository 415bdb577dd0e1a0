#include "http/review_routes.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "documents/documents.h"
#include "http/list_reply.h"
#include "http/query_value.h"
#include "http/record.h"
#include "http/tell_all.h"
#include "record/hold.h"
#include "review/export.h"
#include "review/runner.h"
#include "search/search.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 512 * 1024;
constexpr std::int64_t kRowsAtOnce = 50;

Json ReviewJson(const review::Review& one) {
  Json json = {{"id", one.id},           {"matter", one.matter},   {"name", one.name},           {"state", one.state},
               {"created", one.created}, {"filled", one.filled},   {"documents", one.documents}, {"unread", one.unread},
               {"waiting", one.waiting}, {"seconds_left", nullptr}};
  json["reason"] = one.reason.empty() ? Json(nullptr) : Json(one.reason);
  const review::Runner* runner = review::Runner::Current();
  if (runner != nullptr && runner->progress().review == one.id && one.state == "running") {
    json["seconds_left"] = OrNull(runner->progress().seconds_left);
  }
  json["columns"] = Json::array();
  const Result<review::ColumnSet> set = review::ReadColumns(one.columns, one.name);
  if (!set) return json;
  for (const review::Column& column : set->columns) {
    json["columns"].push_back(
        {{"name", column.name}, {"type", review::TypeName(column.type)}, {"question", column.question}});
  }
  return json;
}

Json RowJson(const review::Row& row) {
  return {{"document", row.document},
          {"name", row.name},
          {"state", row.state},
          {"reason", row.reason.empty() ? Json(nullptr) : Json(row.reason)},
          {"cells", row.cells}};
}

// {id} is a number, or a name (?matter= says of which matter).
Result<review::Review> FindOne(store::Connection& db, const Call& call) {
  const std::string matter = call.exchange.request().query("matter").value_or("");
  return review::FindReview(db, matter, call.parameters.at("id"));
}

asio::awaitable<Result<review::Review>> Look(Call& call) {
  auto find = [&call](store::Connection& db) { return FindOne(db, call); };
  co_return co_await call.services.store.Read(find);
}

asio::awaitable<Result<void>> SendReview(Call& call, std::int64_t id, int status) {
  auto find = [id](store::Connection& db) { return review::FindReview(db, id); };
  const Result<review::Review> found = co_await call.services.store.Read(find);
  if (!found) co_return Fail(found.error());
  Json json = ReviewJson(*found);
  co_return co_await call.SendJson(std::move(json), status);
}

void Begin() {
  if (review::Runner* runner = review::Runner::Current(); runner != nullptr) runner->Wake();
}

// GET /api/reviews?matter=
asio::awaitable<Result<void>> List(Call& call) {
  const std::string matter = call.exchange.request().query("matter").value_or("");
  auto read = [&matter](store::Connection& db) { return review::ListReviews(db, matter); };
  const Result<std::vector<review::Review>> found = co_await call.services.store.Read(read);
  if (!found) co_return Fail(found.error());
  Json json = {{"reviews", Json::array()}, {"count", found->size()}};
  for (const review::Review& one : *found) json["reviews"].push_back(ReviewJson(one));
  co_return co_await call.SendJson(std::move(json));
}

// GET /api/reviews/columns
asio::awaitable<Result<void>> Sets(Call& call) {
  Json json = {{"sets", Json::array()}};
  for (const review::Shipped& one : review::ShippedColumns()) {
    json["sets"].push_back({{"name", one.name}, {"columns", one.toml}});
  }
  co_return co_await call.SendJson(std::move(json));
}

Result<review::ColumnSet> ReadSet(const Json& body) {
  ASSIGN_OR_RETURN(const std::string columns, StringMember(body, "columns", ""));
  ASSIGN_OR_RETURN(const std::string set, StringMember(body, "set", ""));
  ASSIGN_OR_RETURN(const std::string source, StringMember(body, "source", "columns"));
  if (columns.empty() == set.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "Either 'columns' (a column file's text) or 'set' is needed.",
                "Sets: GET /api/reviews/columns");
  }
  if (set.empty()) return review::ReadColumns(columns, source);
  ASSIGN_OR_RETURN(const std::string_view text, review::FindShippedColumns(set));
  return review::ReadColumns(text, set);
}

// POST /api/reviews {name, matter?, columns | set, source?}
asio::awaitable<Result<void>> Create(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"name", "matter", "columns", "set", "source"}));
  ASSIGN_OR_CO_RETURN(const std::string name, StringMember(body, "name", ""));
  ASSIGN_OR_CO_RETURN(const std::string matter, StringMember(body, "matter", std::string(documents::kDefaultMatter)));
  ASSIGN_OR_CO_RETURN(const review::ColumnSet set, ReadSet(body));
  auto create = [&](store::Connection& db) { return review::CreateReview(db, matter, name, set, UnixSeconds()); };
  const Result<std::int64_t> id = co_await call.services.store.Write(create);
  if (!id) co_return Fail(id.error());
  Begin();
  co_return co_await SendReview(call, *id, 201);
}

asio::awaitable<Result<void>> Show(Call& call) {
  const Result<review::Review> found = co_await Look(call);
  if (!found) co_return Fail(found.error());
  Json json = ReviewJson(*found);
  co_return co_await call.SendJson(std::move(json));
}

bool IsWanted(const review::Row& row, const std::string& grade, const std::string& state) {
  if (grade.empty() && state.empty()) return true;
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const Json& cell) {
    const std::string its = cell["grade"].is_string() ? cell["grade"].get<std::string>() : "empty";
    const std::string now = review::StateOf(cell);
    const bool open = now != "verified" && now != "corrected";
    return (grade.empty() || its == grade) && (state.empty() || (state == "open" ? open : now.starts_with(state)));
  });
}

// GET /api/reviews/{id}/rows?matter=&grade=&state=&limit=&after=: rows that have such a cell.
asio::awaitable<Result<void>> Rows(Call& call) {
  ASSIGN_OR_CO_RETURN(ListRequest wanted, ReadListRequest(call.exchange.request()));
  const std::string grade = call.exchange.request().query("grade").value_or("");
  const std::string state = call.exchange.request().query("state").value_or("");
  const bool known =
      (grade.empty() || grade == "supported" || grade == "near" || grade == "empty") &&
      (state.empty() || state == "open" || state == "verified" || state == "corrected" || state == "assigned");
  if (!known) {
    co_return Fail(ErrorCode::kInvalidArgument,
                   "'grade' is supported, near or empty; 'state' is open, verified, corrected or assigned.");
  }
  const Result<review::Review> found = co_await Look(call);
  if (!found) co_return Fail(found.error());
  ReadPiece read = [&](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    const std::int64_t most = std::min(limit, kRowsAtOnce);
    auto work = [&found, &after, &grade, &state, most](store::Connection& db) -> Result<ListPiece> {
      ASSIGN_OR_RETURN(const std::vector<review::Row> rows, review::ListRows(db, *found, after, most));
      ListPiece piece;
      for (const review::Row& row : rows) {
        if (IsWanted(row, grade, state)) piece.Add(RowJson(row));
      }
      if (static_cast<std::int64_t>(rows.size()) == most) piece.next = rows.back().document;
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "rows", std::move(wanted), std::move(read));
}

asio::awaitable<Result<void>> Run(Call& call) {
  auto set = [&call](store::Connection& db) -> Result<std::int64_t> {
    ASSIGN_OR_RETURN(const review::Review one, FindOne(db, call));
    RETURN_IF_ERROR(review::SetReviewState(db, one.id, "running"));
    return one.id;
  };
  const Result<std::int64_t> id = co_await call.services.store.Write(set);
  if (!id) co_return Fail(id.error());
  Begin();
  co_return co_await SendReview(call, *id, 202);
}

asio::awaitable<Result<void>> Cancel(Call& call) {
  auto set = [&call](store::Connection& db) -> Result<std::int64_t> {
    ASSIGN_OR_RETURN(const review::Review one, FindOne(db, call));
    if (one.state == "running") RETURN_IF_ERROR(review::SetReviewState(db, one.id, "cancelled"));
    return one.id;
  };
  const Result<std::int64_t> id = co_await call.services.store.Write(set);
  if (!id) co_return Fail(id.error());
  Json news = {{"review", *id}, {"state", "cancelled"}};
  TellAll(call.services, "review", news);
  co_return co_await SendReview(call, *id, 200);
}

// What a person did with a cell stands in the record too.
Result<Json> AddToBoth(store::Connection& db, const Call& call, review::Act act) {
  ASSIGN_OR_RETURN(const review::Review one, FindOne(db, call));
  const record::Actor actor = ActorOf(call.caller);
  if (actor.person.is_object() && !actor.person.empty()) act.person = actor.person.begin()->get<std::string>();
  const std::string what = act.act;
  const std::string document = act.document;
  ASSIGN_OR_RETURN(Json added, review::AddAct(db, one, std::move(act), UnixSeconds()));
  record::Entry entry("cell_" + what);
  entry.owner = actor.owner;
  entry.person = actor.person;
  entry.documents = {document};
  entry.matters = {one.matter};
  entry.said["matter"] = entry.Text(one.matter);
  entry.said["review"] = entry.Text(one.name);
  entry.said["document"] = document;
  entry.said["column"] = entry.Text(added["column"].get<std::string>());
  entry.said["words"] = entry.Text(added["words"].get<std::string>());
  ASSIGN_OR_RETURN(const std::int64_t number, record::Append(db, std::move(entry), UnixSeconds()));
  added["record"] = number;
  return added;
}

// POST /api/reviews/{id}/cells {document, column, act, words?}
asio::awaitable<Result<void>> Act(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"document", "column", "act", "words"}));
  review::Act act;
  ASSIGN_OR_CO_RETURN(const std::string document, StringMember(body, "document", ""));
  ASSIGN_OR_CO_RETURN(act.column, StringMember(body, "column", ""));
  ASSIGN_OR_CO_RETURN(act.act, StringMember(body, "act", ""));
  ASSIGN_OR_CO_RETURN(act.words, StringMember(body, "words", ""));
  auto work = [&](store::Connection& db) -> Result<Json> {
    ASSIGN_OR_RETURN(const documents::Document found, documents::FindDocument(db, document));
    review::Act one = act;
    one.document = found.id;
    return AddToBoth(db, call, std::move(one));
  };
  Result<Json> added = co_await call.services.store.Write(work);
  if (!added) co_return Fail(std::move(added.error()));
  co_return co_await call.SendJson(std::move(*added), 201);
}

// GET /api/reviews/{id}/export: CSV, in pieces.
asio::awaitable<Result<void>> Export(Call& call) {
  const Result<review::Review> found = co_await Look(call);
  if (!found) co_return Fail(found.error());
  const Result<review::ColumnSet> set = review::ReadColumns(found->columns, found->name);
  if (!set) co_return Fail(set.error());
  net::Reply head(200, "text/csv; charset=utf-8", "");
  head.headers.emplace_back("Content-Disposition",
                            "attachment; filename*=UTF-8''" + net::PercentEncode(found->name + ".csv"));
  CO_RETURN_IF_ERROR(co_await call.exchange.Begin(head));
  const std::string first = "\xEF\xBB\xBF" + review::CsvHead(*set);
  CO_RETURN_IF_ERROR(co_await call.exchange.Write(first));
  std::string after;
  for (;;) {
    auto read = [&found, &after](store::Connection& db) { return review::ListRows(db, *found, after, kRowsAtOnce); };
    const Result<std::vector<review::Row>> rows = co_await call.services.store.Read(read);
    if (!rows) co_return Fail(rows.error());
    if (rows->empty()) break;
    std::string lines;
    for (const review::Row& row : *rows) lines += review::CsvRow(*set, row);
    after = rows->back().document;
    CO_RETURN_IF_ERROR(co_await call.exchange.Write(lines));
  }
  co_return co_await call.exchange.End();
}

asio::awaitable<Result<void>> Delete(Call& call) {
  auto work = [&call](store::Connection& db) -> Result<review::Review> {
    ASSIGN_OR_RETURN(const review::Review one, FindOne(db, call));
    RETURN_IF_ERROR(record::MatterMayBeDeleted(db, one.matter));  // what is on hold stays
    RETURN_IF_ERROR(review::DeleteReview(db, one.id));
    RETURN_IF_ERROR(search::RequestPurge(db));
    return one;
  };
  const Result<review::Review> deleted = co_await call.services.store.Write(work);
  if (!deleted) co_return Fail(deleted.error());
  Result<void> purged = co_await call.services.ingest.Purge();
  if (!purged) co_return Fail(std::move(purged.error()));
  Json json = {{"deleted", {{"id", deleted->id}, {"name", deleted->name}, {"matter", deleted->matter}}}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddReviewRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/reviews", List, {"matter"}});
  routes.push_back({"POST", "/api/reviews", Create});
  routes.push_back({"GET", "/api/reviews/columns", Sets});
  routes.push_back({"GET", "/api/reviews/{id}", Show, {"matter"}});
  routes.push_back({"DELETE", "/api/reviews/{id}", Delete, {"matter"}});
  routes.push_back({"GET", "/api/reviews/{id}/rows", Rows, {"matter", "grade", "state", "limit", "after"}});
  routes.push_back({"POST", "/api/reviews/{id}/run", Run, {"matter"}});
  routes.push_back({"POST", "/api/reviews/{id}/cancel", Cancel, {"matter"}});
  routes.push_back({"POST", "/api/reviews/{id}/cells", Act, {"matter"}});
  routes.push_back({"GET", "/api/reviews/{id}/export", Export, {"matter"}});
}

}  // namespace counsel::http
