// The bytes of a reply's head. Internal to this room.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include "net/http.h"

namespace counsel::net {

enum class ReplyFraming { kNone, kLength, kChunked };
enum class ReplyConnection { kUnsaid, kKeepAlive, kClose };

// Status line and headers with the blank line behind them. Line breaks in header values become spaces.
[[nodiscard]] std::string FormatReplyHead(const Reply& reply, ReplyFraming framing, ReplyConnection connection);

// {"error":{"code":…,"message":…}} with a status, for what goes wrong outside a handler.
[[nodiscard]] Reply ErrorReply(int status, std::string_view code, std::string_view message);

// "1f\r\n", without allocating: one is written before each token.
class ChunkHead {
 public:
  explicit ChunkHead(std::size_t size) {
    char* end = std::to_chars(text_.data(), text_.data() + text_.size() - 2, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    size_ = static_cast<std::size_t>(end - text_.data());
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 18> text_;
  std::size_t size_;
};

}  // namespace counsel::net
