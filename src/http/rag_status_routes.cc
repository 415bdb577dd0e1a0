// The first product's /api/rag/status, /api/rag/health and /api/rag/initialize.
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "http/answer_models.h"
#include "http/detail.h"
#include "http/query_value.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr std::chrono::minutes kLoadTimeout{5};

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

models::ModelState StateOf(const Services& services, const Result<models::Catalogue::Choice>& choice) {
  if (!choice) return models::ModelState::kCold;
  for (const models::ModelStatus& status : services.pool.Status()) {
    if (status.name == choice->name) return status.state;
  }
  return models::ModelState::kCold;
}

// One state for the whole, and a sentence about it. A model that is not loaded is no reason to wait: it is loaded on
// first use.
struct Readiness {
  const char* status = "ready";
  std::string message;
};

Readiness Judge(const documents::Tally& counts, const Result<models::Catalogue::Choice>& embedder,
                const Result<models::Catalogue::Choice>& generator, bool loading) {
  Readiness readiness;
  for (const Result<models::Catalogue::Choice>* choice : {&embedder, &generator}) {
    if (*choice) continue;
    readiness.status = "error";
    readiness.message = DetailJson(choice->error())["detail"];
    return readiness;
  }
  if (loading) {
    readiness.status = "initializing";
    readiness.message = "A model is being loaded.";
  } else if (counts.documents == 0) {
    readiness.message = "Ready. No document has been added yet.";
  } else {
    readiness.message = "Ready. " + std::to_string(counts.ready) + " of " + std::to_string(counts.documents) +
                        " documents can be searched.";
  }
  if (!generator->better.empty()) {
    readiness.message += " '" + generator->name + "' stands in for '" + generator->better +
                         "'. Get it with: counsel pull " + generator->better;
  }
  return readiness;
}

Json HardwareJson(const Services& services) {
  const host::Memory memory = host::ReadMemory();
  return {{"gpu_available", !services.pool.SeenDevices().empty()},
          {"memory_usage", static_cast<double>(memory.total_bytes - memory.available_bytes) / kGibibyte},
          {"total_memory", static_cast<double>(memory.total_bytes) / kGibibyte}};
}

asio::awaitable<Result<void>> Status(Call& call) {
  Services& services = call.services;
  auto count = [](store::Connection& db) { return documents::CountIn(db, documents::kDefaultMatter); };
  Result<documents::Tally> counts = co_await services.store.Read(count);
  if (!counts) co_return Fail(std::move(counts.error()));
  const Result<models::Catalogue::Choice> embedder = InstalledEmbedder(services);
  const Result<models::Catalogue::Choice> generator = InstalledGenerator(services);
  const models::ModelState embedder_state = StateOf(services, embedder);
  const models::ModelState generator_state = StateOf(services, generator);
  const bool loading =
      embedder_state == models::ModelState::kLoading || generator_state == models::ModelState::kLoading;
  const Readiness readiness = Judge(*counts, embedder, generator, loading);
  Json json = {{"status", readiness.status},
               {"models",
                {{"embedder", embedder_state == models::ModelState::kReady},
                 {"utility", false},
                 {"reasoning", generator_state == models::ModelState::kReady},
                 {"lazy_loading", services.lazy_loading}}},
               {"documents", {{"count", counts->documents}, {"indexed", counts->ready}}},
               {"chunks", {{"count", counts->chunks}, {"indexed", counts->chunks}}},
               {"ready", std::string_view(readiness.status) == "ready"},
               {"message", readiness.message},
               {"hardware", HardwareJson(services)}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Health(Call& call) {
  Json json = {{"status", "healthy"},
               {"timestamp", IsoTime(UnixNow())},
               {"version", call.services.version},
               {"architecture", "one daemon, one process for each loaded model"}};
  co_return co_await call.SendJson(std::move(json));
}

// Loads both models, one after the other, and answers when they have been ready. Nothing keeps them loaded then but
// that they were used.
asio::awaitable<Result<void>> Initialize(Call& call) {
  Result<models::Catalogue::Choice> embedder = InstalledEmbedder(call.services);
  if (!embedder) co_return Fail(std::move(embedder.error()));
  Result<models::Catalogue::Choice> generator = InstalledGenerator(call.services);
  if (!generator) co_return Fail(std::move(generator.error()));
  models::AcquireOptions options(kLoadTimeout);
  options.insist = true;
  const std::vector<std::string> names = {embedder->name, generator->name};
  for (const std::string& name : names) {
    Result<models::Lease> lease = co_await call.services.pool.Acquire(name, options);
    if (!lease) co_return Fail(std::move(lease.error()));
  }
  Json json = {{"message", "'" + embedder->name + "' and '" + generator->name + "' are loaded."}, {"status", "ready"}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddRagStatusRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/rag/status", Status, {kAnyName}});
  routes.push_back({"GET", "/api/rag/health", Health, {kAnyName}});
  routes.push_back({"POST", "/api/rag/initialize", Initialize, {kAnyName}});
}

}  // namespace counsel::http
