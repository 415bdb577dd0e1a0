// What no decent client sends: the server's limits, and replies to malformed requests.
#include <gmock/gmock.h>

#include "net/message_parser.h"
#include "net/test_loop.h"

namespace counsel::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HostileTest : public LoopTest {
 protected:
  void Start(ServerLimits limits = {}) {
    server_ = std::make_unique<Server>(io_.get_executor(), limits, [this](Exchange& exchange) {
      ++handled_;
      return Answer(exchange);
    });
    ASSERT_TRUE(server_->ListenUnix(SocketPath()));
    endpoint_ = Endpoint::Unix(SocketPath());
  }

  virtual asio::awaitable<void> Answer(Exchange& exchange) {
    const Result<std::string> body = co_await exchange.ReadBody(std::size_t{1} << 30);
    Reply reply(200, "", "fine");
    if (!body) reply = Reply(400, "", std::string(ErrorCodeName(body.error().code)));
    co_await exchange.Send(reply);
  }

  asio::awaitable<std::string> Ask(std::string bytes) {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send(bytes);
    co_return co_await peer.ReadAll();
  }

  // The server survived it.
  asio::awaitable<void> ExpectServing() {
    const Request request("GET", "/");
    const Result<Reply> reply = co_await Fetch(endpoint_, request, 5s);
    EXPECT_EQ(reply.value().body, "fine");
  }

  Endpoint endpoint_;
  std::unique_ptr<Server> server_;
  int handled_ = 0;
};

TEST_F(HostileTest, MalformedHeadsAreAnswered400) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::vector<std::string> heads = {
        "\x16\x03\x01\x02\x00\x01 a TLS hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        "GET / HTTP/1.1\r\nBad name : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    };
    for (const std::string& head : heads) {
      const std::string answer = co_await Ask(head);
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << head;
      EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
      EXPECT_THAT(answer, HasSubstr(R"({"error":{"code":"invalid_argument","message":")")) << head;
    }
    EXPECT_EQ(handled_, 0);
    co_await ExpectServing();
  });
}

TEST_F(HostileTest, AnUnknownTransferEncodingIsAnswered501) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    EXPECT_THAT(co_await Ask("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), StartsWith("HTTP/1.1 501 "));
    EXPECT_EQ(handled_, 0);
  });
}

TEST_F(HostileTest, AHeadOfTheLimitPassesAndOneByteMoreIsAnswered431) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  Start(limits);
  Run([&]() -> asio::awaitable<void> {
    std::string head = "GET / HTTP/1.1\r\nConnection: close\r\nX: \r\n\r\n";
    head.insert(head.size() - 4, std::string(1000 - head.size(), 'x'));
    EXPECT_THAT(co_await Ask(head), StartsWith("HTTP/1.1 200 "));
    head.insert(head.size() - 4, "x");
    EXPECT_THAT(co_await Ask(head), StartsWith("HTTP/1.1 431 "));
  });
}

TEST_F(HostileTest, AHeadWithoutEndIsAnswered431) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    EXPECT_THAT(co_await Ask("GET /" + std::string(100'000, 'x')), StartsWith("HTTP/1.1 431 "));
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 10'000; ++i) many += "A: b\r\n";
    EXPECT_THAT(co_await Ask(many), StartsWith("HTTP/1.1 431 "));
    co_await ExpectServing();
  });
}

TEST_F(HostileTest, AnAnnouncedBodyOverTheLimitIsAnswered413BeforeItIsSent) {
  ServerLimits limits;
  limits.body_bytes = 10;
  Start(limits);
  Run([&]() -> asio::awaitable<void> {
    EXPECT_THAT(co_await Ask("POST / HTTP/1.1\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"),
                StartsWith("HTTP/1.1 200 "));
    const std::string answer = co_await Ask("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(answer, HasSubstr(R"("code":"too_large")"));
    EXPECT_EQ(handled_, 1);
  });
}

TEST_F(HostileTest, AChunkedBodyOverTheLimitIsTooLargeForTheHandler) {
  ServerLimits limits;
  limits.body_bytes = 10;
  Start(limits);
  Run([&]() -> asio::awaitable<void> {
    const std::string start = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n";
    EXPECT_THAT(co_await Ask(start + "5\r\n67890\r\n0\r\n\r\n"), EndsWith("too_large"));
    EXPECT_THAT(co_await Ask(start + "FFFFFFFFFFFFFFFF\r\n"), EndsWith("too_large"));
  });
}

TEST_F(HostileTest, MalformedChunksAreInvalid) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string body : {"x\r\n", "5\r\nabcdeXY\r\n", "-1\r\n", "1;=\r\na\r\n", "FFFFFFFFFFFFFFFFF\r\n"}) {
      EXPECT_THAT(co_await Ask(head + body), EndsWith("invalid_argument")) << body;
    }
    // An extension that never ends is bounded too.
    EXPECT_THAT(co_await Ask(head + "1;" + std::string(100'000, 'x')), EndsWith("invalid_argument"));
  });
}

TEST_F(HostileTest, AHeadThatDoesNotArriveInTimeIsAnswered408) {
  ServerLimits limits;
  limits.head_timeout = 0s;
  Start(limits);
  Run([&]() -> asio::awaitable<void> {
    EXPECT_THAT(co_await Ask("GET / HTTP/1.1\r\n"), StartsWith("HTTP/1.1 408 "));
    EXPECT_EQ(handled_, 0);
  });
}

TEST_F(HostileTest, ABodyThatStopsArrivingIsGivenUp) {
  ServerLimits limits;
  limits.body_idle_timeout = 0s;
  Start(limits);
  Run([&]() -> asio::awaitable<void> {
    EXPECT_THAT(co_await Ask("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"), EndsWith("deadline_exceeded"));
  });
}

TEST_F(HostileTest, AnIdleConnectionIsClosedWithoutAWord) {
  ServerLimits limits;
  limits.keep_alive_timeout = 0s;
  Start(limits);
  Run([&]() -> asio::awaitable<void> { EXPECT_EQ(co_await Ask(""), ""); });
}

TEST_F(HostileTest, ALineBreakBetweenRequestsIsForgiven) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::string answers =
        co_await Ask("\r\nGET / HTTP/1.1\r\n\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answers, Not(HasSubstr("400")));
    EXPECT_EQ(handled_, 2);
  });
}

TEST_F(HostileTest, AClientThatLeavesInTheMiddleOfAHeadOrBodyIsForgotten) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    for (const std::string bytes : {"GET / HT", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"}) {
      RawPeer peer = co_await RawPeer::To(endpoint_);
      co_await peer.Send(bytes);
      peer.Leave();
    }
    co_await ExpectServing();
    co_await server_->Stop(1h);  // returns although the grace is long: nobody is there
  });
}

class UnreadBodyTest : public HostileTest {
 protected:
  asio::awaitable<void> Answer(Exchange& exchange) override {
    Reply reply(200, "", "unread " + exchange.request().target);
    co_await exchange.Send(reply);
  }
};

TEST_F(UnreadBodyTest, AShortBodyThatNobodyReadIsPassedOver) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::string answers = co_await Ask(
        "POST /1 HTTP/1.1\r\nContent-Length: 12\r\n\r\nGET / HTTP/1"
        "GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answers, HasSubstr("unread /1"));
    EXPECT_THAT(answers, EndsWith("unread /2"));
    EXPECT_EQ(handled_, 2);
  });
}

TEST_F(UnreadBodyTest, ALongBodyThatNobodyReadClosesTheConnectionAfterTheReplyArrived) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::string body(5'000'000, 'x');
    RawPeer peer = co_await RawPeer::To(endpoint_);
    const bool sent = co_await peer.Send("POST /1 HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n" + body);
    EXPECT_TRUE(sent) << "many clients read no reply when they cannot send their request";
    const std::string answer = co_await peer.ReadAll();
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, EndsWith("unread /1"));
    EXPECT_EQ(handled_, 1);
  });
}

TEST_F(UnreadBodyTest, AClientThatWaitsToContinueIsNotToldTo) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    const std::string answer = co_await Ask("POST /1 HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  });
}

TEST_F(HostileTest, AClientThatWaitsToContinueIsToldToOnceTheBodyIsRead) {
  Start();
  Run([&]() -> asio::awaitable<void> {
    RawPeer peer = co_await RawPeer::To(endpoint_);
    co_await peer.Send("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(co_await peer.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    co_await peer.Send("ab");
    EXPECT_THAT(co_await peer.ReadUntil("fine"), StartsWith("HTTP/1.1 200 "));
  });
}

// Every way in which the network may cut a chunked request in two gives the same message.
TEST(MessageParserTest, AChunkedRequestReadsTheSameWhereverItIsCut) {
  const std::string text =
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
      "5;ext=1\r\nhello\r\n0005\r\nworld\r\n0\r\nTrailer: dropped\r\n\r\nREST";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const std::unique_ptr<MessageParser> parser = MessageParser::ForRequest(1000, 10);
    std::string pending, body;
    for (const std::string_view part : {std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)}) {
      pending += part;
      for (std::size_t count = 1; count > 0 && !parser->done();) {
        const Result<std::size_t> put = parser->Put(pending, &body, 1000);
        ASSERT_TRUE(put) << cut << " " << put.error().message;
        count = *put;
        pending.erase(0, count);
      }
    }
    ASSERT_TRUE(parser->done()) << cut;
    EXPECT_EQ(body, "helloworld") << cut;
    EXPECT_EQ(pending, "REST") << cut;
    EXPECT_EQ(parser->head().headers.size(), 2U) << cut;
  }
}

TEST(MessageParserTest, AnEmptyChunkedBodyMayComeByteByByte) {
  const std::unique_ptr<MessageParser> parser = MessageParser::ForRequest(1000, 10);
  std::string pending, body;
  for (const char c : std::string_view("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
    pending += c;
    const Result<std::size_t> put = parser->Put(pending, &body, 1000);
    ASSERT_TRUE(put) << put.error().message;
    pending.erase(0, *put);
  }
  EXPECT_TRUE(parser->done());
}

}  // namespace
}  // namespace counsel::net
