#include "http/cross_origin.h"

#include <algorithm>
#include <optional>

namespace counsel::http {
namespace {

constexpr std::string_view kAskedMethod = "Access-Control-Request-Method";
constexpr std::string_view kAskedHeaders = "Access-Control-Request-Headers";

void AddHeaders(const std::string& origin, net::Headers* headers) {
  headers->emplace_back("Access-Control-Allow-Origin", origin);
  headers->emplace_back("Access-Control-Allow-Credentials", "true");
  headers->emplace_back("Vary", "Origin");
}

}  // namespace

std::string AllowedOrigin(const net::Request& request, const Entrance& entrance) {
  const std::string origin(net::FindHeader(request.headers, "Origin").value_or(""));
  if (origin.empty() || IsForTheUserAlone(request.path())) return "";
  const auto& allowed = entrance.allowed_origins;
  return std::find(allowed.begin(), allowed.end(), origin) == allowed.end() ? "" : origin;
}

bool IsPreflight(const net::Request& request) {
  return request.method == "OPTIONS" && net::FindHeader(request.headers, kAskedMethod).has_value();
}

net::Reply PreflightReply(const net::Request& request) {
  net::Reply reply(200, "text/plain; charset=utf-8", "OK");
  reply.headers.emplace_back("Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  if (const std::optional<std::string_view> headers = net::FindHeader(request.headers, kAskedHeaders)) {
    reply.headers.emplace_back("Access-Control-Allow-Headers", std::string(*headers));
  }
  reply.headers.emplace_back("Access-Control-Max-Age", "600");
  return reply;
}

boost::asio::awaitable<Result<void>> CrossOriginExchange::Send(net::Reply& reply) {
  AddHeaders(origin_, &reply.headers);
  return exchange_.Send(reply);
}

boost::asio::awaitable<Result<void>> CrossOriginExchange::Begin(net::Reply& head) {
  AddHeaders(origin_, &head.headers);
  return exchange_.Begin(head);
}

}  // namespace counsel::http
