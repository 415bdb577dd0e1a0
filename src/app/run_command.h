// Running one command's coroutine to its end, Ctrl-C included; exit statuses.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;        // what was asked for did not work
inline constexpr int kExitUsage = 2;          // the command line itself is wrong
inline constexpr int kExitNotRunning = 3;     // no daemon
inline constexpr int kExitNotFound = 4;       // no such document, matter or model
inline constexpr int kExitInterrupted = 130;  // Ctrl-C

[[nodiscard]] int ExitStatus(ErrorCode code);

// "counsel: MESSAGE" and the next step, to stderr. Returns its exit status.
int ReportError(const Error& error);

// Runs the coroutine on an io context of its own; Ctrl-C or SIGTERM cancels it and gives kExitInterrupted.
[[nodiscard]] int RunCommand(boost::asio::awaitable<int> command);

}  // namespace counsel::app
