#include "net/connection.h"

#include <algorithm>
#include <exception>

#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include "net/ascii.h"
#include "net/peer_owner.h"
#include "net/reply_head.h"

namespace counsel::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kSmallestBuffer = 16 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
// A body that the handler did not want: what is read to keep the connection, and what to let the reply arrive.
constexpr std::uint64_t kDrainAtMost = 64 * 1024;
constexpr std::chrono::seconds kDrainTime{5};
constexpr std::size_t kLingerAtMost = 64 * 1024 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

Error ClientLeft() {
  return {ErrorCode::kCancelled, "The client has left."};
}

// For the log: "/api/matters/…", without what may be a name.
std::string Shown(std::string_view path) {
  const std::size_t third = path.find('/', path.find('/', 1) + 1);
  if (path.find('/', 1) == std::string_view::npos || third == std::string_view::npos) return std::string(path);
  return std::string(path.substr(0, third + 1)) + "…";
}

}  // namespace

Connection::Connection(const asio::any_io_executor& io, std::shared_ptr<const ServerCore> core, FileDescriptor socket,
                       bool local)
    : core_(std::move(core)),
      stream_(std::make_shared<Stream>(io, std::move(socket), std::max(core_->limits.header_bytes, kSmallestBuffer))),
      local_(local),
      own_user_(local) {}

asio::awaitable<void> Connection::Run(std::shared_ptr<Connection> self) {
  // No co_await inside a condition: gcc 12 gives some of those coroutines a frame that its own handle does not fit.
  bool more = co_await self->ReadHead();
  while (more) {
    self->StartExchange();
    co_await self->CallHandler();
    if (self->left_) break;  // cancelled: every further co_await would throw
    more = co_await self->Finish();
    if (more) more = co_await self->ReadHead();
  }
  self->stream_->Close();
}

// ---- the request's head ----

asio::awaitable<bool> Connection::ReadHead() {
  phase_ = Phase::kIdle;
  head_bytes_ = 0;
  parser_ = MessageParser::ForRequest(core_->limits.header_bytes, core_->limits.body_bytes);
  if (stream_->buffered().empty()) {
    stream_->ReleaseBuffer();
    const Clock::time_point idle_until = Clock::now() + core_->limits.keep_alive_timeout;
    const Io filled = co_await stream_->Fill(idle_until);
    if (filled != Io::kOk) co_return false;
  }
  const Clock::time_point deadline = Clock::now() + core_->limits.head_timeout;
  while (!parser_->head_done()) {
    const bool more = co_await AdvanceHead(deadline);
    if (!more) co_return false;
  }
  if (head_bytes_ > core_->limits.header_bytes) {
    co_await Refuse(431, "too_large", "The request's head is too large.");
    co_return false;
  }
  if (parser_->body_left().value_or(0) > core_->limits.body_bytes) {
    co_await Refuse(413, "too_large", "The request's body is too large.");
    co_return false;
  }
  co_return !core_->stopping;
}

asio::awaitable<bool> Connection::AdvanceHead(Clock::time_point deadline) {
  // Some clients end a request with one line break too many.
  while (head_bytes_ == 0 && stream_->buffered().substr(0, 2) == "\r\n") stream_->Consume(2);
  const std::string_view buffered = stream_->buffered();
  std::string none;
  const Result<std::size_t> count = parser_->Put(buffered, &none, 0);
  if (!count) {
    const ErrorCode code = count.error().code;
    const int status = code == ErrorCode::kTooLarge ? 431 : code == ErrorCode::kUnsupported ? 501 : 400;
    co_await Refuse(status, ErrorCodeName(code), count.error().message);
    co_return false;
  }
  stream_->Consume(*count);
  head_bytes_ += *count;
  if (parser_->head_done() || *count > 0) co_return true;
  if (head_bytes_ + buffered.size() > core_->limits.header_bytes) {
    co_await Refuse(431, "too_large", "The request's head is too large.");
    co_return false;
  }
  const Io filled = co_await stream_->Fill(deadline);
  switch (filled) {
    case Io::kOk:
      co_return true;
    case Io::kFull:
      co_await Refuse(431, "too_large", "The request's head is too large.");
      co_return false;
    case Io::kTimedOut:
      co_await Refuse(408, "deadline_exceeded", "The request's head did not arrive in time.");
      co_return false;
    default:
      co_return false;
  }
}

asio::awaitable<void> Connection::Refuse(int status, std::string_view code, std::string_view message) {
  Reply reply = ErrorReply(status, code, message);
  keep_alive_ = false;
  head_ = FormatReplyHead(reply, ReplyFraming::kLength, ReplyConnection::kClose);
  const Result<void> sent = co_await WriteParts(head_, reply.body, "");
  if (sent) co_await Linger();
}

void Connection::StartExchange() {
  Head& head = parser_->head();
  request_ = Request(std::move(head.method), std::move(head.target));
  request_.headers = std::move(head.headers);
  const auto expect = FindHeader(request_.headers, "Expect");
  continue_wanted_ = expect && SameWord(*expect, "100-continue") && parser_->http11();
  keep_alive_ = false;
  body_failed_ = false;
  chunked_ = false;
  body_muted_ = false;
  phase_ = Phase::kServing;
  Watch();
}

// ---- the handler ----

asio::awaitable<void> Connection::CallHandler() {
  std::string failure;
  try {
    co_await core_->handler(*this);
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "an unknown exception";
  }
  if (left_) co_return;
  // A handler may have changed what its coroutine, which is ours, does when it is cancelled.
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_await asio::this_coro::throw_if_cancelled(true);
  if (!failure.empty()) spdlog::error("{} {} failed: {}", request_.method, Shown(request_.path()), failure);
  if (phase_ == Phase::kServing) {
    if (failure.empty()) spdlog::error("{} {} was not answered", request_.method, Shown(request_.path()));
    Reply reply = ErrorReply(500, "internal", "Counsel failed to answer this request; its log says why.");
    const Result<void> sent = co_await Send(reply);
    if (!sent) left_ = true;
  }
}

asio::awaitable<bool> Connection::Finish() {
  // A stream that has no end: closing without one tells the client that it is broken.
  if (phase_ != Phase::kReplied) co_return false;
  phase_ = Phase::kIdle;
  if (parser_->done()) co_return keep_alive_ && !core_->stopping;
  if (!keep_alive_) {
    co_await Linger();
    co_return false;
  }
  const Clock::time_point deadline = Clock::now() + kDrainTime;
  while (!parser_->done()) {
    std::string unwanted;
    const Result<std::size_t> count = parser_->Put(stream_->buffered(), &unwanted, kPiece);
    if (!count) co_return false;
    stream_->Consume(*count);
    if (*count > 0 || parser_->done()) continue;
    const Io filled = co_await stream_->Fill(deadline);
    if (filled != Io::kOk) co_return false;
  }
  co_return !core_->stopping;
}

asio::awaitable<void> Connection::Linger() {
  phase_ = Phase::kIdle;
  stream_->ShutdownWrite();
  const Clock::time_point deadline = Clock::now() + kLingerTime;
  for (std::size_t dropped = 0; dropped < kLingerAtMost;) {
    const std::size_t count = stream_->buffered().size();
    dropped += count;
    stream_->Consume(count);
    const Io filled = co_await stream_->Fill(deadline);
    if (filled != Io::kOk) co_return;
  }
}

void Connection::CloseIfIdle() {
  if (phase_ == Phase::kIdle) stream_->Close();
}

void Connection::Cancel() {
  if (phase_ == Phase::kIdle) return stream_->Close();
  if (left_) return;
  left_ = true;
  signal_.emit(asio::cancellation_type::terminal);
}

void Connection::Watch() {
  // Bytes behind the request belong to the next one: the client is there, and a look at the socket would show no end.
  if (watching_ || left_ || !parser_->done() || !stream_->buffered().empty()) return;
  watching_ = true;
  stream_->WatchReadable([self = shared_from_this()](bool readable) {
    self->watching_ = false;
    if (readable) self->OnReadable();
  });
}

void Connection::OnReadable() {
  if (phase_ == Phase::kIdle || !stream_->buffered().empty()) return;
  switch (stream_->Peek()) {
    case Io::kOk:
      return;
    case Io::kTimedOut:
      return Watch();
    default:
      Cancel();
  }
}

// ---- the exchange ----

bool Connection::FromOwnUser() {
  own_user_ = own_user_ || PeerIsOwnUser(stream_->native_handle());
  return own_user_;
}

asio::awaitable<Result<std::string>> Connection::ReadBody(std::size_t limit) {
  const auto too_large = [&] {
    return Fail(ErrorCode::kTooLarge, "The request's body is larger than " + std::to_string(limit) + " bytes.");
  };
  const std::uint64_t announced = parser_->body_left().value_or(0);
  if (announced > limit) co_return too_large();
  std::string body;
  body.reserve(std::min<std::uint64_t>(announced, kPiece));
  for (;;) {
    Result<std::string> piece = co_await ReadSome();
    if (!piece || piece->empty()) {
      if (!piece) co_return piece;
      co_return body;
    }
    if (piece->size() > limit - body.size()) co_return too_large();
    if (body.empty()) {
      body = std::move(*piece);
    } else {
      body += *piece;
    }
  }
}

asio::awaitable<Result<std::string>> Connection::ReadSome() {
  if (left_) co_return Fail(ClientLeft());
  if (continue_wanted_ && stream_->buffered().empty() && !begun()) {
    const Result<void> told = co_await SendContinue();
    if (!told) co_return Fail(told.error());
  }
  std::string piece;
  while (!parser_->done()) {
    const Result<std::size_t> count = parser_->Put(stream_->buffered(), &piece, kPiece);
    if (!count) {
      body_failed_ = true;
      co_return Fail(count.error());
    }
    stream_->Consume(*count);
    if (!piece.empty() || parser_->done()) break;
    if (*count > 0) continue;
    const Clock::time_point deadline = Clock::now() + core_->limits.body_idle_timeout;
    const Io filled = co_await stream_->Fill(deadline);
    if (filled == Io::kOk) continue;
    body_failed_ = true;
    if (filled == Io::kTimedOut) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "The request's body did not arrive in time.");
    }
    if (filled == Io::kFull) co_return Fail(ErrorCode::kInvalidArgument, "The request's body is malformed.");
    left_ = true;
    co_return Fail(ClientLeft());
  }
  Watch();
  co_return piece;
}

asio::awaitable<Result<void>> Connection::SendContinue() {
  continue_wanted_ = false;
  return WriteParts("HTTP/1.1 100 Continue\r\n\r\n", "", "");
}

asio::awaitable<Result<void>> Connection::Send(Reply& reply) {
  if (begun()) co_return Fail(ErrorCode::kInternal, "A request was answered twice.");
  phase_ = Phase::kReplied;
  FormatHead(reply, false);
  std::string_view body = reply.body;
  if (body_muted_) body = "";
  co_return co_await WriteParts(head_, body, "");
}

asio::awaitable<Result<void>> Connection::Begin(Reply& head) {
  if (begun()) co_return Fail(ErrorCode::kInternal, "A request was answered twice.");
  phase_ = Phase::kStreaming;
  FormatHead(head, true);
  co_return co_await WriteParts(head_, "", "");
}

asio::awaitable<Result<void>> Connection::Write(std::string_view bytes) {
  if (phase_ != Phase::kStreaming) co_return Fail(ErrorCode::kInternal, "A reply was written before it began.");
  if (left_) co_return Fail(ClientLeft());
  // An empty chunk would end the reply.
  if (body_muted_ || bytes.empty()) co_return Result<void>();
  if (!chunked_) co_return co_await WriteParts(bytes, "", "");
  const ChunkHead chunk(bytes.size());
  co_return co_await WriteParts(chunk.text(), bytes, "\r\n");
}

asio::awaitable<Result<void>> Connection::End() {
  if (phase_ != Phase::kStreaming) co_return Fail(ErrorCode::kInternal, "A reply ended before it began.");
  phase_ = Phase::kReplied;
  if (body_muted_ || !chunked_) co_return left_ ? Fail(ClientLeft()) : Result<void>();
  co_return co_await WriteParts("0\r\n\r\n", "", "");
}

asio::awaitable<Result<void>> Connection::WriteParts(std::string_view a, std::string_view b, std::string_view c) {
  if (left_) co_return Fail(ClientLeft());
  const Clock::time_point deadline = Clock::now() + core_->limits.write_timeout;
  const Io written = co_await stream_->Write(a, b, c, deadline);
  if (written == Io::kOk) co_return Result<void>();
  // A client that does not read has left as well.
  left_ = true;
  co_return Fail(ClientLeft());
}

void Connection::FormatHead(const Reply& reply, bool streamed) {
  const bool without_body = reply.status == 204 || reply.status == 304;
  body_muted_ = without_body || request_.method == "HEAD";
  chunked_ = streamed && !without_body && parser_->http11();
  // The client that was not told to continue may send the body or not: there is no going on after it.
  const bool body_will_end =
      parser_->done() || (!continue_wanted_ && parser_->body_left().value_or(UINT64_MAX) <= kDrainAtMost);
  const bool end_is_seen = !streamed || chunked_ || body_muted_;
  keep_alive_ = parser_->keep_alive() && !core_->stopping && !body_failed_ && body_will_end && end_is_seen;
  const ReplyConnection connection = !keep_alive_         ? ReplyConnection::kClose
                                     : !parser_->http11() ? ReplyConnection::kKeepAlive
                                                          : ReplyConnection::kUnsaid;
  const ReplyFraming framing = without_body || (streamed && !chunked_) ? ReplyFraming::kNone
                               : chunked_                              ? ReplyFraming::kChunked
                                                                       : ReplyFraming::kLength;
  head_ = FormatReplyHead(reply, framing, connection);
}

}  // namespace counsel::net
