#include "http/long_work.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace counsel::http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kBetweenEvents{200};

struct Progress {
  std::mutex mutex;
  double share = 0;  // guarded by mutex, as what follows
  std::string what;
  bool stop = false;
};

asio::awaitable<Result<void>> WriteEvent(net::Exchange& exchange, std::string_view name, const Json& data) {
  const std::string event = net::FormatEvent(name, Dump(data));
  co_return co_await exchange.Write(event);
}

upkeep::Report ReportTo(const std::shared_ptr<Progress>& progress) {
  return [progress](double share, std::string_view what) {
    const std::lock_guard lock(progress->mutex);
    progress->share = share;
    progress->what = what;
    return !progress->stop;
  };
}

Json ProgressJson(Progress& progress) {
  const std::lock_guard lock(progress.mutex);
  return {{"share", progress.share}, {"what", progress.what}};
}

void Stop(Progress& progress) {
  const std::lock_guard lock(progress.mutex);
  progress.stop = true;
}

// Cancelled, it tidies up all the same: no co_await of it throws.
asio::awaitable<Result<Json>> ToTheEnd(LongWork work, upkeep::Report report) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_return co_await work(std::move(report));
}

}  // namespace

asio::awaitable<Result<void>> StreamWork(Call& call, LongWork work) {
  // However the caller ends, the work is waited for: it may use what the caller owns.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  const auto progress = std::make_shared<Progress>();
  const auto outcome = std::make_shared<std::optional<Result<Json>>>();
  const auto timer = std::make_shared<asio::steady_timer>(io);
  asio::cancellation_signal leave;  // interrupts a statement that runs for long
  auto ended = [outcome, timer](const std::exception_ptr& thrown, Result<Json> result) {
    if (thrown) result = Fail(ErrorCode::kInternal, "The work ended in an unforeseen way.", "Look into the log.");
    outcome->emplace(std::move(result));
    timer->cancel();
  };
  upkeep::Report report = ReportTo(progress);
  asio::co_spawn(io, ToTheEnd(std::move(work), std::move(report)),
                 asio::bind_cancellation_slot(leave.slot(), std::move(ended)));
  net::Reply head(200, "text/event-stream", "");
  head.headers.emplace_back("Cache-Control", "no-store");
  Result<void> written = co_await call.exchange.Begin(head);
  while (!outcome->has_value()) {
    if (!written) Stop(*progress);
    if (!written) leave.emit(asio::cancellation_type::terminal);
    timer->expires_after(kBetweenEvents);
    boost::system::error_code ignored;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!written || outcome->has_value()) continue;
    const Json json = ProgressJson(*progress);
    written = co_await WriteEvent(call.exchange, "progress", json);
  }
  if (!written) co_return written;
  const Result<Json>& result = **outcome;
  const Json json = result ? *result : ErrorJson(result.error());
  const std::string_view name = result ? "done" : "error";
  written = co_await WriteEvent(call.exchange, name, json);
  if (!written) co_return written;
  co_return co_await call.exchange.End();
}

}  // namespace counsel::http
