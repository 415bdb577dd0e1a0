// For tests: a server on a unix socket, and what it answers to bytes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "net/test_loop.h"

namespace counsel::net {

inline asio::awaitable<void> Echo(Exchange& exchange) {
  Result<std::string> body = co_await exchange.ReadBody(1 << 20);
  if (!body) {
    Reply refusal(body.error().code == ErrorCode::kTooLarge ? 413 : 400, "text/plain", body.error().message);
    co_await exchange.Send(refusal);
    co_return;
  }
  Reply reply(200, "text/plain", exchange.request().method + " " + exchange.request().target + " " + *body);
  co_await exchange.Send(reply);
}

class ServerTest : public LoopTest {
 protected:
  Server& Start(Handler handler, ServerLimits limits = {}) {
    server_ = std::make_unique<Server>(io_.get_executor(), limits, std::move(handler));
    const Result<void> listening = server_->ListenUnix(SocketPath());
    EXPECT_TRUE(listening) << listening.error().message;
    endpoint_ = Endpoint::Unix(SocketPath());
    return *server_;
  }

  // What the server answers to these bytes, to the end of the connection.
  asio::awaitable<std::string> Ask(std::string bytes) {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send(bytes);
    co_return co_await peer.ReadAll();
  }

  Endpoint endpoint_;
  std::unique_ptr<Server> server_;
};

}  // namespace counsel::net
