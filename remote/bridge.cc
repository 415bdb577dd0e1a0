#include "bridge.h"

#include <string_view>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "messages.h"

namespace counsel::remote {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLookTimeout{8};
constexpr std::chrono::seconds kLoadingPause{1};
constexpr std::chrono::seconds kTokenizeTimeout{20};
// A server whose bytes came just now is not asked how it is: it may be too busy to say.
constexpr std::chrono::seconds kAlive{10};
constexpr int kMostMissed = 2;

constexpr std::string_view kKeyRefused = "key refused";
constexpr std::string_view kLoading = "loading";

net::Reply JsonReply(int status, std::string body) {
  return {status, "application/json; charset=utf-8", std::move(body)};
}

awaitable<void> SendError(net::Exchange& exchange, int status, std::string_view message) {
  net::Reply reply = JsonReply(status, FormatError(status, message));
  if (status == 503) reply.headers.emplace_back("Retry-After", "1");
  // An error means that the client has left: there is nobody to tell.
  (void)co_await exchange.Send(reply);
}

int StatusOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    default:
      return 502;
  }
}

std::string Told(const Error& error) {
  return "The remote server failed: " + error.message + ".";
}

// Counts one request for as long as it lives.
class Counted {
 public:
  explicit Counted(std::size_t* count) : count_(count) { ++*count_; }
  ~Counted() { --*count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t* count_;
};

// What a failed look means, in a word that Counsel explains.
Error Explained(const Error& error) {
  switch (error.code) {
    case ErrorCode::kPermissionDenied:
      return {error.code, "certificate not trusted: " + error.message};
    case ErrorCode::kInvalidArgument:
      return {error.code, "no address: " + error.message};
    default:
      return {error.code, "unreachable: " + error.message};
  }
}

}  // namespace

Bridge::Bridge(Transfers& transfers, BridgeOptions options) : transfers_(transfers), options_(std::move(options)) {}

TransferRequest Bridge::To(std::string_view target, std::string body) const {
  TransferRequest request;
  request.url = options_.root + std::string(target);
  request.body = std::move(body);
  request.bearer = Secret(options_.key.view());
  request.ca_file = options_.ca_file;
  request.stall_timeout = options_.stall_timeout;
  return request;
}

awaitable<Result<ReplyHead>> Bridge::Ask(std::string target) {
  TransferRequest request = To(target, "");
  request.total_timeout = kLookTimeout;
  const std::unique_ptr<Transfer> transfer = transfers_.Start(std::move(request));
  Result<ReplyHead> head = co_await transfer->Head();
  if (!head) co_return head;
  // To the end, so that the connection can be kept.
  std::size_t read = 0;
  while (read < kMostBodyBytes) {
    const Result<std::string> bytes = co_await transfer->ReadSome();
    if (!bytes || bytes->empty()) break;
    read += bytes->size();
  }
  co_return head;
}

awaitable<Result<void>> Bridge::Look() {
  const Result<ReplyHead> health = co_await Ask("/health");
  if (!health) co_return Fail(Explained(health.error()));
  if (health->status == 503) co_return Fail(ErrorCode::kUnavailable, std::string(kLoading));
  // Most servers tell their health to anybody: the list of models needs the key.
  const Result<ReplyHead> models = co_await Ask("/v1/models");
  if (!models) co_return Fail(Explained(models.error()));
  if (models->status == 401 || models->status == 403) {
    co_return Fail(ErrorCode::kUnauthenticated, std::string(kKeyRefused));
  }
  if (health->status == 200 || models->status == 200) co_return Result<void>();
  const std::string status = "status " + std::to_string(models->status);
  if (models->status >= 300 && models->status < 400)
    co_return Fail(ErrorCode::kUnsupported, "leads elsewhere: " + status);
  if (models->status >= 500) co_return Fail(ErrorCode::kUnavailable, "unreachable: " + status);
  co_return Fail(ErrorCode::kUnsupported, "no model server: " + status);
}

awaitable<Result<void>> Bridge::Open() {
  const Clock::time_point began = Clock::now();
  asio::steady_timer pause(co_await asio::this_coro::executor);
  std::chrono::milliseconds between = options_.retry_pause;
  for (;;) {
    Result<void> looked = co_await Look();
    if (looked) {
      open_ = true;
      co_return looked;
    }
    const Error& error = looked.error();
    const bool loading = error.message == kLoading;
    const bool passing = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded;
    const Clock::duration patience = loading ? options_.loading_patience : options_.retry_for;
    if (!passing || Clock::now() - began >= patience) co_return looked;
    pause.expires_after(loading ? std::chrono::milliseconds(kLoadingPause) : between);
    between *= 2;
    co_await pause.async_wait(asio::use_awaitable);
  }
}

awaitable<void> Bridge::Handle(net::Exchange& exchange) {
  const std::string path(exchange.request().path());
  const bool forwarded = path == "/v1/chat/completions" || path == "/v1/completions" || path == "/v1/embeddings";
  const bool known = forwarded || path == "/health" || path == "/tokenize" || path == "/apply-template";
  if (!known) co_return co_await SendError(exchange, 404, "Not found.");
  if (exchange.request().method != (path == "/health" ? "GET" : "POST")) {
    co_return co_await SendError(exchange, 405, "Another method is used for this path.");
  }
  if (!open_) co_return co_await SendError(exchange, 503, "Loading model");
  if (path == "/health") co_return co_await Health(exchange);
  if (requests_ >= kMostRequests) {
    co_return co_await SendError(exchange, 503, "Too many requests are under way to the remote server.");
  }
  const Counted counted(&requests_);
  if (path == "/tokenize") co_return co_await Tokenize(exchange);
  if (path == "/apply-template") co_return co_await ApplyTemplate(exchange);
  co_return co_await Forward(exchange);
}

awaitable<void> Bridge::Health(net::Exchange& exchange) {
  const bool fresh = transfers_.last_byte() > Clock::now() - kAlive;
  Result<void> alive;
  if (!fresh) alive = co_await Look();
  if (alive) {
    missed_ = 0;
    net::Reply reply = JsonReply(200, R"({"status":"ok"})");
    (void)co_await exchange.Send(reply);
    co_return;
  }
  ++missed_;
  co_await SendError(exchange, 503, Told(alive.error()));
  if (missed_ >= kMostMissed && on_lost) on_lost(alive.error());
}

awaitable<void> Bridge::Forward(net::Exchange& exchange) {
  Result<std::string> body = co_await exchange.ReadBody(kMostBodyBytes);
  if (!body) {
    const bool large = body.error().code == ErrorCode::kTooLarge;
    co_return co_await SendError(exchange, large ? 413 : 400, large ? "The body is larger than 16 MiB." : "No body.");
  }
  Result<std::string> named = WithModel(*body, options_.model);
  if (!named) co_return co_await SendError(exchange, 400, named.error().message);
  TransferRequest request = To(exchange.request().path(), std::move(*named));
  std::string().swap(*body);
  const std::unique_ptr<Transfer> transfer = transfers_.Start(std::move(request));
  const Result<ReplyHead> head = co_await transfer->Head();
  if (!head) co_return co_await SendError(exchange, StatusOf(head.error()), Told(head.error()));
  // Not its words: to our client they would read as if ours were meant.
  if (head->status == 401) co_return co_await SendError(exchange, 502, "The remote server refused the key.");
  if (head->status >= 300 && head->status < 400) {
    co_return co_await SendError(exchange, 502, "The remote server leads elsewhere, where no key is sent.");
  }

  const bool events = head->content_type.starts_with("text/event-stream");
  net::Reply begun(head->status, head->content_type.empty() ? "application/json" : head->content_type, "");
  if (head->retry_after > 0) begun.headers.emplace_back("Retry-After", std::to_string(head->retry_after));
  Result<void> written = co_await exchange.Begin(begun);
  while (written) {
    const Result<std::string> bytes = co_await transfer->ReadSome();
    if (!bytes) {
      // Without an end, which the client takes for what it is; a stream of events can say why.
      if (!events) co_return;
      const std::string event = "\n\n" + net::FormatEvent("", FormatError(502, Told(bytes.error())));
      written = co_await exchange.Write(event);
      break;
    }
    if (bytes->empty()) break;
    written = co_await exchange.Write(*bytes);
  }
  if (written) (void)co_await exchange.End();
}

awaitable<Result<std::string>> Bridge::Post(std::string target, std::string body) {
  TransferRequest request = To(target, std::move(body));
  request.total_timeout = kTokenizeTimeout;
  request.reply_limit = kMostBodyBytes;
  const std::unique_ptr<Transfer> transfer = transfers_.Start(std::move(request));
  const Result<ReplyHead> head = co_await transfer->Head();
  if (!head) co_return Fail(head.error());
  if (head->status != 200) co_return Fail(ErrorCode::kUnsupported, "status " + std::to_string(head->status));
  std::string reply;
  for (;;) {
    const Result<std::string> bytes = co_await transfer->ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) co_return reply;
    reply += *bytes;
  }
}

awaitable<void> Bridge::Tokenize(net::Exchange& exchange) {
  const Result<std::string> body = co_await exchange.ReadBody(kMostBodyBytes);
  if (!body) co_return co_await SendError(exchange, 413, "The body is larger than 16 MiB.");
  const Result<TokenizeRequest> request = ReadTokenizeRequest(*body);
  if (!request) co_return co_await SendError(exchange, 400, request.error().message);
  std::string question = FormatTokenizeRequest(*request, options_.model);
  const Result<std::string> said = co_await Post("/tokenize", std::move(question));
  // A server that is not there fails the request; one that cannot count does not.
  if (!said && said.error().code != ErrorCode::kUnsupported) {
    co_return co_await SendError(exchange, StatusOf(said.error()), Told(said.error()));
  }
  std::optional<std::string> tokens;
  if (said) tokens = AsTokens(*said, request->text);
  if (!tokens) tokens = FormatEstimate(MostTokens(request->text));
  net::Reply reply = JsonReply(200, std::move(*tokens));
  (void)co_await exchange.Send(reply);
}

awaitable<void> Bridge::ApplyTemplate(net::Exchange& exchange) {
  Result<std::string> body = co_await exchange.ReadBody(kMostBodyBytes);
  if (!body) co_return co_await SendError(exchange, 413, "The body is larger than 16 MiB.");
  const Result<std::string> said = co_await Post("/apply-template", std::move(*body));
  if (!said && said.error().code != ErrorCode::kUnsupported) {
    co_return co_await SendError(exchange, StatusOf(said.error()), Told(said.error()));
  }
  if (!said) co_return co_await SendError(exchange, 501, "The remote server does not show its chat template.");
  net::Reply reply = JsonReply(200, *said);
  (void)co_await exchange.Send(reply);
}

}  // namespace counsel::remote
