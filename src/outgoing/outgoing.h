// HTTPS to the outside: the only way anything leaves this machine, beside counsel-remote (remote/), which sends
// questions and passages to a model server that the user has named in the catalogue, by the same rules. libcurl does
// it, in a library of ours that is opened at the first request and stays open (linked into the daemon it would cost an
// idle one 3 MB and 6 ms).
//
// Only https. Plain http is for loopback addresses (tests, a user's own server on this machine), and a request that
// began with https is never led to anything else. Proxies are taken from the environment, as libcurl does (https_proxy,
// no_proxy), but none is used to a loopback address.
//
// Threads: any but the io thread; everything here blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace counsel::outgoing {

// ---- a file ----

// Redirects are followed, 10 at most.
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
  // Asked at least once a second; false ends the download with kCancelled.
  std::function<bool()> go_on;
};

// Errors: kInvalidArgument (the address), kNotFound (404, 410), kPermissionDenied (401, 403), kUnavailable (no network,
// a broken connection, another status), kDeadlineExceeded, kTooLarge, kCancelled, kUnsupported (the library is not
// there), and what begin and write return. The callbacks must not throw.
[[nodiscard]] Result<void> Download(const DownloadRequest& request);

// ---- one request ----

using Headers = std::vector<std::pair<std::string, std::string>>;
// The first of that name (ASCII case ignored), or nothing.
[[nodiscard]] std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name);

// A GET. Redirects are not followed: nothing of it, and never its user, reaches another host.
struct Request {
  Request() = default;

  std::string url;
  Headers headers;
  // Of Basic authorization, with an empty password; null: none is sent. Must live until Send returns.
  const char* user = nullptr;
  // A file of certificates to trust instead of the system's; "": the system's.
  std::string ca_file;
  std::uint64_t size_limit = 0;              // of the body, in bytes: kTooLarge over it
  std::chrono::seconds connect_timeout{15};  // kDeadlineExceeded, as for the next two
  std::chrono::seconds stall_timeout{30};    // no byte for so long
  std::chrono::seconds total_timeout{0};     // 0: none
  // Takes the body as it comes, if the status is 200; without it, and for any other status, the body is in the reply.
  std::function<Result<void>(std::string_view bytes)> write;
  // Asked at least once a second; false ends the request with kCancelled.
  std::function<bool()> go_on;
};

struct Reply {
  Reply() = default;
  int status = 0;  // any
  Headers headers;
  std::string redirect;  // where a redirect leads, absolute; "" for other replies
  std::string body;
};

// Connections stay open for later requests to the same host. Errors: kInvalidArgument (the address),
// kPermissionDenied (the certificate), kUnavailable (no network, a broken connection), kDeadlineExceeded, kTooLarge,
// kCancelled, kUnsupported (the library is not there), and what write returns. The callbacks must not throw.
[[nodiscard]] Result<Reply> Send(const Request& request);

// Is it an https address without a user in it, or http to a loopback address? What Send and Download accept; without
// opening the library.
[[nodiscard]] bool IsUsableAddress(std::string_view url);

}  // namespace counsel::outgoing
