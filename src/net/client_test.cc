#include <boost/asio/bind_cancellation_slot.hpp>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include "net/address.h"
#include "net/listen.h"
#include "net/test_loop.h"

namespace counsel::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A server that sends exactly these bytes, whatever it was asked, and closes.
class ClientTest : public LoopTest {
 protected:
  void Answer(std::string bytes, bool close = true) {
    Result<FileDescriptor> listener = OpenUnixListener(SocketPath());
    ASSERT_TRUE(listener);
    endpoint_ = Endpoint::Unix(SocketPath());
    asio::co_spawn(io_, Serve(std::move(*listener), std::move(bytes), close), asio::detached);
  }

  asio::awaitable<void> Serve(FileDescriptor listener, std::string bytes, bool close) {
    asio::posix::stream_descriptor acceptor(io_, listener.Release());
    co_await acceptor.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    FileDescriptor fd(accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    auto stream = std::make_shared<Stream>(io_.get_executor(), std::move(fd), 1 << 20);
    while (stream->buffered().find("\r\n\r\n") == std::string_view::npos) {
      const Io filled = co_await stream->Fill(kNever);
      if (filled != Io::kOk) co_return;
    }
    asked_ = stream->buffered();
    co_await stream->Write(bytes, "", "", kNever);
    if (!close) co_await Signal(io_).Wait();
    stream->Close();
  }

  asio::awaitable<Result<Reply>> Get(std::chrono::milliseconds timeout = 5s) {
    const Request request("GET", "/");
    co_return co_await Fetch(endpoint_, request, timeout);
  }

  Endpoint endpoint_;
  std::string asked_;
};

TEST_F(ClientTest, SendsWhatAServerNeeds) {
  Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  Run([&]() -> asio::awaitable<void> {
    Request request("POST", "/x?y=z");
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = "{}";
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_TRUE(reply);
    EXPECT_EQ(asked_,
              "POST /x?y=z HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
              "Connection: close\r\n\r\n{}");
  });
}

TEST_F(ClientTest, ReadsAReplyThatEndsWithTheConnection) {
  Answer("HTTP/1.0 200 OK\r\n\r\nto the end");
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get();
    EXPECT_EQ(reply.value().body, "to the end");
  });
}

TEST_F(ClientTest, PassesOverInterimReplies) {
  Answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get();
    EXPECT_EQ(reply.value().status, 204);
  });
}

TEST_F(ClientTest, AServerThatDiesInTheMiddleIsUnavailable) {
  for (const std::string bytes : {"", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n"}) {
    Answer(bytes);
    Run([&]() -> asio::awaitable<void> {
      const Result<Reply> reply = co_await Get();
      EXPECT_EQ(CodeOf(reply), ErrorCode::kUnavailable) << bytes;
      EXPECT_THAT(reply ? "" : reply.error().message, StartsWith(SocketPath()));
    });
    std::filesystem::remove(SocketPath());
  }
}

TEST_F(ClientTest, WhatIsNotHttpIsUnavailable) {
  for (const std::string& bytes : {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 99 x\r\n\r\n"),
                                   "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
                                   std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")}) {
    Answer(bytes);
    Run([&]() -> asio::awaitable<void> {
      const Result<Reply> reply = co_await Get();
      EXPECT_EQ(CodeOf(reply), ErrorCode::kUnavailable) << bytes.substr(0, 40);
    });
    std::filesystem::remove(SocketPath());
  }
}

TEST_F(ClientTest, AHeadOf60KilobytesIsRead) {
  Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + std::string(60'000, 'x') + "\r\n\r\nok");
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get();
    EXPECT_EQ(reply.value().body, "ok");
  });
}

TEST_F(ClientTest, AServerThatDoesNotAnswerInTimeIsTooLate) {
  Answer("", false);
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get(10ms);
    EXPECT_EQ(CodeOf(reply), ErrorCode::kDeadlineExceeded);
  });
}

TEST_F(ClientTest, FetchHasOneDeadlineForHeadAndBody) {
  Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get(10ms);
    EXPECT_EQ(CodeOf(reply), ErrorCode::kDeadlineExceeded);
  });
}

TEST_F(ClientTest, OpenHasNoDeadlineForTheBody) {
  Signal ended(io_);
  asio::cancellation_signal leave;
  Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", false);
  const auto read = [&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    Result<ReplyStream> reply = co_await Open(endpoint_, request, 50ms);
    EXPECT_TRUE(reply);
    Result<std::string> piece = co_await reply->ReadSome();
    EXPECT_EQ(piece.value_or("error"), "half");
    asio::steady_timer later(io_, 100ms);  // longer than the time for the head
    later.async_wait([&](boost::system::error_code) { leave.emit(asio::cancellation_type::terminal); });
    piece = co_await reply->ReadSome();
    EXPECT_EQ(CodeOf(piece), ErrorCode::kCancelled);
    ended.Set();
  };
  Run([&]() -> asio::awaitable<void> {
    asio::co_spawn(io_, read(), asio::bind_cancellation_slot(leave.slot(), asio::detached));
    co_await ended.Wait();
  });
}

TEST_F(ClientTest, NobodyListeningIsUnavailable) {
  std::uint16_t free_port = 0;
  {
    const Result<TcpListener> listener = OpenTcpListener("127.0.0.1", 0);
    ASSERT_TRUE(listener);
    free_port = listener->port;
  }
  Run([&]() -> asio::awaitable<void> {
    for (const Endpoint& endpoint : {Endpoint::Unix(SocketPath("nobody")), Endpoint::Tcp("127.0.0.1", free_port),
                                     Endpoint::Tcp("no-such-host.invalid", 80)}) {
      endpoint_ = endpoint;
      const Result<Reply> reply = co_await Get();
      EXPECT_EQ(CodeOf(reply), ErrorCode::kUnavailable) << NameOf(endpoint);
    }
  });
}

TEST_F(ClientTest, AFullQueueOfAUnixSocketIsWaitedFor) {
  // A socket that listens with room for one, and accepts nobody.
  const Result<SocketAddress> address = UnixAddress(SocketPath());
  const FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(listener.get(), address->get(), address->size), 0);
  ASSERT_EQ(listen(listener.get(), 0), 0);
  endpoint_ = Endpoint::Unix(SocketPath());
  Run([&]() -> asio::awaitable<void> {
    RawPeer first = co_await RawPeer::To(endpoint_);
    const Result<std::shared_ptr<Stream>> late = co_await Connect(endpoint_, 4096, Clock::now() + 10ms);
    EXPECT_EQ(CodeOf(late), ErrorCode::kDeadlineExceeded);
    asio::steady_timer accept(io_, 20ms);
    accept.async_wait([&](boost::system::error_code) { close(::accept(listener.get(), nullptr, nullptr)); });
    const Result<std::shared_ptr<Stream>> connected = co_await Connect(endpoint_, 4096, Clock::now() + 10s);
    EXPECT_TRUE(connected);
  });
}

TEST_F(ClientTest, ARequestCannotSmuggleAHeader) {
  Run([&]() -> asio::awaitable<void> {
    Request in_target("GET", "/ HTTP/1.1\r\nX: y");
    Request in_header("GET", "/");
    in_header.headers.emplace_back("A", "b\r\nX: y");
    for (const Request& request : {in_target, in_header}) {
      const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
      EXPECT_EQ(CodeOf(reply), ErrorCode::kInvalidArgument);
    }
  });
}

TEST_F(ClientTest, APathTooLongForASocketIsNamed) {
  endpoint_ = Endpoint::Unix("/" + std::string(200, 'x'));
  Run([&]() -> asio::awaitable<void> {
    const Result<Reply> reply = co_await Get();
    EXPECT_EQ(CodeOf(reply), ErrorCode::kInvalidArgument);
    EXPECT_THAT(reply ? "" : reply.error().message, HasSubstr("201 bytes"));
  });
}

}  // namespace
}  // namespace counsel::net
