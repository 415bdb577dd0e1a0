#include <cerrno>
#include <cstring>
#include <exception>
#include <unordered_set>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/supervise.h"
#include "net/connection.h"
#include "net/http.h"
#include "net/listen.h"

namespace counsel::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// When the process has no descriptor left, until one may be free.
constexpr std::chrono::milliseconds kNoDescriptorPause{100};

struct Listener {
  Listener(const asio::any_io_executor& io, FileDescriptor fd, std::string path_in)
      : socket(io, fd.Release()), path(std::move(path_in)), room(io, kNever) {
    struct stat status {};
    if (!path.empty() && lstat(path.c_str(), &status) == 0) inode = status.st_ino;
  }

  [[nodiscard]] bool local() const { return !path.empty(); }

  void Close() {
    if (!socket.is_open()) return;
    error_code ignored;
    socket.close(ignored);
    room.cancel();
    // Not when another daemon has put its own socket there.
    struct stat status {};
    if (local() && lstat(path.c_str(), &status) == 0 && status.st_ino == inode) unlink(path.c_str());
  }

  asio::posix::stream_descriptor socket;
  std::string path;  // of a unix socket
  ino_t inode = 0;
  std::size_t connections = 0;  // that came in here: no listener takes the room of another
  asio::steady_timer room;      // never expires; cancelled when one of them has ended
};

bool OutOfDescriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

struct Server::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor io_in, ServerLimits limits, Handler handler)
      : io(std::move(io_in)), core(std::make_shared<ServerCore>()), gone(io, kNever) {
    core->limits = limits;
    core->handler = std::move(handler);
  }

  void Listen(FileDescriptor socket, std::string path) {
    auto listener = std::make_shared<Listener>(io, std::move(socket), std::move(path));
    listeners.push_back(listener);
    const auto accept = [self = shared_from_this(), listener] { return Accept(self, listener); };
    asio::co_spawn(io, Supervised("accepting connections", accept), asio::detached);
  }

  static asio::awaitable<void> Accept(std::shared_ptr<State> state, std::shared_ptr<Listener> listener) {
    error_code ignored;
    bool warned = false;
    while (listener->socket.is_open()) {
      if (listener->connections >= state->core->limits.connections) {
        co_await listener->room.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        continue;
      }
      FileDescriptor fd(accept4(listener->socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      const int error = fd.valid() ? 0 : errno;
      if (fd.valid()) {
        warned = false;
        state->Serve(std::move(fd), listener);
      } else if (error == EAGAIN) {
        co_await listener->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                                             asio::redirect_error(asio::use_awaitable, ignored));
      } else if (OutOfDescriptors(error)) {
        if (!warned) spdlog::warn("Cannot accept connections for now: {}", std::strerror(error));
        warned = true;
        asio::steady_timer pause(state->io, kNoDescriptorPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      }
      // Any other failure is that of one connection that has gone already.
    }
  }

  void Serve(FileDescriptor fd, const std::shared_ptr<Listener>& listener) {
    const int on = 1;
    if (!listener->local()) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto connection = std::make_shared<Connection>(io, core, std::move(fd), listener->local());
    connections.insert(connection);
    ++listener->connections;
    auto ended = [state = shared_from_this(), connection, listener](const std::exception_ptr& error) {
      --listener->connections;
      listener->room.cancel();
      state->Forget(connection, error);
    };
    asio::co_spawn(io, Connection::Run(connection), asio::bind_cancellation_slot(connection->slot(), std::move(ended)));
  }

  void Forget(const std::shared_ptr<Connection>& connection, const std::exception_ptr& error) {
    if (error) connection->Close();
    connections.erase(connection);
    if (connections.empty()) gone.cancel();
  }

  void StopAccepting() {
    core->stopping = true;
    for (const std::shared_ptr<Listener>& listener : listeners) listener->Close();
  }

  // A copy: a connection that ends takes itself out of the set.
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> All() const {
    return {connections.begin(), connections.end()};
  }

  void CancelAll() {
    for (const std::shared_ptr<Connection>& connection : All()) connection->Cancel();
  }

  const asio::any_io_executor io;
  const std::shared_ptr<ServerCore> core;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  asio::steady_timer gone;  // never expires; cancelled when the last one has
};

Server::Server(asio::any_io_executor io, ServerLimits limits, Handler handler)
    : state_(std::make_shared<State>(std::move(io), limits, std::move(handler))) {}

Server::~Server() {
  state_->StopAccepting();
  state_->CancelAll();
}

Result<std::uint16_t> Server::ListenTcp(const std::string& address, std::uint16_t port) {
  Result<TcpListener> listener = OpenTcpListener(address, port);
  if (!listener) return Fail(listener.error());
  state_->Listen(std::move(listener->socket), "");
  return listener->port;
}

Result<void> Server::ListenUnix(const std::string& path) {
  Result<FileDescriptor> socket = OpenUnixListener(path);
  if (!socket) return Fail(socket.error());
  state_->Listen(std::move(*socket), path);
  return {};
}

asio::awaitable<void> Server::Stop(std::chrono::milliseconds grace) {
  const std::shared_ptr<State> state = state_;
  state->StopAccepting();
  for (const std::shared_ptr<Connection>& connection : state->All()) connection->CloseIfIdle();
  asio::steady_timer patience(state->io, grace);
  patience.async_wait([state](error_code error) {
    if (!error) state->CancelAll();
  });
  while (!state->connections.empty()) {
    error_code ignored;
    co_await state->gone.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace counsel::net
