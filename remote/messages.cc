#include "messages.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "base/json_bounds.h"

namespace counsel::remote {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestKey = 8192;

// Discarded, too, where it would take much memory.
Json Parsed(const std::string& text) {
  return JsonFits(text) ? Json::parse(text, nullptr, false) : Json(Json::value_t::discarded);
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Whether a text can have so many tokens.
bool Possible(std::uint64_t tokens, std::string_view text) {
  return tokens <= MostTokens(text) && (tokens > 0 || text.empty());
}

}  // namespace

std::string RootOf(std::string_view url) {
  const auto without_slashes = [&url] {
    while (url.ends_with('/')) url.remove_suffix(1);
  };
  without_slashes();
  if (url.ends_with("/v1")) url.remove_suffix(3);
  without_slashes();
  return std::string(url);
}

Result<std::string> WithModel(const std::string& body, const std::string& model) {
  Json json = Parsed(body);
  if (!json.is_object()) return Fail(ErrorCode::kInvalidArgument, "The body is no JSON object.");
  json["model"] = model;
  return Dump(json);
}

Result<TokenizeRequest> ReadTokenizeRequest(const std::string& body) {
  const Json json = Parsed(body);
  if (!json.is_object() || !json.contains("content") || !json["content"].is_string()) {
    return Fail(ErrorCode::kInvalidArgument, "'content' must be a text.");
  }
  TokenizeRequest request;
  request.text = json["content"].get<std::string>();
  const auto special = json.find("add_special");
  request.add_special = special != json.end() && special->is_boolean() && special->get<bool>();
  return request;
}

std::string FormatTokenizeRequest(const TokenizeRequest& request, const std::string& model) {
  return Dump({{"model", model},
               {"content", request.text},
               {"prompt", request.text},
               {"add_special", request.add_special},
               {"add_special_tokens", request.add_special}});
}

std::optional<std::string> AsTokens(const std::string& reply, std::string_view text) {
  const Json json = Parsed(reply);
  if (!json.is_object()) return std::nullopt;
  const auto tokens = json.find("tokens");
  if (tokens != json.end() && tokens->is_array() && Possible(tokens->size(), text)) return Dump({{"tokens", *tokens}});
  const auto count = json.find("count");
  if (count == json.end() || !count->is_number_unsigned()) return std::nullopt;
  const auto number = count->get<std::uint64_t>();
  if (!Possible(number, text)) return std::nullopt;
  return Dump({{"tokens", std::vector<int>(number, 0)}});
}

std::size_t MostTokens(std::string_view text) {
  return text.size() + 1;
}

std::string FormatEstimate(std::size_t count) {
  return Dump({{"tokens", std::vector<int>(count, 0)}, {"estimated", true}});
}

std::string FormatError(int status, std::string_view message) {
  return Dump({{"error", {{"code", status}, {"message", message}, {"type", "remote_error"}}}});
}

Result<Secret> CheckKey(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  bool plain = !text.empty() && text.size() <= kLongestKey;
  for (const char c : text) plain = plain && c > ' ' && c < 0x7f;
  if (!plain) return Fail(ErrorCode::kUnauthenticated, "there is no usable key");
  return Secret(text);
}

}  // namespace counsel::remote
