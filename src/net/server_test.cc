#include <gmock/gmock.h>

#include "net/server_fixture.h"

namespace counsel::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(ServerTest, AnswersOverAUnixSocket) {
  Start(Echo);
  Run([&]() -> asio::awaitable<void> {
    Request request("POST", "/a?b=c");
    request.body = "hello";
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_TRUE(reply) << reply.error().message;
    if (!reply) co_return;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "POST /a?b=c hello");
    EXPECT_EQ(FindHeader(reply->headers, "content-type"), "text/plain");
  });
}

TEST_F(ServerTest, AnswersOverTcpOnAFreePort) {
  Start(Echo);
  const Result<std::uint16_t> port = server_->ListenTcp("127.0.0.1", 0);
  ASSERT_TRUE(port) << port.error().message;
  Run([&]() -> asio::awaitable<void> {
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const Endpoint endpoint = Endpoint::Tcp(host, *port);
      const Request request("GET", "/x");
      const Result<Reply> reply = co_await Fetch(endpoint, request, 5s);
      EXPECT_TRUE(reply && reply->body == "GET /x ");
    }
  });
}

TEST_F(ServerTest, OnlyTheUnixSocketIsLocal) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    Reply reply(200, "", exchange.local() ? "local" : "remote");
    co_await exchange.Send(reply);
  });
  const Result<std::uint16_t> port = server_->ListenTcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Endpoint tcp = Endpoint::Tcp("127.0.0.1", *port);
    const Result<Reply> over_unix = co_await Fetch(endpoint_, request, 5s);
    const Result<Reply> over_tcp = co_await Fetch(tcp, request, 5s);
    EXPECT_EQ(over_unix.value().body, "local");
    EXPECT_EQ(over_tcp.value().body, "remote");
  });
}

TEST_F(ServerTest, PiecesOfAStreamArriveOneByOne) {
  Signal seen(io_);
  Start([&](Exchange& exchange) -> asio::awaitable<void> {
    Reply head(200, "text/event-stream", "");
    co_await exchange.Begin(head);
    for (const char* token : {"a", "b", "c"}) {
      co_await exchange.Write(token);
      // The next one only once this one was read: nothing holds a token back.
      co_await seen.Wait();
      seen = Signal(io_);
    }
    co_await exchange.End();
  });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    Result<ReplyStream> reply = co_await Open(endpoint_, request, 5s);
    EXPECT_TRUE(reply);
    std::string all;
    for (const std::string token : {"a", "b", "c", ""}) {
      const Result<std::string> piece = co_await reply->ReadSome();
      EXPECT_EQ(piece.value_or("error"), token);
      seen.Set();
    }
  });
}

TEST_F(ServerTest, LargeBodiesArriveUnchanged) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    const Result<std::string> body = co_await exchange.ReadBody(std::size_t{1} << 30);
    Reply head(200, "", "");
    co_await exchange.Begin(head);
    co_await exchange.Write(*body);
    co_await exchange.Write(*body);
    co_await exchange.End();
  });
  Run([&]() -> asio::awaitable<void> {
    Request request("POST", "/");
    for (int i = 0; i < 600'000; ++i) request.body += std::to_string(i);
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 10s);
    EXPECT_TRUE(reply && reply->body == request.body + request.body);
  });
}

TEST_F(ServerTest, AHandlerIsCancelledWhenItsClientLeaves) {
  Signal working(io_), ended(io_);
  bool cancelled = false;
  Start([&](Exchange& exchange) -> asio::awaitable<void> {
    const Result<std::string> body = co_await exchange.ReadBody(100);
    EXPECT_EQ(body.value_or("error"), "body");
    working.Set();
    asio::steady_timer thinking(io_, 1h);
    boost::system::error_code error;
    co_await thinking.async_wait(asio::redirect_error(asio::use_awaitable, error));
    cancelled = error == asio::error::operation_aborted;
    ended.Set();
  });
  Run([&]() -> asio::awaitable<void> {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
    co_await working.Wait();
    peer.Leave();
    co_await ended.Wait();
    EXPECT_TRUE(cancelled);
  });
}

TEST_F(ServerTest, WritingToAClientThatLeftIsCancelled) {
  Signal ended(io_);
  std::optional<ErrorCode> code;
  Start([&](Exchange& exchange) -> asio::awaitable<void> {
    Reply head(200, "text/plain", "");
    co_await exchange.Begin(head);
    const std::string piece(100'000, 'x');
    while (!code) {
      const Result<void> written = co_await exchange.Write(piece);
      code = CodeOf(written);
    }
    ended.Set();
  });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    {
      Result<ReplyStream> reply = co_await Open(endpoint_, request, 5s);
      EXPECT_TRUE(reply);
    }
    co_await ended.Wait();
    EXPECT_EQ(code, ErrorCode::kCancelled);
  });
}

TEST_F(ServerTest, AClientThatDoesNotReadIsGivenUp) {
  Signal ended(io_);
  ServerLimits limits;
  limits.write_timeout = 1s;
  Start(
      [&](Exchange& exchange) -> asio::awaitable<void> {
        Reply reply(200, "text/plain", std::string(64 << 20, 'x'));
        const Result<void> sent = co_await exchange.Send(reply);
        EXPECT_EQ(CodeOf(sent), ErrorCode::kCancelled);
        ended.Set();
      },
      limits);
  Run([&]() -> asio::awaitable<void> {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send("GET / HTTP/1.1\r\n\r\n");
    co_await ended.Wait();
  });
}

TEST_F(ServerTest, AHandlerThatThrowsIsAnswered500) {
  Start([](Exchange&) -> asio::awaitable<void> {
    throw std::runtime_error("a mistake");
    co_return;
  });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(reply.value().status, 500);
    EXPECT_THAT(reply->body, HasSubstr(R"({"error":{"code":"internal")"));
    EXPECT_THAT(reply->body, Not(HasSubstr("a mistake")));
  });
}

TEST_F(ServerTest, AHandlerThatThrowsInAStreamBreaksItOff) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    Reply head(200, "text/plain", "");
    co_await exchange.Begin(head);
    co_await exchange.Write("half");
    throw std::runtime_error("a mistake");
  });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(CodeOf(reply), ErrorCode::kUnavailable);
  });
}

TEST_F(ServerTest, AHandlerThatDoesNotAnswerIsAnsweredFor) {
  Start([](Exchange&) -> asio::awaitable<void> { co_return; });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(reply.value().status, 500);
  });
}

TEST_F(ServerTest, ASecondReplyIsRefused) {
  std::optional<ErrorCode> code;
  Start([&](Exchange& exchange) -> asio::awaitable<void> {
    EXPECT_FALSE(exchange.begun());
    Reply reply(200, "", "once");
    co_await exchange.Send(reply);
    EXPECT_TRUE(exchange.begun());
    const Result<void> again = co_await exchange.Send(reply);
    code = CodeOf(again);
  });
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(reply.value().body, "once");
    EXPECT_EQ(code, ErrorCode::kInternal);
  });
}

TEST_F(ServerTest, AConnectionServesOneRequestAfterAnother) {
  Start(Echo);
  Run([&]() -> asio::awaitable<void> {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    for (const std::string target : {"/1", "/2", "/3"}) {
      co_await peer.Send("GET " + target + " HTTP/1.1\r\n\r\n");
      EXPECT_THAT(co_await peer.ReadUntil(target + " "), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
  });
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start(Echo);
  Run([&]() -> asio::awaitable<void> {
    const std::string all = co_await Ask(
        "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
        "GET /2 HTTP/1.1\r\n\r\n"
        "POST /3 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n");
    const std::size_t one = all.find("POST /1 abc"), two = all.find("GET /2 "), three = all.find("POST /3 xyz");
    EXPECT_LT(one, two) << all;
    EXPECT_LT(two, three) << all;
    EXPECT_NE(three, std::string::npos) << all;
  });
}

TEST_F(ServerTest, HeadIsAnsweredWithoutABody) {
  Start(Echo);
  Run([&]() -> asio::awaitable<void> {
    const std::string all = co_await Ask("HEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(all, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(all, EndsWith("\r\n\r\n"));
    const Request request("HEAD", "/x");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(reply.value().body, "");
  });
}

TEST_F(ServerTest, AnHttp10ClientGetsAStreamThatEndsWithTheConnection) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    Reply head(200, "text/plain", "");
    co_await exchange.Begin(head);
    co_await exchange.Write("abc");
    co_await exchange.End();
  });
  Run([&]() -> asio::awaitable<void> {
    const std::string all = co_await Ask("GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(all, EndsWith("Connection: close\r\n\r\nabc"));
  });
}

TEST_F(ServerTest, AHeaderValueCannotStartAnotherHeader) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    Reply reply(200, "text/plain", "");
    reply.headers.emplace_back("X-Name", "a\r\nSet-Cookie: b");
    reply.headers.emplace_back("Content-Length", "7");
    co_await exchange.Send(reply);
  });
  Run([&]() -> asio::awaitable<void> {
    const std::string all = co_await Ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(all, HasSubstr("X-Name: a  Set-Cookie: b\r\n"));
    EXPECT_THAT(all, Not(HasSubstr("Content-Length: 7")));
  });
}

TEST_F(ServerTest, StopLetsARunningExchangeEnd) {
  Signal working(io_), go(io_), stopped(io_);
  Server& server = Start([&](Exchange& exchange) -> asio::awaitable<void> {
    working.Set();
    co_await go.Wait();
    Reply reply(200, "", "done");
    co_await exchange.Send(reply);
  });
  const auto stop = [&]() -> asio::awaitable<void> {
    co_await server.Stop(1h);
    stopped.Set();
  };
  Run([&]() -> asio::awaitable<void> {
    RawPeer idle = co_await RawPeer::To(endpoint_);
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send("GET / HTTP/1.1\r\n\r\n");
    co_await working.Wait();
    asio::co_spawn(io_, stop(), asio::detached);
    EXPECT_EQ(co_await idle.ReadAll(), "");  // closed at once
    EXPECT_FALSE(stopped.set());
    EXPECT_FALSE(std::filesystem::exists(SocketPath()));
    go.Set();
    EXPECT_THAT(co_await peer.ReadAll(), EndsWith("Connection: close\r\n\r\ndone"));
    co_await stopped.Wait();
  });
}

TEST_F(ServerTest, StopCancelsWhatOutlastsTheGrace) {
  Signal working(io_);
  bool cancelled = false;
  Server& server = Start([&](Exchange&) -> asio::awaitable<void> {
    working.Set();
    asio::steady_timer thinking(io_, 1h);
    boost::system::error_code error;
    co_await thinking.async_wait(asio::redirect_error(asio::use_awaitable, error));
    cancelled = error == asio::error::operation_aborted;
  });
  Run([&]() -> asio::awaitable<void> {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send("GET / HTTP/1.1\r\n\r\n");
    co_await working.Wait();
    co_await server.Stop(1ms);
    EXPECT_TRUE(cancelled);
  });
}

TEST_F(ServerTest, FurtherConnectionsWaitUntilOneEnds) {
  ServerLimits limits;
  limits.connections = 1;
  Start(Echo, limits);
  Run([&]() -> asio::awaitable<void> {
    RawPeer first = co_await RawPeer::To(endpoint_);
    co_await first.Send("GET /1 HTTP/1.1\r\n\r\n");
    co_await first.ReadUntil("/1 ");
    RawPeer second = co_await RawPeer::To(endpoint_);
    co_await second.Send("GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    co_await first.Send("GET /3 HTTP/1.1\r\n\r\n");
    EXPECT_THAT(co_await first.ReadUntil("/3 "), EndsWith("GET /3 "));  // the second one is not served meanwhile
    first.Leave();
    EXPECT_THAT(co_await second.ReadAll(), EndsWith("GET /2 "));
  });
}

TEST_F(ServerTest, ConnectionsOfOneListenerTakeNoRoomOfAnother) {
  ServerLimits limits;
  limits.connections = 1;
  Server& server = Start(Echo, limits);
  const Result<std::uint16_t> port = server.ListenTcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  Run([&]() -> asio::awaitable<void> {
    const Endpoint tcp = Endpoint::Tcp("127.0.0.1", *port);
    RawPeer first = co_await RawPeer::To(tcp);
    co_await first.Send("GET /1 HTTP/1.1\r\n\r\n");
    co_await first.ReadUntil("/1 ");
    RawPeer waiting = co_await RawPeer::To(tcp);
    const Request request("GET", "/2");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_TRUE(reply);
    first.Leave();
    co_await waiting.Send("GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(co_await waiting.ReadAll(), EndsWith("GET /3 "));
  });
}

TEST_F(ServerTest, EveryReplyIsForItsOwnOriginAndOfItsDeclaredType) {
  Start(Echo);
  Run([&]() -> asio::awaitable<void> {
    for (const char* bytes : {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "nonsense\r\n\r\n"}) {
      const std::string reply = co_await Ask(bytes);
      EXPECT_THAT(reply, HasSubstr("\r\nCross-Origin-Resource-Policy: same-origin\r\n"));
      EXPECT_THAT(reply, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
    }
  });
}

TEST_F(ServerTest, OurOwnClientsAreKnownByTheKernelsWord) {
  Start([](Exchange& exchange) -> asio::awaitable<void> {
    Reply reply(200, "", exchange.FromOwnUser() ? "own" : "another's");
    co_await exchange.Send(reply);
  });
  const Result<std::uint16_t> port = server_->ListenTcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  Run([&]() -> asio::awaitable<void> {
    const Request request("GET", "/");
    const Endpoint tcp = Endpoint::Tcp("127.0.0.1", *port);
    const Result<Reply> over_unix = co_await Fetch(endpoint_, request, 5s);
    const Result<Reply> over_tcp = co_await Fetch(tcp, request, 5s);
    EXPECT_EQ(over_unix.value().body, "own");
    EXPECT_EQ(over_tcp.value().body, "own");
  });
}

}  // namespace
}  // namespace counsel::net
