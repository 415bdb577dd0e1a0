// /api/reembed: vectors of another embedding model, made in the background.
#include <memory>
#include <utility>

#include "http/answer_models.h"
#include "http/event_queue.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using State = ingest::ReembedProgress::State;

constexpr std::size_t kBodyLimit = 64 * 1024;

asio::awaitable<Result<Json>> Look(Services& services) {
  auto read = [](store::Connection& db) { return search::ServingModels(db); };
  Result<std::vector<search::ServingModel>> serving = co_await services.store.Read(read);
  if (!serving) co_return Fail(std::move(serving.error()));
  Json json = ReembedJson(services.ingest.reembedding());
  json["serving"] = Json::array();
  json["waiting"] = 0;
  const Result<models::Catalogue::Choice> wanted = services.wanted_embedder();
  for (const search::ServingModel& model : *serving) {
    json["serving"].push_back({{"model", model.name}, {"passages", model.passages}});
    if (wanted && model.name != wanted->name) json["waiting"] = json["waiting"].get<std::int64_t>() + model.passages;
  }
  json["wanted"] = ChoiceJson(wanted);
  co_return json;
}

asio::awaitable<Result<void>> Show(Call& call) {
  Result<Json> json = co_await Look(call.services);
  if (!json) co_return Fail(std::move(json.error()));
  co_return co_await call.SendJson(std::move(*json));
}

// Events `progress` {share, what, …}, then `done` or `error`; a client that leaves stops nothing.
asio::awaitable<Result<void>> Follow(Call& call) {
  Services& services = call.services;
  auto queue = std::make_shared<EventQueue>(services.io);
  services.event_queues.insert(queue.get());
  const std::shared_ptr<void> registered(nullptr,
                                         [&services, queue](void*) { services.event_queues.erase(queue.get()); });
  const std::shared_ptr<void> told =
      services.ingest.SubscribeReembedding([queue](const ingest::ReembedProgress&) { queue->Push("changed", "{}"); });
  net::Reply head(200, "text/event-stream", "");
  head.headers.emplace_back("Cache-Control", "no-store");
  if (Result<void> begun = co_await call.exchange.Begin(head); !begun) co_return begun;
  for (;;) {
    const ingest::ReembedProgress progress = services.ingest.reembedding();
    const Json json = ReembedJson(progress);
    std::string name = "progress";
    if (progress.state == State::kFailed || progress.state == State::kStopped) name = "error";
    if (progress.state == State::kDone || progress.state == State::kIdle) name = "done";
    const Json failed = ErrorJson(
        Error(progress.state == State::kStopped ? ErrorCode::kCancelled : ErrorCode::kUnavailable,
              progress.state == State::kStopped ? "The re-embedding was given up; the vectors that serve stay."
                                                : progress.reason));
    const std::string event = net::FormatEvent(name, Dump(name == "error" ? failed : json));
    if (Result<void> written = co_await call.exchange.Write(event); !written) co_return written;
    if (name != "progress") break;
    const std::string next = co_await queue->Next();
    if (next.empty()) break;
  }
  co_return co_await call.exchange.End();
}

// POST /api/reembed {stream?}: to the model that EMBEDDING_MODEL names. Nothing happens when all passages have its
// vectors.
asio::awaitable<Result<void>> Begin(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<void> known = OnlyMembers(*body, {"stream"});
  if (!known) co_return Fail(std::move(known.error()));
  const Result<bool> stream = BoolMember(*body, "stream", false);
  if (!stream) co_return Fail(stream.error());
  Services& services = call.services;
  const Result<models::Catalogue::Choice> wanted = InstalledWantedEmbedder(services);
  if (!wanted) co_return Fail(wanted.error());
  const std::string model = wanted->name;
  Result<Json> before = co_await Look(services);
  if (!before) co_return Fail(std::move(before.error()));
  if ((*before)["waiting"] != 0) {
    Result<void> begun = co_await services.ingest.Reembed(model);
    if (!begun) co_return Fail(std::move(begun.error()));
  }
  if (*stream) co_return co_await Follow(call);
  Result<Json> json = co_await Look(services);
  if (!json) co_return Fail(std::move(json.error()));
  co_return co_await call.SendJson(std::move(*json), 202);
}

asio::awaitable<Result<void>> GiveUp(Call& call) {
  Result<void> given_up = co_await call.services.ingest.GiveUpReembedding();
  if (!given_up) co_return given_up;
  Result<Json> json = co_await Look(call.services);
  if (!json) co_return Fail(std::move(json.error()));
  co_return co_await call.SendJson(std::move(*json));
}

}  // namespace

void AddReembedRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/reembed", Show});
  routes.push_back({"POST", "/api/reembed", Begin});
  routes.push_back({"DELETE", "/api/reembed", GiveUp});
}

}  // namespace counsel::http
