// HTTP as the rest of Counsel sees it: our own Request, Reply, Exchange (one request and its reply, on a server) and
// Client. Only this room's .cc files include Beast.
//
// Threads: everything here runs on the io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first header of that name (ASCII case ignored), or nothing.
[[nodiscard]] std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// Percent-decoding of a path segment or query value; nothing when it is malformed. `plus_is_space` for queries.
[[nodiscard]] std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);
[[nodiscard]] std::string PercentEncode(std::string_view text);

struct Request {
  Request() = default;
  Request(std::string method_in, std::string target_in) : method(std::move(method_in)), target(std::move(target_in)) {}

  std::string method;  // "GET"
  std::string target;  // as sent: "/api/search?query=a%20b"
  Headers headers;
  std::string body;  // clients only; a server's body is read through its Exchange

  // Of target: what stands before '?', undecoded.
  [[nodiscard]] std::string_view path() const;
  // Of target: the decoded value of that query parameter, or nothing.
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
};

struct Reply {
  Reply() = default;
  Reply(int status_in, std::string content_type, std::string body_in);

  int status = 200;
  Headers headers;  // Content-Length and Connection are ours
  std::string body;
};

// ---- server ----

// One request on a server and the reply to it. Once the client has left, the wait that goes on fails with kCancelled,
// as does every later one; the handler's coroutine is then cancelled, so that any further co_await throws
// operation_aborted (Asio's way), which the server expects.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Its body is empty: use ReadBody or ReadSome.
  [[nodiscard]] virtual const Request& request() const = 0;
  // true for a connection over the unix socket (the command line), which needs no token and no Host check.
  [[nodiscard]] virtual bool local() const = 0;
  // By the kernel's word: is the other end a socket on this machine that a program of this process's own account has
  // open? Always of a unix socket, which nobody else can open. false where the kernel cannot tell. The kernel is asked
  // on the first call (0.1 ms); a yes holds for the whole connection.
  [[nodiscard]] virtual bool FromOwnUser() = 0;
  // The whole body; kTooLarge over `limit` bytes.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::string>> ReadBody(std::size_t limit) = 0;
  // The next bytes of the body, at most 64 KiB; "" at its end.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::string>> ReadSome() = 0;
  // A whole reply. Once per exchange.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> Send(Reply& reply) = 0;
  // Or a streamed one (chunked): Begin with the head (its body is ignored), Write any number of times, End.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> Begin(Reply& head) = 0;
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> Write(std::string_view bytes) = 0;
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> End() = 0;
  // true after Begin or Send: an error can no longer become a status.
  [[nodiscard]] virtual bool begun() const = 0;
};

// Called once per request. When it returns without a reply, or throws, the server answers 500 and logs it. It is
// cancelled (terminal) when the client leaves, noticed once the request's body has been read whole, or the server
// stops.
using Handler = std::function<boost::asio::awaitable<void>(Exchange&)>;

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;  // 431 over it
  // 413 over it, whatever a handler asks for.
  std::uint64_t body_bytes = std::uint64_t{1} << 30;
  std::size_t connections = 512;                // of each listener; further ones wait in the kernel's queue
  std::chrono::seconds head_timeout{10};        // from the first byte to the end of the head: 408
  std::chrono::seconds body_idle_timeout{30};   // between two pieces of a body
  std::chrono::seconds keep_alive_timeout{60};  // between two requests
  std::chrono::seconds write_timeout{60};       // a client that does not read
};

class Server {
 public:
  Server(boost::asio::any_io_executor io, ServerLimits limits, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens on an address ("127.0.0.1", "::1") and port; port 0 takes a free one. Returns the port. kAlreadyExists when
  // it is in use (the message names it).
  [[nodiscard]] Result<std::uint16_t> ListenTcp(const std::string& address, std::uint16_t port);
  // Listens on a unix socket with mode 0600, replacing a stale one. Unlinked when the server ends.
  [[nodiscard]] Result<void> ListenUnix(const std::string& path);

  // Stops accepting at once; lets running exchanges end, at most `grace`, then cancels them. Returns when all are gone.
  [[nodiscard]] boost::asio::awaitable<void> Stop(std::chrono::milliseconds grace);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// ---- client ----

// Where to connect: a unix socket (path not empty) or host and port.
struct Endpoint {
  Endpoint() = default;
  static Endpoint Unix(std::string path);
  static Endpoint Tcp(std::string host, std::uint16_t port);

  std::string unix_path;
  std::string host;
  std::uint16_t port = 0;
};

// A reply whose body is read as it comes. Move-only; its end closes the connection.
class ReplyStream {
 public:
  ReplyStream();
  ReplyStream(ReplyStream&&) noexcept;
  ReplyStream& operator=(ReplyStream&&) noexcept;
  ~ReplyStream();

  [[nodiscard]] int status() const;
  [[nodiscard]] const Headers& headers() const;
  // When the request had been written to the peer whole.
  [[nodiscard]] std::chrono::steady_clock::time_point sent_at() const;
  // The next bytes as soon as there are any; "" at the end. kUnavailable when the connection breaks before the end.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadSome();
  // All that is left; kTooLarge over `limit`.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadAll(std::size_t limit);

 private:
  friend class Call;
  struct State;
  std::unique_ptr<State> state_;
};

// Connects, sends the request, reads the head of the reply. One connection per call: over a unix socket that costs
// 0.1 ms. `timeout` covers connecting, sending and the head (a model may think long before it answers). kUnavailable
// when nobody listens or the connection breaks, kDeadlineExceeded. Any HTTP status is a value, not an error.
[[nodiscard]] boost::asio::awaitable<Result<ReplyStream>> Open(const Endpoint& endpoint, const Request& request,
                                                               std::chrono::milliseconds timeout);

// Open and ReadAll: the whole reply, all within `timeout`; kTooLarge over `limit` bytes.
[[nodiscard]] boost::asio::awaitable<Result<Reply>> Fetch(const Endpoint& endpoint, const Request& request,
                                                          std::chrono::milliseconds timeout,
                                                          std::size_t limit = std::size_t{64} << 20);

// ---- server-sent events ----

struct Event {
  std::string name;  // "message" when the stream named none
  std::string data;  // lines joined by '\n'
};

// "event: NAME\ndata: …\n\n"; a line break in data starts a new data line. No "event:" line for an empty name.
[[nodiscard]] std::string FormatEvent(std::string_view name, std::string_view data);

// Incremental reader: feed bytes as they come, get whole events. An event over `limit` bytes ends the stream
// (kTooLarge).
class EventParser {
 public:
  explicit EventParser(std::size_t limit = std::size_t{1} << 20) : limit_(limit) {}
  [[nodiscard]] Result<std::vector<Event>> Feed(std::string_view bytes);

 private:
  void TakeLine(std::string_view line, std::vector<Event>* events);

  std::size_t limit_;
  std::string pending_;  // a line that has not ended
  Event event_;
  bool has_data_ = false;
  bool after_cr_ = false;  // a '\n' right behind belongs to that line end
  bool first_line_ = true;
};

}  // namespace counsel::net
