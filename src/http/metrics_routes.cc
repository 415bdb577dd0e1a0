// /metrics, for Prometheus.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/supervise.h"
#include "host/budget.h"
#include "http/metrics_text.h"
#include "http/query_value.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using documents::DocumentState;
using models::ModelState;
using models::ModelStatus;

using StateCounts = std::map<DocumentState, std::int64_t>;

// Installed models, and those that do anything.
std::vector<ModelStatus> ModelsToTell(const models::ModelPool& pool) {
  std::vector<ModelStatus> models = pool.Status();
  const auto silent = [](const ModelStatus& model) { return !model.installed && model.state == ModelState::kCold; };
  models.erase(std::remove_if(models.begin(), models.end(), silent), models.end());
  return models;
}

void AddModels(const std::vector<ModelStatus>& models, MetricsText* metrics) {
  metrics->Begin("counsel_model_state", "gauge", "1 for the state that the model is in.");
  for (const ModelStatus& model : models) {
    for (const ModelState state :
         {ModelState::kCold, ModelState::kLoading, ModelState::kReady, ModelState::kDraining, ModelState::kFailed}) {
      metrics->Add({{"model", model.name}, {"state", models::ModelStateName(state)}}, model.state == state ? 1 : 0);
    }
  }
  const auto each = [&](const char* name, const char* help, auto value) {
    metrics->Begin(name, "gauge", help);
    for (const ModelStatus& model : models) metrics->Add({{"model", model.name}}, static_cast<double>(value(model)));
  };
  each("counsel_model_leases", "Requests that use the model now.", [](const auto& model) { return model.leases; });
  each("counsel_model_waiting", "Requests that wait for the model.", [](const auto& model) { return model.waiting; });
  each("counsel_model_failures", "Failures in a row.", [](const auto& model) { return model.failures; });
  metrics->Begin("counsel_model_load_seconds", "gauge", "What the last load that ended well took.");
  for (const ModelStatus& model : models) {
    if (model.load_seconds > 0) metrics->Add({{"model", model.name}}, model.load_seconds);
  }
}

// What a server was promised (a model without one: nothing), and what it holds.
void AddModelMemory(const std::vector<ModelStatus>& models, MetricsText* metrics) {
  metrics->Begin("counsel_model_memory_bytes", "gauge",
                 "Host memory that is reserved for the model's process (planned) and that it holds (measured).");
  for (const ModelStatus& model : models) {
    const bool runs = model.pid > 0;
    const auto add = [&](const char* kind, std::uint64_t bytes) {
      metrics->Add({{"model", model.name}, {"kind", kind}}, runs ? static_cast<double>(bytes) : 0);
    };
    add("planned", model.planned.host_bytes);
    add("measured", model.measured.host_bytes);
  }
  metrics->Begin("counsel_model_device_memory_bytes", "gauge", "Memory of a device, likewise.");
  for (const ModelStatus& model : models) {
    if (model.pid <= 0) continue;
    const auto add = [&](const char* kind, const models::Footprint& footprint) {
      for (const auto& [device, bytes] : footprint.device_bytes) {
        metrics->Add({{"model", model.name}, {"device", device}, {"kind", kind}}, static_cast<double>(bytes));
      }
    };
    add("planned", model.planned);
    add("measured", model.measured);
  }
}

void AddCounts(const models::ModelPool& pool, MetricsText* metrics) {
  using models::Eviction;
  metrics->Begin("counsel_model_loads_total", "counter", "Loads that ended well.");
  for (const auto& [model, counts] : pool.Counts()) {
    metrics->Add({{"model", model}}, static_cast<double>(counts.loads));
  }
  metrics->Begin("counsel_model_failures_total", "counter",
                 "Processes that failed: while they loaded, or while they served.");
  for (const auto& [model, counts] : pool.Counts()) {
    metrics->Add({{"model", model}, {"while", "loading"}}, static_cast<double>(counts.failed_loads));
    metrics->Add({{"model", model}, {"while", "serving"}}, static_cast<double>(counts.failed_serving));
  }
  metrics->Begin("counsel_model_evictions_total", "counter", "Times that the model was given up, by cause.");
  for (const auto& [model, counts] : pool.Counts()) {
    for (const Eviction::Cause cause :
         {Eviction::Cause::kAnotherModel, Eviction::Cause::kMemoryShort, Eviction::Cause::kIdle}) {
      const auto found = counts.evictions.find(cause);
      metrics->Add({{"model", model}, {"cause", models::EvictionCauseName(cause)}},
                   found == counts.evictions.end() ? 0 : static_cast<double>(found->second));
    }
  }
  metrics->Begin("counsel_memory_pressure", "gauge",
                 "1 for the level of memory pressure; calm while nothing is loaded.");
  for (const host::PressureLevel level :
       {host::PressureLevel::kCalm, host::PressureLevel::kRising, host::PressureLevel::kCritical}) {
    metrics->Add({{"level", host::PressureLevelName(level)}}, pool.Pressure() == level ? 1 : 0);
  }
}

void AddServingTimes(const models::ModelPool& pool, MetricsText* metrics) {
  using models::DurationHistogram;
  const std::vector<double> bounds(DurationHistogram::kBounds.begin(), DurationHistogram::kBounds.end());
  const auto each = [&](const char* name, const char* help, DurationHistogram models::ServingTimes::*which) {
    metrics->Begin(name, "histogram", help);
    for (const auto& [model, times] : pool.Times()) {
      const DurationHistogram& histogram = times.*which;
      std::vector<std::uint64_t> counts;
      for (std::size_t i = 0; i <= bounds.size(); ++i) counts.push_back(histogram.count(i));
      metrics->AddHistogram({{"model", model}}, bounds, counts, histogram.sum_seconds());
    }
  };
  each("counsel_request_forward_seconds",
       "From a request that was read to its last byte written to the model's server, the wait for the model left out.",
       &models::ServingTimes::forward);
  each("counsel_reply_relay_seconds",
       "From a piece of a reply read from the model's server to its last byte written to the client.",
       &models::ServingTimes::relay);
  each("counsel_model_wait_seconds", "The wait for the model, of requests that found it not ready.",
       &models::ServingTimes::lease_wait);
}

void AddDaemon(const Services& services, const StateCounts& documents, MetricsText* metrics) {
  const auto one = [&](const char* name, const char* help, std::uint64_t value) {
    metrics->Begin(name, "gauge", help);
    metrics->Add({}, static_cast<double>(value));
  };
  const host::Budget budget = host::ReadBudget();
  one("counsel_memory_headroom_bytes", "Memory that can be had before something is killed.", budget.headroom_bytes);
  one("counsel_memory_total_bytes", "Memory of the machine, or the smallest limit above Counsel.", budget.total_bytes);
  metrics->Begin("counsel_documents", "gauge", "Documents in each state, superseded ones left out.");
  for (const DocumentState state : {DocumentState::kQueued, DocumentState::kExtracting, DocumentState::kEmbedding,
                                    DocumentState::kReady, DocumentState::kFailed}) {
    const auto found = documents.find(state);
    metrics->Add({{"state", documents::DocumentStateName(state)}},
                 found == documents.end() ? 0 : static_cast<double>(found->second));
  }
  const Result<host::Charge> charge = host::ReadCharge(::getpid());
  if (charge) {
    one("process_resident_memory_bytes", "Resident memory of the daemon, its models left out.",
        charge->held_bytes() + charge->file_bytes);
  }
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  one("counsel_uptime_seconds", "Since the daemon's start.",
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - services.started_at)));
}

void AddRestarts(MetricsText* metrics) {
  metrics->Begin("counsel_loop_restarts_total", "counter",
                 "Loops of the daemon that ended unforeseen and were restarted.");
  for (const Restarts& one : AllRestarts()) metrics->Add({{"loop", one.name}}, static_cast<double>(one.count));
}

asio::awaitable<Result<void>> Metrics(Call& call) {
  Result<StateCounts> documents = co_await call.services.store.Read(documents::CountByState);
  if (!documents) co_return Fail(std::move(documents.error()));
  const std::vector<ModelStatus> models = ModelsToTell(call.services.pool);
  MetricsText metrics;
  AddModels(models, &metrics);
  AddModelMemory(models, &metrics);
  AddCounts(call.services.pool, &metrics);
  AddServingTimes(call.services.pool, &metrics);
  AddDaemon(call.services, *documents, &metrics);
  AddRestarts(&metrics);
  net::Reply reply(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
  co_return co_await call.exchange.Send(reply);
}

}  // namespace

void AddMetricsRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/metrics", Metrics, {kAnyName}});
}

}  // namespace counsel::http
