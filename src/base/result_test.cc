// The macros that hand an error on, plain and in coroutines.
#include "base/result.h"

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace counsel {
namespace {

namespace asio = boost::asio;

Result<void> Check(bool good) {
  if (!good) return Fail(ErrorCode::kCorrupt, "No good.", "Do good.");
  return {};
}

Result<std::unique_ptr<int>> Make(int number) {
  if (number < 0) return Fail(ErrorCode::kInvalidArgument, "Too small.");
  return std::make_unique<int>(number);
}

Result<int> Sum(int one, int other, bool good) {
  RETURN_IF_ERROR(Check(good));
  ASSIGN_OR_RETURN(const std::unique_ptr<int> first, Make(one));
  std::unique_ptr<int> second;
  ASSIGN_OR_RETURN(second, Make(other));
  return *first + *second;
}

asio::awaitable<Result<void>> CheckLater(bool good) {
  co_return Check(good);
}

asio::awaitable<Result<std::unique_ptr<int>>> MakeLater(int number) {
  co_return Make(number);
}

asio::awaitable<Result<int>> SumLater(int one, int other, bool good) {
  CO_RETURN_IF_ERROR(co_await CheckLater(good));
  ASSIGN_OR_CO_RETURN(const std::unique_ptr<int> first, co_await MakeLater(one));
  std::unique_ptr<int> second;
  ASSIGN_OR_CO_RETURN(second, co_await MakeLater(other));
  co_return *first + *second;
}

Result<int> Waited(int one, int other, bool good) {
  asio::io_context io;
  std::optional<Result<int>> sum;
  asio::co_spawn(io, SumLater(one, other, good),
                 [&](const std::exception_ptr&, Result<int> result) { sum.emplace(std::move(result)); });
  io.run();
  return std::move(*sum);
}

TEST(HandingOn, GoesOnWithTheValueOrReturnsTheErrorAsItIs) {
  for (const auto& sum : {&Sum, &Waited}) {
    EXPECT_EQ(sum(2, 3, true).value(), 5);
    EXPECT_EQ(sum(-1, 3, true).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(sum(2, -3, true).error().message, "Too small.");
    EXPECT_EQ(sum(2, 3, false).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(sum(2, 3, false).error().next_step, "Do good.");
  }
}

}  // namespace
}  // namespace counsel
