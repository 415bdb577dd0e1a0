// The client's connections. Internal to this room.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "net/http.h"
#include "net/stream.h"

namespace counsel::net {

// How messages name an endpoint: its path, or "host:port".
[[nodiscard]] std::string NameOf(const Endpoint& endpoint);

// kUnavailable when nobody listens or the name is unknown, kDeadlineExceeded, kCancelled.
[[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<Stream>>> Connect(const Endpoint& endpoint,
                                                                              std::size_t buffer_limit,
                                                                              Clock::time_point deadline);

}  // namespace counsel::net
