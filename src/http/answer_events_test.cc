#include "http/answer_events.h"

#include <chrono>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A client that reads one piece each time it is let.
class SlowExchange : public net::Exchange {
 public:
  explicit SlowExchange(asio::io_context& io) : may_read_(io) {}

  void Read() {
    ++readable_;
    may_read_.cancel();
  }
  void Leave() {
    left_ = true;
    may_read_.cancel();
  }
  [[nodiscard]] const std::vector<std::string>& written() const { return written_; }

  [[nodiscard]] const net::Request& request() const override { return request_; }
  [[nodiscard]] bool local() const override { return true; }
  bool FromOwnUser() override { return true; }
  asio::awaitable<Result<std::string>> ReadBody(std::size_t) override { co_return std::string(); }
  asio::awaitable<Result<std::string>> ReadSome() override { co_return std::string(); }
  asio::awaitable<Result<void>> Send(net::Reply&) override { co_return Result<void>(); }
  asio::awaitable<Result<void>> Begin(net::Reply&) override {
    begun_ = true;
    co_return Result<void>();
  }
  asio::awaitable<Result<void>> Write(std::string_view bytes) override {
    while (readable_ == 0 && !left_) {
      may_read_.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code ignored;
      co_await may_read_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (left_) co_return Fail(ErrorCode::kCancelled, "The client has left.");
    --readable_;
    written_.emplace_back(bytes);
    co_return Result<void>();
  }
  asio::awaitable<Result<void>> End() override { co_return Result<void>(); }
  [[nodiscard]] bool begun() const override { return begun_; }

 private:
  asio::steady_timer may_read_;
  int readable_ = 0;
  bool left_ = false;
  bool begun_ = false;
  net::Request request_;
  std::vector<std::string> written_;
};

class AnswerEventsTest : public ::testing::Test {
 protected:
  void StartWriting() {
    asio::co_spawn(
        io_, events_.WriteAll(exchange_),
        asio::bind_cancellation_slot(leave_.slot(), [this](const std::exception_ptr& error, Result<void> outcome) {
          EXPECT_FALSE(error);
          outcome_ = std::move(outcome);
        }));
    io_.poll();
  }
  void Read(int pieces) {
    for (int i = 0; i < pieces; ++i) {
      exchange_.Read();
      io_.restart();
      io_.poll();
    }
  }

  asio::io_context io_{1};
  SlowExchange exchange_{io_};
  AnswerEvents events_{io_.get_executor()};
  asio::cancellation_signal leave_;
  std::optional<Result<void>> outcome_;
};

TEST_F(AnswerEventsTest, WhatIsToldWaitsForASlowClientAndComesInOrder) {
  StartWriting();
  ASSERT_TRUE(events_.OnStatus("searching", "", 0));
  io_.poll();
  for (const char* text : {"one", "two", "three"}) ASSERT_TRUE(events_.OnText(text));
  events_.Close();
  Read(3);
  EXPECT_FALSE(outcome_);
  Read(1);
  ASSERT_TRUE(outcome_);
  EXPECT_TRUE(*outcome_);
  EXPECT_THAT(exchange_.written(),
              ElementsAre(HasSubstr("searching"), HasSubstr("one"), HasSubstr("two"), HasSubstr("three")));
}

TEST_F(AnswerEventsTest, OfAStageThatGoesOnTheNewestIsEnough) {
  ASSERT_TRUE(events_.OnWaiting("chat", 9));
  ASSERT_TRUE(events_.OnWaiting("chat", 8));
  ASSERT_TRUE(events_.OnStatus("loading", "chat", 0.1));
  ASSERT_TRUE(events_.OnStatus("loading", "chat", 0.7));
  ASSERT_TRUE(events_.OnText("one"));
  events_.Close();
  StartWriting();
  Read(3);
  ASSERT_TRUE(outcome_);
  EXPECT_THAT(exchange_.written(),
              ElementsAre(HasSubstr("\"before\":8"), HasSubstr("0.7"), HasSubstr("\"text\":\"one\"")));
}

TEST_F(AnswerEventsTest, AClientThatLeavesEndsTheAnswer) {
  StartWriting();
  ASSERT_TRUE(events_.OnText("one"));
  io_.restart();
  io_.poll();
  exchange_.Leave();
  io_.restart();
  io_.poll();
  ASSERT_TRUE(outcome_);
  EXPECT_FALSE(*outcome_);
  EXPECT_FALSE(events_.OnText("two"));
}

TEST_F(AnswerEventsTest, NothingIsBegunBeforeTheFirstEvent) {
  StartWriting();
  EXPECT_FALSE(exchange_.begun());
  EXPECT_FALSE(events_.told());
  leave_.emit(asio::cancellation_type::terminal);
  io_.restart();
  io_.poll();
  ASSERT_TRUE(outcome_);
  EXPECT_EQ(outcome_->error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace counsel::http
