// Web pages of other origins that ALLOWED_ORIGINS names: what they may ask, and the headers that tell their browser so
// (CORS). All other origins are refused (http/callers.h).
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "http/callers.h"
#include "net/http.h"

namespace counsel::http {

// The request's Origin when ALLOWED_ORIGINS names it and the path is open to pages; "" otherwise. What is the
// user's alone never is.
[[nodiscard]] std::string AllowedOrigin(const net::Request& request, const Entrance& entrance);

// A browser asks whether it may send a request.
[[nodiscard]] bool IsPreflight(const net::Request& request);
[[nodiscard]] net::Reply PreflightReply(const net::Request& request);

// An exchange whose replies carry the headers for one origin.
class CrossOriginExchange : public net::Exchange {
 public:
  // `exchange` must outlive it.
  CrossOriginExchange(net::Exchange& exchange, std::string origin) : exchange_(exchange), origin_(std::move(origin)) {}

  [[nodiscard]] const net::Request& request() const override { return exchange_.request(); }
  [[nodiscard]] bool local() const override { return exchange_.local(); }
  [[nodiscard]] bool FromOwnUser() override { return exchange_.FromOwnUser(); }
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadBody(std::size_t limit) override {
    return exchange_.ReadBody(limit);
  }
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadSome() override { return exchange_.ReadSome(); }
  [[nodiscard]] boost::asio::awaitable<Result<void>> Send(net::Reply& reply) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Begin(net::Reply& head) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Write(std::string_view bytes) override {
    return exchange_.Write(bytes);
  }
  [[nodiscard]] boost::asio::awaitable<Result<void>> End() override { return exchange_.End(); }
  [[nodiscard]] bool begun() const override { return exchange_.begun(); }

 private:
  net::Exchange& exchange_;
  std::string origin_;
};

}  // namespace counsel::http
