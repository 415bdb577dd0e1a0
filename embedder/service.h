// The routes of counsel-embedder: GET /health, POST /v1/embeddings, POST /tokenize,
// POST /count-tokens.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "encoder.h"
#include "net/http.h"
#include "workers.h"

namespace counsel::embedder {

// On the io thread, but for what it gives to the workers.
class Service {
 public:
  static constexpr std::size_t kMaxTexts = 1024;                       // in one request: 413
  static constexpr std::size_t kMaxWaitingTexts = 4096;                // of all requests: 503, Retry-After
  static constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20;  // 413

  // `model_name`: what replies call the model when the request names none.
  Service(Workers& workers, std::string model_name);

  // Until it is called, every route answers 503 "Loading model".
  void SetReady(std::shared_ptr<const Encoder> encoder);

  // A net::Handler.
  [[nodiscard]] boost::asio::awaitable<void> Handle(net::Exchange& exchange);

 private:
  [[nodiscard]] boost::asio::awaitable<net::Reply> Answer(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<net::Reply> Embeddings(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<net::Reply> Tokenize(net::Exchange& exchange);
  [[nodiscard]] boost::asio::awaitable<net::Reply> CountTokens(net::Exchange& exchange);

  Workers& workers_;
  const std::string model_name_;
  std::shared_ptr<const Encoder> encoder_;  // null while loading
};

}  // namespace counsel::embedder
