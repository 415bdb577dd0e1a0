// HTTPS to the outside: the only way anything leaves this machine, beside the models that the user has named on other
// machines. A child does it (counsel-remote, remote/), with libcurl and its TLS, so that neither they nor another
// machine's bytes are in the daemon. The child starts at the first request, keeps connections open for the next ones,
// and ends when nobody has asked for a while; one that dies fails the requests under way (kUnavailable), and the next
// starts another.
//
// Only https. Plain http is for loopback addresses (tests, a user's own server on this machine), and a request that
// began with https is never led to anything else. Proxies are taken from the environment, as libcurl does (https_proxy,
// no_proxy), but none is used to a loopback address. A key travels to the child through a socket in a folder of ours
// alone, and is wiped here once it is written.
//
// Threads: the io thread, which must be the one that lives as long as the process (child/child.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"
#include "outgoing/messages.h"

namespace counsel::outgoing {

// The first of that name (ASCII case ignored), or nothing.
[[nodiscard]] std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// Is it an https address without a user in it, or http to a loopback address? What Send and Download accept; without
// asking the child.
[[nodiscard]] bool IsUsableAddress(std::string_view url);

// https_proxy and its like, as libcurl reads them: "NAME=value" for the environment of a child.
[[nodiscard]] std::vector<std::string> ProxyVariables();

// Takes bytes as they come; the view lives until the returned awaitable completes, and nothing further is read before.
using Write = std::function<boost::asio::awaitable<Result<void>>(std::string_view bytes)>;

// A GET. Redirects are not followed: nothing of it, and never its user, reaches another host.
struct Request {
  Request() = default;

  std::string url;
  Headers headers;
  // A file of certificates to trust instead of the system's; "": the system's.
  std::string ca_file;
  std::uint64_t size_limit = 0;              // of the body, in bytes: kTooLarge over it
  std::chrono::seconds connect_timeout{15};  // kDeadlineExceeded, as for the next two
  std::chrono::seconds stall_timeout{30};    // no byte for so long
  std::chrono::seconds total_timeout{0};     // 0: none
  // Takes the body as it comes, if the status is 200; without it, and for any other status, the body is in the reply.
  Write write;
};

struct Reply {
  Reply() = default;
  int status = 0;  // any
  Headers headers;
  std::string redirect;  // where a redirect leads, absolute; "" for other replies
  std::string body;
};

// A file. Redirects are followed, 10 at most.
struct DownloadRequest {
  DownloadRequest() = default;

  std::string url;
  // Asks for the bytes from here on. A server that cannot do that sends everything: see `begin`.
  std::uint64_t offset = 0;
  // Of the whole file, in bytes; kTooLarge over it, at once when the server states the size.
  std::uint64_t size_limit = 0;
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds stall_timeout{60};  // no byte for so long: kDeadlineExceeded

  // Told once, before the first byte: where in the file the bytes begin (`offset`, or 0 when the server sends
  // everything) and the whole file's size (0: not stated). An error ends the download and is returned.
  std::function<Result<void>(std::uint64_t start, std::uint64_t total)> begin;
  // The next bytes. An error ends the download and is returned.
  std::function<Result<void>(std::string_view bytes)> write;
  // Asked twice a second; false ends the download with kCancelled.
  std::function<bool()> go_on;
};

struct CourierOptions {
  CourierOptions() = default;
  std::filesystem::path program;  // counsel-remote; "": the one beside this program
  std::filesystem::path folder;   // ours alone, for the child's socket; "": one is made, and removed at the end
  std::chrono::milliseconds idle{30'000};  // after so long without a request the child ends
};

class Fetcher;  // the child

class Courier {
 public:
  Courier(boost::asio::any_io_executor io, CourierOptions options);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // `user`: of Basic authorization, with an empty password; empty: none is sent. Connections stay open for later
  // requests to the same host. Errors: kInvalidArgument (the address), kPermissionDenied (the certificate),
  // kUnavailable (no network, a broken connection, the child died or cannot be started), kDeadlineExceeded, kTooLarge,
  // kCancelled, and what write returns. The callbacks must not throw.
  [[nodiscard]] boost::asio::awaitable<Result<Reply>> Send(Request request, Secret user);
  // Likewise; and kNotFound (404, 410), kPermissionDenied (401, 403), kUnavailable (another status).
  [[nodiscard]] boost::asio::awaitable<Result<void>> Download(DownloadRequest request);

  // Ends the child; requests under way, and all later ones, fail with kCancelled.
  void Stop();
  // The child's process id; 0 when there is none.
  [[nodiscard]] int pid() const;

 private:
  const std::shared_ptr<Fetcher> fetcher_;
};

// Courier::Download for the command line, on the calling thread; blocks.
[[nodiscard]] Result<void> Download(const DownloadRequest& request);

}  // namespace counsel::outgoing
