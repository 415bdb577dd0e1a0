// /api/documents: add (upload, or by path on the local socket), list, show, text, delete.
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/offload.h"
#include "companies_house/ingest_filings.h"
#include "companies_house/register_entries.h"
#include "documents/readings.h"
#include "http/arrivals.h"
#include "http/company_json.h"
#include "http/passage_routes.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kBodyLimit = 64 * 1024;
asio::awaitable<Result<void>> Record(Call& call, const Arrived& arrived) {
  Result<documents::Added> added = co_await RecordArrived(call.services, arrived);
  if (!added) co_return Fail(std::move(added.error()));
  Json json = DocumentJson(added->document);
  json["already_there"] = added->already_there;
  co_return co_await call.SendJson(std::move(json), added->already_there ? 200 : 202);
}

// POST /api/documents, multipart/form-data: fields `matter`, `path` (before the file), then one `file`.
asio::awaitable<Result<void>> Upload(Call& call) {
  Result<std::optional<Arrived>> arrived = co_await ReceiveForm(call, call.services.limits.input_bytes);
  if (!arrived) co_return Fail(std::move(arrived.error()));
  if (!*arrived) co_return Fail(ErrorCode::kInvalidArgument, "The form has no field 'file'.");
  co_return co_await Record(call, **arrived);
}

// POST /api/documents/local {path, matter?, one_of_many?}: the command line names files, which the daemon reads itself.
// Only over the unix socket, whose other end is the same user.
asio::awaitable<Result<void>> AddLocal(Call& call) {
  if (!call.exchange.local()) {
    co_return Fail(ErrorCode::kPermissionDenied, "Files can be named by path only over the unix socket.",
                   "Upload the file: POST /api/documents.");
  }
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Arrived arrived;
  Result<std::string> path = StringMember(*body, "path", "");
  if (!path) co_return Fail(std::move(path.error()));
  Result<std::string> matter = StringMember(*body, "matter", std::string(documents::kDefaultMatter));
  if (!matter) co_return Fail(std::move(matter.error()));
  if (path->empty() || path->front() != '/') {
    co_return Fail(ErrorCode::kInvalidArgument, "'path' must be an absolute path.");
  }
  Result<bool> one_of_many = BoolMember(*body, "one_of_many", false);
  if (!one_of_many) co_return Fail(std::move(one_of_many.error()));
  if (*one_of_many) arrived.priority = documents::Priority::kOneOfMany;
  arrived.path = *path;
  arrived.matter = *matter;
  arrived.name = fs::path(*path).filename().string();
  Services& services = call.services;
  auto copy = [&services, &arrived] { return services.originals.Add(arrived.path, services.limits.input_bytes); };
  Result<documents::Originals::Incoming::Stored> stored = co_await Offload(services.threads, copy);
  if (!stored) co_return Fail(std::move(stored.error()));
  arrived.stored = *stored;
  co_return co_await Record(call, arrived);
}

asio::awaitable<Result<void>> List(Call& call) {
  documents::ListOptions options;
  if (std::optional<std::string> matter = call.exchange.request().query("matter")) {
    options.matters.push_back(std::move(*matter));
  }
  options.superseded = call.exchange.request().query("superseded") == "true";
  auto work = [&options](store::Connection& db) -> Result<std::vector<documents::Document>> {
    for (const std::string& matter : options.matters) {
      if (Result<std::int64_t> known = documents::MatterId(db, matter); !known) return Fail(std::move(known.error()));
    }
    return documents::ListDocuments(db, options);
  };
  Result<std::vector<documents::Document>> found = co_await call.services.store.Read(work);
  if (!found) co_return Fail(std::move(found.error()));
  Json documents = Json::array();
  for (const documents::Document& document : *found) documents.push_back(DocumentJson(document));
  Json json = {{"documents", std::move(documents)}, {"count", found->size()}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Show(Call& call) {
  const std::string id = call.parameters["id"];
  struct Found {
    Found() = default;
    documents::Document document;
    std::vector<documents::EmbeddedDocument> embedded;
    std::optional<companies_house::FilingProvenance> filing;
  };
  auto work = [&id](store::Connection& db) -> Result<Found> {
    Found found;
    Result<documents::Document> document = documents::FindDocument(db, id);
    if (!document) return Fail(std::move(document.error()));
    found.document = std::move(*document);
    Result<std::vector<documents::EmbeddedDocument>> embedded = documents::ListEmbedded(db, found.document.id);
    if (!embedded) return Fail(std::move(embedded.error()));
    found.embedded = std::move(*embedded);
    Result<std::optional<companies_house::FilingProvenance>> filing =
        companies_house::FindProvenance(db, found.document.id);
    if (!filing) return Fail(std::move(filing.error()));
    found.filing = std::move(*filing);
    return found;
  };
  Result<Found> found = co_await call.services.store.Read(work);
  if (!found) co_return Fail(std::move(found.error()));
  Json json = DocumentJson(found->document);
  json["embedded"] = Json::array();
  for (const documents::EmbeddedDocument& one : found->embedded) {
    json["embedded"].push_back({{"id", one.id}, {"name", one.name}});
  }
  if (found->filing) json["register"] = ProvenanceJson(*found->filing);
  co_return co_await call.SendJson(std::move(json));
}

Result<std::int64_t> ParsePosition(const std::string& text, const char* name) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) {
    return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' must be a whole number from 0.");
  }
  return value;
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

asio::awaitable<Result<void>> Delete(Call& call) {
  const std::string id = call.parameters["id"];
  auto work = [&id](store::Connection& db) { return documents::FindDocument(db, id); };
  Result<documents::Document> document = co_await call.services.store.Read(work);
  if (!document) co_return Fail(std::move(document.error()));
  const std::string full_id = document->id;
  Result<documents::Document> deleted = co_await call.services.ingest.Delete(full_id);
  if (!deleted) co_return Fail(std::move(deleted.error()));
  Json json = {{"deleted", DocumentJson(*deleted)}};
  co_return co_await call.SendJson(std::move(json));
}

Json MatterJson(const documents::Matter& matter) {
  return {{"name", matter.name},   {"documents", matter.documents},   {"pending", matter.pending},
          {"bytes", matter.bytes}, {"characters", matter.characters}, {"chunks", matter.chunks}};
}

asio::awaitable<Result<void>> ListMatters(Call& call) {
  auto work = [](store::Connection& db) { return documents::ListMatters(db); };
  Result<std::vector<documents::Matter>> found = co_await call.services.store.Read(work);
  if (!found) co_return Fail(std::move(found.error()));
  Json matters = Json::array();
  for (const documents::Matter& matter : *found) matters.push_back(MatterJson(matter));
  Json json = {{"matters", std::move(matters)}};
  co_return co_await call.SendJson(std::move(json));
}

// With all its documents; replies when no file holds their words any more.
asio::awaitable<Result<void>> DeleteMatter(Call& call) {
  const std::string name = call.parameters["name"];
  Result<documents::Matter> deleted = co_await call.services.ingest.DeleteMatter(name);
  if (!deleted) co_return Fail(std::move(deleted.error()));
  Json json = {{"deleted", MatterJson(*deleted)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddDocumentRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/documents", List});
  routes.push_back({"POST", "/api/documents", Upload});
  routes.push_back({"POST", "/api/documents/local", AddLocal});
  routes.push_back({"GET", "/api/documents/{id}", Show});
  routes.push_back({"GET", "/api/documents/{id}/text", Text});
  routes.push_back({"POST", "/api/documents/{id}/reread", Reread});
  routes.push_back({"DELETE", "/api/documents/{id}", Delete});
  AddPassageRoutes(routes);
  routes.push_back({"GET", "/api/matters", ListMatters});
  routes.push_back({"DELETE", "/api/matters/{name}", DeleteMatter});
}

}  // namespace counsel::http
