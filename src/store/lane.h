// Threads that work on the store's file.
//
// They begin with the first work and end when there has been none for a while: an idle daemon has neither their stacks
// nor their connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::store {

class Connection;

// How long one piece of work may take, and whether it is given up when the one who waits for it is.
struct Patience {
  Patience() = default;
  std::optional<std::chrono::milliseconds> most;  // of working, not of waiting in line
  bool given_up_with_caller = true;
};

// Any thread, but for Run, whose coroutine resumes on its own executor.
class Lane {
 public:
  struct Options {
    Options() = default;
    std::size_t threads = 1;            // at most
    std::chrono::milliseconds idle{0};  // how long a thread waits for more work before it ends
    int nice = 0;                       // above 0: gives way to other threads
    bool keep_connection = false;       // of one thread: what it works on stays open when it ends
    // Called on a thread of the lane: for each when it begins, and where its connection ran out of memory.
    std::function<Result<std::unique_ptr<Connection>>()> open;
  };
  // `kept`: the first connection of its only thread, in place of open's.
  explicit Lane(Options options, std::unique_ptr<Connection> kept = nullptr);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // work(connection) on one of the threads, those who came first first. Returns when it has ended (so `work` may use
  // what the caller owns), throws what it threw. A caller that is cancelled interrupts it: it ends soon, with an error
  // of its own. An error of Run itself: it was not run, because there is no connection or no thread, or the lane stops.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Run(std::function<void(Connection&)> work, Patience patience);

  // Ends what can be interrupted, lets the rest run, and returns when the threads have ended. Nothing runs afterwards.
  void Stop();

 private:
  struct Work;
  struct State;
  template <class Handler>
  struct Awaited;
  void Add(std::unique_ptr<Work> work);
  static void Serve(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace counsel::store
