#include "app/daemon_client.h"

#include <cstdio>
#include <iostream>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/background.h"
#include "app/instance.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kHealthTimeout{10};

// The endpoint of the home's daemon when one answers there.
asio::awaitable<std::optional<net::Endpoint>> FindDaemon(const Settings& settings) {
  const std::optional<InstanceNote> note = ReadInstanceNote(settings.home());
  if (!note || note->socket.empty()) co_return std::nullopt;
  const net::Endpoint endpoint = net::Endpoint::Unix(note->socket);
  const net::Request request("GET", "/health");
  Result<net::Reply> reply = co_await net::Fetch(endpoint, request, kHealthTimeout);
  if (!reply || reply->status != 200) co_return std::nullopt;
  co_return endpoint;
}

ErrorCode CodeFromName(const std::string& name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    if (ErrorCodeName(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::kInternal;
}

}  // namespace

Error ErrorFromJson(const Json& json, int http_status) {
  const auto found = json.is_object() ? json.find("error") : json.end();
  if (!json.is_object() || found == json.end() || !found->is_object()) {
    return {ErrorCode::kInternal, "The daemon answered with HTTP status " + std::to_string(http_status) + "."};
  }
  std::string message = found->value("message", "");
  if (message.empty()) message = "The daemon failed and did not say why; its log may (counsel config log.file).";
  return {CodeFromName(found->value("code", "internal")), std::move(message), found->value("next_step", "")};
}

asio::awaitable<Result<DaemonClient>> DaemonClient::Connect(const Settings& settings, bool start) {
  std::optional<net::Endpoint> endpoint = co_await FindDaemon(settings);
  if (endpoint) co_return DaemonClient(*endpoint);
  if (!start) {
    co_return Fail(ErrorCode::kUnavailable, "Counsel is not running for the home " + settings.home().string() + ".",
                   "Start it with: counsel serve");
  }
  std::cerr << "Starting Counsel in the background (log: " << BackgroundLog(settings).string()
            << "; stop it with: counsel stop)\n";
  Result<void> started = StartInBackground(settings);
  // Another command may have started one at the same moment: then its daemon will answer soon.
  if (!started && started.error().code != ErrorCode::kAlreadyExists) co_return Fail(std::move(started.error()));
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int tries = 0; tries < 500; ++tries) {
    endpoint = co_await FindDaemon(settings);
    if (endpoint) co_return DaemonClient(*endpoint);
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (!started) co_return Fail(std::move(started.error()));
  co_return Fail(ErrorCode::kUnavailable, "Counsel was started but does not answer.",
                 "Look into " + BackgroundLog(settings).string() + ".");
}

asio::awaitable<Result<Json>> DaemonClient::Call(const std::string& method, const std::string& target, const Json& body,
                                                 std::chrono::milliseconds timeout) {
  net::Request request(method, target);
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  Result<net::Reply> reply = co_await net::Fetch(endpoint_, request, timeout);
  if (!reply) co_return Fail(std::move(reply.error()));
  Json json = Json::parse(reply->body, nullptr, false);
  if (reply->status >= 400) co_return Fail(ErrorFromJson(json, reply->status));
  if (json.is_discarded()) co_return Fail(ErrorCode::kInternal, "The daemon's reply is not JSON.");
  co_return json;
}

asio::awaitable<Result<net::ReplyStream>> DaemonClient::Stream(const std::string& method, const std::string& target,
                                                               const Json& body) {
  net::Request request(method, target);
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  Result<net::ReplyStream> stream = co_await net::Open(endpoint_, request, std::chrono::minutes(10));
  if (!stream) co_return Fail(std::move(stream.error()));
  if (stream->status() >= 400) {
    Result<std::string> text = co_await stream->ReadAll(std::size_t{1} << 20);
    const Json json = text ? Json::parse(*text, nullptr, false) : Json();
    co_return Fail(ErrorFromJson(json, stream->status()));
  }
  co_return std::move(*stream);
}

asio::awaitable<Result<std::optional<net::Event>>> EventReader::Next() {
  while (position_ == ready_.size()) {
    Result<std::string> bytes = co_await stream_.ReadSome();
    if (!bytes) co_return Fail(std::move(bytes.error()));
    if (bytes->empty()) co_return std::optional<net::Event>();
    Result<std::vector<net::Event>> events = parser_.Feed(*bytes);
    if (!events) co_return Fail(std::move(events.error()));
    ready_ = std::move(*events);
    position_ = 0;
  }
  co_return std::optional<net::Event>(std::move(ready_[position_++]));
}

void PrintJson(const Json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

}  // namespace counsel::app
