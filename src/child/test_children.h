// For the tests of this room: a loop, and children that are shell scripts.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "child/child.h"

namespace counsel::child {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// A process of any parentage, to be waited for without sleeping.
class Process {
 public:
  explicit Process(pid_t pid) : fd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
  [[nodiscard]] bool EndsWithin(std::chrono::milliseconds time) const {
    pollfd poll_fd{fd_.get(), POLLIN, 0};
    return !fd_.valid() || poll(&poll_fd, 1, static_cast<int>(time.count())) == 1;
  }

 private:
  FileDescriptor fd_;
};

class ChildTest : public ::testing::Test {
 protected:
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

  ChildOptions Script(const std::string& script) {
    ChildOptions options;
    options.argv = {"/bin/sh", "-c", script};
    options.on_stdout_line = [this](std::string_view line) {
      lines_.emplace_back(line);
      line_came_.cancel();
    };
    return options;
  }

  std::unique_ptr<Child> Spawn(ChildOptions options) {
    Result<std::unique_ptr<Child>> child = Child::Spawn(io_.get_executor(), std::move(options));
    EXPECT_TRUE(child) << child.error().message;
    return child ? std::move(*child) : nullptr;
  }

  std::unique_ptr<Child> SpawnScript(const std::string& script) { return Spawn(Script(script)); }

  // The child's end, and what it wrote to stdout in lines_.
  Exit RunToEnd(ChildOptions options) {
    const std::unique_ptr<Child> child = Spawn(std::move(options));
    Exit exit;
    Run([&]() -> asio::awaitable<void> { exit = co_await child->Wait(); });
    words_ = child->last_words();
    return exit;
  }

  asio::awaitable<void> LineCame(std::size_t count) {
    while (lines_.size() < count) {
      boost::system::error_code ignored;
      co_await line_came_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  asio::io_context io_;
  asio::steady_timer line_came_{io_, std::chrono::steady_clock::time_point::max()};
  std::vector<std::string> lines_;
  std::string words_;
};

}  // namespace counsel::child
