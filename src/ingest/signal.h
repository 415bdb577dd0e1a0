// A condition variable for coroutines of one io thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace counsel::ingest {

class Signal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Signal(boost::asio::any_io_executor io) : io_(std::move(io)) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // How often it has been given. Read it before looking at what it signals: then nothing is missed.
  [[nodiscard]] std::uint64_t count() const { return count_; }

  void Give() {
    ++count_;
    for (boost::asio::steady_timer* waiting : waiting_) waiting->cancel();
  }

  // Suspends until it has been given more often than `seen`, at most until `deadline`. The Signal must outlive the
  // wait.
  [[nodiscard]] boost::asio::awaitable<void> WaitBeyond(std::uint64_t seen,
                                                        Clock::time_point deadline = Clock::time_point::max()) {
    if (count_ != seen || Clock::now() >= deadline) co_return;
    boost::asio::steady_timer timer(io_, deadline);
    const Entry entry(waiting_, timer);
    boost::system::error_code given;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, given));
  }

 private:
  struct Entry {
    Entry(std::vector<boost::asio::steady_timer*>& list, boost::asio::steady_timer& timer) : list(list), timer(timer) {
      list.push_back(&timer);
    }
    ~Entry() { list.erase(std::find(list.begin(), list.end(), &timer)); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    std::vector<boost::asio::steady_timer*>& list;
    boost::asio::steady_timer& timer;
  };

  boost::asio::any_io_executor io_;
  std::vector<boost::asio::steady_timer*> waiting_;
  std::uint64_t count_ = 0;
};

}  // namespace counsel::ingest
