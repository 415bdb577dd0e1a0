// HTTPS to the outside: the only way anything leaves this machine. libcurl does it, in a library of ours that is opened
// at the first request and stays open (linked into the daemon it would cost an idle one 3 MB and 6 ms).
//
// Only https. Plain http is for loopback addresses (tests, a user's own server on this machine), and a request that
// began with https is never led to anything else. Proxies are taken from the environment, as libcurl does (https_proxy,
// no_proxy). Redirects: 10 at most.
//
// Threads: any but the io thread; Download blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::outgoing {

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

}  // namespace counsel::outgoing
