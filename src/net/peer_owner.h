// Whose socket the other end of a TCP connection is, where both ends are on this machine: the kernel knows. It is asked
// for the exact pair of addresses (sock_diag(7)); a kernel without that is read in /proc/net/tcp and tcp6. Internal to
// this room: Exchange::FromOwnUser is what others ask.
//
// What the kernel says of a socket is not always about its account. A socket that its program has closed is reported
// with uid 0 and inode 0, whoever it was; an account that this user namespace has no number for as 65534.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.h"

namespace counsel::net {

// The two ends of a connection, as our own socket names them.
struct SocketPair {
  SocketAddress theirs;
  SocketAddress ours;
};

struct SocketOwner {
  std::uint32_t uid = 0;
  std::uint64_t inode = 0;  // 0: no program has the socket open
  int state = 0;            // TCP_ESTABLISHED, …
};

// Is the other end a socket that a program of this process's own account has open? `socket` is a connected TCP socket
// of ours. No means: it is another's, or the kernel cannot tell. A yes stays true as long as the connection lives:
// nobody else can send on it but whom that program gave its socket. Costs 0.05 ms; where /proc must be read, more with
// each connection of the machine (at most 4 MiB are read, then it cannot tell).
[[nodiscard]] bool PeerIsOwnUser(int socket);

// ---- the parts of it, all pure ----

// 127.0.0.0/8, ::1, and the former written as IPv6.
[[nodiscard]] bool IsLoopback(const SocketAddress& address);
// A request of one socket, the one at `theirs`.
[[nodiscard]] std::string DiagRequest(const SocketPair& pair);
// Of the answer to it. Nothing when it is an error, or about another pair (a listener answers for whoever is gone).
[[nodiscard]] std::optional<SocketOwner> ReadDiagReply(std::string_view bytes, const SocketPair& pair);
// Of the text of /proc/net/tcp or tcp6.
[[nodiscard]] std::optional<SocketOwner> ReadSocketTable(std::string_view text, const SocketPair& pair);
// Is it open, connected, and this account's? One that has said that it will send no more (half closed) is.
[[nodiscard]] bool IsOpenSocketOf(const SocketOwner& owner, std::uint32_t uid);
// Can `uid` be nobody else's? Not when it is the number that stands for accounts without one here: `uid_map` is the
// text of /proc/self/uid_map, `overflow` that of /proc/sys/kernel/overflowuid.
[[nodiscard]] bool IsUnambiguous(std::uint32_t uid, std::string_view uid_map, std::string_view overflow);

}  // namespace counsel::net
