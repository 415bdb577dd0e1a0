// A request passed on to a model's own server, and the server's reply passed back as it comes.
//
// Threads: io thread only.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/json.h"
#include "http/routes.h"
#include "models/pool.h"
#include "net/http.h"

namespace counsel::http {

// Sends `request` under a lease on the model, loading it first, and copies the reply: head, then bytes as they come.
// A process that dies before a word was said is replaced, once, and so is a remote model that fails by its fallback. A
// stream of events that breaks ends with an error event, whose data is `shape(error)`. Any other failure is returned;
// nothing has been sent to the client then, unless call.exchange.begun(). What Counsel itself took is added to the
// lease's times().
[[nodiscard]] boost::asio::awaitable<Result<void>> PassThrough(Call& call, std::string model, net::Request request,
                                                               models::AcquireOptions options,
                                                               Json (*shape)(const Error&));

// Whether the reply will come piece by piece.
[[nodiscard]] bool IsStreamed(const Json& body);

// About how many tokens a JSON body makes the model read: English text, and the JSON around it.
[[nodiscard]] std::uint32_t AboutTokens(const std::string& body);

}  // namespace counsel::http
