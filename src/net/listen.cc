#include "net/listen.h"

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/address.h"

namespace counsel::net {
namespace {

// As many as the kernel allows (net.core.somaxconn): a burst of first questions waits there, it is not refused.
constexpr int kBacklog = 4096;

FileDescriptor OpenSocket(int family) {
  return FileDescriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Error BindFailure(int error, const std::string& address, std::uint16_t port) {
  const std::string place = "port " + std::to_string(port) + " of " + address;
  switch (error) {
    case EADDRINUSE:
      return {ErrorCode::kAlreadyExists, "Cannot listen: " + place + " is in use by another program.",
              "Stop it, or choose another port."};
    case EADDRNOTAVAIL:
      return {ErrorCode::kInvalidArgument, "Cannot listen: " + address + " is not an address of this machine."};
    case EACCES:
      return {ErrorCode::kPermissionDenied, "Cannot listen: " + place + " is reserved by the system.",
              "Choose a port above 1023."};
    default:
      return ErrnoError(error, "Cannot listen on " + place);
  }
}

// A socket file that nobody answers is left over from a daemon that was killed.
Result<void> RemoveStale(const std::string& path, const SocketAddress& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<void>() : Fail(ErrnoError(errno, "Cannot listen on " + path));
  }
  if (!S_ISSOCK(status.st_mode)) {
    return Fail(ErrorCode::kAlreadyExists, "Cannot listen on " + path + ": there is a file of that name.",
                "Remove it, or choose another path.");
  }
  const FileDescriptor probe = OpenSocket(AF_UNIX);
  if (connect(probe.get(), address.get(), address.size) == 0 || errno != ECONNREFUSED) {
    return Fail(ErrorCode::kAlreadyExists, "Cannot listen on " + path + ": another program answers there.");
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Fail(ErrnoError(errno, "Cannot remove the old " + path));
  return {};
}

}  // namespace

Result<TcpListener> OpenTcpListener(const std::string& address, std::uint16_t port) {
  const std::optional<SocketAddress> wanted = LiteralAddress(address == "localhost" ? "127.0.0.1" : address, port);
  if (!wanted) {
    return Fail(ErrorCode::kInvalidArgument, "Cannot listen on '" + address + "': it is not an IP address.",
                "Use 127.0.0.1, or another address of this machine.");
  }
  FileDescriptor fd = OpenSocket(wanted->family());
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open a socket"));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (wanted->family() == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd.get(), wanted->get(), wanted->size) != 0 || listen(fd.get(), kBacklog) != 0) {
    return Fail(BindFailure(errno, address, port));
  }
  SocketAddress bound;
  bound.size = sizeof bound.storage;
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size) != 0) {
    return Fail(ErrnoError(errno, "Cannot listen on " + address));
  }
  const std::uint16_t network_port = bound.family() == AF_INET6
                                         ? reinterpret_cast<const sockaddr_in6*>(&bound.storage)->sin6_port
                                         : reinterpret_cast<const sockaddr_in*>(&bound.storage)->sin_port;
  return TcpListener{std::move(fd), ntohs(network_port)};
}

Result<FileDescriptor> OpenUnixListener(const std::string& path) {
  const Result<SocketAddress> address = UnixAddress(path);
  if (!address) return Fail(address.error());
  if (Result<void> removed = RemoveStale(path, *address); !removed) return Fail(removed.error());
  FileDescriptor fd = OpenSocket(AF_UNIX);
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open a socket"));
  // On Linux the socket's own mode becomes the file's: nobody can connect between bind and chmod.
  fchmod(fd.get(), 0600);
  if (bind(fd.get(), address->get(), address->size) != 0) {
    return Fail(errno == EADDRINUSE
                    ? Error(ErrorCode::kAlreadyExists, "Cannot listen on " + path + ": another program was faster.")
                    : ErrnoError(errno, "Cannot listen on " + path));
  }
  if (chmod(path.c_str(), 0600) != 0 || listen(fd.get(), kBacklog) != 0) {
    const int error = errno;
    unlink(path.c_str());
    return Fail(ErrnoError(error, "Cannot listen on " + path));
  }
  return fd;
}

}  // namespace counsel::net
