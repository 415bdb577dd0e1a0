#include "net/peer_owner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

namespace counsel::net {
namespace {

constexpr std::size_t kTableLimit = std::size_t{4} << 20;
// The kernel's LOOPBACK_IFINDEX. Sockets that are bound to no device are found with it too.
constexpr std::uint32_t kLoopbackDevice = 1;

// IPv4 as ::ffff:a.b.c.d: a client may use an IPv6 socket to reach an IPv4 address.
using AddressBytes = std::array<std::uint8_t, 16>;

AddressBytes Mapped(const std::uint8_t* v4) {
  AddressBytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(&bytes[12], v4, 4);
  return bytes;
}

struct Place {
  AddressBytes address{};
  std::uint16_t port = 0;  // in network order
  bool operator==(const Place&) const = default;
};

Place PlaceOf(const SocketAddress& address) {
  Place place;
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    place.address = Mapped(reinterpret_cast<const std::uint8_t*>(&v4->sin_addr));
    place.port = v4->sin_port;
  } else if (address.family() == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    std::memcpy(place.address.data(), &v6->sin6_addr, place.address.size());
    place.port = v6->sin6_port;
  }
  return place;
}

Place PlaceOf(int family, const __be32* address, __be16 port) {
  Place place;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(address);
  place.port = port;
  if (family == AF_INET) {
    place.address = Mapped(bytes);
  } else {
    std::memcpy(place.address.data(), bytes, place.address.size());
  }
  return place;
}

// "0100007F:1F90": each word as the machine holds it, the port as a number.
std::optional<Place> ParsePlace(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != 8 && colon != 32) return std::nullopt;
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i * 8 < colon; ++i) {
    const char* begin = text.data() + i * 8;
    if (std::from_chars(begin, begin + 8, words[i], 16).ptr != begin + 8) return std::nullopt;
  }
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port, 16).ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return PlaceOf(colon == 8 ? AF_INET : AF_INET6, words.data(), htons(port));
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    words.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(words.back().size());
  }
  return words;
}

template <class Number>
bool ParseWhole(std::string_view text, Number* value, int base = 10) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), *value, base);
  return failed == std::errc() && end == text.data() + text.size();
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// What the kernel answers, in the call itself; nothing when this kernel has no such diagnosis.
std::optional<std::string> AskKernel(const std::string& request) {
  const FileDescriptor asking(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!asking.valid()) return std::nullopt;
  if (::send(asking.get(), request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
    return std::nullopt;
  }
  std::string reply(4096, '\0');
  sockaddr_nl from{};
  socklen_t from_size = sizeof from;
  const ssize_t count = ::recvfrom(asking.get(), reply.data(), reply.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &from_size);
  if (count < 0 || from.nl_pid != 0) return std::nullopt;
  reply.resize(static_cast<std::size_t>(count));
  return reply;
}

std::optional<SocketOwner> ReadTables(const SocketPair& pair) {
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const Result<std::string> text = ReadFile(table, kTableLimit);
    if (!text) continue;
    if (std::optional<SocketOwner> owner = ReadSocketTable(*text, pair)) return owner;
  }
  return std::nullopt;
}

std::optional<SocketOwner> FindOwner(const SocketPair& pair) {
  if (const std::optional<std::string> reply = AskKernel(DiagRequest(pair))) {
    if (std::optional<SocketOwner> owner = ReadDiagReply(*reply, pair)) return owner;
    // "No such socket" is also what a kernel says that has no diagnosis of TCP: then it does not know ours either.
    const SocketPair reversed{pair.ours, pair.theirs};
    const std::optional<std::string> own = AskKernel(DiagRequest(reversed));
    if (own && ReadDiagReply(*own, reversed)) return std::nullopt;
  }
  return ReadTables(pair);
}

// While our end is alive, the only socket at the other place is the one it is connected to. When it is not, another's
// may have taken that place, and what was sent came from whoever was there before.
bool IsAlive(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  return info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_CLOSE_WAIT;
}

bool OwnUidIsUnambiguous() {
  const Result<std::string> map = ReadFile("/proc/self/uid_map", 4096);
  const Result<std::string> overflow = ReadFile("/proc/sys/kernel/overflowuid", 64);
  return IsUnambiguous(::geteuid(), map.value_or(""), overflow.value_or("65534"));
}

}  // namespace

bool IsLoopback(const SocketAddress& address) {
  static constexpr AddressBytes kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  static constexpr AddressBytes kLoopback4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
  const AddressBytes bytes = PlaceOf(address).address;
  return bytes == kLoopback6 || std::equal(bytes.begin(), bytes.begin() + 13, kLoopback4.begin());
}

std::string DiagRequest(const SocketPair& pair) {
  struct {
    nlmsghdr head;
    inet_diag_req_v2 body;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = NLM_F_REQUEST;
  request.body.sdiag_family = static_cast<__u8>(pair.theirs.family());
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = ~0U;
  inet_diag_sockid& id = request.body.id;
  const Place theirs = PlaceOf(pair.theirs);
  const Place ours = PlaceOf(pair.ours);
  id.idiag_sport = theirs.port;
  id.idiag_dport = ours.port;
  const std::size_t skipped = pair.theirs.family() == AF_INET ? 12 : 0;
  std::memcpy(id.idiag_src, &theirs.address[skipped], theirs.address.size() - skipped);
  std::memcpy(id.idiag_dst, &ours.address[skipped], ours.address.size() - skipped);
  id.idiag_if = kLoopbackDevice;
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return {reinterpret_cast<const char*>(&request), sizeof request};
}

std::optional<SocketOwner> ReadDiagReply(std::string_view bytes, const SocketPair& pair) {
  nlmsghdr head{};
  inet_diag_msg body{};
  constexpr std::size_t kBodyAt = NLMSG_HDRLEN;
  if (bytes.size() < kBodyAt + sizeof body) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len < kBodyAt + sizeof body) return std::nullopt;
  std::memcpy(&body, bytes.data() + kBodyAt, sizeof body);
  const inet_diag_sockid& id = body.id;
  const bool asked_for = PlaceOf(body.idiag_family, id.idiag_src, id.idiag_sport) == PlaceOf(pair.theirs) &&
                         PlaceOf(body.idiag_family, id.idiag_dst, id.idiag_dport) == PlaceOf(pair.ours);
  if (!asked_for) return std::nullopt;
  return SocketOwner{body.idiag_uid, body.idiag_inode, body.idiag_state};
}

std::optional<SocketOwner> ReadSocketTable(std::string_view text, const SocketPair& pair) {
  const Place theirs = PlaceOf(pair.theirs);
  const Place ours = PlaceOf(pair.ours);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    // sl local remote st tx:rx tr:when retrnsmt uid timeout inode …
    const std::vector<std::string_view> words = Words(line);
    if (words.size() < 10 || ParsePlace(words[1]) != theirs || ParsePlace(words[2]) != ours) continue;
    SocketOwner owner;
    if (!ParseWhole(words[3], &owner.state, 16) || !ParseWhole(words[7], &owner.uid) ||
        !ParseWhole(words[9], &owner.inode)) {
      return std::nullopt;
    }
    return owner;
  }
  return std::nullopt;
}

bool IsOpenSocketOf(const SocketOwner& owner, std::uint32_t uid) {
  const bool connected = owner.state == TCP_ESTABLISHED || owner.state == TCP_FIN_WAIT1 || owner.state == TCP_FIN_WAIT2;
  return connected && owner.inode != 0 && owner.uid == uid;
}

bool IsUnambiguous(std::uint32_t uid, std::string_view uid_map, std::string_view overflow) {
  std::uint32_t nobody = 0;
  if (!ParseWhole(Trimmed(overflow), &nobody)) return false;
  if (uid != nobody) return true;
  // Where every account has its own number there is none without one.
  const std::vector<std::string_view> whole = Words(Trimmed(uid_map));
  return whole.size() == 3 && whole[0] == "0" && whole[1] == "0" && whole[2] == "4294967295";
}

bool PeerIsOwnUser(int socket) {
  SocketPair pair;
  pair.theirs.size = pair.ours.size = sizeof(sockaddr_storage);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&pair.theirs.storage), &pair.theirs.size) != 0 ||
      getsockname(socket, reinterpret_cast<sockaddr*>(&pair.ours.storage), &pair.ours.size) != 0) {
    return false;
  }
  if (!IsLoopback(pair.theirs) || !IsLoopback(pair.ours)) return false;
  static const bool unambiguous = OwnUidIsUnambiguous();
  if (!unambiguous) return false;
  const std::optional<SocketOwner> owner = FindOwner(pair);
  // In this order: our end was alive when the kernel was asked if it is now.
  return owner && IsOpenSocketOf(*owner, ::geteuid()) && IsAlive(socket);
}

}  // namespace counsel::net
