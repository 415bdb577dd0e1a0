#include "base/supervise.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

namespace counsel {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

struct Ledger {
  std::mutex mutex;
  std::vector<Restarts> all;  // guarded by mutex
};

Ledger& TheLedger() {
  static Ledger ledger;
  return ledger;
}

std::string Describe(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is no exception";
  }
}

// How a coroutine ends that somebody called off.
bool Cancelled(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

// There may be no memory left to say it with.
void Note(const std::string& name, const std::exception_ptr& thrown, std::chrono::milliseconds pause) noexcept {
  try {
    const std::string why = Describe(thrown);
    spdlog::error("{} ended unforeseen ({}) and is started again in {} ms", name, why, pause.count());
    Ledger& ledger = TheLedger();
    const std::lock_guard lock(ledger.mutex);
    const auto same = [&name](const Restarts& one) { return one.name == name; };
    auto found = std::find_if(ledger.all.begin(), ledger.all.end(), same);
    if (found == ledger.all.end()) found = ledger.all.emplace(ledger.all.end());
    found->name = name;
    found->last = why;
    ++found->count;
  } catch (const std::exception&) {
    std::fputs("a loop ended unforeseen and is started again\n", stderr);
  }
}

// Shared: whoever waits may be gone when the work ends.
struct Ending {
  explicit Ending(const asio::any_io_executor& io) : timer(io) {}
  asio::steady_timer timer;
  bool ended = false;
};

}  // namespace

asio::awaitable<void> Supervised(std::string name, std::function<asio::awaitable<void>()> loop, RestartPauses pauses) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  std::chrono::milliseconds pause = pauses.first;
  for (;;) {
    const Clock::time_point began = Clock::now();
    std::exception_ptr thrown;
    try {
      co_await loop();
    } catch (...) {
      thrown = std::current_exception();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (!thrown || state.cancelled() != asio::cancellation_type::none) co_return;
    if (Clock::now() - began > pauses.longest) pause = pauses.first;
    Note(name, thrown, pause);
    timer.expires_after(pause);
    pause = std::min(pause * 2, pauses.longest);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

std::vector<Restarts> AllRestarts() {
  Ledger& ledger = TheLedger();
  const std::lock_guard lock(ledger.mutex);
  return ledger.all;
}

void LogThrown(std::string_view what, const std::exception_ptr& thrown) noexcept {
  if (!thrown) return;
  try {
    if (!Cancelled(thrown)) spdlog::error("{}: {}", what, Describe(thrown));
  } catch (const std::exception&) {
    std::fputs("something ended unforeseen, and there is no memory to say what\n", stderr);
  }
}

asio::awaitable<bool> EndsWithin(std::chrono::milliseconds most, std::string what, asio::awaitable<void> work) {
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  const auto ending = std::make_shared<Ending>(io);
  ending->timer.expires_after(most);
  asio::co_spawn(io, std::move(work), [ending, what](const std::exception_ptr& thrown) {
    LogThrown(what, thrown);
    ending->ended = true;
    ending->timer.cancel();
  });
  boost::system::error_code ignored;
  co_await ending->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return ending->ended;
}

}  // namespace counsel
