// One connection of a server: reads requests one after the other, runs the handler on each. Internal to this room.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "base/file.h"
#include "net/http.h"
#include "net/message_parser.h"
#include "net/stream.h"

namespace counsel::net {

// What all connections of a server share.
struct ServerCore {
  ServerLimits limits;
  Handler handler;
  bool stopping = false;
};

class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
 public:
  Connection(const boost::asio::any_io_executor& io, std::shared_ptr<const ServerCore> core, FileDescriptor socket,
             bool local);

  // Serves until the client or the server has had enough. Spawn it with slot().
  [[nodiscard]] static boost::asio::awaitable<void> Run(std::shared_ptr<Connection> self);
  [[nodiscard]] boost::asio::cancellation_slot slot() { return signal_.slot(); }

  // The server stops: closes at once unless a handler works.
  void CloseIfIdle();
  // Cancels the handler; closes when none works.
  void Cancel();
  void Close() { stream_->Close(); }

  [[nodiscard]] const Request& request() const override { return request_; }
  [[nodiscard]] bool local() const override { return local_; }
  [[nodiscard]] bool FromOwnUser() override;
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadBody(std::size_t limit) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> ReadSome() override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Send(Reply& reply) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Begin(Reply& head) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Write(std::string_view bytes) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> End() override;
  [[nodiscard]] bool begun() const override { return phase_ != Phase::kServing; }

 private:
  // kIdle → kServing (a handler works) → kStreaming → kReplied → kIdle; also kServing → kReplied.
  enum class Phase { kIdle, kServing, kStreaming, kReplied };

  // True when a request's head was read; false when the connection is to end.
  [[nodiscard]] boost::asio::awaitable<bool> ReadHead();
  // The next piece of the head; false when the connection is to end.
  [[nodiscard]] boost::asio::awaitable<bool> AdvanceHead(Clock::time_point deadline);
  [[nodiscard]] boost::asio::awaitable<void> Refuse(int status, std::string_view code, std::string_view message);
  void StartExchange();
  [[nodiscard]] boost::asio::awaitable<void> CallHandler();
  // After the reply; true when another request may follow.
  [[nodiscard]] boost::asio::awaitable<bool> Finish();
  // Reads what the client still sends before closing: a close with unread bytes would destroy our reply on its way.
  [[nodiscard]] boost::asio::awaitable<void> Linger();

  [[nodiscard]] boost::asio::awaitable<Result<void>> SendContinue();
  [[nodiscard]] boost::asio::awaitable<Result<void>> WriteParts(std::string_view a, std::string_view b,
                                                                std::string_view c);
  void FormatHead(const Reply& reply, bool streamed);

  // Looks out for the client's leaving while a handler works, once the whole request has been read.
  void Watch();
  void OnReadable();

  const std::shared_ptr<const ServerCore> core_;
  const std::shared_ptr<Stream> stream_;
  const bool local_;
  bool own_user_;  // as far as the kernel was asked
  boost::asio::cancellation_signal signal_;
  std::unique_ptr<MessageParser> parser_;
  Request request_;
  std::string head_;  // of the reply, being written
  Phase phase_ = Phase::kIdle;
  std::size_t head_bytes_ = 0;
  bool keep_alive_ = false;
  bool continue_wanted_ = false;  // the client waits for "100 Continue" before it sends the body
  bool body_failed_ = false;
  bool chunked_ = false;
  bool body_muted_ = false;  // a reply to HEAD, or a status without body
  bool watching_ = false;
  bool left_ = false;  // the client, or we want it to
};

}  // namespace counsel::net
