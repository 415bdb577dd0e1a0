// Work that takes a while and is told about while it runs.
//
// Threads: io thread; the work's report may be called from any.
#pragma once

#include <functional>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/json.h"
#include "http/routes.h"
#include "upkeep/report.h"

namespace counsel::http {

using LongWork = std::function<boost::asio::awaitable<Result<Json>>(upkeep::Report)>;

// Replies with server-sent events: `progress` {share, what} a few times a second, then `done` with what the work
// returned, or `error`. A client that leaves ends the work: its report returns false, and this waits for it.
[[nodiscard]] boost::asio::awaitable<Result<void>> StreamWork(Call& call, LongWork work);

}  // namespace counsel::http
