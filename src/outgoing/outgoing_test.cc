#include "outgoing/outgoing.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http.h"

namespace counsel::outgoing {
namespace {

namespace asio = boost::asio;

// Answers on the loopback from a thread of its own.
class Site {
 public:
  Site()
      : server_(io_.get_executor(), net::ServerLimits(), [this](net::Exchange& exchange) { return Answer(exchange); }) {
    port_ = *server_.ListenTcp("127.0.0.1", 0);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Site() {
    io_.stop();
    thread_.join();
  }
  void Serve(const std::string& path, int status, std::string body, net::Headers headers = {}) {
    net::Reply reply(status, "application/octet-stream", std::move(body));
    for (auto& header : headers) reply.headers.push_back(std::move(header));
    replies_[path] = std::move(reply);
  }
  [[nodiscard]] std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  net::Headers seen;              // of the last request; read it when no request runs
  std::atomic<bool> hold{false};  // requests wait while it is true
  std::atomic<bool> held{false};  // one waits
  std::atomic<int> at_once{0};
  std::atomic<int> most_at_once{0};

 private:
  asio::awaitable<void> Answer(net::Exchange& exchange) {
    seen = exchange.request().headers;
    ++at_once;
    most_at_once = std::max(most_at_once.load(), at_once.load());
    asio::steady_timer timer(io_);
    while (hold) {
      held = true;
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    --at_once;
    const auto found = replies_.find(std::string(exchange.request().path()));
    net::Reply reply = found == replies_.end() ? net::Reply(404, "text/plain", "no") : found->second;
    (void)co_await exchange.Send(reply);
  }

  asio::io_context io_{1};
  std::map<std::string, net::Reply> replies_;
  net::Server server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// A download into memory, as a file would take it.
struct Into {
  explicit Into(std::string url) {
    request.url = std::move(url);
    request.size_limit = 1 << 20;
    request.begin = [this](std::uint64_t start_in, std::uint64_t total_in) -> Result<void> {
      start = start_in;
      total = total_in;
      return {};
    };
    request.write = [this](std::string_view piece) -> Result<void> {
      bytes += piece;
      return {};
    };
  }
  DownloadRequest request;
  std::string bytes;
  std::uint64_t start = 99;
  std::uint64_t total = 99;
};

TEST(Outgoing, DownloadsAndStatesTheSize) {
  Site site;
  site.Serve("/file", 200, "hello");
  Into into(site.Url("/file"));
  const Result<void> done = Download(into.request);
  ASSERT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(into.bytes, "hello");
  EXPECT_EQ(into.start, 0U);
  EXPECT_EQ(into.total, 5U);
}

TEST(Outgoing, SaysWhoItIs) {
  Site site;
  site.Serve("/file", 200, "x");
  Into into(site.Url("/file"));
  ASSERT_TRUE(Download(into.request));
  EXPECT_TRUE(net::FindHeader(site.seen, "User-Agent").value_or("").starts_with("counsel/"));
}

TEST(Outgoing, AnEmptyFileBeginsToo) {
  Site site;
  site.Serve("/file", 200, "");
  Into into(site.Url("/file"));
  ASSERT_TRUE(Download(into.request));
  EXPECT_EQ(into.start, 0U);
}

TEST(Outgoing, ResumesWhereItIsAsked) {
  Site site;
  site.Serve("/file", 206, "lo", {{"Content-Range", "bytes 3-4/5"}});
  Into into(site.Url("/file"));
  into.request.offset = 3;
  const Result<void> done = Download(into.request);
  ASSERT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(net::FindHeader(site.seen, "Range"), "bytes=3-");
  EXPECT_EQ(into.start, 3U);
  EXPECT_EQ(into.total, 5U);
}

TEST(Outgoing, AServerThatSendsEverythingStartsAtZero) {
  Site site;
  site.Serve("/file", 200, "hello");
  Into into(site.Url("/file"));
  into.request.offset = 3;
  const Result<void> done = Download(into.request);
  ASSERT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(into.start, 0U);
  EXPECT_EQ(into.bytes, "hello");
}

TEST(Outgoing, AnotherRangeThanAskedForIsRefused) {
  Site site;
  site.Serve("/file", 206, "ell", {{"Content-Range", "bytes 1-3/5"}});
  Into into(site.Url("/file"));
  into.request.offset = 3;
  EXPECT_EQ(Download(into.request).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(into.bytes, "");
}

TEST(Outgoing, FollowsARedirect) {
  Site site;
  site.Serve("/old", 302, "moved", {{"Location", "/new"}});
  site.Serve("/new", 200, "here");
  Into into(site.Url("/old"));
  const Result<void> done = Download(into.request);
  ASSERT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(into.bytes, "here");
}

TEST(Outgoing, ARedirectToPlainHttpElsewhereIsRefused) {
  Site site;
  site.Serve("/old", 302, "", {{"Location", "http://192.0.2.1/x"}});
  Into into(site.Url("/old"));
  EXPECT_EQ(Download(into.request).error().code, ErrorCode::kUnavailable);
}

TEST(Outgoing, RedirectsInACircleEnd) {
  Site site;
  site.Serve("/a", 302, "", {{"Location", "/a"}});
  Into into(site.Url("/a"));
  EXPECT_EQ(Download(into.request).error().code, ErrorCode::kUnavailable);
}

TEST(Outgoing, OnlyHttpsIsAnAddress) {
  for (const char* url : {"http://192.0.2.1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "", "nonsense",
                          "http://127.0.0.1.example/x", "https://user:pw@example.org/x"}) {
    Into into(url);
    EXPECT_EQ(Download(into.request).error().code, ErrorCode::kInvalidArgument) << url;
  }
}

TEST(Outgoing, StatusesBecomeErrorsAndTheirBodiesAreDropped) {
  Site site;
  site.Serve("/gone", 410, "words");
  site.Serve("/closed", 403, "words");
  site.Serve("/broken", 500, "words");
  const std::map<std::string, ErrorCode> expected = {{"/missing", ErrorCode::kNotFound},
                                                     {"/gone", ErrorCode::kNotFound},
                                                     {"/closed", ErrorCode::kPermissionDenied},
                                                     {"/broken", ErrorCode::kUnavailable}};
  for (const auto& [path, code] : expected) {
    Into into(site.Url(path));
    EXPECT_EQ(Download(into.request).error().code, code) << path;
    EXPECT_EQ(into.bytes, "") << path;
  }
}

TEST(Outgoing, OverTheLimitIsTooLarge) {
  Site site;
  site.Serve("/file", 200, std::string(2000, 'x'));
  Into into(site.Url("/file"));
  into.request.size_limit = 1999;
  EXPECT_EQ(Download(into.request).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(into.bytes, "");
}

TEST(Outgoing, TheCallersOwnErrorIsReturned) {
  Site site;
  site.Serve("/file", 200, "hello");
  Into into(site.Url("/file"));
  into.request.write = [](std::string_view) -> Result<void> { return Fail(ErrorCode::kNoSpace, "The disk is full."); };
  EXPECT_EQ(Download(into.request).error().message, "The disk is full.");
}

TEST(Outgoing, StopsWhenAskedTo) {
  Site site;
  site.Serve("/file", 200, "hello");
  Into into(site.Url("/file"));
  into.request.go_on = [] { return false; };
  EXPECT_EQ(Download(into.request).error().code, ErrorCode::kCancelled);
}

TEST(Outgoing, NobodyListeningIsUnavailable) {
  std::string url;
  {
    Site site;
    url = site.Url("/file");
  }
  Into into(url);
  const Result<void> done = Download(into.request);
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(done.error().next_step, "");
}

TEST(Outgoing, ASecretInTheAddressIsNotShown) {
  Site site;
  Into into(site.Url("/missing?key=sesame"));
  EXPECT_THAT(Download(into.request).error().ToString(), ::testing::Not(::testing::HasSubstr("sesame")));
}

Request To(std::string url) {
  Request request;
  request.url = std::move(url);
  request.size_limit = 1000;
  return request;
}

// Asks as the daemon does.
class Send : public ::testing::Test {
 protected:
  // Starts a request, whose end `got` will tell.
  void Start(Request request, std::string_view user = "") {
    got.reset();
    asio::co_spawn(io, courier.Send(std::move(request), user.empty() ? Secret() : Secret(user)),
                   [this](const std::exception_ptr& thrown, Result<Reply> reply) {
                     if (!thrown) got.emplace(std::move(reply));
                   });
  }
  void RunUntil(const std::function<bool()>& done) {
    while (!done()) io.run_one_for(std::chrono::milliseconds(5));
  }
  Result<Reply> Ask(Request request, std::string_view user = "") {
    Start(std::move(request), user);
    RunUntil([this] { return got.has_value(); });
    return std::move(*got);
  }

  static CourierOptions Options() {
    CourierOptions options;
    options.idle = idle;
    return options;
  }
  static inline std::chrono::milliseconds idle{30'000};
  asio::io_context io{1};
  Courier courier{io.get_executor(), Options()};
  std::optional<Result<Reply>> got;
};

TEST_F(Send, AnyStatusIsAReplyWithItsHeadersAndBody) {
  Site site;
  site.Serve("/limited", 429, "slowly", {{"X-Ratelimit-Remain", "0"}});
  const Result<Reply> reply = Ask(To(site.Url("/limited")));
  ASSERT_TRUE(reply) << reply.error().ToString();
  EXPECT_EQ(reply->status, 429);
  EXPECT_EQ(reply->body, "slowly");
  EXPECT_EQ(FindHeader(reply->headers, "x-ratelimit-REMAIN"), "0");
  EXPECT_EQ(FindHeader(reply->headers, "x-ratelimit"), std::nullopt);
}

TEST_F(Send, TheUserAndTheHeadersAreSent) {
  Site site;
  site.Serve("/private", 200, "x");
  Request request = To(site.Url("/private"));
  request.headers = {{"Accept", "application/pdf"}};
  ASSERT_TRUE(Ask(request, "key"));
  EXPECT_EQ(net::FindHeader(site.seen, "Authorization"), "Basic a2V5Og==");
  EXPECT_EQ(net::FindHeader(site.seen, "Accept"), "application/pdf");
}

TEST_F(Send, TheNextRequestOnAKeptConnectionHasNoUser) {
  Site site;
  site.Serve("/private", 200, "x");
  ASSERT_TRUE(Ask(To(site.Url("/private")), "key"));
  const int first = courier.pid();
  ASSERT_TRUE(Ask(To(site.Url("/private"))));
  EXPECT_EQ(net::FindHeader(site.seen, "Authorization"), std::nullopt);
  EXPECT_EQ(courier.pid(), first) << "one child for both";
}

TEST_F(Send, ARedirectIsToldNotFollowed) {
  Site site;
  site.Serve("/old", 302, "moved", {{"Location", "/new"}});
  site.Serve("/new", 200, "here");
  const Result<Reply> reply = Ask(To(site.Url("/old")));
  ASSERT_TRUE(reply) << reply.error().ToString();
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(reply->body, "moved");
  EXPECT_EQ(reply->redirect, site.Url("/new"));
}

TEST_F(Send, OverTheLimitIsTooLarge) {
  Site site;
  site.Serve("/large", 200, std::string(1001, 'x'));
  EXPECT_EQ(Ask(To(site.Url("/large"))).error().code, ErrorCode::kTooLarge);
}

TEST_F(Send, ABodyGoesWhereItIsWanted) {
  Site site;
  site.Serve("/file", 200, "bytes");
  site.Serve("/none", 404, "words");
  std::string bytes;
  Request request = To(site.Url("/file"));
  request.write = [&bytes](std::string_view piece) -> asio::awaitable<Result<void>> {
    bytes += piece;
    co_return Result<void>();
  };
  EXPECT_EQ(Ask(request)->body, "");
  EXPECT_EQ(bytes, "bytes");
  request.url = site.Url("/none");
  EXPECT_EQ(Ask(request)->body, "words");
  EXPECT_EQ(bytes, "bytes");
}

TEST_F(Send, AChildThatDiesFailsItsRequestAndTheNextStartsAnother) {
  Site site;
  site.Serve("/file", 200, "bytes");
  ASSERT_TRUE(Ask(To(site.Url("/file"))));
  const int first = courier.pid();
  site.hold = true;
  Start(To(site.Url("/file")));
  RunUntil([&] { return site.held.load(); });
  ::kill(first, SIGKILL);
  RunUntil([this] { return got.has_value(); });
  ASSERT_FALSE(*got);
  EXPECT_EQ(got->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got->error().message, ::testing::HasSubstr("ended in the middle"));
  site.hold = false;
  const Result<Reply> again = Ask(To(site.Url("/file")));
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_NE(courier.pid(), first);
}

TEST_F(Send, StoppingEndsWhatIsUnderWayAndTheChild) {
  Site site;
  site.Serve("/file", 200, "bytes");
  site.hold = true;
  Start(To(site.Url("/file")));
  RunUntil([&] { return site.held.load(); });
  const int child = courier.pid();
  courier.Stop();
  RunUntil([this] { return got.has_value(); });
  ASSERT_FALSE(*got);
  EXPECT_EQ(got->error().code, ErrorCode::kCancelled);
  EXPECT_EQ(Ask(To(site.Url("/file"))).error().code, ErrorCode::kCancelled);
  io.run();  // until it is reaped
  EXPECT_EQ(::kill(child, 0), -1);
}

TEST_F(Send, FourAreAskedAtOnceAndTheFifthWaits) {
  Site site;
  site.Serve("/file", 200, "bytes");
  site.hold = true;
  int ended = 0;
  for (int i = 0; i < 9; ++i) {
    asio::co_spawn(io, courier.Send(To(site.Url("/file")), Secret()),
                   [&ended](const std::exception_ptr& thrown, const Result<Reply>& reply) {
                     if (!thrown && reply) ++ended;
                   });
  }
  RunUntil([&] { return site.at_once == 4; });
  site.hold = false;
  RunUntil([&] { return ended == 9; });
  EXPECT_EQ(site.most_at_once, 4);
}

TEST_F(Send, WithoutTheProgramTheNetworkCannotBeUsed) {
  CourierOptions options;
  options.program = "/nowhere/counsel-remote";
  Courier lost(io.get_executor(), options);
  asio::co_spawn(io, lost.Send(To("https://127.0.0.1:1/"), Secret()),
                 [this](const std::exception_ptr&, Result<Reply> reply) { got.emplace(std::move(reply)); });
  RunUntil([this] { return got.has_value(); });
  EXPECT_EQ(got->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got->error().ToString(), ::testing::HasSubstr("./run setup"));
}

class SendSeldom : public Send {
 protected:
  static void SetUpTestSuite() { idle = std::chrono::milliseconds(1); }
  static void TearDownTestSuite() { idle = std::chrono::milliseconds(30'000); }
};

TEST_F(SendSeldom, AChildThatNobodyAsksEnds) {
  Site site;
  site.Serve("/file", 200, "bytes");
  ASSERT_TRUE(Ask(To(site.Url("/file"))));
  RunUntil([this] { return courier.pid() == 0; });
  io.run();  // nothing is left to wait for
  io.restart();
  EXPECT_TRUE(Ask(To(site.Url("/file"))));
}

TEST_F(Send, WhatItRefusesIsKnownWithoutAsking) {
  for (const char* url : {"https://example.org", "https://127.0.0.2:1/x", "http://127.9.0.1:8000", "http://[::1]:80/",
                          "http://localhost"}) {
    EXPECT_TRUE(IsUsableAddress(url)) << url;
  }
  for (const char* url : {"http://example.org", "http://127.0.0.1.example", "https://", "https://a@b",
                          "ftp://127.0.0.1", "http://128.0.0.1", "", "example.org", "http://localhost.example:80"}) {
    EXPECT_FALSE(IsUsableAddress(url)) << url;
    if (std::string_view(url) != "https://a@b" && *url != '\0') {
      const Result<Reply> sent = Ask(To(url));
      EXPECT_FALSE(sent) << url;
    }
  }
}

}  // namespace
}  // namespace counsel::outgoing
