// /health, /api/status, /api/events, /api/doctor, /api/stop.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <unistd.h>

#include "base/offload.h"
#include "base/supervise.h"
#include "companies_house/register_client.h"
#include "documents/readings.h"
#include "http/event_queue.h"
#include "http/query_value.h"
#include "http/routes.h"
#include "search/index_check.h"
#include "search/reembedding.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Whoever may ask for nothing else is told nothing else.
asio::awaitable<Result<void>> Health(Call& call) {
  Json json = {{"status", "ok"}};
  if (call.caller.known()) json["version"] = call.services.version;
  co_return co_await call.SendJson(std::move(json));
}

struct StoreCounts {
  StoreCounts() = default;
  std::int64_t waiting = 0;  // passages with vectors of another model than EMBEDDING_MODEL's
  search::IndexCounts index;
  std::int64_t documents = 0;
  std::int64_t failed = 0;
  std::int64_t outdated = 0;           // read by older readers
  std::optional<Error> index_trouble;  // search/index_check.h
};

Result<StoreCounts> CountStore(store::Connection& db, const std::string& wanted) {
  StoreCounts counts;
  Result<search::IndexCounts> index = search::Count(db);
  if (!index) return Fail(std::move(index.error()));
  counts.index = *index;
  if (!wanted.empty()) {
    Result<std::int64_t> waiting = search::CountOfOtherModels(db, wanted);
    if (!waiting) return Fail(std::move(waiting.error()));
    counts.waiting = *waiting;
  }
  const Result<std::map<documents::DocumentState, std::int64_t>> states = documents::CountByState(db);
  if (!states) return Fail(states.error());
  for (const auto& [state, count] : *states) {
    counts.documents += count;
    if (state == documents::DocumentState::kFailed) counts.failed = count;
  }
  const Result<std::int64_t> outdated = documents::CountOutdated(db);
  if (!outdated) return Fail(outdated.error());
  counts.outdated = *outdated;
  counts.index_trouble = search::IndexTrouble(db);
  return counts;
}

Json IndexJson(const std::optional<Error>& trouble) {
  if (!trouble) return {{"error", nullptr}};
  return {{"error", {{"message", trouble->message}, {"next_step", trouble->next_step}}}};
}

// Where the key is sent is shown when it is not the register itself.
Json RegisterJson(const companies_house::RegisterClient& client) {
  Json json = {{"configured", client.configured()}};
  if (client.api().url() != companies_house::kDefaultApiUrl) json["url"] = client.api().url();
  if (client.documents().url() != companies_house::kDefaultDocumentUrl) json["document_url"] = client.documents().url();
  return json;
}

asio::awaitable<Result<void>> Status(Call& call) {
  Services& services = call.services;
  const Result<models::Catalogue::Choice> embedder = services.wanted_embedder();
  const std::string wanted = embedder ? embedder->name : "";
  auto count = [&wanted](store::Connection& db) { return CountStore(db, wanted); };
  Result<StoreCounts> counts = co_await services.store.Read(count);
  if (!counts) co_return Fail(std::move(counts.error()));
  // The kernel walks the page tables for it: milliseconds, elsewhere.
  auto measure = [] { return host::PssOfProcess(::getpid()).value_or(0); };
  const std::uint64_t daemon_bytes = co_await Offload(services.threads, measure);
  Json models = Json::array();
  for (const models::ModelStatus& status : services.pool.Status()) models.push_back(ModelJson(status));
  Json history = Json::array();
  for (const models::LoadRecord& record : services.pool.History()) history.push_back(LoadRecordJson(record));
  Json restarts = Json::array();
  for (const Restarts& one : AllRestarts()) {
    restarts.push_back({{"loop", one.name}, {"count", one.count}, {"last", one.last}});
  }
  const host::Memory memory = host::ReadMemory();
  Json json = {{"version", services.version},
               {"pid", ::getpid()},
               {"home", services.home},
               {"url", services.entrance.url},
               {"started_at", services.started_at},
               {"uptime_seconds", UnixNow() - services.started_at},
               {"models", std::move(models)},
               {"history", std::move(history)},
               {"memory",
                {{"total", memory.total_bytes},
                 {"available", memory.available_bytes},
                 {"limit", memory.limit_bytes > 0 ? Json(memory.limit_bytes) : Json(nullptr)},
                 {"daemon", daemon_bytes}}},
               {"documents",
                {{"count", counts->documents},
                 {"outdated", counts->outdated},
                 {"failed", counts->failed},
                 {"pending", services.ingest.pending()},
                 {"purging", services.ingest.purging()},
                 {"searchable", counts->index.documents},
                 {"chunks", counts->index.chunks},
                 {"waiting_for_embedder", counts->waiting}}},
               {"index", IndexJson(counts->index_trouble)},
               {"reembedding", ReembedJson(services.ingest.reembedding())},
               {"generator", ChoiceJson(services.generator())},
               {"embedder", ChoiceJson(services.embedder())},
               {"companies_house", RegisterJson(services.companies)},
               {"restarts", std::move(restarts)}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Events(Call& call) {
  Services& services = call.services;
  auto queue = std::make_shared<EventQueue>(services.io);
  services.event_queues.insert(queue.get());
  const std::shared_ptr<void> registered(nullptr,
                                         [&services, queue](void*) { services.event_queues.erase(queue.get()); });
  const std::shared_ptr<void> pool = services.pool.Subscribe([queue](const models::PoolEvent& event) {
    const auto [name, data] = PoolEventJson(event);
    queue->Push(name, Dump(data));
  });
  const std::shared_ptr<void> ingest = services.ingest.Subscribe(
      [queue](const ingest::Progress& progress) { queue->Push("document", Dump(ProgressJson(progress))); });
  const std::shared_ptr<void> reembedding = services.ingest.SubscribeReembedding(
      [queue](const ingest::ReembedProgress& progress) { queue->Push("reembed", Dump(ReembedJson(progress))); });
  net::Reply head(200, "text/event-stream", "");
  head.headers.emplace_back("Cache-Control", "no-store");
  if (Result<void> begun = co_await call.exchange.Begin(head); !begun) co_return begun;
  // A first comment, so that the client knows that it misses nothing from here on.
  if (Result<void> written = co_await call.exchange.Write(": listening\n\n"); !written) co_return written;
  for (;;) {
    const std::string event = co_await queue->Next();
    if (event.empty()) co_return co_await call.exchange.End();
    if (Result<void> written = co_await call.exchange.Write(event); !written) co_return written;
  }
}

// GET /api/doctor
asio::awaitable<Result<void>> Doctor(Call& call) {
  Services& services = call.services;
  const std::function<std::vector<Finding>()> examine = services.examine();
  const std::vector<Finding> findings = co_await Offload(services.threads, examine);
  bool good = true;
  Json checks = Json::array();
  for (const Finding& one : findings) {
    good = good && (one.good || !one.needed);
    checks.push_back({{"check", one.what}, {"good", one.good}, {"needed", one.needed}, {"detail", one.detail}});
  }
  Json json = {{"checks", std::move(checks)}, {"good", good}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Stop(Call& call) {
  Json json = {{"stopping", true}};
  Result<void> sent = co_await call.SendJson(std::move(json));
  call.services.stop();
  co_return sent;
}

}  // namespace

void AddSystemRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/health", Health, {kAnyName}});
  routes.push_back({"GET", "/api/status", Status});
  routes.push_back({"GET", "/api/events", Events});
  routes.push_back({"GET", "/api/doctor", Doctor});
  routes.push_back({"POST", "/api/stop", Stop});
}

}  // namespace counsel::http
