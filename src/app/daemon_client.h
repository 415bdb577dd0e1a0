// How the command line speaks to the daemon: HTTP over the home's unix socket.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "app/settings.h"
#include "base/result.h"
#include "net/http.h"

namespace counsel::app {

using Json = nlohmann::json;

class DaemonClient {
 public:
  // Finds the home's daemon. When none runs: `start` starts one in the background and says so on stderr, else
  // kUnavailable with how to start it.
  [[nodiscard]] static boost::asio::awaitable<Result<DaemonClient>> Connect(const Settings& settings, bool start);

  // One JSON request. A reply that is an error comes back as that Error. `body` may be null for none.
  [[nodiscard]] boost::asio::awaitable<Result<Json>> Call(const std::string& method, const std::string& target,
                                                          const Json& body,
                                                          std::chrono::milliseconds timeout = std::chrono::minutes(10));
  // A request whose reply is read as it comes (server-sent events).
  [[nodiscard]] boost::asio::awaitable<Result<net::ReplyStream>> Stream(const std::string& method,
                                                                        const std::string& target, const Json& body);

 private:
  explicit DaemonClient(net::Endpoint endpoint) : endpoint_(std::move(endpoint)) {}
  net::Endpoint endpoint_;
};

// Reads a stream event by event.
class EventReader {
 public:
  explicit EventReader(net::ReplyStream stream) : stream_(std::move(stream)) {}
  // The next event, or nothing at the end of the stream.
  [[nodiscard]] boost::asio::awaitable<Result<std::optional<net::Event>>> Next();

 private:
  net::ReplyStream stream_;
  net::EventParser parser_{std::size_t{16} << 20};
  std::vector<net::Event> ready_;
  std::size_t position_ = 0;
};

// To stdout, indented, for scripts; bytes that are not UTF-8 become U+FFFD.
void PrintJson(const Json& json);

// The Error inside an API reply {"error": {…}}.
[[nodiscard]] Error ErrorFromJson(const Json& json, int http_status);

}  // namespace counsel::app
