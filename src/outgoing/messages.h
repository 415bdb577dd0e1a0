// What passes between the daemon and the child that fetches for it (counsel-remote --fetch): an order, as the body of a
// POST to /fetch, and frames back. Both sides check what they read. Pure; any thread. Internal to this room and
// remote/.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace counsel::outgoing {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t kMostOrderBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMostFrameBytes = std::size_t{1} << 20;

struct Order {
  Order() = default;
  std::string url;
  Headers headers;
  std::string ca_file;           // "": the system's authorities
  bool follows = false;          // redirects, as a download does; then only the body of a 200 or 206 comes
  std::uint64_t offset = 0;      // of a download
  std::uint64_t size_limit = 0;  // of the body, a download's file
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds stall_timeout{30};
  std::chrono::seconds total_timeout{0};  // 0: none
};

// `user`: of Basic authorization; "": none. The text holds it: wipe it.
[[nodiscard]] std::string FormatOrder(const Order& order, std::string_view user);
// kInvalidArgument for anything else than FormatOrder writes.
[[nodiscard]] Result<Order> ReadOrder(std::string_view text, Secret* user);

// The first frame of a reply.
struct Head {
  Head() = default;
  int status = 0;
  Headers headers;
  std::string redirect;     // where a redirect leads, absolute
  std::uint64_t start = 0;  // of a download: where in the file the bytes begin
  std::uint64_t total = 0;  // of a download: the whole file's size; 0: not stated
};

// A reply is one head, any number of pieces of the body, and an end: an error's (with no head, it may be the first), or
// none's.
enum class FrameKind : char { kHead = 'H', kBytes = 'B', kEnd = 'E' };
struct Frame {
  Frame() = default;
  FrameKind kind = FrameKind::kEnd;
  std::string payload;
};

[[nodiscard]] std::string FormatFrame(FrameKind kind, std::string_view payload);
[[nodiscard]] std::string FormatHead(const Head& head);
[[nodiscard]] std::string FormatEnd(const Result<void>& end);
[[nodiscard]] Result<Head> ReadHead(std::string_view payload);
// The error that an end tells, or nothing; an end that is none is an error, too.
[[nodiscard]] Result<void> ReadEnd(std::string_view payload);

// Takes bytes as they come and gives whole frames.
class FrameReader {
 public:
  void Feed(std::string_view bytes) { pending_ += bytes; }
  // Nothing as long as no frame is whole. kCorrupt for what is no frame, or one over kMostFrameBytes.
  [[nodiscard]] Result<std::optional<Frame>> Next();

 private:
  std::string pending_;
};

}  // namespace counsel::outgoing
