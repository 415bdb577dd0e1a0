// Socket addresses. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/socket.h>

#include "base/result.h"

namespace counsel::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

// kInvalidArgument when the path is longer than the 107 bytes a socket address holds.
[[nodiscard]] Result<SocketAddress> UnixAddress(const std::string& path);
// Of "127.0.0.1" or "::1"; nothing for a name.
[[nodiscard]] std::optional<SocketAddress> LiteralAddress(const std::string& host, std::uint16_t port);

}  // namespace counsel::net
