// What Counsel asks a model server, asked of the other machine: /health, the OpenAI shapes, /tokenize, /apply-template.
//
// Threads: io thread only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"
#include "transfers.h"

namespace counsel::remote {

struct BridgeOptions {
  BridgeOptions() = default;
  std::string root;                         // "https://host": targets are put behind it
  std::string model;                        // its name over there
  Secret key;                               // sent as a bearer token; empty: none
  std::string ca_file;                      // certificates to trust instead of the system's; "": the system's
  std::chrono::seconds stall_timeout{120};  // no byte for so long ends a request
  // Between two tries of a start that found nobody, and for how long new tries are begun.
  std::chrono::milliseconds retry_pause{250};
  std::chrono::seconds retry_for{8};
  // A server that says it is loading is waited for so long.
  std::chrono::seconds loading_patience{120};
};

class Bridge {
 public:
  static constexpr std::size_t kMostRequests = 64;  // at once; the next is told 503
  static constexpr std::size_t kMostBodyBytes = (std::size_t{16} << 20) + (std::size_t{64} << 10);

  // `transfers` must outlive the bridge.
  Bridge(Transfers& transfers, BridgeOptions options);

  // Looks whether the other server is there and takes the key. What can be tried again is. The error's message is one
  // of the words that models/model_server.h explains: "key refused", "unreachable: …".
  [[nodiscard]] boost::asio::awaitable<Result<void>> Open();

  [[nodiscard]] boost::asio::awaitable<void> Handle(net::Exchange& exchange);

  // Called with the words when the other server, once open, has been found dead.
  std::function<void(const Error&)> on_lost;

 private:
  [[nodiscard]] TransferRequest To(std::string_view target, std::string body) const;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Look();
  [[nodiscard]] boost::asio::awaitable<Result<ReplyHead>> Ask(std::string target);
  [[nodiscard]] boost::asio::awaitable<void> Health(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<void> Forward(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<void> Tokenize(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<void> ApplyTemplate(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> Post(std::string target, std::string body);

  Transfers& transfers_;
  const BridgeOptions options_;
  bool open_ = false;
  std::size_t requests_ = 0;
  int missed_ = 0;  // looks in a row that found nobody
};

}  // namespace counsel::remote
