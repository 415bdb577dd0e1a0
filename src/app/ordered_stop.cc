#include "app/ordered_stop.h"

#include <csignal>
#include <exception>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/supervise.h"

namespace counsel::app {

void EndAtTheLatest() {
  std::signal(SIGALRM, [](int) {
    constexpr std::string_view kSaid = "counsel: an ordered stop took too long: ending at once\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kSaid.data(), kSaid.size());
    ::_exit(1);
  });
  ::alarm(static_cast<unsigned>(kStopTime.count()));
}

boost::asio::awaitable<void> EndStep(std::chrono::milliseconds most, std::string what,
                                     boost::asio::awaitable<void> step) {
  std::string stopping = "stopping " + what;
  const bool ended = co_await EndsWithin(most, std::move(stopping), std::move(step));
  if (!ended) spdlog::warn("{} did not stop within {} ms: going on without", what, most.count());
}

void RunWhateverIsThrown(const std::function<void()>& run) {
  for (;;) {
    try {
      run();
      return;
    } catch (...) {
      LogThrown("the io thread", std::current_exception());
    }
  }
}

}  // namespace counsel::app
