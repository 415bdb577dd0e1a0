// /v1/…: the OpenAI shapes, passed through to the model's own server under a lease, loading it first.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "http/query_value.h"
#include "http/relay.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = std::size_t{16} << 20;
constexpr std::chrono::minutes kLoadTimeout{5};

// {"error": {"message", "type", "code"}}, as OpenAI's clients read it.
Json OpenAiError(const Error& error) {
  return {{"error",
           {{"message", error.ToString()},
            {"type", HttpStatus(error.code) >= 500 ? "server_error" : "invalid_request_error"},
            {"code", ErrorCodeName(error.code)}}}};
}

asio::awaitable<Result<void>> SendOpenAiError(Call& call, const Error& error) {
  net::Reply reply(HttpStatus(error.code), "application/json", Dump(OpenAiError(error)));
  if (reply.status == 503) reply.headers.emplace_back("Retry-After", "1");
  co_return co_await call.exchange.Send(reply);
}

// The model that a request names; "" or "default" is the one that serves the role.
Result<std::string> ModelNamed(const Json& body, const Services& services, models::Role role) {
  Result<std::string> name = StringMember(body, "model", "");
  if (!name) return name;
  if (name->empty() || *name == "default") {
    Result<models::Catalogue::Choice> choice = role == models::Role::kGenerator  ? services.generator()
                                               : role == models::Role::kEmbedder ? services.embedder()
                                                                                 : services.catalogue.ChooseReranker();
    if (!choice) return Fail(std::move(choice.error()));
    return choice->name;
  }
  Result<const models::ModelEntry*> entry = services.catalogue.Find(*name);
  if (!entry) return Fail(std::move(entry.error()));
  if ((*entry)->role != role) {
    return Fail(ErrorCode::kInvalidArgument,
                "'" + *name + "' is of role " + std::string(models::RoleName((*entry)->role)) + ".",
                "See the models and their roles with: counsel models");
  }
  return *name;
}

// How many texts the request makes a generator write at a time. What is no number is for the model's server to judge.
std::uint32_t TextsAsked(const Json& body, models::Role role) {
  if (role != models::Role::kGenerator) return 0;
  const auto n = body.find("n");
  if (n == body.end() || !n->is_number_unsigned()) return 1;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(n->get<std::uint64_t>(), 1, UINT32_MAX));
}

asio::awaitable<Result<void>> Pass(Call& call, models::Role role) {
  Result<std::string> body = co_await call.exchange.ReadBody(kBodyLimit);
  if (!body) co_return co_await SendOpenAiError(call, body.error());
  Result<Json> parsed = ParseObject(*body);
  if (!parsed) co_return co_await SendOpenAiError(call, parsed.error());
  Result<std::string> name = ModelNamed(*parsed, call.services, role);
  if (!name) co_return co_await SendOpenAiError(call, name.error());
  net::Request request("POST", std::string(call.exchange.request().path()));
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(*body);
  models::AcquireOptions options(kLoadTimeout);
  options.prompt_tokens = AboutTokens(request.body);
  options.slots = TextsAsked(*parsed, role);
  options.tells_reading = IsStreamed(*parsed);
  Result<void> passed = co_await PassThrough(call, *name, std::move(request), options, OpenAiError);
  if (!passed && !call.exchange.begun()) co_return co_await SendOpenAiError(call, passed.error());
  co_return passed;
}

asio::awaitable<Result<void>> PassToGenerator(Call& call) {
  co_return co_await Pass(call, models::Role::kGenerator);
}
asio::awaitable<Result<void>> PassToEmbedder(Call& call) {
  co_return co_await Pass(call, models::Role::kEmbedder);
}
// {"query", "documents", "top_n"}, as the engine and others have it.
asio::awaitable<Result<void>> PassToReranker(Call& call) {
  co_return co_await Pass(call, models::Role::kReranker);
}

asio::awaitable<Result<void>> List(Call& call) {
  Json data = Json::array();
  for (const models::ModelEntry& entry : call.services.catalogue.entries()) {
    if (!call.services.catalogue.Installed(entry)) continue;
    data.push_back({{"id", entry.name}, {"object", "model"}, {"created", 0}, {"owned_by", "counsel"}});
  }
  Json json = {{"object", "list"}, {"data", std::move(data)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddOpenAiRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/v1/models", List, {kAnyName}});
  routes.push_back({"POST", "/v1/chat/completions", PassToGenerator, {kAnyName}});
  routes.push_back({"POST", "/v1/completions", PassToGenerator, {kAnyName}});
  routes.push_back({"POST", "/v1/embeddings", PassToEmbedder, {kAnyName}});
  routes.push_back({"POST", "/v1/rerank", PassToReranker, {kAnyName}});
}

}  // namespace counsel::http
