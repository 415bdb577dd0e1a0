#include "outgoing/messages.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/json_bounds.h"

namespace counsel::outgoing {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFrameHead = 5;  // the kind, and the payload's size, the highest byte first
constexpr std::int64_t kLongestSeconds = 7 * 24 * 3600;
constexpr char kUserMark = '\n';  // an order is a line of JSON, and behind it the user

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Parsed(std::string_view text) {
  return JsonFits(text) ? Json::parse(text, nullptr, false) : Json();
}

bool Take(const Json& json, const char* name, std::string* text) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return false;
  *text = found->get<std::string>();
  return true;
}

template <class Number>
bool TakeNumber(const Json& json, const char* name, Number* number, std::uint64_t most) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > most) return false;
  *number = static_cast<Number>(found->get<std::uint64_t>());
  return true;
}

bool TakeSeconds(const Json& json, const char* name, std::chrono::seconds* seconds) {
  std::int64_t count = 0;
  if (!TakeNumber(json, name, &count, kLongestSeconds)) return false;
  *seconds = std::chrono::seconds(count);
  return true;
}

bool TakeHeaders(const Json& json, Headers* headers) {
  const auto found = json.find("headers");
  if (found == json.end() || !found->is_array()) return false;
  for (const Json& header : *found) {
    if (!header.is_array() || header.size() != 2 || !header[0].is_string() || !header[1].is_string()) return false;
    headers->emplace_back(header[0].get<std::string>(), header[1].get<std::string>());
  }
  return true;
}

tl::unexpected<Error> Nonsense(const char* what) {
  return Fail(ErrorCode::kCorrupt, std::string("The program that fetches sent ") + what + ".");
}

std::optional<ErrorCode> CodeOf(std::string_view name) {
  // What can go wrong with a transfer.
  static constexpr std::array kCodes = {
      ErrorCode::kInvalidArgument,  ErrorCode::kPermissionDenied, ErrorCode::kUnavailable,
      ErrorCode::kDeadlineExceeded, ErrorCode::kTooLarge,         ErrorCode::kCancelled,
      ErrorCode::kUnauthenticated,  ErrorCode::kNotFound,         ErrorCode::kCorrupt};
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [name](ErrorCode code) { return ErrorCodeName(code) == name; });
  if (found == kCodes.end()) return std::nullopt;
  return *found;
}

}  // namespace

std::string FormatOrder(const Order& order, std::string_view user) {
  const Json json = {{"url", order.url},
                     {"headers", order.headers},
                     {"ca_file", order.ca_file},
                     {"follows", order.follows},
                     {"offset", order.offset},
                     {"size_limit", order.size_limit},
                     {"connect_seconds", order.connect_timeout.count()},
                     {"stall_seconds", order.stall_timeout.count()},
                     {"total_seconds", order.total_timeout.count()}};
  const std::string line = Dump(json);
  std::string text;
  text.reserve(line.size() + 1 + user.size());  // no copy of the user is left behind by growing
  text.append(line).append(1, kUserMark).append(user);
  return text;
}

Result<Order> ReadOrder(std::string_view text, Secret* user) {
  const auto bad = [] { return Fail(ErrorCode::kInvalidArgument, "That is no order."); };
  const std::size_t end = text.find(kUserMark);
  if (end == std::string_view::npos || text.size() > kMostOrderBytes) return bad();
  const Json json = Parsed(text.substr(0, end));
  if (!json.is_object()) return bad();
  Order order;
  constexpr std::uint64_t kAny = UINT64_MAX;
  const bool good = Take(json, "url", &order.url) && TakeHeaders(json, &order.headers) &&
                    Take(json, "ca_file", &order.ca_file) && TakeNumber(json, "offset", &order.offset, kAny) &&
                    TakeNumber(json, "size_limit", &order.size_limit, kAny) &&
                    TakeSeconds(json, "connect_seconds", &order.connect_timeout) &&
                    TakeSeconds(json, "stall_seconds", &order.stall_timeout) &&
                    TakeSeconds(json, "total_seconds", &order.total_timeout);
  const auto follows = json.find("follows");
  if (!good || follows == json.end() || !follows->is_boolean()) return bad();
  order.follows = follows->get<bool>();
  *user = text.size() > end + 1 ? Secret(text.substr(end + 1)) : Secret();
  return order;
}

std::string FormatFrame(FrameKind kind, std::string_view payload) {
  std::string frame;
  frame.reserve(kFrameHead + payload.size());
  frame += static_cast<char>(kind);
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift & 0xFF);
  frame += payload;
  return frame;
}

std::string FormatHead(const Head& head) {
  return FormatFrame(FrameKind::kHead, Dump({{"status", head.status},
                                             {"headers", head.headers},
                                             {"redirect", head.redirect},
                                             {"start", head.start},
                                             {"total", head.total}}));
}

std::string FormatEnd(const Result<void>& end) {
  if (end) return FormatFrame(FrameKind::kEnd, "{}");
  return FormatFrame(FrameKind::kEnd,
                     Dump({{"code", ErrorCodeName(end.error().code)}, {"message", end.error().message}}));
}

Result<Head> ReadHead(std::string_view payload) {
  const Json json = Parsed(payload);
  Head head;
  const bool good = json.is_object() && TakeNumber(json, "status", &head.status, 999) &&
                    TakeHeaders(json, &head.headers) && Take(json, "redirect", &head.redirect) &&
                    TakeNumber(json, "start", &head.start, UINT64_MAX) &&
                    TakeNumber(json, "total", &head.total, UINT64_MAX);
  if (!good) return Nonsense("a head that is none");
  return head;
}

Result<void> ReadEnd(std::string_view payload) {
  const Json json = Parsed(payload);
  if (!json.is_object()) return Nonsense("an end that is none");
  if (json.empty()) return {};
  std::string code, message;
  if (!Take(json, "code", &code) || !Take(json, "message", &message)) return Nonsense("an end that is none");
  return Fail(CodeOf(code).value_or(ErrorCode::kUnavailable), message.substr(0, 1000));
}

Result<std::optional<Frame>> FrameReader::Next() {
  if (pending_.size() < kFrameHead) return std::nullopt;
  const char kind = pending_[0];
  if (kind != 'H' && kind != 'B' && kind != 'E') return Nonsense("what is no frame");
  std::size_t size = 0;
  for (std::size_t i = 1; i < kFrameHead; ++i) size = size << 8 | static_cast<unsigned char>(pending_[i]);
  if (size > kMostFrameBytes) return Nonsense("a frame that is too large");
  if (pending_.size() < kFrameHead + size) return std::nullopt;
  Frame frame;
  frame.kind = static_cast<FrameKind>(kind);
  frame.payload = pending_.substr(kFrameHead, size);
  pending_.erase(0, kFrameHead + size);
  return frame;
}

}  // namespace counsel::outgoing
