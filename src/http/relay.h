// A model server's own reply, passed on to the client as it comes.
//
// Threads: io thread only.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/json.h"
#include "http/routes.h"
#include "models/pool.h"
#include "net/http.h"

namespace counsel::http {

// Copies the head and the rest of `reply`. A stream of events that breaks ends with an error event, whose data is
// `shape(error)`; anything else that breaks is returned, and the client's connection ends.
[[nodiscard]] boost::asio::awaitable<Result<void>> Relay(Call& call, const models::Lease& lease,
                                                         net::ReplyStream& reply, Json (*shape)(const Error&));

}  // namespace counsel::http
