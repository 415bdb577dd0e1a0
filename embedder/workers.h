// The threads that compute. The io thread gives them the jobs of a request and waits for all results.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"
#include "fair_queue.h"

namespace counsel::embedder {

class Workers {
 public:
  using Job = std::function<void()>;

  // `limit`: how many jobs may wait.
  Workers(int threads, std::size_t limit);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Any thread. Nothing when the queue is full; else the name of the request, for Drop.
  [[nodiscard]] std::optional<RequestId> Submit(std::vector<Job> jobs);
  void Drop(RequestId request);

  // Drops the jobs that wait and returns when those that run have ended. Jobs hold timers of the io_context: Stop
  // before it ends, and let the object itself live longer than the coroutines that wait for it.
  void Stop();

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  FairQueue<Job> queue_;
  RequestId next_request_ = 1;
  bool ending_ = false;

  std::vector<std::thread> threads_;
};

// Runs `functions` on the workers and returns their results in the same order. On the io thread. kOverloaded when the
// queue is full; kCancelled when the waiting coroutine is cancelled: what was not begun then never runs.
template <class T>
boost::asio::awaitable<Result<std::vector<Result<T>>>> RunAll(Workers& workers,
                                                              std::vector<std::function<Result<T>()>> functions) {
  struct State {
    explicit State(boost::asio::any_io_executor io, std::size_t count)
        : done(io, boost::asio::steady_timer::time_point::max()),
          results(count, Fail(ErrorCode::kCancelled, "")),
          left(count) {}
    boost::asio::steady_timer done;  // cancelled by the last result
    std::vector<Result<T>> results;
    std::size_t left;
  };
  const boost::asio::any_io_executor io = co_await boost::asio::this_coro::executor;
  const auto state = std::make_shared<State>(io, functions.size());
  std::vector<Workers::Job> jobs;
  jobs.reserve(functions.size());
  for (std::size_t i = 0; i < functions.size(); ++i) {
    jobs.push_back([io, state, i, function = std::move(functions[i])] {
      Result<T> result = Fail(ErrorCode::kInternal, "The embedder failed on a text.");
      try {
        result = function();
      } catch (const std::exception& failure) {
        result = Fail(ErrorCode::kInternal, std::string("The embedder failed on a text: ") + failure.what());
      }
      boost::asio::post(io, [state, i, result = std::move(result)]() mutable {
        state->results[i] = std::move(result);
        if (--state->left == 0) state->done.cancel();
      });
    });
  }
  const std::optional<RequestId> request = workers.Submit(std::move(jobs));
  if (!request) {
    co_return Fail(ErrorCode::kOverloaded, "Too many texts are waiting to be embedded.", "Try again in a second.");
  }
  const struct Dropper {
    Workers& workers;
    RequestId request;
    ~Dropper() { workers.Drop(request); }
  } dropper{workers, *request};
  boost::system::error_code ignored;
  if (state->left > 0)
    co_await state->done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  if (state->left > 0) co_return Fail(ErrorCode::kCancelled, "The client has left.");
  co_return std::move(state->results);
}

}  // namespace counsel::embedder
