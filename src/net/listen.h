// Listening sockets. Internal to this room.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace counsel::net {

struct TcpListener {
  FileDescriptor socket;
  std::uint16_t port = 0;
};

// See Server::ListenTcp and Server::ListenUnix.
[[nodiscard]] Result<TcpListener> OpenTcpListener(const std::string& address, std::uint16_t port);
[[nodiscard]] Result<FileDescriptor> OpenUnixListener(const std::string& path);

}  // namespace counsel::net
