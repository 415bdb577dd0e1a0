// What src/outgoing orders: one request and its reply, or a file over redirects (outgoing/messages.h).
//
// Threads: io thread only.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"
#include "outgoing/messages.h"
#include "transfers.h"

namespace counsel::remote {

class Fetching {
 public:
  // `transfers` must outlive it.
  explicit Fetching(Transfers& transfers) : transfers_(transfers) {}

  // POST /fetch.
  [[nodiscard]] boost::asio::awaitable<void> Handle(net::Exchange& exchange);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> Send(net::Exchange& exchange, const outgoing::Order& order,
                                                          Secret user);
  [[nodiscard]] boost::asio::awaitable<Result<void>> Download(net::Exchange& exchange, const outgoing::Order& order);
  [[nodiscard]] boost::asio::awaitable<Result<void>> Follow(std::string* url, Transfer& transfer);

  Transfers& transfers_;
};

}  // namespace counsel::remote
