// Who is let in: by Host, by the page, by token, by the kernel's word.
#include "http/callers.h"

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::http {
namespace {

namespace asio = boost::asio;
using ::testing::HasSubstr;

// A request over TCP whose other end is, or is not, this user's.
class FakeExchange : public net::Exchange {
 public:
  FakeExchange(net::Request request, bool own) : request_(std::move(request)), own_(own) {}

  const net::Request& request() const override { return request_; }
  bool local() const override { return false; }
  bool FromOwnUser() override {
    ++asked;
    return own_;
  }
  asio::awaitable<Result<std::string>> ReadBody(std::size_t) override { return None<std::string>(); }
  asio::awaitable<Result<std::string>> ReadSome() override { return None<std::string>(); }
  asio::awaitable<Result<void>> Send(net::Reply&) override { return None<void>(); }
  asio::awaitable<Result<void>> Begin(net::Reply&) override { return None<void>(); }
  asio::awaitable<Result<void>> Write(std::string_view) override { return None<void>(); }
  asio::awaitable<Result<void>> End() override { return None<void>(); }
  bool begun() const override { return false; }

  int asked = 0;  // how often the kernel was

 private:
  template <class T>
  static asio::awaitable<Result<T>> None() {
    co_return Fail(ErrorCode::kInternal, "nothing is read or sent before it is known who calls");
  }
  net::Request request_;
  bool own_;
};

class CallersTest : public ::testing::Test {
 protected:
  CallersTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "counsel-callers-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
    entrance_.url = "http://127.0.0.1:8181";
    entrance_.address = "127.0.0.1";
    entrance_.port = 8181;
    entrance_.hosts = {"counsel.firm.example", "10.0.0.5:8443"};
    entrance_.allowed_origins = {"http://localhost:3000"};
    entrance_.tokens = Tokens(home_, "");
    token_ = HomeToken(home_).value();
  }
  ~CallersTest() override { std::filesystem::remove_all(home_); }

  static net::Request Get(const std::string& path, net::Headers more = {}) {
    net::Request request("GET", path);
    request.headers = std::move(more);
    if (!net::FindHeader(request.headers, "Host")) request.headers.emplace_back("Host", "127.0.0.1:8181");
    return request;
  }

  // The caller's name, or "401: sentence".
  std::string Identify(net::Request request, bool own) {
    FakeExchange exchange(std::move(request), own);
    const Result<Caller> caller = IdentifyCaller(exchange, entrance_);
    asked_ = exchange.asked;
    if (caller) return caller->known() ? caller->name : "nobody";
    const bool token = caller.error().code == ErrorCode::kUnauthenticated;
    return (token ? "401: " : "403: ") + caller.error().ToString();
  }

  std::filesystem::path home_;
  Entrance entrance_;
  std::string token_;
  int asked_ = 0;
};

using net::Headers;

TEST_F(CallersTest, ThisUsersSocketNeedsNoToken) {
  EXPECT_EQ(Identify(Get("/api/models"), true), "user");
  EXPECT_EQ(Identify(Get("/api/models", Headers{{"Authorization", "Bearer some-key-of-a-client"}}), true), "user");
}

TEST_F(CallersTest, AnybodyElseNeedsOneOnEveryPathButHealth) {
  EXPECT_THAT(Identify(Get("/api/models"), false), HasSubstr("401: "));
  EXPECT_THAT(Identify(Get("/api/models"), false), HasSubstr("'counsel token' prints it"));
  EXPECT_THAT(Identify(Get("/no/such/path"), false), HasSubstr("401: "));
  EXPECT_THAT(Identify(Get("/health/"), false), HasSubstr("401: "));
  EXPECT_EQ(Identify(Get("/health"), false), "nobody");
  EXPECT_EQ(Identify(Get("/health?x=1"), false), "nobody");
}

TEST_F(CallersTest, TheTokenLetsInWhoeverHasItWithoutAskingTheKernel) {
  for (const char* scheme : {"Bearer ", "bearer "}) {
    EXPECT_EQ(Identify(Get("/api/models", Headers{{"Authorization", scheme + token_}}), false), "user");
    EXPECT_EQ(asked_, 0);
  }
  EXPECT_THAT(Identify(Get("/api/models", Headers{{"Authorization", "Bearer " + token_ + "0"}}), false),
              HasSubstr("is wrong"));
  EXPECT_THAT(Identify(Get("/api/models", Headers{{"Authorization", token_}}), false), HasSubstr("401: "));
}

TEST_F(CallersTest, APersonIsKnownByNameAndIsNotTheUser) {
  const std::string token = AddPersonsToken(home_, "bea").value();
  const Headers hers = {{"Authorization", "Bearer " + token}};
  EXPECT_EQ(Identify(Get("/api/ask", hers), false), "bea");
  EXPECT_EQ(Identify(Get("/api/ask", hers), true), "bea");
  for (const char* path : {"/api/config", "/api/stop", "/api/check", "/api/backup", "/api/export"}) {
    EXPECT_THAT(Identify(Get(path, hers), false), HasSubstr("403: ")) << path;
    EXPECT_EQ(Identify(Get(path), true), "user") << path;
  }
}

TEST_F(CallersTest, ATokenThatIsSetIsAskedOfEverybody) {
  entrance_.tokens = Tokens(home_, "chosen");
  EXPECT_THAT(Identify(Get("/api/models"), true), HasSubstr("api.token"));
  EXPECT_EQ(Identify(Get("/api/models", Headers{{"Authorization", "Bearer chosen"}}), false), "user");
  EXPECT_EQ(Identify(Get("/health"), true), "nobody");
}

TEST_F(CallersTest, AProxyOfThisUserIsNotThisUser) {
  for (const char* header :
       {"Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-FORWARDED-HOST", "X-Real-IP", "Via"}) {
    EXPECT_THAT(Identify(Get("/api/models", Headers{{header, ""}}), true), HasSubstr("401: ")) << header;
    EXPECT_EQ(asked_, 0);
    const Headers both = {{header, "10.0.0.9"}, {"Authorization", "Bearer " + token_}};
    EXPECT_EQ(Identify(Get("/api/models", both), true), "user") << header;
  }
  const Headers named = {{"Host", "counsel.firm.example"}};
  EXPECT_THAT(Identify(Get("/api/models", named), true), HasSubstr("401: "));
  EXPECT_EQ(Identify(Get("/health", named), true), "nobody");
}

TEST_F(CallersTest, HostsAreOursByAddressAndPortOrNamed) {
  for (const char* host : {"127.0.0.1:8181", "localhost:8181", "[::1]:8181"}) {
    EXPECT_EQ(KindOfHost(host, entrance_), HostKind::kOurs) << host;
  }
  for (const char* host : {"counsel.firm.example", "Counsel.Firm.Example", "counsel.firm.example:8181",
                           "counsel.firm.example:443", "10.0.0.5:8443"}) {
    EXPECT_EQ(KindOfHost(host, entrance_), HostKind::kNamed) << host;
  }
  for (const char* host :
       {"", "127.0.0.1", "localhost", "127.0.0.1:8182", "evil.example", "evil.example:8181", "10.0.0.5",
        "10.0.0.5:8181", "counsel.firm.example.evil", "xcounsel.firm.example", ":8181"}) {
    EXPECT_EQ(KindOfHost(host, entrance_), HostKind::kForeign) << host;
  }
  entrance_.address = "fd00::5";
  EXPECT_EQ(KindOfHost("[fd00::5]:8181", entrance_), HostKind::kOurs);
  entrance_.port = 80;
  EXPECT_EQ(KindOfHost("localhost", entrance_), HostKind::kOurs);
  EXPECT_EQ(KindOfHost("[::1]", entrance_), HostKind::kOurs);
}

TEST_F(CallersTest, AForeignHostIsRefusedWithATokenToo) {
  const Headers rebound = {{"Host", "evil.example:8181"}, {"Authorization", "Bearer " + token_}};
  EXPECT_THAT(Identify(Get("/api/models", rebound), true), HasSubstr("403: "));
  EXPECT_THAT(Identify(Get("/health", rebound), true), HasSubstr("403: "));
}

TEST_F(CallersTest, PagesOfOtherSitesAreRefusedByOrigin) {
  for (const char* origin : {"http://evil.example", "null", "", "http://localhost:3001", "https://localhost:8181",
                             "https://counsel.firm.example"}) {
    EXPECT_THAT(Identify(Get("/api/models", Headers{{"Origin", origin}}), true), HasSubstr("403: ")) << origin;
  }
  EXPECT_EQ(Identify(Get("/api/models", Headers{{"Origin", "http://localhost:3000"}}), true), "user");
  for (const char* origin : {"http://localhost:8181", "http://127.0.0.1:8181"}) {
    const Headers headers = {{"Origin", origin}, {"Authorization", "Bearer " + token_}};
    EXPECT_EQ(Identify(Get("/api/models", headers), false), "user") << origin;
  }
}

TEST_F(CallersTest, BehindAProxyThePageIsThatOfTheHostThatWasAsked) {
  const auto ask = [&](const char* host, const char* origin) {
    const Headers headers = {{"Host", host}, {"Origin", origin}, {"Authorization", "Bearer " + token_}};
    return Identify(Get("/api/models", headers), true);
  };
  EXPECT_EQ(ask("counsel.firm.example", "https://counsel.firm.example"), "user");
  EXPECT_EQ(ask("10.0.0.5:8443", "https://10.0.0.5:8443"), "user");
  EXPECT_THAT(ask("counsel.firm.example", "https://counsel.firm.example:9999"), HasSubstr("403: "));
  EXPECT_THAT(ask("127.0.0.1:8181", "https://counsel.firm.example"), HasSubstr("403: "));
}

TEST_F(CallersTest, PagesOfOtherSitesAreRefusedWithoutAnOriginToo) {
  for (const char* site : {"cross-site", "same-site"}) {
    EXPECT_THAT(Identify(Get("/api/models", Headers{{"Sec-Fetch-Site", site}}), true), HasSubstr("403: "));
    const Headers picture = {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", "no-cors"}, {"Sec-Fetch-Dest", "image"}};
    EXPECT_THAT(Identify(Get("/", picture), true), HasSubstr("403: "));
    const Headers link = {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}};
    EXPECT_EQ(Identify(Get("/", link), true), "nobody");
    EXPECT_THAT(Identify(Get("/api/models", link), true), HasSubstr("403: "));
    net::Request form = Get("/", link);
    form.method = "POST";
    EXPECT_THAT(Identify(form, true), HasSubstr("403: "));
    const Headers frame = {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "iframe"}};
    EXPECT_THAT(Identify(Get("/", frame), true), HasSubstr("403: "));
    const Headers allowed = {{"Sec-Fetch-Site", site}, {"Origin", "http://localhost:3000"}};
    EXPECT_EQ(Identify(Get("/api/models", allowed), true), "user");
    EXPECT_THAT(Identify(Get("/api/config", allowed), true), HasSubstr("403: "));
  }
}

TEST_F(CallersTest, ABrowserOfThisUserIsNotThisUser) {
  for (const char* header : {"Sec-Fetch-Site", "Sec-Fetch-Mode", "sec-fetch-dest", "Sec-Fetch-User"}) {
    EXPECT_THAT(Identify(Get("/api/models", Headers{{header, "none"}}), true), HasSubstr("counsel open")) << header;
    EXPECT_EQ(asked_, 0);
    EXPECT_EQ(Identify(Get("/", Headers{{header, "none"}}), true), "nobody");
  }
  EXPECT_THAT(Identify(Get("/api/models", Headers{{"Origin", "http://127.0.0.1:8181"}}), true), HasSubstr("401: "));
  EXPECT_THAT(Identify(Get("/page/code", Headers{{"Sec-Fetch-Site", "none"}}), true), HasSubstr("401: "));
}

TEST_F(CallersTest, ACookieLetsABrowserInAndChangesProveToBeThePagesOwn) {
  const std::int64_t now = std::time(nullptr);
  entrance_.sessions = PageSessions(home_);
  const std::string cookie = AddPageSession(home_, "user", "Firefox", now).value();
  const std::string name = entrance_.sessions.cookie_name();
  const Headers his = {{"Sec-Fetch-Site", "same-origin"}, {"Cookie", "a=b; " + name + "=" + cookie}};
  EXPECT_EQ(Identify(Get("/api/models", his), false), "user");
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH"}) {
    net::Request change = Get("/api/config", his);
    change.method = method;
    EXPECT_THAT(Identify(change, true), HasSubstr("403: ")) << method;
    change.headers.emplace_back("X-Counsel-Csrf", CsrfOf(cookie + "0"));
    EXPECT_THAT(Identify(change, true), HasSubstr("403: ")) << method;
    change.headers.back().second = CsrfOf(cookie);
    EXPECT_EQ(Identify(change, false), "user") << method;
  }
  for (const std::string& wrong :
       {name + "=" + cookie + "0", name + "=", "counsel=" + cookie, "x" + name + "=" + cookie}) {
    const Headers headers = {{"Sec-Fetch-Site", "same-origin"}, {"Cookie", wrong}};
    EXPECT_THAT(Identify(Get("/api/models", headers), true), HasSubstr("401: ")) << wrong;
  }
  ASSERT_TRUE(RevokePageSessions(home_, PageSessionId(cookie), now));
  EXPECT_THAT(Identify(Get("/api/models", his), true), HasSubstr("401: "));
}

TEST_F(CallersTest, ACookieOfAPersonIsThatPersonUntilTheTokenIsRevoked) {
  ASSERT_TRUE(AddPersonsToken(home_, "bea"));
  entrance_.sessions = PageSessions(home_);
  const std::string cookie = AddPageSession(home_, "bea", "Firefox", std::time(nullptr)).value();
  const Headers hers = {{"Sec-Fetch-Site", "same-origin"}, {"Cookie", entrance_.sessions.cookie_name() + "=" + cookie}};
  EXPECT_EQ(Identify(Get("/api/models", hers), true), "bea");
  EXPECT_THAT(Identify(Get("/api/config", hers), true), HasSubstr("403: "));
  ASSERT_TRUE(RevokePersonsToken(home_, "bea"));
  EXPECT_THAT(Identify(Get("/api/models", hers), true), HasSubstr("401: "));
}

}  // namespace
}  // namespace counsel::http
