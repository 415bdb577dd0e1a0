#include "service.h"

#include <utility>
#include <vector>

#include "messages.h"

namespace counsel::embedder {
namespace {

using boost::asio::awaitable;

net::Reply JsonReply(int status, std::string body) {
  return {status, "application/json; charset=utf-8", std::move(body)};
}

net::Reply ErrorReply(int status, std::string_view message) {
  return JsonReply(status, FormatError(status, message));
}

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kOverloaded:
    case ErrorCode::kCancelled:
      return 503;
    default:
      return 500;
  }
}

net::Reply ErrorReply(const Error& error) {
  net::Reply reply = ErrorReply(StatusOf(error.code), error.ToString());
  if (error.code == ErrorCode::kOverloaded) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

// The whole body, or why not, with the limit in it.
awaitable<Result<std::string>> ReadBody(net::Exchange& exchange) {
  Result<std::string> body = co_await exchange.ReadBody(Service::kMaxBodyBytes);
  if (!body && body.error().code == ErrorCode::kTooLarge) {
    body = Fail(ErrorCode::kTooLarge, "The body is larger than 16 MiB.", "Send fewer texts in one request.");
  }
  co_return body;
}

}  // namespace

Service::Service(Workers& workers, std::string model_name) : workers_(workers), model_name_(std::move(model_name)) {}

void Service::SetReady(std::shared_ptr<const Encoder> encoder) {
  encoder_ = std::move(encoder);
}

awaitable<void> Service::Handle(net::Exchange& exchange) {
  net::Reply reply = co_await Answer(exchange);
  // An error means that the client has left: there is nobody to tell.
  (void)co_await exchange.Send(reply);
}

awaitable<net::Reply> Service::Answer(net::Exchange& exchange) {
  const std::string_view path = exchange.request().path();
  const bool known = path == "/health" || path == "/v1/embeddings" || path == "/tokenize" || path == "/count-tokens";
  if (!known) {
    co_return ErrorReply(404, "Not found: counsel-embedder has /health, /v1/embeddings, /tokenize and /count-tokens.");
  }
  const std::string_view method = path == "/health" ? "GET" : "POST";
  if (exchange.request().method != method) {
    net::Reply reply = ErrorReply(405, "Use " + std::string(method) + " for this path.");
    reply.headers.emplace_back("Allow", method);
    co_return reply;
  }
  if (!encoder_) co_return ErrorReply(503, "Loading model");
  if (path == "/health") co_return JsonReply(200, R"({"status":"ok"})");
  if (path == "/tokenize") co_return co_await Tokenize(exchange);
  if (path == "/count-tokens") co_return co_await CountTokens(exchange);
  co_return co_await Embeddings(exchange);
}

awaitable<net::Reply> Service::Embeddings(net::Exchange& exchange) {
  const Result<std::string> body = co_await ReadBody(exchange);
  if (!body) co_return ErrorReply(body.error());
  Result<EmbeddingsRequest> request = ParseEmbeddingsRequest(*body, kMaxTexts);
  if (!request) co_return ErrorReply(request.error());

  // One text per Run, always: a model that quantises per batch would let a text change its neighbour's vector.
  using Function = std::function<Result<EmbeddingPart>()>;
  std::vector<Function> functions;
  functions.reserve(request->texts.size());
  for (std::size_t i = 0; i < request->texts.size(); ++i) {
    functions.push_back([encoder = encoder_, i, text = std::move(request->texts[i]),
                         format = request->format]() -> Result<EmbeddingPart> {
      const Result<TextVector> vector = encoder->Embed(text);
      if (!vector) return Fail(vector.error());
      return FormatEmbedding(i, *vector, format);
    });
  }
  auto results = co_await RunAll<EmbeddingPart>(workers_, std::move(functions));
  if (!results) co_return ErrorReply(results.error());
  std::vector<EmbeddingPart> parts;
  parts.reserve(results->size());
  for (Result<EmbeddingPart>& result : *results) {
    if (!result) co_return ErrorReply(result.error());
    parts.push_back(std::move(*result));
  }
  co_return JsonReply(200, FormatEmbeddings(parts, request->model.empty() ? model_name_ : request->model));
}

awaitable<net::Reply> Service::Tokenize(net::Exchange& exchange) {
  const Result<std::string> body = co_await ReadBody(exchange);
  if (!body) co_return ErrorReply(body.error());
  const Result<TokenizeRequest> request = ParseTokenizeRequest(*body);
  if (!request) co_return ErrorReply(request.error());
  std::vector<std::function<Result<std::string>()>> functions;
  functions.emplace_back([encoder = encoder_, request = *request]() -> Result<std::string> {
    return FormatTokens(encoder->Tokenize(request.text, request.add_special));
  });
  auto results = co_await RunAll<std::string>(workers_, std::move(functions));
  if (!results) co_return ErrorReply(results.error());
  Result<std::string>& tokens = results->front();
  if (!tokens) co_return ErrorReply(tokens.error());
  co_return JsonReply(200, std::move(*tokens));
}

// One job for all: a text takes microseconds.
awaitable<net::Reply> Service::CountTokens(net::Exchange& exchange) {
  const Result<std::string> body = co_await ReadBody(exchange);
  if (!body) co_return ErrorReply(body.error());
  Result<std::vector<std::string>> texts = ParseCountRequest(*body, kMaxTexts);
  if (!texts) co_return ErrorReply(texts.error());
  std::vector<std::function<Result<std::string>()>> functions;
  functions.emplace_back([encoder = encoder_, texts = std::move(*texts)]() -> Result<std::string> {
    std::vector<std::size_t> counts;
    for (const std::string& text : texts) counts.push_back(encoder->Tokenize(text, false).size());
    return FormatCounts(counts);
  });
  auto results = co_await RunAll<std::string>(workers_, std::move(functions));
  if (!results) co_return ErrorReply(results.error());
  Result<std::string>& counts = results->front();
  if (!counts) co_return ErrorReply(counts.error());
  co_return JsonReply(200, std::move(*counts));
}

}  // namespace counsel::embedder
