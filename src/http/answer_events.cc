#include "http/answer_events.h"

#include <chrono>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace counsel::http {

namespace asio = boost::asio;

namespace {

// Without anything to tell, a sign of life: clients and proxies give up a stream that is silent for a minute or so.
constexpr std::chrono::seconds kSignOfLife{15};

asio::awaitable<Result<void>> WriteEvent(net::Exchange& exchange, std::string_view event) {
  if (!exchange.begun()) {
    net::Reply head(200, "text/event-stream", "");
    head.headers.emplace_back("Cache-Control", "no-store");
    Result<void> begun = co_await exchange.Begin(head);
    if (!begun) co_return begun;
  }
  co_return co_await exchange.Write(event);
}

}  // namespace

AnswerEvents::AnswerEvents(const asio::any_io_executor& io) : news_(io, std::chrono::steady_clock::time_point::max()) {}

Result<void> AnswerEvents::Tell(std::string_view name, const Json& data) {
  if (failed_) return Fail(*failed_);
  told_ = true;
  stage_.clear();
  unwritten_.push_back(net::FormatEvent(name, Dump(data)));
  news_.cancel();
  return {};
}

// Of a stage only the newest is of use to a client that has not read the one before.
Result<void> AnswerEvents::TellStage(std::string_view stage, const Json& data) {
  if (!unwritten_.empty() && stage_ == stage) unwritten_.pop_back();
  Result<void> told = Tell("status", data);
  stage_ = stage;
  return told;
}

Result<void> AnswerEvents::OnStatus(std::string_view stage, std::string_view model, double progress) {
  const Json json = {{"stage", stage}, {"model", model.empty() ? Json(nullptr) : Json(model)}, {"progress", progress}};
  return TellStage(stage, json);
}

Result<void> AnswerEvents::OnWaiting(std::string_view model, std::size_t before) {
  const std::string_view stage = "waiting";
  const Json json = {{"stage", stage}, {"model", model}, {"progress", 0.0}, {"before", before}};
  return TellStage(stage, json);
}

Result<void> AnswerEvents::OnQuotes(const std::vector<answers::Quote>& quotes) {
  const Json json = {{"quotes", QuotesJson(quotes)}};
  return Tell("quotes", json);
}

Result<void> AnswerEvents::OnText(std::string_view piece) {
  const Json json = {{"text", piece}};
  return Tell("token", json);
}

void AnswerEvents::Close() {
  closed_ = true;
  news_.cancel();
}

asio::awaitable<Result<void>> AnswerEvents::WriteAll(net::Exchange& exchange) {
  for (;;) {
    if (!unwritten_.empty()) {
      const std::string event = std::move(unwritten_.front());
      unwritten_.pop_front();
      Result<void> written = co_await WriteEvent(exchange, event);
      if (written) continue;
      failed_ = written.error();
      co_return written;
    }
    if (closed_) co_return Result<void>();
    boost::system::error_code woken;
    news_.expires_after(kSignOfLife);
    co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() == asio::cancellation_type::none) {
      if (!woken && exchange.begun() && unwritten_.empty()) unwritten_.emplace_back(": still there\n\n");
      continue;
    }
    failed_ = Error(ErrorCode::kCancelled, "The client has left.");
    co_return Fail(*failed_);
  }
}

}  // namespace counsel::http
