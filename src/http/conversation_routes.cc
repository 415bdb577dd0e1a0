// /api/conversations: what was asked and answered, kept for whoever asked it.
#include <charconv>
#include <utility>

#include "http/conversation.h"
#include "http/list_reply.h"
#include "http/record.h"
#include "http/routes.h"
#include "http/tell_all.h"
#include "record/hold.h"
#include "search/search.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 16 * 1024;
constexpr std::int64_t kExchangesAtOnce = 20;  // each with its quotes: some 30 KiB

Json ConversationJson(const answers::Conversation& one) {
  return {{"id", one.name},
          {"title", one.title},
          {"titled", one.titled},
          {"used_at", one.used_at > 0 ? Json(one.used_at) : Json(nullptr)},
          {"exchanges", one.exchanges},
          {"removed", one.removed},
          {"matters", one.matters}};
}

Json ExchangeJson(store::Connection& db, const answers::KeptExchange& one) {
  Json record = Json::parse(one.kept.record, nullptr, false);
  return {{"id", one.id},
          {"asked_at", one.asked_at > 0 ? Json(one.asked_at) : Json(nullptr)},
          {"question", one.kept.question},
          {"matters", one.kept.matters},
          {"style", one.kept.style.empty() ? "default" : one.kept.style},
          {"text", one.kept.answer},
          {"answer", record.is_object() ? Quoted(db, std::move(record)) : Json(nullptr)}};
}

Result<std::int64_t> ReadCursor(const std::string& after) {
  if (after.empty()) return 0;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(after.data(), after.data() + after.size(), value);
  if (failed != std::errc() || end != after.data() + after.size() || value < 0) {
    return Fail(ErrorCode::kInvalidArgument, "'after' must be the 'next' of an earlier reply.");
  }
  return value;
}

answers::ConversationKey KeyOf(Call& call) {
  return answers::ConversationKey(call.caller.name, call.parameters["id"]);
}

// GET /api/conversations?words=&limit=&after=
asio::awaitable<Result<void>> List(Call& call) {
  ASSIGN_OR_CO_RETURN(ListRequest wanted, ReadListRequest(call.exchange.request()));
  ASSIGN_OR_CO_RETURN(const std::int64_t begin, ReadCursor(wanted.after));
  answers::ConversationsWanted which;
  which.owner = call.caller.name;
  which.words = call.exchange.request().query("words").value_or("");
  which.after = begin;
  ReadPiece read = [&call, &which](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    which.after = ReadCursor(after).value_or(0);
    which.limit = limit;
    auto work = [&which](store::Connection& db) -> Result<ListPiece> {
      ASSIGN_OR_RETURN(const std::vector<answers::Conversation> found, answers::ListConversations(db, which));
      ListPiece piece;
      for (const answers::Conversation& one : found) piece.Add(ConversationJson(one));
      if (static_cast<std::int64_t>(found.size()) == which.limit) piece.next = std::to_string(found.back().place);
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "conversations", std::move(wanted), std::move(read));
}

asio::awaitable<Result<void>> Show(Call& call) {
  const answers::ConversationKey key = KeyOf(call);
  auto work = [&key](store::Connection& db) { return answers::FindConversation(db, key); };
  Result<answers::Conversation> found = co_await call.services.store.Read(work);
  if (!found) co_return Fail(std::move(found.error()));
  Json json = ConversationJson(*found);
  co_return co_await call.SendJson(std::move(json));
}

// GET /api/conversations/{id}/exchanges?limit=&after=
asio::awaitable<Result<void>> Exchanges(Call& call) {
  ASSIGN_OR_CO_RETURN(ListRequest wanted, ReadListRequest(call.exchange.request()));
  ASSIGN_OR_CO_RETURN([[maybe_unused]] const std::int64_t begin, ReadCursor(wanted.after));
  const answers::ConversationKey key = KeyOf(call);
  ReadPiece read = [&call, &key](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    const std::int64_t most = std::min(limit, kExchangesAtOnce);
    const std::int64_t behind = ReadCursor(after).value_or(0);
    auto work = [&key, behind, most](store::Connection& db) -> Result<ListPiece> {
      ASSIGN_OR_RETURN(const std::vector<answers::KeptExchange> found, answers::ListExchanges(db, key, behind, most));
      ListPiece piece;
      for (const answers::KeptExchange& one : found) piece.Add(ExchangeJson(db, one));
      if (static_cast<std::int64_t>(found.size()) == most) piece.next = std::to_string(found.back().id);
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "exchanges", std::move(wanted), std::move(read));
}

// PUT /api/conversations/{id} {title}
asio::awaitable<Result<void>> Rename(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"title"}));
  ASSIGN_OR_CO_RETURN(const std::string title, StringMember(body, "title", ""));
  const answers::ConversationKey key = KeyOf(call);
  auto work = [&key, &title](store::Connection& db) { return answers::RenameConversation(db, key, title); };
  Result<answers::Conversation> renamed = co_await call.services.store.Write(work);
  if (!renamed) co_return Fail(std::move(renamed.error()));
  TellAll(call.services, "conversations", Json::object());
  Json json = ConversationJson(*renamed);
  co_return co_await call.SendJson(std::move(json));
}

// Its words go from the record too, which says so.
Result<void> ForgetInRecord(store::Connection& db, const answers::ConversationKey& key, const Caller& caller) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, answers::RecordNumbers(db, key));
  RETURN_IF_ERROR(record::EntriesMayBeForgotten(db, numbers));
  RETURN_IF_ERROR(record::ForgetTexts(db, numbers));
  return record::SayDeleted(db, ActorOf(caller), UnixSeconds());
}

asio::awaitable<Result<void>> Delete(Call& call) {
  const answers::ConversationKey key = KeyOf(call);
  auto work = [&key, &call](store::Connection& db) -> Result<answers::Conversation> {
    ASSIGN_OR_RETURN(answers::Conversation there, answers::FindConversation(db, key));
    RETURN_IF_ERROR(ForgetInRecord(db, key, call.caller));
    RETURN_IF_ERROR(answers::DeleteConversation(db, key));
    RETURN_IF_ERROR(search::RequestPurge(db));
    return there;
  };
  Result<answers::Conversation> deleted = co_await call.services.store.Write(work);
  if (!deleted) co_return Fail(std::move(deleted.error()));
  TellAll(call.services, "conversations", Json::object());
  Result<void> purged = co_await call.services.ingest.Purge();
  if (!purged) co_return Fail(std::move(purged.error()));
  Json json = {{"deleted", ConversationJson(*deleted)}};
  co_return co_await call.SendJson(std::move(json));
}

// DELETE /api/conversations?owner=NAME: those of a person, whom the user has taken the token from. Nobody reads them.
asio::awaitable<Result<void>> DeleteOfPerson(Call& call) {
  if (!call.caller.user()) {
    co_return Fail(ErrorCode::kPermissionDenied,
                   "'" + call.caller.name + "' may not delete the conversations of others.",
                   "One of your own: DELETE /api/conversations/{id}");
  }
  const std::string owner = call.exchange.request().query("owner").value_or("");
  if (owner.empty()) {
    co_return Fail(ErrorCode::kInvalidArgument, "Nobody is named whose conversations are to go.",
                   "DELETE /api/conversations?owner=NAME, of a person; one of your own: /api/conversations/{id}");
  }
  auto work = [&owner, &call](store::Connection& db) -> Result<std::int64_t> {
    RETURN_IF_ERROR(ForgetInRecord(db, answers::ConversationKey(owner, ""), call.caller));
    ASSIGN_OR_RETURN(const std::int64_t deleted, answers::DeleteConversationsOf(db, owner));
    RETURN_IF_ERROR(search::RequestPurge(db));
    return deleted;
  };
  Result<std::int64_t> deleted = co_await call.services.store.Write(work);
  if (!deleted) co_return Fail(std::move(deleted.error()));
  TellAll(call.services, "conversations", Json::object());
  Result<void> purged = co_await call.services.ingest.Purge();
  if (!purged) co_return Fail(std::move(purged.error()));
  Json json = {{"deleted", *deleted}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddConversationRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/conversations", List, {"words", "limit", "after"}});
  routes.push_back({"GET", "/api/conversations/{id}", Show});
  routes.push_back({"GET", "/api/conversations/{id}/exchanges", Exchanges, {"limit", "after"}});
  routes.push_back({"PUT", "/api/conversations/{id}", Rename});
  routes.push_back({"DELETE", "/api/conversations/{id}", Delete});
  routes.push_back({"DELETE", "/api/conversations", DeleteOfPerson, {"owner"}});
}

}  // namespace counsel::http
