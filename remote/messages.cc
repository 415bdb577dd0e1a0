#include "messages.h"

#include <vector>

#include <nlohmann/json.hpp>

namespace counsel::remote {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestKey = 8192;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
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
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return Fail(ErrorCode::kInvalidArgument, "The body is no JSON object.");
  json["model"] = model;
  return Dump(json);
}

Result<TokenizeRequest> ReadTokenizeRequest(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
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

std::optional<std::size_t> CountOf(const std::string& reply, bool text_is_empty) {
  const Json json = Json::parse(reply, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  std::optional<std::size_t> count;
  const auto tokens = json.find("tokens");
  const auto said = json.find("count");
  if (tokens != json.end() && tokens->is_array()) count = tokens->size();
  if (!count && said != json.end() && said->is_number_unsigned()) count = said->get<std::size_t>();
  if (count && *count == 0 && !text_is_empty) return std::nullopt;
  return count;
}

std::size_t MostTokens(std::string_view text) {
  return text.size() + 1;
}

std::string FormatTokens(std::size_t count, bool estimated) {
  Json json = {{"tokens", std::vector<int>(count, 0)}};
  if (estimated) json["estimated"] = true;
  return Dump(json);
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
