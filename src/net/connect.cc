#include "net/connect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/address.h"

namespace counsel::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kFirstRetry{1};
constexpr std::chrono::milliseconds kLastRetry{20};

Error Unreachable(const Endpoint& endpoint, int error) {
  const bool nobody = error == ECONNREFUSED || error == ENOENT;
  return {ErrorCode::kUnavailable,
          nobody ? "Nothing answers at " + NameOf(endpoint) + "."
                 : "Cannot connect to " + NameOf(endpoint) + ": " + std::generic_category().message(error) + "."};
}

Error Late(const Endpoint& endpoint) {
  return {ErrorCode::kDeadlineExceeded, NameOf(endpoint) + " did not accept a connection in time."};
}

Error Cancelled() {
  return {ErrorCode::kCancelled, "The request was cancelled."};
}

// A look-up runs in the resolver's thread and cannot be called off; whoever waits for it can.
struct LookUp {
  explicit LookUp(const asio::any_io_executor& io) : resolver(io), done(io) {}
  tcp::resolver resolver;
  asio::steady_timer done;
  bool finished = false;
  std::vector<SocketAddress> addresses;
};

void Keep(const tcp::resolver::results_type& results, LookUp* look_up) {
  for (const auto& entry : results) {
    const tcp::endpoint found = entry.endpoint();
    SocketAddress address;
    std::memcpy(&address.storage, found.data(), found.size());
    address.size = static_cast<socklen_t>(found.size());
    look_up->addresses.push_back(address);
  }
}

asio::awaitable<Result<std::vector<SocketAddress>>> Resolve(const Endpoint& endpoint, Clock::time_point deadline) {
  std::vector<SocketAddress> addresses;
  if (const auto literal = LiteralAddress(endpoint.host, endpoint.port)) {
    addresses.push_back(*literal);
    co_return addresses;
  }
  if (endpoint.host == "localhost") {
    addresses.push_back(*LiteralAddress("127.0.0.1", endpoint.port));
    addresses.push_back(*LiteralAddress("::1", endpoint.port));
    co_return addresses;
  }
  auto look_up = std::make_shared<LookUp>(co_await asio::this_coro::executor);
  look_up->done.expires_at(deadline);
  look_up->resolver.async_resolve(endpoint.host, std::to_string(endpoint.port),
                                  [look_up](error_code error, const tcp::resolver::results_type& results) {
                                    if (!error) Keep(results, look_up.get());
                                    look_up->finished = true;
                                    look_up->done.cancel();
                                  });
  error_code waited;
  co_await look_up->done.async_wait(asio::redirect_error(asio::use_awaitable, waited));
  if (!look_up->finished) co_return waited ? Fail(Cancelled()) : Fail(Late(endpoint));
  if (look_up->addresses.empty()) {
    co_return Fail(ErrorCode::kUnavailable, "The name '" + endpoint.host + "' is not known.");
  }
  co_return std::move(look_up->addresses);
}

asio::awaitable<bool> Pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

FileDescriptor OpenSocket(int family) {
  FileDescriptor fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (fd.valid() && family != AF_UNIX) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

asio::awaitable<Result<std::shared_ptr<Stream>>> ConnectTo(const Endpoint& endpoint, const SocketAddress& address,
                                                           std::size_t buffer_limit, Clock::time_point deadline) {
  std::chrono::milliseconds retry = kFirstRetry;
  for (;;) {
    FileDescriptor fd = OpenSocket(address.family());
    if (!fd.valid()) co_return Fail(ErrnoError(errno, "Cannot open a socket"));
    int error = connect(fd.get(), address.get(), address.size) == 0 ? 0 : errno;
    if (error == EAGAIN) {
      // A unix socket whose queue is full says so instead of waiting.
      if (Clock::now() + retry >= deadline) co_return Fail(Late(endpoint));
      const bool paused = co_await Pause(retry);
      if (!paused) co_return Fail(Cancelled());
      retry = std::min(retry * 2, kLastRetry);
      continue;
    }
    if (error != 0 && error != EINPROGRESS) co_return Fail(Unreachable(endpoint, error));
    auto stream = std::make_shared<Stream>(co_await asio::this_coro::executor, std::move(fd), buffer_limit);
    if (error == 0) co_return stream;
    const Io connected = co_await stream->AwaitConnected(deadline, &error);
    if (connected == Io::kOk) co_return stream;
    if (connected == Io::kTimedOut) co_return Fail(Late(endpoint));
    if (connected == Io::kCancelled) co_return Fail(Cancelled());
    co_return Fail(Unreachable(endpoint, error));
  }
}

}  // namespace

std::string NameOf(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return endpoint.unix_path;
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

asio::awaitable<Result<std::shared_ptr<Stream>>> Connect(const Endpoint& endpoint, std::size_t buffer_limit,
                                                         Clock::time_point deadline) {
  if (!endpoint.unix_path.empty()) {
    const Result<SocketAddress> address = UnixAddress(endpoint.unix_path);
    if (!address) co_return Fail(address.error());
    co_return co_await ConnectTo(endpoint, *address, buffer_limit, deadline);
  }
  const Result<std::vector<SocketAddress>> addresses = co_await Resolve(endpoint, deadline);
  if (!addresses) co_return Fail(addresses.error());
  Error last(ErrorCode::kUnavailable, "Nothing answers at " + NameOf(endpoint) + ".");
  for (const SocketAddress& address : *addresses) {
    Result<std::shared_ptr<Stream>> stream = co_await ConnectTo(endpoint, address, buffer_limit, deadline);
    if (stream || stream.error().code == ErrorCode::kCancelled) co_return stream;
    last = stream.error();
  }
  co_return Fail(last);
}

}  // namespace counsel::net
