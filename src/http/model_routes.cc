// /api/models and what can be done with a model.
#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "http/pulls.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;
// How long unload waits for running answers unless `force` is set.
constexpr std::chrono::seconds kUnloadGrace{30};
constexpr std::chrono::minutes kLoadTimeout{5};

// "huggingface.co" of an address there.
std::string HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find('/')));
}

asio::awaitable<Result<void>> List(Call& call) {
  // First: choosing may add the entry of a user's own file.
  Json generator = ChoiceJson(call.services.generator());
  Json embedder = ChoiceJson(call.services.embedder());
  Json models = Json::array();
  for (const models::ModelStatus& status : call.services.pool.Status()) {
    Json model = ModelJson(status);
    if (Result<const models::ModelEntry*> entry = call.services.catalogue.Find(status.name)) {
      model["title"] = (*entry)->title;
      model["licence"] = (*entry)->licence;
      model["source"] = (*entry)->source;
      std::uint64_t bytes = 0;
      for (const models::ModelFile& file : (*entry)->files) bytes += file.bytes;
      model["bytes"] = bytes;
      model["path"] = (*entry)->files.empty() ? "" : call.services.catalogue.PathOf((*entry)->files[0]).string();
      model["context_tokens"] = status.context_tokens;
      model["slots"] = status.slots > 0 ? Json(status.slots) : Json(nullptr);
      model["pull"] = call.services.pulls->StateOf(status.name);
      model["fetched_from"] = (*entry)->files.empty() ? "" : HostOf((*entry)->files[0].url);
      if ((*entry)->role == models::Role::kEmbedder) model["dimensions"] = (*entry)->dimensions;
    }
    models.push_back(std::move(model));
  }
  Json history = Json::array();
  for (const models::LoadRecord& record : call.services.pool.History()) history.push_back(LoadRecordJson(record));
  // As they were when a load last asked for them; none before the first.
  Json devices = Json::array();
  for (const models::Device& device : call.services.pool.SeenDevices()) {
    devices.push_back({{"name", device.name},
                       {"description", device.description},
                       {"total", device.total_bytes},
                       {"free", device.free_bytes}});
  }
  const host::Memory memory = host::ReadMemory();
  Json json = {
      {"models", std::move(models)},
      {"history", std::move(history)},
      {"generator", std::move(generator)},
      {"embedder", std::move(embedder)},
      {"memory",
       {{"total", memory.total_bytes}, {"available", memory.available_bytes}, {"devices", std::move(devices)}}}};
  co_return co_await call.SendJson(std::move(json));
}

Json StatusOf(models::ModelPool& pool, const std::string& name) {
  for (const models::ModelStatus& status : pool.Status()) {
    if (status.name == name) return ModelJson(status);
  }
  return nullptr;
}

// "quick" or "repacked"; "" is repacked.
Result<models::LoadStyle> StyleMember(const Json& body) {
  Result<std::string> style = StringMember(body, "style", "repacked");
  if (!style) return Fail(std::move(style.error()));
  if (*style == "quick") return models::LoadStyle::kQuick;
  if (*style == "repacked") return models::LoadStyle::kRepacked;
  return Fail(ErrorCode::kInvalidArgument, "'style' must be \"quick\" or \"repacked\".");
}

asio::awaitable<Result<void>> Load(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<models::LoadStyle> style = StyleMember(*body);
  if (!style) co_return Fail(std::move(style.error()));
  // Seconds that it stays when nobody uses it; below 0: for ever.
  constexpr std::int64_t kNotGiven = std::numeric_limits<std::int64_t>::min();
  Result<std::int64_t> keep_alive = IntegerMember(*body, "keep_alive", kNotGiven);
  if (!keep_alive) co_return Fail(std::move(keep_alive.error()));
  models::AcquireOptions options(kLoadTimeout);
  options.insist = true;
  options.prompt_tokens = *style == models::LoadStyle::kQuick ? 0 : models::kUnknownPrompt;
  if (*keep_alive != kNotGiven) options.keep_alive.emplace();
  if (*keep_alive >= 0) options.keep_alive->emplace(std::min<std::int64_t>(*keep_alive, 10 * 365 * 86400));
  const std::string name = call.parameters["name"];
  {
    // The lease ends here: the model stays ready, and idle.
    Result<models::Lease> lease = co_await call.services.pool.Acquire(name, options);
    if (!lease) co_return Fail(std::move(lease.error()));
  }
  Json json = StatusOf(call.services.pool, name);
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Plan(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<models::LoadStyle> style = StyleMember(*body);
  if (!style) co_return Fail(std::move(style.error()));
  const std::string name = call.parameters["name"];
  Result<models::PlanReport> report = co_await call.services.pool.PlanLoad(name, *style);
  if (!report) co_return Fail(std::move(report.error()));
  Json json = PlanJson(*report);
  json["name"] = name;
  const Result<const models::ModelEntry*> entry = call.services.catalogue.Find(name);
  json["remote"] = entry && (*entry)->remote ? (*entry)->remote->host() : "";
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Warm(Call& call) {
  const std::string name = call.parameters["name"];
  const auto began = std::chrono::steady_clock::now();
  const Result<std::uint64_t> bytes = co_await call.services.pool.Warm(name);
  if (!bytes) co_return Fail(bytes.error());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  Json json = {{"name", name}, {"bytes", *bytes}, {"seconds", seconds.count()}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> StartPull(Call& call) {
  const std::string name = call.parameters["name"];
  ASSIGN_OR_CO_RETURN(const models::ModelEntry* entry, call.services.catalogue.Find(name));
  CO_RETURN_IF_ERROR(call.services.pulls->Start(*entry));
  Json json = {{"model", name}, {"pull", call.services.pulls->StateOf(name)}};
  co_return co_await call.SendJson(std::move(json), 202);
}

asio::awaitable<Result<void>> StopPull(Call& call) {
  const std::string name = call.parameters["name"];
  CO_RETURN_IF_ERROR(call.services.pulls->Stop(name));
  Json json = {{"model", name}, {"pull", call.services.pulls->StateOf(name)}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Unload(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<bool> force = BoolMember(*body, "force", false);
  if (!force) co_return Fail(std::move(force.error()));
  const auto named = call.parameters.find("name");
  Result<void> done;
  if (named != call.parameters.end()) {
    if (Result<const models::ModelEntry*> known = call.services.catalogue.Find(named->second); !known) {
      co_return Fail(std::move(known.error()));
    }
    const std::string name = named->second;
    done = co_await call.services.pool.Unload(name, kUnloadGrace, *force);
  } else {
    done = co_await call.services.pool.UnloadAll(kUnloadGrace, *force);
  }
  if (!done) co_return Fail(std::move(done.error()));
  Json models = Json::array();
  for (const models::ModelStatus& status : call.services.pool.Status()) models.push_back(ModelJson(status));
  Json json = {{"models", std::move(models)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddModelRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/models", List});
  routes.push_back({"POST", "/api/models/unload", Unload});
  routes.push_back({"POST", "/api/models/{name}/load", Load});
  routes.push_back({"POST", "/api/models/{name}/unload", Unload});
  routes.push_back({"POST", "/api/models/{name}/plan", Plan});
  routes.push_back({"POST", "/api/models/{name}/warm", Warm});
  routes.push_back({"POST", "/api/models/{name}/pull", StartPull});
  routes.push_back({"DELETE", "/api/models/{name}/pull", StopPull});
}

}  // namespace counsel::http
