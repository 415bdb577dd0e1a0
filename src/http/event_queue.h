// From callbacks to one server-sent event stream: a bounded queue that a slow client cannot fill.
//
// Threads: io thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http.h"

namespace counsel::http {

class EventQueue {
 public:
  // Holds at most `limit` events; further ones are dropped. An event `lost` {"count"} stands where they are missing, so
  // that the client knows when to ask how things are.
  explicit EventQueue(const boost::asio::any_io_executor& io, std::size_t limit = 1024)
      : limit_(limit), changed_(io, boost::asio::steady_timer::time_point::max()) {}

  void Push(std::string_view name, std::string_view data) {
    if (closed_) return;
    if (events_.size() >= limit_) {
      ++lost_;
      return;
    }
    TellLost();
    events_.push_back(net::FormatEvent(name, data));
    changed_.cancel();
  }

  // Ends the stream.
  void Close() {
    closed_ = true;
    events_.clear();
    changed_.cancel();
  }

  // The next event, ready to be written; "" when the client has left or the stream was closed.
  [[nodiscard]] boost::asio::awaitable<std::string> Next() {
    if (events_.empty()) TellLost();
    while (events_.empty() && !closed_) {
      boost::system::error_code ignored;
      co_await changed_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
      if (state.cancelled() != boost::asio::cancellation_type::none) co_return std::string();
    }
    if (closed_) co_return std::string();
    std::string event = std::move(events_.front());
    events_.pop_front();
    co_return event;
  }

 private:
  void TellLost() {
    if (lost_ == 0) return;
    events_.push_back(net::FormatEvent("lost", "{\"count\":" + std::to_string(std::exchange(lost_, 0)) + "}"));
  }

  const std::size_t limit_;
  boost::asio::steady_timer changed_;
  std::deque<std::string> events_;
  std::int64_t lost_ = 0;
  bool closed_ = false;
};

}  // namespace counsel::http
