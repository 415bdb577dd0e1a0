// What an answer tells, as server-sent events.
//
// Threads: io thread only.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "answers/answers.h"
#include "base/result.h"
#include "http/json.h"
#include "net/http.h"

namespace counsel::http {

// Keeps what it is told and writes it as fast as the client reads: an answer is short, so that all of it can be kept,
// and its model serves others once it has written it. The stream begins with the first event: a question refused before
// that still gets an HTTP status.
class AnswerEvents : public answers::AnswerSink {
 public:
  explicit AnswerEvents(const boost::asio::any_io_executor& io);

  // At once. The error is WriteAll's: the client has left.
  Result<void> Tell(std::string_view name, const Json& data);
  Result<void> OnStatus(std::string_view stage, std::string_view model, double progress) override;
  Result<void> OnWaiting(std::string_view model, std::size_t before) override;
  Result<void> OnQuotes(const std::vector<answers::Quote>& quotes) override;
  Result<void> OnText(std::string_view piece) override;

  [[nodiscard]] bool told() const { return told_; }
  // Nothing more will be told.
  void Close();

  // Until it is closed and all is written, or the client has left. Once, beside whoever tells.
  [[nodiscard]] boost::asio::awaitable<Result<void>> WriteAll(net::Exchange& exchange);

 private:
  Result<void> TellStage(std::string_view stage, const Json& data);

  boost::asio::steady_timer news_;  // cancelled when there is something to write
  std::deque<std::string> unwritten_;
  std::string stage_;  // of the last event, when that is a status
  bool told_ = false;
  bool closed_ = false;
  std::optional<Error> failed_;
};

}  // namespace counsel::http
