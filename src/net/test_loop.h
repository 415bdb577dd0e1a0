// For the tests of rooms that wait: one loop, and a raw peer that can send what no decent client would.
#pragma once

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/connect.h"
#include "net/http.h"

namespace counsel::net {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// The code of a failure, nothing for a success.
template <class T>
std::optional<ErrorCode> CodeOf(const Result<T>& result) {
  return result ? std::nullopt : std::optional<ErrorCode>(result.error().code);
}

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "counsel-net-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~LoopTest() override { std::filesystem::remove_all(folder_); }

  // Runs the coroutine to its end, at most 20 seconds.
  template <class Body>
  void Run(const Body& body) {
    bool ended = false;
    asio::co_spawn(io_, body(), [&](const std::exception_ptr& error) {
      ended = true;
      io_.stop();
      if (error) std::rethrow_exception(error);
    });
    io_.restart();
    io_.run_for(20s);
    EXPECT_TRUE(ended) << "the test's coroutine did not end";
  }

  [[nodiscard]] std::string SocketPath(const std::string& name = "s") const { return folder_ + "/" + name; }

  std::string folder_;
  asio::io_context io_;
};

// Something that a test waits for, without sleeping.
class Signal {
 public:
  explicit Signal(asio::io_context& io) : timer_(io, Clock::time_point::max()) {}
  void Set() {
    set_ = true;
    timer_.cancel();
  }
  [[nodiscard]] bool set() const { return set_; }
  asio::awaitable<void> Wait() {
    while (!set_) {
      boost::system::error_code ignored;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) co_return;
    }
  }

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

class RawPeer {
 public:
  static asio::awaitable<RawPeer> To(const Endpoint& endpoint) {
    RawPeer peer;
    Result<std::shared_ptr<Stream>> stream = co_await Connect(endpoint, 1 << 20, Clock::now() + 10s);
    EXPECT_TRUE(stream) << stream.error().message;
    peer.stream_ = std::move(*stream);
    co_return peer;
  }

  asio::awaitable<bool> Send(std::string_view text) {
    const Io sent = co_await stream_->Write(text, "", "", Clock::now() + 10s);
    co_return sent == Io::kOk;
  }

  // All that came, once it holds `text`; what there is when the connection ends.
  asio::awaitable<std::string> ReadUntil(std::string_view text) {
    while (stream_->buffered().find(text) == std::string_view::npos) {
      const Clock::time_point deadline = Clock::now() + 10s;
      const Io filled = co_await stream_->Fill(deadline);
      if (filled != Io::kOk) break;
    }
    std::string all(stream_->buffered());
    stream_->Consume(all.size());
    co_return all;
  }
  // To the end of the connection.
  asio::awaitable<std::string> ReadAll() { return ReadUntil(std::string_view("\0never\0", 7)); }

  void FinishSending() { stream_->ShutdownWrite(); }
  void Leave() { stream_->Close(); }

 private:
  std::shared_ptr<Stream> stream_;
};

}  // namespace counsel::net
