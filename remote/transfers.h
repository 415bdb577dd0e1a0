// Requests to other machines, with libcurl: many at once on one thread of their own, connections kept, replies read as
// they come.
//
// Only https, and http to loopback addresses; no redirect is followed, so nothing and never the key reaches another
// host. What a reader has not taken holds the sender back: 256 KiB a transfer are kept, no more.
//
// Threads: everything here is called on the io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"

namespace counsel::remote {

struct TransferRequest {
  TransferRequest() = default;
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  Secret bearer;                     // sent as a bearer token; empty: none
  Secret user;                       // of Basic authorization, with an empty password; empty: none
  std::string body;                  // JSON, posted; "": a GET
  std::string range;                 // "100-": of the file
  bool unpack = false;               // takes compressed replies; the limit counts unpacked bytes
  std::string ca_file;               // certificates to trust instead of the system's; "": the system's
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds stall_timeout{120};              // no byte for so long
  std::chrono::seconds total_timeout{0};                // 0: none
  std::uint64_t reply_limit = std::uint64_t{64} << 20;  // bytes of the body
};

struct ReplyHead {
  ReplyHead() = default;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // 200 and 64 KiB at most, what is more is left out
  std::string content_type;
  std::int64_t retry_after = 0;         // seconds; 0: not said
  std::optional<std::uint64_t> length;  // of the body as it is sent
};

// One request and its reply. Its end closes the connection unless the reply was read whole.
class Transfer {
 public:
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // The head, once the first byte of the body is there or the reply has ended: what fails before that can be tried
  // elsewhere. Errors, whose messages are libcurl's: kInvalidArgument (the address), kPermissionDenied (the
  // certificate), kDeadlineExceeded, kTooLarge, kUnavailable, kCancelled.
  [[nodiscard]] boost::asio::awaitable<Result<ReplyHead>> Head();
  // The next bytes as soon as there are any; "" at the end. The same errors.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadSome();
  // Where a redirect leads, absolute; "" for other replies. Known once the reply has been read whole.
  [[nodiscard]] std::string redirect() const;

 private:
  friend class Transfers;
  struct State;
  explicit Transfer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

class Transfers {
 public:
  explicit Transfers(boost::asio::any_io_executor io);
  // Ends what still runs.
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  [[nodiscard]] std::unique_ptr<Transfer> Start(TransferRequest request);
  // When a byte came last, of any transfer.
  [[nodiscard]] std::chrono::steady_clock::time_point last_byte() const;

 private:
  friend class Transfer;
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace counsel::remote
