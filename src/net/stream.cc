#include "net/stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <sys/uio.h>

namespace counsel::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kFirstBuffer = 4 * 1024;
constexpr std::size_t kUsualBuffer = 16 * 1024;  // a busy reader gets this much; more only for a long head
constexpr int kTurn = 32;

bool WouldBlock(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Stream::Stream(const asio::any_io_executor& io, FileDescriptor socket, std::size_t buffer_limit)
    : socket_(io, socket.Release()), timer_(io), buffer_limit_(buffer_limit) {}

void Stream::Consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Stream::ReleaseBuffer() {
  if (begin_ == end_) buffer_ = std::string();
}

bool Stream::MakeRoom() {
  if (end_ < buffer_.size()) return true;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  if (buffer_.size() >= buffer_limit_) return false;
  buffer_.resize(std::min(std::max(kFirstBuffer, buffer_.size() * 2), buffer_limit_));
  return true;
}

asio::awaitable<Io> Stream::Fill(Clock::time_point deadline) {
  if (!MakeRoom()) co_return Io::kFull;
  if (TurnIsOver()) co_await LetOthersRun();
  for (;;) {
    if (!socket_.is_open()) co_return Io::kBroken;
    const std::size_t room = buffer_.size() - end_;
    const ssize_t count = recv(socket_.native_handle(), buffer_.data() + end_, room, MSG_DONTWAIT);
    if (count > 0) {
      end_ += static_cast<std::size_t>(count);
      // There is more to come: larger pieces from now on.
      if (static_cast<std::size_t>(count) == room && buffer_.size() < std::min(kUsualBuffer, buffer_limit_)) {
        buffer_.resize(std::min(kUsualBuffer, buffer_limit_));
      }
      co_return Io::kOk;
    }
    if (count == 0) co_return Io::kEnd;
    if (errno == EINTR) continue;
    if (!WouldBlock(errno)) co_return Io::kBroken;
    const Io waited = co_await WaitFor(asio::posix::stream_descriptor::wait_read, deadline);
    if (waited != Io::kOk) co_return waited;
  }
}

asio::awaitable<Io> Stream::Write(std::string_view a, std::string_view b, std::string_view c,
                                  Clock::time_point deadline) {
  if (TurnIsOver()) co_await LetOthersRun();
  iovec parts[3] = {{const_cast<char*>(a.data()), a.size()},
                    {const_cast<char*>(b.data()), b.size()},
                    {const_cast<char*>(c.data()), c.size()}};
  std::size_t left = a.size() + b.size() + c.size();
  std::size_t first = 0;
  while (left > 0) {
    if (!socket_.is_open()) co_return Io::kBroken;
    msghdr message{};
    message.msg_iov = parts + first;
    message.msg_iovlen = 3 - first;
    const ssize_t count = sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (!WouldBlock(errno)) co_return Io::kBroken;
      const Io waited = co_await WaitFor(asio::posix::stream_descriptor::wait_write, deadline);
      if (waited != Io::kOk) co_return waited;
      continue;
    }
    std::size_t sent = static_cast<std::size_t>(count);
    left -= sent;
    while (first < 3 && sent >= parts[first].iov_len) sent -= parts[first++].iov_len;
    if (first < 3) {
      parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + sent;
      parts[first].iov_len -= sent;
    }
  }
  co_return Io::kOk;
}

asio::awaitable<Io> Stream::AwaitConnected(Clock::time_point deadline, int* error) {
  const Io waited = co_await WaitFor(asio::posix::stream_descriptor::wait_write, deadline);
  if (waited != Io::kOk) co_return waited;
  socklen_t size = sizeof *error;
  getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, error, &size);
  co_return *error == 0 ? Io::kOk : Io::kBroken;
}

asio::awaitable<Io> Stream::WaitFor(asio::posix::stream_descriptor::wait_type what, Clock::time_point deadline) {
  turn_ = 0;
  timed_out_ = false;
  deadline_ = deadline;
  ArmTimer();
  error_code error;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  deadline_ = kNever;
  if (timed_out_) co_return Io::kTimedOut;
  if (!error) co_return Io::kOk;
  co_return socket_.is_open() ? Io::kCancelled : Io::kBroken;
}

void Stream::ArmTimer() {
  if (deadline_ == kNever || (armed_ && timer_.expiry() <= deadline_)) return;
  armed_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Stream> self = weak.lock();
    if (self && !error) self->OnTimer();
  });
}

void Stream::OnTimer() {
  armed_ = false;
  if (deadline_ == kNever) return;
  if (Clock::now() < deadline_) return ArmTimer();
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

bool Stream::TurnIsOver() {
  return ++turn_ > kTurn;
}

asio::awaitable<void> Stream::LetOthersRun() {
  turn_ = 0;
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
}

void Stream::WatchReadable(std::function<void(bool)> callback) {
  socket_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [callback = std::move(callback)](error_code error) { callback(!error); });
}

Io Stream::Peek() const {
  char byte;
  const ssize_t count = recv(const_cast<Stream*>(this)->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count > 0) return Io::kOk;
  if (count == 0) return Io::kEnd;
  return WouldBlock(errno) || errno == EINTR ? Io::kTimedOut : Io::kBroken;
}

void Stream::ShutdownWrite() {
  if (socket_.is_open()) shutdown(socket_.native_handle(), SHUT_WR);
}

void Stream::Close() {
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

}  // namespace counsel::net
