// Reads HTTP/1 messages piece by piece, on Beast's parser; the only door to Beast. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace counsel::net {

// The head of a message, as far as it was read.
struct Head {
  std::string method;  // of a request
  std::string target;
  int status = 0;  // of a reply
  Headers headers;
};

class MessageParser {
 public:
  // `body_limit` is for chunked bodies; an announced length is for the caller to check when the head is done.
  static std::unique_ptr<MessageParser> ForRequest(std::size_t head_limit, std::uint64_t body_limit);
  // `without_body`: the request was a HEAD.
  static std::unique_ptr<MessageParser> ForReply(std::size_t head_limit, bool without_body);
  virtual ~MessageParser() = default;

  // Reads the front of `bytes`, appends the body's to *body until it holds `room`, and returns how many it consumed.
  // It stops after the head, so that the caller can look at it. When it consumed nothing it needs more bytes behind
  // these ones. Failures: kInvalidArgument and kUnsupported (not HTTP/1 as we speak it), kTooLarge (before head_done()
  // the head, later the body).
  [[nodiscard]] virtual Result<std::size_t> Put(std::string_view bytes, std::string* body, std::size_t room) = 0;
  // The connection has ended: true when the message ends there by right.
  [[nodiscard]] virtual bool PutEnd() = 0;

  [[nodiscard]] virtual bool head_done() const = 0;
  [[nodiscard]] virtual bool done() const = 0;
  // Of a head that is done.
  [[nodiscard]] virtual bool http11() const = 0;
  [[nodiscard]] virtual bool keep_alive() const = 0;
  // What is still to come of a body whose length was announced.
  [[nodiscard]] virtual std::optional<std::uint64_t> body_left() const = 0;

  [[nodiscard]] Head& head() { return head_; }

 protected:
  Head head_;
};

}  // namespace counsel::net
