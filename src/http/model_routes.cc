// /api/models and what can be done with a model.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/offload.h"
#include "host/budget.h"
#include "http/page_cache.h"
#include "http/routes.h"
#include "models/admission.h"
#include "models/model_server.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;
// How long unload waits for running answers unless `force` is set.
constexpr std::chrono::seconds kUnloadGrace{30};
constexpr std::chrono::minutes kLoadTimeout{5};

asio::awaitable<Result<void>> List(Call& call) {
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
      model["context_tokens"] = (*entry)->context_tokens;
    }
    models.push_back(std::move(model));
  }
  Json history = Json::array();
  for (const models::LoadRecord& record : call.services.pool.History()) history.push_back(LoadRecordJson(record));
  const host::Memory memory = host::ReadMemory();
  Json json = {{"models", std::move(models)},
               {"history", std::move(history)},
               {"memory", {{"total", memory.total_bytes}, {"available", memory.available_bytes}}}};
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
  // The engine's own flag for the style, which is no part of the plan's.
  const Result<const models::ModelEntry*> entry = call.services.catalogue.Find(name);
  if (*style == models::LoadStyle::kQuick && entry && !models::IsOnnx(**entry)) json["flags"].push_back("--no-repack");
  json["waits_for"] = Json::array();
  for (const models::ModelStatus& status : call.services.pool.Status()) {
    const bool goes = std::find(report->evicts.begin(), report->evicts.end(), status.name) != report->evicts.end();
    if (goes && status.leases > 0) json["waits_for"].push_back(status.name);
  }
  co_return co_await call.SendJson(std::move(json));
}

std::string Bytes(std::uint64_t bytes) {
  const bool large = bytes >= 1'000'000'000;
  char text[32];
  std::snprintf(text, sizeof text, large ? "%.1f GB" : "%.0f MB", static_cast<double>(bytes) / (large ? 1e9 : 1e6));
  return text;
}

// What the page cache may take without touching what the models that run were promised and have not taken yet. What
// `name` itself maps is what is read.
std::uint64_t RoomForPages(const models::ModelPool& pool, const std::string& name) {
  std::uint64_t promised = models::LedgerLimits().margin_bytes;
  for (const models::ModelStatus& status : pool.Status()) {
    if (status.pid == 0 || status.name == name) continue;
    const Result<host::Charge> charge = host::ReadCharge(static_cast<pid_t>(status.pid));
    const std::uint64_t held = charge ? charge->held_bytes() : 0;
    promised += status.planned.host_bytes - std::min(status.planned.host_bytes, held);
  }
  const std::uint64_t headroom = host::ReadBudget().headroom_bytes;
  return headroom - std::min(headroom, promised);
}

// Pages that were read count as room as before, so the whole of the model is compared with it, at any time.
Result<void> RequireRoomForPages(const models::ModelPool& pool, const std::string& name, std::uint64_t bytes) {
  const std::uint64_t room = RoomForPages(pool, name);
  if (bytes <= room) return {};
  return Fail(ErrorCode::kOutOfMemory,
              "The files of '" + name + "' are " + Bytes(bytes) + ", and only " + Bytes(room) +
                  " of memory are free to keep them.",
              "Give models back that are not needed (counsel unload), or load it as it is: counsel load " + name);
}

// Reads the model's files into the page cache: a later load finds them there. No process starts.
asio::awaitable<Result<void>> Warm(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const std::string name = call.parameters["name"];
  const Result<const models::ModelEntry*> entry = call.services.catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  if (Result<void> installed = call.services.catalogue.RequireInstalled(**entry); !installed) {
    co_return Fail(std::move(installed.error()));
  }
  std::vector<std::pair<std::filesystem::path, std::uint64_t>> files;
  std::uint64_t total = 0;
  for (const models::ModelFile& file : (*entry)->files) {
    const std::filesystem::path path = call.services.catalogue.PathOf(file);
    std::error_code failed;
    const std::uintmax_t bytes = std::filesystem::file_size(path, failed);
    if (!failed) total += bytes;
    if (!failed) files.emplace_back(path, bytes);
  }
  // A piece at a time: the threads are free for others in between, a caller that leaves ends it, and so does memory
  // that gets short.
  constexpr std::uint64_t kPiece = std::uint64_t{64} << 20;
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t done = 0;
  for (const auto& [path, bytes] : files) {
    for (std::uint64_t offset = 0; offset < bytes; offset += kPiece) {
      if (Result<void> fits = RequireRoomForPages(call.services.pool, name, total); !fits) {
        co_return Fail(std::move(fits.error()));
      }
      auto read = [file = path, offset] { return ReadIntoPageCache(file, offset, kPiece); };
      const Result<std::uint64_t> piece = co_await Offload(call.services.threads, read);
      if (!piece) co_return Fail(piece.error());
      done += *piece;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  Json json = {{"name", name}, {"bytes", done}, {"seconds", seconds.count()}};
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
}

}  // namespace counsel::http
