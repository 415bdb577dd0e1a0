#include "app/run_command.h"

#include <csignal>
#include <cstdio>
#include <exception>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "app/terminal.h"

namespace counsel::app {

namespace asio = boost::asio;

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return kExitUsage;
    case ErrorCode::kNotFound:
      return kExitNotFound;
    default:
      return kExitFailure;
  }
}

int ReportError(const Error& error) {
  std::fprintf(stderr, "counsel: %s\n", Printable(error.message).c_str());
  if (!error.next_step.empty()) std::fprintf(stderr, "%s\n", Printable(error.next_step).c_str());
  return ExitStatus(error.code);
}

int RunCommand(asio::awaitable<int> command) {
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io(1);
  asio::cancellation_signal cancel;
  asio::signal_set signals(io, SIGINT, SIGTERM);
  bool interrupted = false;
  int status = kExitFailure;
  signals.async_wait([&](boost::system::error_code failed, int) {
    if (failed) return;
    interrupted = true;
    cancel.emit(asio::cancellation_type::terminal);
  });
  asio::co_spawn(io, std::move(command),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown, int result) {
                   signals.cancel();
                   if (!thrown) status = result;
                 }));
  io.run();
  return interrupted ? kExitInterrupted : status;
}

}  // namespace counsel::app
