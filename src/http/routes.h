// The HTTP API: one table from method and path to a handler. A handler reads a request, calls one function of a room
// and writes the reply. docs/api.md lists the routes.
//
// Threads: io thread only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/callers.h"
#include "http/json.h"
#include "http/services.h"
#include "net/http.h"

namespace counsel::http {

// One request under way, for its handler.
struct Call {
  Call(net::Exchange& exchange_in, Services& services_in) : exchange(exchange_in), services(services_in) {}

  net::Exchange& exchange;
  Services& services;
  Caller caller;
  // What stood for {name} in the route's pattern, decoded.
  std::map<std::string, std::string> parameters;

  // Replies 200 (or `status`) with JSON.
  [[nodiscard]] boost::asio::awaitable<Result<void>> SendJson(Json json, int status = 200);
  // The body as an object, at most `limit` bytes; an empty body is an empty object.
  [[nodiscard]] boost::asio::awaitable<Result<Json>> ReadJson(std::size_t limit);
};

using RouteHandler = std::function<boost::asio::awaitable<Result<void>>(Call&)>;

struct Route {
  std::string method;
  std::string pattern;  // "/api/documents/{id}"
  RouteHandler handler;
  // What may stand behind its '?'; any other name is refused (query_value.h).
  std::vector<std::string_view> names = {};
};

class Routes {
 public:
  // `services` must outlive it.
  explicit Routes(Services& services);

  // The server's handler: finds out who asks, finds the route, turns an Error into a reply.
  [[nodiscard]] boost::asio::awaitable<void> Handle(net::Exchange& exchange);

 private:
  [[nodiscard]] boost::asio::awaitable<void> Serve(net::Exchange& exchange);
  // Where a path of the first product with a '/' too many leads, as in its FastAPI; "" for nowhere.
  [[nodiscard]] std::string WithoutLastSlash(const net::Request& request) const;
  [[nodiscard]] boost::asio::awaitable<void> SendNoRoute(net::Exchange& exchange, const std::string& allowed_methods);

  Services& services_;
  std::vector<Route> routes_;
};

// The groups of routes, one file each.
void AddSystemRoutes(std::vector<Route>& routes);
void AddPageRoutes(std::vector<Route>& routes);
void AddMetricsRoutes(std::vector<Route>& routes);
void AddReembedRoutes(std::vector<Route>& routes);
void AddModelRoutes(std::vector<Route>& routes);
void AddModelTextRoutes(std::vector<Route>& routes);
void AddConfigRoutes(std::vector<Route>& routes);
void AddUpkeepRoutes(std::vector<Route>& routes);
void AddDocumentRoutes(std::vector<Route>& routes);
void AddMailRoutes(std::vector<Route>& routes);
void AddAnswerRoutes(std::vector<Route>& routes);
void AddConversationRoutes(std::vector<Route>& routes);
void AddCompanySearchRoutes(std::vector<Route>& routes);
void AddCompanyRoutes(std::vector<Route>& routes);
void AddCompanyWatchRoutes(std::vector<Route>& routes);
void AddOpenAiRoutes(std::vector<Route>& routes);
// The first product's paths.
void AddRagAnswerRoutes(std::vector<Route>& routes);
void AddRagDocumentRoutes(std::vector<Route>& routes);
void AddRagStatusRoutes(std::vector<Route>& routes);
void AddSystemStatsRoutes(std::vector<Route>& routes);
void AddCompaniesHouseRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
