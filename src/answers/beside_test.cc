#include "answers/beside.h"

#include <functional>
#include <new>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The answer "The rent is 900." after `add` was to put something beside it. Throws what AddBeside throws.
Answer After(std::function<asio::awaitable<Result<void>>(Answer*)> add) {
  Answer answer;
  answer.text = "The rent is 900.";
  std::exception_ptr thrown;
  asio::io_context io;
  asio::co_spawn(io, AddBeside("It was not compared", &answer, std::move(add)),
                 [&](std::exception_ptr error) { thrown = error; });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return answer;
}

TEST(AddBeside, WhatIsAddedStandsThere) {
  const Answer answer = After([](Answer* to) -> asio::awaitable<Result<void>> {
    to->text += " The register agrees.";
    co_return Result<void>();
  });
  EXPECT_EQ(answer.text, "The rent is 900. The register agrees.");
  EXPECT_THAT(answer.notes, IsEmpty());
}

TEST(AddBeside, AFailureHalfWayLeavesTheAnswerAndANote) {
  const Answer answer = After([](Answer* to) -> asio::awaitable<Result<void>> {
    to->text = "half";
    to->passages.clear();
    co_return Fail(ErrorCode::kUnavailable, "The store is busy.");
  });
  EXPECT_EQ(answer.text, "The rent is 900.");
  EXPECT_THAT(answer.notes, ElementsAre("It was not compared: The store is busy."));
}

TEST(AddBeside, WhatIsThrownLeavesTheAnswerAndANote) {
  const Answer thrown = After([](Answer* to) -> asio::awaitable<Result<void>> {
    to->text = "half";
    throw std::runtime_error("no such column");
    co_return Result<void>();
  });
  EXPECT_EQ(thrown.text, "The rent is 900.");
  EXPECT_THAT(thrown.notes, ElementsAre("It was not compared: no such column"));

  const Answer no_memory = After([](Answer*) -> asio::awaitable<Result<void>> {
    throw std::bad_alloc();
    co_return Result<void>();
  });
  EXPECT_EQ(no_memory.text, "The rent is 900.");
  EXPECT_EQ(no_memory.notes.size(), 1U);
}

TEST(AddBeside, AClientThatHasLeftEndsTheQuestion) {
  const auto leave = [](Answer*) -> asio::awaitable<Result<void>> {
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return Result<void>();
  };
  EXPECT_THROW(After(leave), boost::system::system_error);
}

}  // namespace
}  // namespace counsel::answers
