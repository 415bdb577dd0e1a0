#include "models/model_client.h"

#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "models/model_server.h"

namespace counsel::models {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// A batch of 32 passages takes a second; a prompt of a 7B model on two cores takes minutes.
constexpr std::chrono::minutes kReplyTimeout{10};
constexpr std::chrono::minutes kFirstTokenTimeout{60};

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

net::Request JsonRequest(std::string target, const Json& body) {
  net::Request request("POST", std::move(target));
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = Dump(body);
  return request;
}

// One request with a JSON reply.
asio::awaitable<Result<Json>> Ask(const Lease& lease, const std::string& target, const Json& body) {
  const net::Request request = JsonRequest(target, body);
  Result<net::Reply> reply = co_await net::Fetch(lease.endpoint(), request, kReplyTimeout, kMostReplyBytes);
  if (!reply && reply.error().code == ErrorCode::kTooLarge) {
    co_return Fail(UnexpectedReply(lease.model(), "more than " + FormatBytes(kMostReplyBytes)));
  }
  if (!reply) {
    const Error error = co_await ExplainFailure(lease, reply.error());
    co_return Fail(error);
  }
  if (reply->status != 200) co_return Fail(RefusedReply(lease.model(), reply->status, reply->body));
  co_return ParseReply(lease.model(), reply->body);
}

}  // namespace

asio::awaitable<Error> ExplainFailure(const Lease& lease, Error failure) {
  // The connection breaks a moment before the end of the process is known.
  constexpr int kLooks = 50;
  constexpr std::chrono::milliseconds kBetween{20};
  if (failure.code != ErrorCode::kUnavailable) co_return failure;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int look = 0; look < kLooks; ++look) {
    if (const std::optional<Error> lost = lease.lost()) co_return *lost;
    timer.expires_after(kBetween);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return failure;
}

asio::awaitable<Result<Embeddings>> Embed(const Lease& lease, const std::vector<std::string>& texts, bool query) {
  Json input = Json::array();
  for (const std::string& text : texts) input.push_back(query ? lease.model().query_prefix + text : text);
  const Json body = {{"input", std::move(input)}, {"encoding_format", "base64"}};
  const std::string target = "/v1/embeddings";
  Result<Json> reply = co_await Ask(lease, target, body);
  if (!reply) co_return Fail(std::move(reply.error()));
  co_return ReadEmbeddings(lease.model(), *reply, texts.size());
}

asio::awaitable<Result<std::vector<double>>> Score(const Lease& lease, const std::string& query,
                                                   const std::vector<std::string>& texts) {
  const Json body = {{"query", query}, {"documents", texts}};
  const std::string target = "/v1/rerank";
  Result<Json> reply = co_await Ask(lease, target, body);
  if (!reply) co_return Fail(std::move(reply.error()));
  co_return ReadScores(lease.model(), *reply, texts.size());
}

asio::awaitable<Result<std::vector<std::uint32_t>>> CountTokens(const Lease& lease,
                                                                const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> counts;
  if (IsOnnx(lease.model())) {  // our own server counts many at once
    const Json request = {{"input", texts}};
    const std::string count = "/count-tokens";
    Result<Json> reply = co_await Ask(lease, count, request);
    if (!reply) co_return Fail(std::move(reply.error()));
    co_return ReadCounts(lease.model(), *reply, texts.size());
  }
  const std::string target = "/tokenize";
  for (const std::string& text : texts) {
    const Json body = {{"content", text}, {"add_special", false}};
    Result<Json> reply = co_await Ask(lease, target, body);
    if (!reply) co_return Fail(std::move(reply.error()));
    const Result<std::uint32_t> count = ReadTokenCount(lease.model(), *reply);
    if (!count) co_return Fail(count.error());
    counts.push_back(*count);
  }
  co_return counts;
}

asio::awaitable<Result<std::string>> ApplyTemplate(const Lease& lease, const std::vector<ChatMessage>& messages) {
  Json list = Json::array();
  for (const ChatMessage& message : messages) list.push_back({{"role", message.role}, {"content", message.content}});
  const Json body = {{"messages", std::move(list)}};
  const std::string target = "/apply-template";
  Result<Json> reply = co_await Ask(lease, target, body);
  if (!reply) co_return Fail(std::move(reply.error()));
  const auto prompt = reply->find("prompt");
  if (prompt == reply->end() || !prompt->is_string()) co_return Fail(UnexpectedReply(lease.model(), "no prompt"));
  co_return prompt->get<std::string>();
}

asio::awaitable<Result<ChatEnd>> Chat(const Lease& lease, const std::vector<ChatMessage>& messages,
                                      const ChatOptions& options, OnText on_text) {
  const Clock::time_point began = Clock::now();
  Json list = Json::array();
  for (const ChatMessage& message : messages) list.push_back({{"role", message.role}, {"content", message.content}});
  Json body = {{"messages", std::move(list)},
               {"max_tokens", options.max_tokens},
               {"temperature", options.temperature},
               {"stream", true},
               {"stream_options", {{"include_usage", true}}}};
  if (!lease.model().remote) body["seed"] = options.seed;
  if (!lease.model().remote && options.read_anew) body["cache_prompt"] = false;
  const net::Request request = JsonRequest("/v1/chat/completions", body);
  Result<net::ReplyStream> reply = co_await net::Open(lease.endpoint(), request, kFirstTokenTimeout);
  if (!reply) {
    const Error error = co_await ExplainFailure(lease, reply.error());
    co_return Fail(error);
  }
  lease.times().forward.Add(reply->sent_at() - began);
  if (reply->status() != 200) {
    Result<std::string> text = co_await reply->ReadAll(std::size_t{1} << 20);
    co_return Fail(RefusedReply(lease.model(), reply->status(), text.value_or("")));
  }
  ChatEnd end;
  net::EventParser parser;
  for (;;) {
    Result<std::string> bytes = co_await reply->ReadSome();
    if (!bytes) {
      const Error error = co_await ExplainFailure(lease, bytes.error());
      co_return Fail(error);
    }
    if (bytes->empty()) break;
    lease.HasRead();
    const Clock::time_point read_at = Clock::now();
    Result<std::vector<net::Event>> events = parser.Feed(*bytes);
    if (!events) co_return Fail(UnexpectedReply(lease.model(), "an event of more than a megabyte"));
    for (const net::Event& event : *events) {
      if (event.data == "[DONE]") {
        lease.times().reading.Add(end.read_tokens, end.read_seconds);
        co_return end;
      }
      const Result<std::string> text = ReadChatEvent(lease.model(), event.data, &end);
      if (!text) co_return Fail(text.error());
      if (text->empty()) continue;
      Result<void> told = co_await on_text(*text);
      if (!told) co_return Fail(std::move(told.error()));
    }
    lease.times().relay.Add(Clock::now() - read_at);
  }
  // A connection that is closed where its reply has no length looks like an end: the reason for it tells them apart.
  if (end.finish_reason.empty()) co_return Fail(UnexpectedReply(lease.model(), "it stopped in the middle"));
  co_return end;
}

}  // namespace counsel::models
