#include "http/record_routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "http/list_reply.h"
#include "http/long_work.h"
#include "http/record.h"
#include "record/export.h"
#include "record/hold.h"
#include "record/retention.h"
#include "record/sign.h"
#include "record/verify.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 256 * 1024;
constexpr std::int64_t kMostWords = 20'000;  // code points
constexpr std::int64_t kAtOnce = 50;         // entries, each some 10 KiB

// A person sees what is her own; the user, whose record it is, all of it.
std::string OwnerFor(const Call& call) {
  return call.caller.user() ? "" : call.caller.name;
}

// ?matter=; "" without it, which is not the same as an empty one.
Result<std::string> ReadMatter(const net::Request& request) {
  const std::optional<std::string> matter = request.query("matter");
  if (!matter) return std::string();
  RETURN_IF_ERROR(documents::CheckMatterName(*matter));
  return *matter;
}

Json EntryJson(const record::Kept& kept) {
  return {{"number", kept.number},
          {"entry", record::Readable(kept.entry, kept.texts)},
          {"texts", kept.texts.has_value() || record::DigestsIn(kept.entry).empty()}};
}

// GET /api/record?matter=&limit=&after=
asio::awaitable<Result<void>> List(Call& call) {
  ASSIGN_OR_CO_RETURN(ListRequest wanted, ReadListRequest(call.exchange.request()));
  if (!wanted.after.empty()) {
    ASSIGN_OR_CO_RETURN([[maybe_unused]] const std::int64_t begin, ReadEntryNumber(wanted.after));
  }
  record::Wanted which;
  which.owner = OwnerFor(call);
  ASSIGN_OR_CO_RETURN(which.matter, ReadMatter(call.exchange.request()));
  ReadPiece read = [&call, &which](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    which.before = after.empty() ? 0 : ReadEntryNumber(after).value_or(1);
    which.limit = std::min(limit, kAtOnce);
    auto work = [&which](store::Connection& db) -> Result<ListPiece> {
      ASSIGN_OR_RETURN(const std::vector<record::Kept> found, record::List(db, which));
      ListPiece piece;
      for (const record::Kept& kept : found) piece.Add(EntryJson(kept));
      const bool more = static_cast<std::int64_t>(found.size()) == which.limit && found.back().number > 1;
      if (more) piece.next = std::to_string(found.back().number);
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "entries", std::move(wanted), std::move(read));
}

// GET /api/record/{n}: the entry, what was done about it, and what proves that it stands in the record.
asio::awaitable<Result<void>> Show(Call& call) {
  ASSIGN_OR_CO_RETURN(const std::int64_t number, ReadEntryNumber(call.parameters["n"]));
  const std::string owner = OwnerFor(call);
  auto work = [number, &owner](store::Connection& db) -> Result<Json> {
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, number, owner));
    ASSIGN_OR_RETURN(const std::vector<record::Kept> acts, record::ActsOn(db, number));
    ASSIGN_OR_RETURN(const record::Head head, record::HeadNow(db));
    ASSIGN_OR_RETURN(const std::vector<record::Hash> proof, record::ProofOf(db, number, head.size));
    Json json = EntryJson(kept);
    json["acts"] = Json::array();
    for (const record::Kept& act : acts) json["acts"].push_back(EntryJson(act));
    json["leaf"] = record::HexOf(record::LeafHash(kept.entry));
    json["proof"] = Json::array();
    for (const record::Hash& hash : proof) json["proof"].push_back(record::HexOf(hash));
    json["head"] = record::HeadText(head);
    return json;
  };
  Result<Json> found = co_await call.services.store.Read(work);
  if (!found) co_return Fail(std::move(found.error()));
  co_return co_await call.SendJson(std::move(*found));
}

Result<record::Entry> ReadAct(const Json& body) {
  constexpr std::array<std::string_view, 4> kActs = {"reviewed", "corrected", "signed_off", "exported"};
  RETURN_IF_ERROR(OnlyMembers(body, {"act", "words"}));
  ASSIGN_OR_RETURN(const std::string act, StringMember(body, "act", ""));
  ASSIGN_OR_RETURN(const std::string words, StringMember(body, "words", ""));
  if (std::find(kActs.begin(), kActs.end(), act) == kActs.end()) {
    return Fail(ErrorCode::kInvalidArgument, "'act' must be reviewed, corrected, signed_off or exported.");
  }
  if (act == "corrected" && words.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "A correction needs its words.", "Say in 'words' what is right.");
  }
  if (CountCodePoints(words) > kMostWords) {
    return Fail(ErrorCode::kTooLarge, "'words' has at most " + std::to_string(kMostWords) + " characters.");
  }
  record::Entry entry(act);
  entry.said["words"] = entry.Text(words);
  return entry;
}

// POST /api/record/{n}/acts {act, words?}
asio::awaitable<Result<void>> Act(Call& call) {
  ASSIGN_OR_CO_RETURN(const std::int64_t number, ReadEntryNumber(call.parameters["n"]));
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  ASSIGN_OR_CO_RETURN(record::Entry entry, ReadAct(body));
  const std::string owner = OwnerFor(call);
  auto work = [&](store::Connection& db) -> Result<Json> {
    RETURN_IF_ERROR(record::Find(db, number, owner));
    const record::Actor actor = ActorOf(call.caller);
    entry.of = number;
    entry.owner = actor.owner;
    entry.person = actor.person;
    ASSIGN_OR_RETURN(const std::int64_t added, record::Append(db, entry, UnixSeconds()));
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, added, ""));
    return EntryJson(kept);
  };
  Result<Json> added = co_await call.services.store.Write(work);
  if (!added) co_return Fail(std::move(added.error()));
  co_return co_await call.SendJson(std::move(*added), 201);
}

asio::awaitable<Result<void>> ShowHead(Call& call) {
  auto work = [](store::Connection& db) { return record::HeadNow(db); };
  Result<record::Head> head = co_await call.services.store.Read(work);
  if (!head) co_return Fail(std::move(head.error()));
  Json json = {{"size", head->size}, {"root", record::HexOf(head->root)}, {"head", record::HeadText(*head)}};
  co_return co_await call.SendJson(std::move(json));
}

// POST /api/record/head: signed with the home's key, which the first signature makes.
asio::awaitable<Result<void>> SignHead(Call& call) {
  if (!call.caller.user()) {
    co_return Fail(ErrorCode::kPermissionDenied, "Heads are signed by the user whose Counsel it is, alone.",
                   "Without a signature: GET /api/record/head");
  }
  auto work = [&call](store::Connection& db) -> Result<Json> {
    ASSIGN_OR_RETURN(const record::Head head, record::HeadNow(db));
    const std::filesystem::path file = std::filesystem::path(call.services.home) / "record.key";
    ASSIGN_OR_RETURN(const record::HomeKey key, record::HomeKey::Open(file));
    return Json{{"size", head.size},
                {"root", record::HexOf(head.root)},
                {"head", record::HeadText(head)},
                {"key", key.PublicHex()},
                {"signed", key.Sign(head, UnixSeconds())}};
  };
  Result<Json> json = co_await call.services.store.Write(work);  // one at a time
  if (!json) co_return Fail(std::move(json.error()));
  co_return co_await call.SendJson(std::move(*json));
}

// POST /api/record/holds {matter, hold, words?}
asio::awaitable<Result<void>> Hold(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"matter", "hold", "words"}));
  ASSIGN_OR_CO_RETURN(const std::string matter, StringMember(body, "matter", ""));
  ASSIGN_OR_CO_RETURN(const std::string words, StringMember(body, "words", ""));
  ASSIGN_OR_CO_RETURN(const bool held, BoolMember(body, "hold", true));
  if (CountCodePoints(words) > kMostWords) {
    co_return Fail(ErrorCode::kTooLarge, "'words' has at most " + std::to_string(kMostWords) + " characters.");
  }
  auto work = [&](store::Connection& db) -> Result<Json> {
    const record::Actor actor = ActorOf(call.caller);
    ASSIGN_OR_RETURN(const std::int64_t added, record::SetHold(db, matter, held, words, actor, UnixSeconds()));
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, added, ""));
    return EntryJson(kept);
  };
  Result<Json> added = co_await call.services.store.Write(work);
  if (!added) co_return Fail(std::move(added.error()));
  co_return co_await call.SendJson(std::move(*added), 201);
}

// POST /api/record/retention {matter, years}
asio::awaitable<Result<void>> Retain(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"matter", "years"}));
  ASSIGN_OR_CO_RETURN(const std::string matter, StringMember(body, "matter", ""));
  ASSIGN_OR_CO_RETURN(const std::int64_t years, IntegerMember(body, "years", -1));
  auto work = [&](store::Connection& db) -> Result<Json> {
    const record::Actor actor = ActorOf(call.caller);
    ASSIGN_OR_RETURN(const std::int64_t added, record::SetRetention(db, matter, years, actor, UnixSeconds()));
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, added, ""));
    return EntryJson(kept);
  };
  Result<Json> added = co_await call.services.store.Write(work);
  if (!added) co_return Fail(std::move(added.error()));
  const Result<std::int64_t> deleted = co_await KeepRetention(call.services);
  if (!deleted) co_return Fail(deleted.error());
  (*added)["deleted"] = *deleted;
  co_return co_await call.SendJson(std::move(*added), 201);
}

Json VerifiedJson(const record::Verified& verified) {
  Json faults = Json::array();
  for (const record::Fault& fault : verified.first_faults) {
    faults.push_back({{"entry", fault.entry > 0 ? Json(fault.entry) : Json(nullptr)}, {"what", fault.what}});
  }
  return {{"entries", verified.head.size},     {"head", record::HeadText(verified.head)},
          {"with_texts", verified.with_texts}, {"texts_deleted", verified.without_texts},
          {"whole", verified.faults == 0},     {"fault_count", verified.faults},
          {"faults", std::move(faults)}};
}

asio::awaitable<Result<Json>> RunVerification(Services& services, std::optional<record::Noted> noted,
                                              upkeep::Report report) {
  // What a crash left unsaid first.
  auto say = [](store::Connection& db) { return record::SayDeleted(db, record::Actor(), UnixSeconds()); };
  Result<void> said = co_await services.store.Write(say);
  if (!said) co_return Fail(std::move(said.error()));
  const std::optional<record::Head> head = noted ? std::optional(noted->head) : std::nullopt;
  auto work = [&head, &report](store::Connection& db) {
    const record::Progress progress = [&report](double share) { return upkeep::Tell(report, share, "the record"); };
    return record::Verify(db, head, progress);
  };
  const Result<record::Verified> verified = co_await services.store.ReadApart(work);
  if (!verified) co_return Fail(verified.error());
  Json json = VerifiedJson(*verified);
  json["signed"] = nullptr;
  if (noted && !noted->key.empty()) json["signed"] = {{"time", noted->time}, {"key", noted->key}};
  co_return json;
}

// POST /api/record/verify {head?}
asio::awaitable<Result<void>> Verify(Call& call) {
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"head"}));
  ASSIGN_OR_CO_RETURN(const std::string text, StringMember(body, "head", ""));
  std::optional<record::Noted> noted;
  if (!text.empty()) {
    ASSIGN_OR_CO_RETURN(noted, record::ReadNoted(text));
  }
  Services& services = call.services;
  LongWork work = [&services, noted](upkeep::Report report) {
    return RunVerification(services, noted, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

// GET /api/record/export?matter=
asio::awaitable<Result<void>> Export(Call& call) {
  ASSIGN_OR_CO_RETURN(const std::string matter, ReadMatter(call.exchange.request()));
  record::Export source(matter);
  auto work = [&source](store::Connection& db) { return source.Next(db); };
  Result<std::string> lines = co_await call.services.store.Read(work);
  if (!lines) co_return Fail(std::move(lines.error()));
  net::Reply head(200, "application/jsonl", "");
  CO_RETURN_IF_ERROR(co_await call.exchange.Begin(head));
  while (!lines->empty()) {
    CO_RETURN_IF_ERROR(co_await call.exchange.Write(*lines));
    lines = co_await call.services.store.Read(work);
    if (!lines) co_return Fail(std::move(lines.error()));
  }
  co_return co_await call.exchange.End();
}

}  // namespace

Result<std::int64_t> ReadEntryNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < 1) {
    return Fail(ErrorCode::kInvalidArgument, "'" + text + "' is no number of an entry of the record.",
                "They are counted from 1. See: counsel record list");
  }
  return number;
}

void AddRecordRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/record", List, {"matter", "limit", "after"}});
  routes.push_back({"GET", "/api/record/head", ShowHead});
  routes.push_back({"POST", "/api/record/head", SignHead});
  routes.push_back({"GET", "/api/record/export", Export, {"matter"}});
  routes.push_back({"POST", "/api/record/verify", Verify});
  routes.push_back({"POST", "/api/record/holds", Hold});
  routes.push_back({"POST", "/api/record/retention", Retain});
  routes.push_back({"GET", "/api/record/{n}", Show});
  routes.push_back({"POST", "/api/record/{n}/acts", Act});
  AddReplayRoutes(routes);
}

}  // namespace counsel::http
