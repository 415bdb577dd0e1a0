// From callbacks to one server-sent event stream: a bounded queue that a slow client cannot fill.
//
// Threads: io thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http.h"

namespace counsel::http {

class EventQueue {
 public:
  // Holds at most `limit` events; a further one is dropped (the client can ask for the state at any time).
  explicit EventQueue(const boost::asio::any_io_executor& io, std::size_t limit = 1024) : channel_(io, limit) {}

  void Push(std::string_view name, std::string_view data) {
    channel_.try_send(boost::system::error_code(), net::FormatEvent(name, data));
  }

  // Ends the stream.
  void Close() { channel_.close(); }

  // The next event, ready to be written; "" when the client has left or the stream was closed.
  [[nodiscard]] boost::asio::awaitable<std::string> Next() {
    boost::system::error_code failed;
    std::string event =
        co_await channel_.async_receive(boost::asio::redirect_error(boost::asio::use_awaitable, failed));
    co_return failed ? std::string() : event;
  }

 private:
  boost::asio::experimental::channel<void(boost::system::error_code, std::string)> channel_;
};

}  // namespace counsel::http
