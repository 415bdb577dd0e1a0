// What must not end by itself is started again, and what must end is not waited for longer than it may take.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace counsel {

struct RestartPauses {
  RestartPauses() = default;
  std::chrono::milliseconds first{1'000};  // doubled with each failure in a row
  std::chrono::milliseconds longest{60'000};
};

// Runs `loop` until it returns. When it ends by an exception instead, that is logged and counted, and after a pause
// `loop` is called anew: it stands on what its last run left behind, so it keeps counts and flags by RAII. A run longer
// than the longest pause makes the next pause the first again. The loop itself must see when it is to stop, at its
// beginning too.
[[nodiscard]] boost::asio::awaitable<void> Supervised(std::string name,
                                                      std::function<boost::asio::awaitable<void>()> loop,
                                                      RestartPauses pauses = RestartPauses());

// What ended by an exception in this process and was started again, by name; for status and metrics.
struct Restarts {
  Restarts() = default;
  std::string name;
  std::int64_t count = 0;
  std::string last;  // why
};
[[nodiscard]] std::vector<Restarts> AllRestarts();  // any thread

// Logs what was thrown; a null pointer or a cancellation: nothing. For the ends of coroutines that nobody waits for.
void LogThrown(std::string_view what, const std::exception_ptr& thrown) noexcept;

// Runs `work` beside the caller and waits at most `most` for it. false: it still runs, and goes on.
[[nodiscard]] boost::asio::awaitable<bool> EndsWithin(std::chrono::milliseconds most, std::string what,
                                                      boost::asio::awaitable<void> work);

}  // namespace counsel
