#include "models/model_client.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "models/model_server.h"

namespace counsel::models {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// A batch of 32 passages takes a second; a prompt of a 7B model on two cores takes minutes.
constexpr std::chrono::minutes kReplyTimeout{10};
constexpr std::chrono::minutes kFirstTokenTimeout{60};
constexpr std::uint32_t kMostDimensions = 16384;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Error Unexpected(const Lease& lease, const char* what) {
  return {ErrorCode::kUnavailable, "The server of '" + lease.model().name + "' gave an unexpected reply: " + what + ".",
          "Ask again; if it repeats, unload the model: counsel unload"};
}

// What the server itself says went wrong: {"error": {"message"}}.
Error Refused(const Lease& lease, int status, const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  std::string said;
  if (json.is_object() && json.contains("error") && json["error"].is_object()) {
    said = json["error"].value("message", "");
  }
  const std::optional<RemoteServer>& remote = lease.model().remote;
  // Its fallback can do better than ask again later.
  if (remote && !remote->fallback.empty() && (status == 429 || status == 503)) {
    return {ErrorCode::kUnavailable, "'" + lease.model().name + "' at " + remote->host() + " is busy."};
  }
  // counsel-remote's own words for a server that it could not ask.
  if (remote && (status == 502 || status == 504) && !said.empty()) {
    return {ErrorCode::kUnavailable, "'" + lease.model().name + "' at " + remote->host() + ": " + said};
  }
  const ErrorCode code = status == 400                    ? ErrorCode::kInvalidArgument
                         : status == 501                  ? ErrorCode::kUnsupported
                         : status == 503 || status == 429 ? ErrorCode::kOverloaded
                                                          : ErrorCode::kUnavailable;
  return {code,
          "'" + lease.model().name + "' refused the request (status " + std::to_string(status) + ")" +
              (said.empty() ? "." : ": " + said),
          ""};
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
  Result<net::Reply> reply = co_await net::Fetch(lease.endpoint(), request, kReplyTimeout);
  if (!reply) {
    const Error error = co_await ExplainFailure(lease, reply.error());
    co_return Fail(error);
  }
  if (reply->status != 200) co_return Fail(Refused(lease, reply->status, reply->body));
  Json json = Json::parse(reply->body, nullptr, false);
  if (!json.is_object()) co_return Fail(Unexpected(lease, "no JSON object"));
  co_return json;
}

// Appends one vector of the reply; false when it is no vector of `dimensions` finite numbers (0: any number of them).
bool AppendVector(const Json& item, std::uint32_t* dimensions, std::vector<float>* values) {
  std::vector<float> vector;
  const auto embedding = item.find("embedding");
  if (embedding == item.end()) return false;
  if (embedding->is_string()) {
    const std::optional<std::string> bytes = DecodeBase64(embedding->get_ref<const std::string&>());
    if (!bytes || bytes->size() % sizeof(float) != 0) return false;
    vector.resize(bytes->size() / sizeof(float));
    std::memcpy(vector.data(), bytes->data(), bytes->size());
  } else if (embedding->is_array()) {
    for (const Json& number : *embedding) {
      if (!number.is_number()) return false;
      vector.push_back(number.get<float>());
    }
  } else {
    return false;
  }
  if (vector.empty() || vector.size() > kMostDimensions) return false;
  if (*dimensions == 0) *dimensions = static_cast<std::uint32_t>(vector.size());
  if (vector.size() != *dimensions) return false;
  for (const float value : vector) {
    if (!std::isfinite(value)) return false;
  }
  values->insert(values->end(), vector.begin(), vector.end());
  return true;
}

// Brings the last vector to unit length; a vector of zeros stays.
void NormalizeLast(std::uint32_t dimensions, std::vector<float>* values) {
  const auto begin = values->end() - static_cast<std::ptrdiff_t>(dimensions);
  double sum = 0;
  for (auto value = begin; value != values->end(); ++value) sum += static_cast<double>(*value) * *value;
  if (sum <= 0) return;
  const auto scale = static_cast<float>(1 / std::sqrt(sum));
  for (auto value = begin; value != values->end(); ++value) *value *= scale;
}

// One event of a chat stream. Returns the text in it.
struct ChatPiece {
  ChatPiece() = default;
  std::string text;
  std::optional<Error> error;
};

ChatPiece ReadChatEvent(const Lease& lease, const std::string& data, ChatEnd* end) {
  ChatPiece piece;
  const Json json = Json::parse(data, nullptr, false);
  if (!json.is_object()) return piece;
  if (json.contains("error")) {
    piece.error = Refused(lease, 500, data);
    return piece;
  }
  if (const auto usage = json.find("usage"); usage != json.end() && usage->is_object()) {
    end->prompt_tokens = usage->value("prompt_tokens", 0U);
    end->completion_tokens = usage->value("completion_tokens", 0U);
  }
  const auto choices = json.find("choices");
  if (choices == json.end() || !choices->is_array() || choices->empty()) return piece;
  const Json& choice = (*choices)[0];
  if (!choice.is_object()) return piece;
  if (const auto reason = choice.find("finish_reason"); reason != choice.end() && reason->is_string()) {
    end->finish_reason = reason->get<std::string>();
  }
  const auto delta = choice.find("delta");
  if (delta == choice.end() || !delta->is_object()) return piece;
  if (const auto content = delta->find("content"); content != delta->end() && content->is_string()) {
    piece.text = content->get<std::string>();
  }
  return piece;
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
  const auto data = reply->find("data");
  if (data == reply->end() || !data->is_array() || data->size() != texts.size()) {
    co_return Fail(Unexpected(lease, "not one vector a text"));
  }
  Embeddings embeddings;
  embeddings.dimensions = lease.model().dimensions;
  for (std::size_t i = 0; i < data->size(); ++i) {
    const Json& item = (*data)[i];
    if (!item.is_object() || item.value("index", i) != i ||
        !AppendVector(item, &embeddings.dimensions, &embeddings.values)) {
      co_return Fail(Unexpected(lease, "a vector of another size or order"));
    }
    // Our own servers have done that.
    if (lease.model().remote && lease.model().normalize) NormalizeLast(embeddings.dimensions, &embeddings.values);
    // A GGUF embedder's server does not say these.
    embeddings.tokens.push_back(item.value("tokens", 0U));
    embeddings.truncated.push_back(item.value("truncated", false));
  }
  co_return embeddings;
}

asio::awaitable<Result<std::vector<std::uint32_t>>> CountTokens(const Lease& lease,
                                                                const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> counts;
  if (IsOnnx(lease.model())) {  // our own server counts many at once
    const Json request = {{"input", texts}};
    const std::string count = "/count-tokens";
    Result<Json> reply = co_await Ask(lease, count, request);
    if (!reply) co_return Fail(std::move(reply.error()));
    const auto counted = reply->find("counts");
    if (counted == reply->end() || !counted->is_array() || counted->size() != texts.size()) {
      co_return Fail(Unexpected(lease, "not one count a text"));
    }
    for (const Json& one : *counted) {
      if (!one.is_number_unsigned()) co_return Fail(Unexpected(lease, "a count that is no number"));
      counts.push_back(one.get<std::uint32_t>());
    }
    co_return counts;
  }
  const std::string target = "/tokenize";
  for (const std::string& text : texts) {
    const Json body = {{"content", text}, {"add_special", false}};
    Result<Json> reply = co_await Ask(lease, target, body);
    if (!reply) co_return Fail(std::move(reply.error()));
    const auto tokens = reply->find("tokens");
    if (tokens == reply->end() || !tokens->is_array()) co_return Fail(Unexpected(lease, "no tokens"));
    counts.push_back(static_cast<std::uint32_t>(tokens->size()));
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
  if (prompt == reply->end() || !prompt->is_string()) co_return Fail(Unexpected(lease, "no prompt"));
  co_return prompt->get<std::string>();
}

asio::awaitable<Result<ChatEnd>> Chat(const Lease& lease, const std::vector<ChatMessage>& messages,
                                      const ChatOptions& options, OnText on_text) {
  const Clock::time_point began = Clock::now();
  Json list = Json::array();
  for (const ChatMessage& message : messages) list.push_back({{"role", message.role}, {"content", message.content}});
  const Json body = {{"messages", std::move(list)},
                     {"max_tokens", options.max_tokens},
                     {"temperature", options.temperature},
                     {"stream", true},
                     {"stream_options", {{"include_usage", true}}}};
  const net::Request request = JsonRequest("/v1/chat/completions", body);
  Result<net::ReplyStream> reply = co_await net::Open(lease.endpoint(), request, kFirstTokenTimeout);
  if (!reply) {
    const Error error = co_await ExplainFailure(lease, reply.error());
    co_return Fail(error);
  }
  lease.times().forward.Add(reply->sent_at() - began);
  if (reply->status() != 200) {
    Result<std::string> text = co_await reply->ReadAll(std::size_t{1} << 20);
    co_return Fail(Refused(lease, reply->status(), text.value_or("")));
  }
  ChatEnd end;
  net::EventParser parser;
  for (;;) {
    Result<std::string> bytes = co_await reply->ReadSome();
    if (!bytes) {
      const Error error = co_await ExplainFailure(lease, bytes.error());
      co_return Fail(error);
    }
    if (bytes->empty()) co_return end;
    lease.HasRead();
    const Clock::time_point read_at = Clock::now();
    Result<std::vector<net::Event>> events = parser.Feed(*bytes);
    if (!events) co_return Fail(std::move(events.error()));
    for (const net::Event& event : *events) {
      if (event.data == "[DONE]") co_return end;
      const ChatPiece piece = ReadChatEvent(lease, event.data, &end);
      if (piece.error) co_return Fail(*piece.error);
      if (piece.text.empty()) continue;
      Result<void> told = co_await on_text(piece.text);
      if (!told) co_return Fail(std::move(told.error()));
    }
    lease.times().relay.Add(Clock::now() - read_at);
  }
}

}  // namespace counsel::models
