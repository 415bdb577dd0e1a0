#include "base/supervise.h"

#include <algorithm>
#include <new>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace counsel {
namespace {

namespace asio = boost::asio;

RestartPauses Short() {
  RestartPauses pauses;
  pauses.first = std::chrono::milliseconds(1);
  pauses.longest = std::chrono::milliseconds(4);
  return pauses;
}

TEST(Supervising, ALoopThatThrowsIsStartedAgainUntilItReturnsAndCounted) {
  asio::io_context io;
  int runs = 0;
  bool over = false;
  const auto loop = [&]() -> asio::awaitable<void> {
    ++runs;
    if (runs == 1) throw std::bad_alloc();
    if (runs < 5) throw std::runtime_error("no luck " + std::to_string(runs));
    co_return;
  };
  asio::co_spawn(io, Supervised("a test's loop", loop, Short()), [&](const std::exception_ptr& thrown) {
    EXPECT_FALSE(thrown);
    over = true;
  });
  io.run();
  EXPECT_TRUE(over);
  EXPECT_EQ(runs, 5);
  const std::vector<Restarts> all = AllRestarts();
  const auto found =
      std::find_if(all.begin(), all.end(), [](const Restarts& one) { return one.name == "a test's loop"; });
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->count, 4);
  EXPECT_EQ(found->last, "no luck 4");
}

TEST(EndsWithinIts, TimeOrGoesOnAlone) {
  asio::io_context io;
  asio::steady_timer never(io, std::chrono::steady_clock::time_point::max());
  bool went_on = false;
  const auto stuck = [&]() -> asio::awaitable<void> {
    boost::system::error_code ignored;
    co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    went_on = true;
  };
  const auto quick = []() -> asio::awaitable<void> { co_return; };
  const auto throwing = []() -> asio::awaitable<void> {
    throw std::bad_alloc();
    co_return;
  };
  std::optional<bool> first;
  std::optional<bool> second;
  std::optional<bool> third;
  const auto test = [&]() -> asio::awaitable<void> {
    first = co_await EndsWithin(std::chrono::hours(1), "quick", quick());
    second = co_await EndsWithin(std::chrono::milliseconds(1), "stuck", stuck());
    third = co_await EndsWithin(std::chrono::hours(1), "throwing", throwing());
    EXPECT_FALSE(went_on);
    never.cancel();
  };
  asio::co_spawn(io, test(), asio::detached);
  io.run();
  EXPECT_EQ(first, true);
  EXPECT_EQ(second, false);
  EXPECT_EQ(third, true);
  EXPECT_TRUE(went_on);
}

}  // namespace
}  // namespace counsel
