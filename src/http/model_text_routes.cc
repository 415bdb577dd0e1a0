// /api/models/{name}/…: what a generator's own server does with text: its tokenizer, its template, plain completion.
// Passed through under a lease, loading it first; a second implementation of any of them would differ somewhere.
#include <chrono>
#include <utility>

#include "http/relay.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = std::size_t{16} << 20;
constexpr std::chrono::minutes kLoadTimeout{5};

Result<std::string> GeneratorNamed(const Services& services, const std::string& name) {
  Result<const models::ModelEntry*> entry = services.catalogue.Find(name);
  if (!entry) return Fail(std::move(entry.error()));
  if ((*entry)->role != models::Role::kGenerator) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is an embedder; this is for generators.",
                "Vectors come from: POST /v1/embeddings");
  }
  return name;
}

// `reads_prompt`: the request makes the model read its text, so its length decides how to load, and it takes a slot.
asio::awaitable<Result<void>> Pass(Call& call, net::Request request, bool reads_prompt, bool streamed) {
  Result<std::string> name = GeneratorNamed(call.services, call.parameters["name"]);
  if (!name) co_return Fail(std::move(name.error()));
  models::AcquireOptions options(kLoadTimeout);
  options.prompt_tokens = reads_prompt ? AboutTokens(request.body) : 0;
  options.slots = reads_prompt ? 1 : 0;
  options.tells_reading = streamed;
  co_return co_await PassThrough(call, *name, std::move(request), options, ErrorJson);
}

RouteHandler PassTo(std::string path, bool reads_prompt) {
  return [path, reads_prompt](Call& call) -> asio::awaitable<Result<void>> {
    Result<std::string> body = co_await call.exchange.ReadBody(kBodyLimit);
    if (!body) co_return Fail(std::move(body.error()));
    const Result<Json> parsed = ParseObject(*body);
    if (!parsed) co_return Fail(parsed.error());
    net::Request request("POST", path);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(*body);
    const bool streamed = IsStreamed(*parsed);
    co_return co_await Pass(call, std::move(request), reads_prompt, streamed);
  };
}

asio::awaitable<Result<void>> Properties(Call& call) {
  net::Request request("GET", "/props");
  co_return co_await Pass(call, std::move(request), false, false);
}

// A GET has no effect: any page or link can make a browser send one. This one loads nothing.
asio::awaitable<Result<void>> PropertiesWhenLoaded(Call& call) {
  const Result<std::string> name = GeneratorNamed(call.services, call.parameters["name"]);
  if (!name) co_return Fail(name.error());
  for (const models::ModelStatus& status : call.services.pool.Status()) {
    if (status.name != *name || status.state == models::ModelState::kReady) continue;
    co_return Fail(ErrorCode::kUnavailable, "'" + *name + "' is not loaded, and a GET loads nothing.",
                   "Send it as a POST, which loads it first.");
  }
  co_return co_await Properties(call);
}

}  // namespace

void AddModelTextRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/models/{name}/tokenize", PassTo("/tokenize", false)});
  routes.push_back({"POST", "/api/models/{name}/detokenize", PassTo("/detokenize", false)});
  routes.push_back({"POST", "/api/models/{name}/apply-template", PassTo("/apply-template", false)});
  routes.push_back({"POST", "/api/models/{name}/completion", PassTo("/completion", true)});
  routes.push_back({"POST", "/api/models/{name}/props", Properties});
  routes.push_back({"GET", "/api/models/{name}/props", PropertiesWhenLoaded});
}

}  // namespace counsel::http
