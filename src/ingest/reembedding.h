// All passages get vectors of another embedding model in the background, while the old ones serve
// (search/reembedding.h). It gives way to documents that are being read, goes on after a restart, and can be given up.
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
#include "ingest/embedding.h"
#include "ingest/rate.h"
#include "ingest/signal.h"
#include "search/reembedding.h"
#include "store/store.h"

namespace counsel::ingest {

struct ReembedProgress {
  ReembedProgress() = default;
  enum class State { kIdle, kRunning, kDone, kStopped, kFailed };
  State state = State::kIdle;
  std::string model;          // that the vectors are for
  std::int64_t done = 0;      // passages with a vector of it
  std::int64_t passages = 0;  // of all
  std::optional<double> per_second;
  std::optional<double> seconds_left;
  std::string reason;  // of kFailed, for a user
};
[[nodiscard]] std::string_view ReembedStateName(ReembedProgress::State state);

class Reembedder : public std::enable_shared_from_this<Reembedder> {
 public:
  using MakeEmbedding = std::function<std::unique_ptr<Embedding>(const std::string& model)>;
  // `busy`: documents are being read, which goes first. `switched`: told the model that serves from now on.
  // `store` must outlive it.
  Reembedder(boost::asio::any_io_executor io, store::Store& store, MakeEmbedding make_embedding,
             std::function<bool()> busy, std::function<void(const std::string& model)> switched);

  // At the daemon's start: goes on with what an earlier one began, and forgets what nobody needs.
  void Resume();
  // Begins, or goes on; what is under way for another model is given up. Returns once it is recorded: it goes on
  // whatever becomes of the caller.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Begin(std::string model);
  // Gives it up; the vectors that serve stay.
  [[nodiscard]] boost::asio::awaitable<Result<void>> GiveUp();
  [[nodiscard]] const ReembedProgress& progress() const { return progress_; }
  // Calls `listener` for each change until the returned token is destroyed.
  [[nodiscard]] std::shared_ptr<void> Subscribe(std::function<void(const ReembedProgress&)> listener);
  // After the request under way; what is made is kept.
  [[nodiscard]] boost::asio::awaitable<void> Stop();

 private:
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<Result<void>> RunOnce();
  boost::asio::awaitable<Result<void>> Work(std::string model);
  boost::asio::awaitable<Result<void>> EmbedAll(Embedding& embedding, const std::string& model);
  boost::asio::awaitable<Result<void>> Forget();
  // Until no document is being read.
  boost::asio::awaitable<void> LetOthersGoFirst();
  void Tell();

  const boost::asio::any_io_executor io_;
  store::Store& store_;
  const MakeEmbedding make_embedding_;
  const std::function<bool()> busy_;
  const std::function<void(const std::string&)> switched_;
  ReembedProgress progress_;
  Rate rate_;
  Signal changed_;
  bool running_ = false;
  bool again_ = false;  // something was begun since Run last looked
  bool stopping_ = false;
  bool give_up_ = false;
  std::vector<std::weak_ptr<std::function<void(const ReembedProgress&)>>> listeners_;
};

}  // namespace counsel::ingest
