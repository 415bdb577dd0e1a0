// How the daemon ends in bounded time, whatever hangs.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace counsel::app {

// How long each step may take: running replies to end, and to unwind once they are cut; the queue of documents
// (IngestOptions::stop_time, and a little); models to end what they do, and to be gone; what was cancelled to unwind.
inline constexpr std::chrono::seconds kReplyGrace{5};
inline constexpr std::chrono::milliseconds kReplyEnd{500};
inline constexpr std::chrono::milliseconds kQueueEnd{3'300};
inline constexpr std::chrono::seconds kModelGrace{2};
inline constexpr std::chrono::milliseconds kModelEnd{500};
inline constexpr std::chrono::seconds kUnwindTime{2};
// All of it, should even the io thread be stuck.
inline constexpr std::chrono::seconds kStopTime{14};

// From now on the process ends after kStopTime, by the kernel's clock, with a line on stderr.
void EndAtTheLatest();

// Waits for a step of the stop, at most so long: then it is left behind, with a line in the log.
[[nodiscard]] boost::asio::awaitable<void> EndStep(std::chrono::milliseconds most, std::string what,
                                                   boost::asio::awaitable<void> step);

// Calls `run`, again after each exception, which is logged: none of a handler ends the daemon.
void RunWhateverIsThrown(const std::function<void()>& run);

}  // namespace counsel::app
