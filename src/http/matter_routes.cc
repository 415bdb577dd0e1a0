#include "http/matter_routes.h"

#include <cstdint>
#include <string>
#include <utility>

#include "documents/documents.h"
#include "http/list_reply.h"
#include "http/record.h"
#include "http/tell_all.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

Json MatterJson(const documents::Matter& matter) {
  return {{"name", matter.name},   {"documents", matter.documents},   {"pending", matter.pending},
          {"bytes", matter.bytes}, {"characters", matter.characters}, {"chunks", matter.chunks}};
}

// GET /api/matters?limit=&after=, by name.
asio::awaitable<Result<void>> ListMatters(Call& call) {
  Result<ListRequest> wanted = ReadListRequest(call.exchange.request());
  if (!wanted) co_return Fail(std::move(wanted.error()));
  ReadPiece read = [&call](std::string after, std::int64_t limit) -> asio::awaitable<Result<ListPiece>> {
    auto work = [&after, limit](store::Connection& db) -> Result<ListPiece> {
      Result<std::vector<documents::Matter>> matters = documents::ListMatters(db, after, limit);
      if (!matters) return Fail(std::move(matters.error()));
      ListPiece piece;
      for (const documents::Matter& matter : *matters) piece.Add(MatterJson(matter));
      if (static_cast<std::int64_t>(matters->size()) == limit) piece.next = matters->back().name;
      return piece;
    };
    co_return co_await call.services.store.Read(work);
  };
  co_return co_await SendList(call, "matters", std::move(*wanted), std::move(read));
}

// With all its documents; replies when no file holds their words any more.
asio::awaitable<Result<void>> DeleteMatter(Call& call) {
  const std::string name = call.parameters["name"];
  Result<documents::Matter> deleted = co_await call.services.ingest.DeleteMatter(name);
  co_await SayDeletedInRecord(call);
  if (!deleted) co_return Fail(std::move(deleted.error()));
  TellAll(call.services, "deleted", {{"matter", name}});
  Json json = {{"deleted", MatterJson(*deleted)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddMatterRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/matters", ListMatters, {"limit", "after"}});
  routes.push_back({"DELETE", "/api/matters/{name}", DeleteMatter});
}

}  // namespace counsel::http
