// Fills reviews in the background, one document after another, on a thread that gives way to everybody's questions.
// No model takes part. What is filled is written in short transactions; a kill loses the documents under way.
//
// Threads: io thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "ingest/rate.h"
#include "ingest/signal.h"
#include "review/tables.h"
#include "store/store.h"

namespace counsel::review {

struct RunProgress {
  RunProgress() = default;
  std::int64_t review = 0;
  std::string state;  // as Review::state
  std::int64_t filled = 0;
  std::int64_t documents = 0;
  std::optional<double> seconds_left;
};

class Runner : public std::enable_shared_from_this<Runner> {
 public:
  // `store` must outlive it. `told` is called for each change.
  Runner(boost::asio::any_io_executor io, store::Store& store, std::function<void(const RunProgress&)> told);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // The daemon's only one; null where none runs.
  [[nodiscard]] static Runner* Current();

  // Goes on with every review that is running: at the daemon's start, and when one was begun.
  void Wake();
  // Of the review that is worked on, or was last.
  [[nodiscard]] const RunProgress& progress() const { return progress_; }
  // After the documents under way.
  [[nodiscard]] boost::asio::awaitable<void> Stop();

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<Result<void>> Fill(std::int64_t id);
  boost::asio::awaitable<Result<bool>> FillSome(std::int64_t id, const ColumnSet& columns);
  boost::asio::awaitable<void> EndWith(std::int64_t id, std::string state, std::string reason);
  void Tell(const std::string& state);

  const boost::asio::any_io_executor io_;
  store::Store& store_;
  const std::function<void(const RunProgress&)> told_;
  RunProgress progress_;
  ingest::Rate rate_;
  ingest::Signal changed_;
  bool running_ = false;
  bool again_ = false;
  bool stopping_ = false;
};

}  // namespace counsel::review
