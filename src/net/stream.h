// One connected socket, TCP or unix, the bytes read ahead from it, and deadlines. Internal to this room.
//
// Every operation first tries the system call itself: a token goes out without a lap through the event loop, and only
// what would block waits. One operation of a coroutine at a time, beside at most one WatchReadable.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/file.h"

namespace counsel::net {

using Clock = std::chrono::steady_clock;
inline constexpr Clock::time_point kNever = Clock::time_point::max();

enum class Io {
  kOk,
  kEnd,       // the other side has closed
  kFull,      // the buffer holds its limit and nothing was consumed
  kTimedOut,  // the deadline passed
  kCancelled,
  kBroken,  // reset, or closed here
};

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // `buffer_limit` bounds what is read ahead.
  Stream(const boost::asio::any_io_executor& io, FileDescriptor socket, std::size_t buffer_limit);

  // What was read and not yet consumed.
  [[nodiscard]] std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void Consume(std::size_t count);
  // Gives the buffer's memory back when it is empty: for connections that idle.
  void ReleaseBuffer();

  // Reads what there is, at least one byte, into the buffer.
  [[nodiscard]] boost::asio::awaitable<Io> Fill(Clock::time_point deadline);
  // Writes the three parts, whole, in one system call where the socket takes it. The deadline is for the whole.
  [[nodiscard]] boost::asio::awaitable<Io> Write(std::string_view a, std::string_view b, std::string_view c,
                                                 Clock::time_point deadline);
  // Completes a connect that is in progress.
  [[nodiscard]] boost::asio::awaitable<Io> AwaitConnected(Clock::time_point deadline, int* error);

  [[nodiscard]] int native_handle() { return socket_.native_handle(); }

  // Calls back once when there is something to read, or the other side has closed, or this socket is closed (false).
  void WatchReadable(std::function<void(bool)> callback);
  // What a read would find now, without reading: kOk, kEnd, kBroken, or nothing yet (kTimedOut).
  [[nodiscard]] Io Peek() const;

  // No more will be sent.
  void ShutdownWrite();
  void Close();

 private:
  [[nodiscard]] boost::asio::awaitable<Io> WaitFor(boost::asio::posix::stream_descriptor::wait_type what,
                                                   Clock::time_point deadline);
  // Lets others have the io thread after a row of operations that never had to wait.
  [[nodiscard]] bool TurnIsOver();
  [[nodiscard]] boost::asio::awaitable<void> LetOthersRun();
  // Room for at least one byte at the buffer's end; false when the limit is reached.
  [[nodiscard]] bool MakeRoom();
  void ArmTimer();
  void OnTimer();

  boost::asio::posix::stream_descriptor socket_;
  // Armed lazily: an operation only stores its deadline, and a timer that fires too early arms itself again.
  boost::asio::steady_timer timer_;
  bool armed_ = false;
  bool timed_out_ = false;
  Clock::time_point deadline_ = kNever;
  int turn_ = 0;
  const std::size_t buffer_limit_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace counsel::net
