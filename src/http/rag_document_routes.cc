// The first product's /api/rag/upload and /api/rag/documents: documents of matter "general".
#include <chrono>
#include <utility>

#include "http/answer_models.h"
#include "http/arrivals.h"
#include "http/detail.h"
#include "http/list_reply.h"
#include "http/query_value.h"
#include "http/record.h"
#include "http/routes.h"
#include "http/tell_all.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kUploadLimit = std::uint64_t{50} << 20;

bool IsForm(const net::Request& request) {
  constexpr std::string_view kForm = "multipart/form-data";
  const std::string_view type = net::FindHeader(request.headers, "Content-Type").value_or("");
  return type.substr(0, type.find(';')) == kForm;
}

asio::awaitable<Result<void>> SendMissingFile(Call& call) {
  CheckedRequest missing;
  missing.status = 422;
  missing.detail = Json::array({FaultJson("missing", {"body", "file"}, "Field required", nullptr)});
  co_return co_await SendFaults(call, missing);
}

// A failed upload leaves nothing behind, unless the document was there before.
asio::awaitable<Result<void>> SendFailed(Call& call, const documents::Document& document, bool was_there) {
  const std::string id = document.id;
  if (!was_there) {
    Result<documents::Document> deleted = co_await call.services.ingest.Delete(id);
    if (!deleted && deleted.error().code != ErrorCode::kNotFound) co_return Fail(std::move(deleted.error()));
  }
  co_return co_await SendDetail(call, 400, document.reason);
}

asio::awaitable<Result<void>> Upload(Call& call) {
  const Clock::time_point began = Clock::now();
  if (!IsForm(call.exchange.request())) co_return co_await SendMissingFile(call);
  // Without an embedder no document ever gets ready: said before it is sent.
  Result<models::Catalogue::Choice> embedder = InstalledEmbedder(call.services);
  if (!embedder) co_return Fail(std::move(embedder.error()));
  Result<std::optional<Arrived>> arrived = co_await ReceiveForm(call, kUploadLimit, FormFields::kNone);
  if (!arrived && arrived.error().code == ErrorCode::kTooLarge) {
    const std::string sentence = arrived.error().ToString();
    co_return co_await SendDetail(call, 400, sentence);
  }
  if (!arrived) co_return Fail(std::move(arrived.error()));
  if (!*arrived) co_return co_await SendMissingFile(call);
  Arrived& file = **arrived;
  Result<documents::Added> added = co_await RecordArrived(call.services, file);
  if (!added) co_return Fail(std::move(added.error()));
  const std::string id = added->document.id;
  Result<documents::Document> read = co_await call.services.ingest.WaitFor(id);
  if (!read) co_return Fail(std::move(read.error()));
  if (read->state == documents::DocumentState::kFailed) {
    co_return co_await SendFailed(call, *read, added->already_there);
  }
  const std::string said = added->already_there ? "' was there already." : "' was added.";
  Json json = {{"message", "'" + read->name + said},
               {"doc_id", read->id},
               {"chunks_created", read->chunks},
               {"processing_time", std::chrono::duration<double>(Clock::now() - began).count()}};
  co_return co_await call.SendJson(std::move(json));
}

Json SummaryJson(const documents::Document& document) {
  return {{"id", document.id},
          {"filename", document.name},
          {"file_size", document.bytes},
          {"chunk_count", document.chunks},
          {"created_at", IsoTime(document.added_at)},
          {"state", documents::DocumentStateName(document.state)},
          {"reason", document.reason}};
}

// Of the default matter, which is not known before its first document.
Result<ListPiece> ReadPage(store::Connection& db, documents::PageOptions options) {
  options.matter = documents::kDefaultMatter;
  ListPiece piece;
  Result<documents::DocumentPage> page = documents::ListPage(db, options);
  if (!page && page.error().code == ErrorCode::kNotFound) return piece;
  if (!page) return Fail(std::move(page.error()));
  for (const documents::Document& document : page->documents) piece.Add(SummaryJson(document));
  if (page->next > 0) piece.next = std::to_string(page->next);
  return piece;
}

asio::awaitable<Result<void>> List(Call& call) {
  ReadPiece read = [&call](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    documents::PageOptions options;
    options.after = after.empty() ? 0 : std::stoll(after);
    options.limit = limit;
    auto work = [&options](store::Connection& db) { return ReadPage(db, options); };
    co_return co_await call.services.store.Read(work);
  };
  ListRequest all;
  co_return co_await SendList(call, "documents", std::move(all), std::move(read));
}

// Only by its whole id, and only of this matter.
asio::awaitable<Result<void>> Delete(Call& call) {
  const std::string id = call.parameters["id"];
  auto work = [&id](store::Connection& db) { return documents::GetDocument(db, id); };
  Result<documents::Document> document = co_await call.services.store.Read(work);
  const bool unknown =
      document ? document->matter != documents::kDefaultMatter : document.error().code == ErrorCode::kNotFound;
  if (unknown) co_return co_await SendDetail(call, 404, "Document not found");
  if (!document) co_return Fail(std::move(document.error()));
  Result<documents::Document> deleted = co_await call.services.ingest.Delete(id);
  co_await SayDeletedInRecord(call);
  if (!deleted && deleted.error().code == ErrorCode::kNotFound) {
    co_return co_await SendDetail(call, 404, "Document not found");
  }
  if (!deleted) co_return Fail(std::move(deleted.error()));
  TellAll(call.services, "deleted", {{"document", deleted->id}});
  Json json = {{"message", "'" + deleted->name + "' was deleted."}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddRagDocumentRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/rag/upload", Upload, {kAnyName}});
  routes.push_back({"GET", "/api/rag/documents", List, {kAnyName}});
  routes.push_back({"DELETE", "/api/rag/documents/{id}", Delete, {kAnyName}});
}

}  // namespace counsel::http
