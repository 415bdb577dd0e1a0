// /api/documents: add (upload, or by path on the local socket), list, show, text, delete.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/offload.h"
#include "companies_house/ingest_filings.h"
#include "companies_house/register_entries.h"
#include "documents/lists.h"
#include "documents/readings.h"
#include "http/arrivals.h"
#include "http/company_json.h"
#include "http/list_reply.h"
#include "http/matter_routes.h"
#include "http/passage_routes.h"
#include "http/query_value.h"
#include "http/record.h"
#include "http/routes.h"
#include "http/tell_all.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kBodyLimit = 64 * 1024;
constexpr std::size_t kMostNamed = 400;  // documents of a request, whose head has at most 16 KiB
constexpr std::size_t kMostWords = 8;    // of a list's names

Result<std::int64_t> ParseNumber(const std::string& text, std::string otherwise) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) {
    return Fail(ErrorCode::kInvalidArgument, std::move(otherwise));
  }
  return value;
}

asio::awaitable<Result<void>> Record(Call& call, const Arrived& arrived) {
  Result<documents::Added> added = co_await RecordArrived(call.services, arrived);
  if (!added) co_return Fail(std::move(added.error()));
  Json json = DocumentJson(added->document);
  json["already_there"] = added->already_there;
  co_return co_await call.SendJson(std::move(json), added->already_there ? 200 : 202);
}

// POST /api/documents, multipart/form-data: fields `matter`, `path` (before the file), then one `file`.
asio::awaitable<Result<void>> Upload(Call& call) {
  const std::uint64_t limit = call.services.limits.input_bytes;
  Result<std::optional<Arrived>> arrived = co_await ReceiveForm(call, limit, FormFields::kMatterAndPath);
  if (!arrived) co_return Fail(std::move(arrived.error()));
  if (!*arrived) co_return Fail(ErrorCode::kInvalidArgument, "The form has no field 'file'.");
  co_return co_await Record(call, **arrived);
}

// What POST /api/documents/local names: where the file is, and how it is recorded.
struct Named {
  Named() = default;
  fs::path file;
  Arrived arrived;
};

Result<Named> ReadNamed(const Json& body) {
  Named named;
  Result<std::string> path = StringMember(body, "path", "");
  if (!path) return Fail(std::move(path.error()));
  Result<std::string> bytes = StringMember(body, "path_bytes", "");
  if (!bytes) return Fail(std::move(bytes.error()));
  Result<std::string> matter = StringMember(body, "matter", std::string(documents::kDefaultMatter));
  if (!matter) return Fail(std::move(matter.error()));
  Result<bool> one_of_many = BoolMember(body, "one_of_many", false);
  if (!one_of_many) return Fail(std::move(one_of_many.error()));
  const std::optional<std::string> file = bytes->empty() ? *path : net::PercentDecode(*bytes, false);
  if (!file || file->empty() || file->front() != '/' || path->empty() || path->front() != '/') {
    return Fail(ErrorCode::kInvalidArgument, "'path' must be an absolute path.");
  }
  named.file = *file;
  named.arrived.path = *path;
  named.arrived.matter = std::move(*matter);
  named.arrived.name = fs::path(*path).filename().string();
  if (*one_of_many) named.arrived.priority = documents::Priority::kOneOfMany;
  // Before a byte is copied.
  if (Result<void> checked = CheckNames(named.arrived); !checked) return Fail(std::move(checked.error()));
  return named;
}

// POST /api/documents/local {path, path_bytes?, matter?, one_of_many?}: the command line names files, which the daemon
// reads itself. Only over the unix socket, whose other end is the same user.
asio::awaitable<Result<void>> AddLocal(Call& call) {
  if (!call.exchange.local()) {
    co_return Fail(ErrorCode::kPermissionDenied, "Files can be named by path only over the unix socket.",
                   "Upload the file: POST /api/documents.");
  }
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<Named> named = ReadNamed(*body);
  if (!named) co_return Fail(std::move(named.error()));
  Services& services = call.services;
  auto copy = [&services, &named] { return services.originals.Add(named->file, services.limits); };
  Result<documents::Originals::Incoming::Stored> stored = co_await Offload(services.threads, copy);
  if (!stored) co_return Fail(std::move(stored.error()));
  named->arrived.stored = std::move(*stored);
  co_return co_await Record(call, named->arrived);
}

Result<std::vector<documents::DocumentState>> ReadStates(const net::Request& request) {
  std::vector<documents::DocumentState> states;
  for (const std::string& name : NamesOf(request, "state")) {
    const std::optional<documents::DocumentState> state = documents::DocumentStateNamed(name);
    if (!state) {
      return Fail(ErrorCode::kInvalidArgument, "There is no state '" + name + "'.",
                  "States are queued, extracting, embedding, ready and failed; several stand with commas.");
    }
    states.push_back(*state);
  }
  return states;
}

Result<std::vector<documents::Kind>> ReadKinds(const net::Request& request) {
  std::vector<documents::Kind> kinds;
  for (const std::string& name : NamesOf(request, "kind")) {
    const std::optional<documents::Kind> kind = documents::KindNamed(name);
    if (!kind) {
      return Fail(ErrorCode::kInvalidArgument, "There is no kind '" + name + "'.",
                  "Kinds are " + documents::KindNames() + "; several stand with commas.");
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

Result<std::vector<std::string>> ReadWords(const net::Request& request) {
  std::vector<std::string> words = Words(request.query("words").value_or(""), ' ');
  std::erase(words, "");
  if (words.size() <= kMostWords) return words;
  return Fail(ErrorCode::kInvalidArgument, "'words' has more than 8 words.", "Fewer find more.");
}

Result<bool> ReadOrder(const net::Request& request) {
  const std::string order = request.query("order").value_or("oldest");
  if (order == "newest" || order == "oldest") return order == "newest";
  return Fail(ErrorCode::kInvalidArgument, "There is no order '" + order + "'.", "Orders are oldest and newest.");
}

Result<documents::Chosen> ReadChosen(const net::Request& request) {
  documents::Chosen options;
  if (const std::optional<std::string> matter = request.query("matter")) {
    RETURN_IF_ERROR(documents::CheckMatterName(*matter));
    options.matter = *matter;
  }
  ASSIGN_OR_RETURN(options.states, ReadStates(request));
  ASSIGN_OR_RETURN(options.kinds, ReadKinds(request));
  ASSIGN_OR_RETURN(options.words, ReadWords(request));
  ASSIGN_OR_RETURN(options.newest_first, ReadOrder(request));
  ASSIGN_OR_RETURN(options.superseded, BoolQuery(request, "superseded"));
  return options;
}

Result<std::int64_t> ReadCursor(const std::string& after) {
  if (after.empty()) return 0;
  return ParseNumber(after, "'after' must be the 'next' of an earlier reply.");
}

Result<ListPiece> ReadPage(store::Connection& db, const documents::Chosen& options) {
  Result<documents::DocumentPage> page = documents::ListChosen(db, options);
  if (!page) return Fail(std::move(page.error()));
  ListPiece piece;
  for (const documents::Document& document : page->documents) piece.Add(DocumentJson(document));
  if (page->next > 0) piece.next = std::to_string(page->next);
  return piece;
}

// How many documents the whole list has: in all, and of each state whatever state it is asked for.
Result<std::string> Totals(store::Connection& db, const documents::Chosen& options) {
  using Counts = std::map<documents::DocumentState, std::int64_t>;
  ASSIGN_OR_RETURN(const Counts counts, documents::CountChosen(db, options));
  const auto wanted = [&options](documents::DocumentState state) {
    return options.states.empty() ||
           std::find(options.states.begin(), options.states.end(), state) != options.states.end();
  };
  std::int64_t total = 0;
  Json states = Json::object();
  for (const auto& [state, count] : counts) {
    states[std::string(documents::DocumentStateName(state))] = count;
    if (wanted(state)) total += count;
  }
  return "\"total\":" + std::to_string(total) + ",\"states\":" + Dump(states);
}

Result<Json> WithEmbedded(store::Connection& db, const documents::Document& document) {
  Result<std::vector<documents::EmbeddedDocument>> embedded = documents::ListEmbedded(db, document.id);
  if (!embedded) return Fail(std::move(embedded.error()));
  Json json = DocumentJson(document);
  json["embedded"] = Json::array();
  for (const documents::EmbeddedDocument& one : *embedded) {
    json["embedded"].push_back({{"id", one.id}, {"name", one.name}});
  }
  return json;
}

// Those that are named, each with what it holds.
asio::awaitable<Result<void>> ListNamed(Call& call, std::vector<std::string> ids) {
  if (ids.size() > kMostNamed) {
    co_return Fail(ErrorCode::kInvalidArgument, "'id' names more than 400 documents.",
                   "Ask for them in several requests.");
  }
  auto work = [&ids](store::Connection& db) -> Result<ListPiece> {
    Result<std::vector<documents::Document>> found = documents::FindDocuments(db, ids);
    if (!found) return Fail(std::move(found.error()));
    ListPiece piece;
    for (const documents::Document& document : *found) {
      Result<Json> json = WithEmbedded(db, document);
      if (!json) return Fail(std::move(json.error()));
      piece.Add(*json);
    }
    return piece;
  };
  ReadPiece read = [&call, &work](std::string, std::int64_t) -> asio::awaitable<Result<ListPiece>> {
    co_return co_await call.services.store.Read(work);
  };
  ListRequest all;
  co_return co_await SendList(call, "documents", std::move(all), std::move(read));
}

// GET /api/documents?matter=&state=&kind=&words=&superseded=&order=&totals=&limit=&after=, or ?id=
asio::awaitable<Result<void>> List(Call& call) {
  const net::Request& request = call.exchange.request();
  if (const std::optional<std::string> ids = request.query("id")) co_return co_await ListNamed(call, Words(*ids));
  Result<ListRequest> wanted = ReadListRequest(request);
  if (!wanted) co_return Fail(std::move(wanted.error()));
  Result<std::int64_t> after = ReadCursor(wanted->after);
  if (!after) co_return Fail(std::move(after.error()));
  Result<documents::Chosen> options = ReadChosen(request);
  if (!options) co_return Fail(std::move(options.error()));
  Result<bool> totals_asked = BoolQuery(request, "totals");
  if (!totals_asked) co_return Fail(std::move(totals_asked.error()));
  bool totals = *totals_asked;
  ReadPiece read = [&](std::string from, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    options->after = ReadCursor(from).value_or(0);
    options->limit = limit;
    auto work = [&options, first = std::exchange(totals, false)](store::Connection& db) -> Result<ListPiece> {
      ASSIGN_OR_RETURN(ListPiece piece, ReadPage(db, *options));
      if (first) {
        ASSIGN_OR_RETURN(piece.more, Totals(db, *options));
      }
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "documents", std::move(*wanted), std::move(read));
}

asio::awaitable<Result<void>> Show(Call& call) {
  const std::string id = call.parameters["id"];
  auto work = [&id](store::Connection& db) -> Result<Json> {
    Result<documents::Document> document = documents::FindDocument(db, id);
    if (!document) return Fail(std::move(document.error()));
    Result<Json> json = WithEmbedded(db, *document);
    if (!json) return json;
    Result<std::optional<companies_house::FilingProvenance>> filing = companies_house::FindProvenance(db, document->id);
    if (!filing) return Fail(std::move(filing.error()));
    if (*filing) (*json)["register"] = ProvenanceJson(**filing);
    return json;
  };
  Result<Json> json = co_await call.services.store.Read(work);
  if (!json) co_return Fail(std::move(json.error()));
  co_return co_await call.SendJson(std::move(*json));
}

Result<std::int64_t> ParsePosition(const std::string& text, const char* name) {
  return ParseNumber(text, "'" + std::string(name) + "' must be a whole number from 0.");
}

// GET /api/documents/{id}/text?start=&end=: code points, half open; without a range the whole text.
asio::awaitable<Result<void>> Text(Call& call) {
  const std::string id = call.parameters["id"];
  const net::Request& request = call.exchange.request();
  std::int64_t start = 0;
  std::int64_t end = -1;
  if (std::optional<std::string> given = request.query("start")) {
    Result<std::int64_t> parsed = ParsePosition(*given, "start");
    if (!parsed) co_return Fail(std::move(parsed.error()));
    start = *parsed;
  }
  if (std::optional<std::string> given = request.query("end")) {
    Result<std::int64_t> parsed = ParsePosition(*given, "end");
    if (!parsed) co_return Fail(std::move(parsed.error()));
    end = *parsed;
  }
  struct Piece {
    Piece() = default;
    documents::Document document;
    std::string text;
    std::vector<documents::StructureSpan> structure;
  };
  auto work = [&id, start, end](store::Connection& db) -> Result<Piece> {
    Piece piece;
    Result<documents::Document> document = documents::FindDocument(db, id);
    if (!document) return Fail(std::move(document.error()));
    piece.document = std::move(*document);
    const std::int64_t last = end < 0 ? piece.document.characters : end;
    Result<std::string> text = documents::GetPassage(db, piece.document.id, start, last);
    if (!text) return Fail(std::move(text.error()));
    piece.text = std::move(*text);
    Result<std::vector<documents::StructureSpan>> structure =
        documents::GetStructure(db, piece.document.id, start, last);
    if (!structure) return Fail(std::move(structure.error()));
    piece.structure = std::move(*structure);
    return piece;
  };
  Result<Piece> piece = co_await call.services.store.Read(work);
  if (!piece) co_return Fail(std::move(piece.error()));
  Json json = {{"document", piece->document.id},
               {"name", piece->document.name},
               {"start", start},
               {"end", end < 0 ? piece->document.characters : end},
               {"text", piece->text},
               {"structure", StructureJson(piece->structure)}};
  co_return co_await call.SendJson(std::move(json));
}

// POST /api/documents/{id}/reread: the original is read again.
asio::awaitable<Result<void>> Reread(Call& call) {
  const std::string id = call.parameters["id"];
  auto work = [&id](store::Connection& db) -> Result<documents::Document> {
    Result<documents::Document> document = documents::FindDocument(db, id);
    if (!document) return document;
    if (document->media_type == companies_house::kEntryMediaType) {
      return Fail(ErrorCode::kInvalidArgument,
                  "'" + document->name + "' is what Counsel wrote of a company's register.",
                  "Read the register again: counsel company watch");
    }
    Result<documents::Document> again = documents::ReadAgain(db, document->id);
    if (!again) return again;
    Result<void> moved = companies_house::MoveProvenance(db, document->id, again->id);
    if (!moved) return Fail(std::move(moved.error()));
    return again;
  };
  Result<documents::Document> queued = co_await call.services.store.Write(work);
  if (!queued) co_return Fail(std::move(queued.error()));
  call.services.ingest.Wake();
  Json json = DocumentJson(*queued);
  co_return co_await call.SendJson(std::move(json), 202);
}

// By the whole id alone: what a name or prefix stands for may have changed since it was looked up, and what is deleted
// does not come back.
asio::awaitable<Result<void>> Delete(Call& call) {
  const std::string id = call.parameters["id"];
  Result<documents::Document> deleted = co_await call.services.ingest.Delete(id);
  co_await SayDeletedInRecord(call);
  if (!deleted && deleted.error().code == ErrorCode::kNotFound) {
    co_return Fail(ErrorCode::kNotFound, "There is no document with the id '" + id + "'.",
                   "Deleting wants the whole id, as GET /api/documents/NAME tells it.");
  }
  if (!deleted) co_return Fail(std::move(deleted.error()));
  TellAll(call.services, "deleted", {{"document", deleted->id}});
  Json json = {{"deleted", DocumentJson(*deleted)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddDocumentRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET",
                    "/api/documents",
                    List,
                    {"matter", "state", "kind", "words", "superseded", "order", "totals", "limit", "after", "id"}});
  routes.push_back({"POST", "/api/documents", Upload});
  routes.push_back({"POST", "/api/documents/local", AddLocal});
  routes.push_back({"GET", "/api/documents/{id}", Show});
  routes.push_back({"GET", "/api/documents/{id}/text", Text, {"start", "end"}});
  routes.push_back({"POST", "/api/documents/{id}/reread", Reread});
  routes.push_back({"DELETE", "/api/documents/{id}", Delete});
  AddPassageRoutes(routes);
  AddOriginalRoutes(routes);
  AddMatterRoutes(routes);
}

}  // namespace counsel::http
