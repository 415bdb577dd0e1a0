// A bounded queue of events: what does not fit is counted and told, and the queue never ends by itself.
#include "http/event_queue.h"

#include <exception>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;

class Events : public ::testing::Test {
 protected:
  // The next `count` events, without their last line break.
  std::vector<std::string> Take(std::size_t count) {
    std::vector<std::string> taken;
    auto take = [&]() -> asio::awaitable<void> {
      while (taken.size() < count) {
        std::string event = co_await queue_.Next();
        if (event.empty()) co_return;
        taken.push_back(event.substr(0, event.size() - 2));
      }
    };
    asio::co_spawn(io_, take, [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    io_.restart();
    io_.run_for(std::chrono::seconds(10));
    return taken;
  }

  asio::io_context io_;
  EventQueue queue_{io_.get_executor(), 2};
};

TEST_F(Events, ComeInTheirOrder) {
  queue_.Push("a", "1");
  queue_.Push("b", "2");
  EXPECT_THAT(Take(2), ElementsAre("event: a\ndata: 1", "event: b\ndata: 2"));
}

TEST_F(Events, ThatDoNotFitAreCountedAtTheirPlace) {
  for (const char* data : {"1", "2", "3", "4", "5"}) queue_.Push("a", data);
  EXPECT_THAT(Take(1), ElementsAre("event: a\ndata: 1"));
  queue_.Push("a", "6");
  EXPECT_THAT(Take(3), ElementsAre("event: a\ndata: 2", "event: lost\ndata: {\"count\":3}", "event: a\ndata: 6"));
}

TEST_F(Events, ThatWereLostAreToldThoughNoneFollows) {
  for (const char* data : {"1", "2", "3"}) queue_.Push("a", data);
  EXPECT_THAT(Take(3), ElementsAre("event: a\ndata: 1", "event: a\ndata: 2", "event: lost\ndata: {\"count\":1}"));
}

TEST_F(Events, EndOnceTheQueueIsClosed) {
  queue_.Push("a", "1");
  queue_.Close();
  queue_.Push("a", "2");
  EXPECT_THAT(Take(1), ElementsAre());
}

}  // namespace
}  // namespace counsel::http
