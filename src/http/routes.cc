#include "http/routes.h"

#include <optional>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/chronology_routes.h"
#include "http/comparing_routes.h"
#include "http/cross_origin.h"
#include "http/detail.h"
#include "http/mentions_routes.h"
#include "http/query_value.h"
#include "http/record_routes.h"
#include "http/review_routes.h"
#include "http/word_routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

// The parameters when `path` has the pattern's shape, or nothing. Segments are decoded after they were split, so that
// an encoded '/' stays inside its segment.
std::optional<std::map<std::string, std::string>> Match(std::string_view pattern, std::string_view path) {
  std::map<std::string, std::string> parameters;
  while (!pattern.empty() || !path.empty()) {
    if (pattern.empty() || path.empty() || pattern.front() != '/' || path.front() != '/') return std::nullopt;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    const std::string_view segment = path.substr(0, path.find('/'));
    pattern.remove_prefix(expected.size());
    path.remove_prefix(segment.size());
    if (expected.size() > 2 && expected.front() == '{') {
      std::optional<std::string> value = net::PercentDecode(segment, false);
      if (!value || value->empty()) return std::nullopt;
      parameters[std::string(expected.substr(1, expected.size() - 2))] = std::move(*value);
    } else if (expected != segment) {
      return std::nullopt;
    }
  }
  return parameters;
}

asio::awaitable<void> Refuse(net::Exchange& exchange, Error error) {
  if (error.code == ErrorCode::kInvalidArgument && error.next_step.empty()) {
    error.next_step =
        "docs/api.md says what " + exchange.request().method + " " + std::string(exchange.request().path()) + " takes.";
  }
  const Json json = IsFirstProductPath(exchange.request().path()) ? DetailJson(error) : ErrorJson(error);
  net::Reply reply(HttpStatus(error.code), "application/json", Dump(json));
  if (error.code == ErrorCode::kUnauthenticated) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (reply.status == 503) reply.headers.emplace_back("Retry-After", "1");
  (void)co_await exchange.Send(reply);
}

}  // namespace

asio::awaitable<Result<void>> Call::SendJson(Json json, int status) {
  net::Reply reply(status, "application/json", Dump(json));
  co_return co_await exchange.Send(reply);
}

asio::awaitable<Result<Json>> Call::ReadJson(std::size_t limit) {
  Result<std::string> body = co_await exchange.ReadBody(limit);
  if (!body) co_return Fail(std::move(body.error()));
  if (body->empty()) co_return Json::object();
  co_return ParseObject(*body);
}

Routes::Routes(Services& services) : services_(services) {
  AddSystemRoutes(routes_);
  AddPageRoutes(routes_);
  AddMetricsRoutes(routes_);
  AddModelRoutes(routes_);
  AddModelTextRoutes(routes_);
  AddReembedRoutes(routes_);
  AddConfigRoutes(routes_);
  AddUpkeepRoutes(routes_);
  AddDocumentRoutes(routes_);
  AddMailRoutes(routes_);
  AddAnswerRoutes(routes_);
  AddConversationRoutes(routes_);
  AddRecordRoutes(routes_);
  AddReviewRoutes(routes_);
  AddWordRoutes(routes_);
  AddChronologyRoutes(routes_);
  AddComparingRoutes(routes_);
  AddMentionsRoutes(routes_);
  AddCompanyWatchRoutes(routes_);  // before {number}
  AddCompanySearchRoutes(routes_);
  AddCompanyRoutes(routes_);
  AddOpenAiRoutes(routes_);
  AddRagAnswerRoutes(routes_);
  AddRagDocumentRoutes(routes_);
  AddRagStatusRoutes(routes_);
  AddSystemStatsRoutes(routes_);
  AddCompaniesHouseRoutes(routes_);
}

asio::awaitable<void> Routes::Handle(net::Exchange& exchange) {
  const std::string origin = exchange.local() ? "" : AllowedOrigin(exchange.request(), services_.entrance);
  if (origin.empty()) {
    co_await Serve(exchange);
    co_return;
  }
  CrossOriginExchange shared(exchange, origin);
  // A browser sends no token with it.
  if (IsPreflight(exchange.request()) && CheckHost(exchange.request(), services_.entrance)) {
    net::Reply reply = PreflightReply(exchange.request());
    (void)co_await shared.Send(reply);
    co_return;
  }
  co_await Serve(shared);
}

asio::awaitable<void> Routes::Serve(net::Exchange& exchange) {
  const net::Request& request = exchange.request();
  Result<Caller> caller = IdentifyCaller(exchange, services_.entrance);
  if (!caller) {
    co_await Refuse(exchange, std::move(caller.error()));
    co_return;
  }
  std::string allowed_methods;
  for (const Route& route : routes_) {
    std::optional<std::map<std::string, std::string>> parameters = Match(route.pattern, request.path());
    if (!parameters) continue;
    if (route.method != request.method) {
      allowed_methods += (allowed_methods.empty() ? "" : ", ") + route.method;
      continue;
    }
    if (Result<void> readable = CheckQuery(request, route.names); !readable) {
      co_await Refuse(exchange, std::move(readable.error()));
      co_return;
    }
    Call call(exchange, services_);
    call.caller = std::move(*caller);
    call.parameters = std::move(*parameters);
    Result<void> handled = co_await route.handler(call);
    if (handled) co_return;
    spdlog::debug("{} {}: {}", request.method, route.pattern, handled.error().message);
    if (!exchange.begun()) co_await Refuse(exchange, std::move(handled.error()));
    co_return;
  }
  co_await SendNoRoute(exchange, allowed_methods);
}

std::string Routes::WithoutLastSlash(const net::Request& request) const {
  std::string_view path = request.path();
  if (!path.ends_with('/') || !IsFirstProductPath(path)) return "";
  path.remove_suffix(1);
  for (const Route& route : routes_) {
    if (Match(route.pattern, path)) return std::string(path) + request.target.substr(request.path().size());
  }
  return "";
}

// 405 where the path takes other methods, else 404.
asio::awaitable<void> Routes::SendNoRoute(net::Exchange& exchange, const std::string& allowed_methods) {
  const bool known = !allowed_methods.empty();
  if (const std::string target = WithoutLastSlash(exchange.request()); !target.empty()) {
    net::Reply reply(307, "application/json", "");
    reply.headers.emplace_back("Location", target);
    (void)co_await exchange.Send(reply);
    co_return;
  }
  Json json;
  if (IsFirstProductPath(exchange.request().path())) {
    json = {{"detail", known ? "Method Not Allowed" : "Not Found"}};
  } else if (known) {
    json = ErrorJson(Error(ErrorCode::kInvalidArgument, "This path does not take " + exchange.request().method + ".",
                           "It takes " + allowed_methods + "."));
  } else {
    json = ErrorJson(Error(ErrorCode::kNotFound, "There is no such path.", "docs/api.md lists the paths."));
  }
  net::Reply reply(known ? 405 : 404, "application/json", Dump(json));
  if (known) reply.headers.emplace_back("Allow", allowed_methods);
  (void)co_await exchange.Send(reply);
}

}  // namespace counsel::http
