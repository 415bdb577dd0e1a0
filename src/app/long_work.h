// The client's side of work that takes a while (http/long_work.h).
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/daemon_client.h"
#include "base/result.h"

namespace counsel::app {

// POSTs `body` and shows a bar until the work's `done`, which it returns. `when_broken` is told when the daemon ends
// before the work does. `daemon` must outlive it.
[[nodiscard]] boost::asio::awaitable<Result<Json>> FollowWork(DaemonClient& daemon, std::string target, Json body,
                                                              Error when_broken);

}  // namespace counsel::app
