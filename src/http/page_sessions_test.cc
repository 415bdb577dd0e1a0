// How browsers are let in: codes that are good once, cookies of which only a digest is kept.
#include "http/page_sessions.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace counsel::http {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'800'000'000;

class PageSessionsTest : public ::testing::Test {
 protected:
  PageSessionsTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-sessions-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
    sessions_ = PageSessions(home_);
  }
  ~PageSessionsTest() override { fs::remove_all(home_); }

  fs::path home_;
  PageSessions sessions_;
};

TEST_F(PageSessionsTest, ACodeIsGoodOnceAndForFiveMinutes) {
  const std::string code = sessions_.NewCode(false, kNow);
  EXPECT_EQ(code.size(), 64U);  // 256 bits
  EXPECT_FALSE(sessions_.TakeCode(code + "0", true, kNow));
  EXPECT_FALSE(sessions_.TakeCode("", true, kNow));
  EXPECT_TRUE(sessions_.TakeCode(code, false, kNow + kPageCodeSeconds - 1));
  EXPECT_FALSE(sessions_.TakeCode(code, false, kNow));
  const std::string late = sessions_.NewCode(false, kNow);
  EXPECT_FALSE(sessions_.TakeCode(late, true, kNow + kPageCodeSeconds));
}

TEST_F(PageSessionsTest, ACodeInABrowsersArgumentsIsOfUseToThisAccountAlone) {
  const std::string code = sessions_.NewCode(true, kNow);
  EXPECT_FALSE(sessions_.TakeCode(code, false, kNow));
  EXPECT_TRUE(sessions_.TakeCode(code, true, kNow));  // and whoever tried it has not used it up
}

TEST_F(PageSessionsTest, TheNewestCodesAreKept) {
  const std::string first = sessions_.NewCode(false, kNow);
  std::string last;
  for (std::size_t i = 0; i < kMostPageCodes; ++i) last = sessions_.NewCode(false, kNow);
  EXPECT_FALSE(sessions_.TakeCode(first, true, kNow));
  EXPECT_TRUE(sessions_.TakeCode(last, true, kNow));
}

TEST_F(PageSessionsTest, OnlyADigestOfACookieIsKeptInAPrivateFile) {
  const std::string cookie = AddPageSession(home_, "user", "Firefox", kNow).value();
  const std::string text = ReadFile(home_ / "sessions", 1 << 16).value();
  EXPECT_THAT(text, Not(HasSubstr(cookie)));
  EXPECT_THAT(text, HasSubstr("Firefox"));
  struct stat status {};
  ASSERT_EQ(::stat((home_ / "sessions").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(sessions_.OwnerOf(cookie, kNow), "user");
  EXPECT_EQ(sessions_.ExpiresAt(cookie, kNow), kNow + kPageSessionSeconds);
  EXPECT_EQ(sessions_.OwnerOf(cookie, kNow + kPageSessionSeconds), "");
  EXPECT_EQ(PageSessions(home_).OwnerOf(cookie, kNow), "user");  // the next daemon's
  ASSERT_EQ(::chmod((home_ / "sessions").c_str(), 0640), 0);
  EXPECT_EQ(sessions_.OwnerOf(cookie, kNow), "");  // others may have read it
}

TEST_F(PageSessionsTest, TheCookiesNameTellsHomesApart) {
  const PageSessions other(fs::path("/another/home"));
  EXPECT_NE(sessions_.cookie_name(), other.cookie_name());
  const std::string sent = other.cookie_name() + "=theirs; " + sessions_.cookie_name() + "=ours";
  EXPECT_EQ(sessions_.CookieIn(sent), "ours");
  EXPECT_EQ(other.CookieIn(sent), "theirs");
  for (const char* none : {"", ";", "=", "a=b", "a=b; c"}) EXPECT_EQ(sessions_.CookieIn(none), "") << none;
  EXPECT_EQ(PageSessions().CookieIn("a=b; =x"), "");
}

TEST_F(PageSessionsTest, SessionsAreListedAndClosed) {
  const std::string one = AddPageSession(home_, "user", "Firefox", kNow - kPageSessionSeconds).value();
  const std::string two = AddPageSession(home_, "user", "a browser", kNow).value();
  const std::string three = AddPageSession(home_, "bea", "Safari", kNow).value();
  std::vector<PageSession> listed = ListPageSessions(home_, kNow).value();
  ASSERT_EQ(listed.size(), 2U);  // the first has expired
  EXPECT_EQ(listed[0].browser, "a browser");
  EXPECT_EQ(listed[1].owner, "bea");
  EXPECT_EQ(RevokePageSessions(home_, "all-of-them", kNow).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(RevokePageSessions(home_, PageSessionId(two), kNow).value(), 1U);
  EXPECT_EQ(sessions_.OwnerOf(two, kNow), "");
  EXPECT_EQ(sessions_.OwnerOf(three, kNow), "bea");
  EXPECT_EQ(RevokePageSessions(home_, "all", kNow).value(), 1U);
  EXPECT_EQ(RevokePageSessions(home_, "all", kNow).value(), 0U);
}

TEST_F(PageSessionsTest, AFileThatIsNoneOfOursLetsNobodyIn) {
  const std::string cookie = AddPageSession(home_, "user", "Firefox", kNow).value();
  ASSERT_TRUE(WriteFileAtomically(home_ / "sessions", "nonsense\n"));
  EXPECT_EQ(sessions_.OwnerOf(cookie, kNow), "");
  EXPECT_EQ(ListPageSessions(home_, kNow).error().code, ErrorCode::kCorrupt);
}

TEST_F(PageSessionsTest, BrowsersAreNamed) {
  EXPECT_EQ(BrowserOf("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox");
  EXPECT_EQ(BrowserOf("Mozilla/5.0 … Chrome/156.0 Safari/537.36 Edg/156.0"), "Edge");
  EXPECT_EQ(BrowserOf("Mozilla/5.0 … Chrome/156.0 Safari/537.36"), "Chrome");
  EXPECT_EQ(BrowserOf("x\nuser 1 2 3"), "a browser");
}

}  // namespace
}  // namespace counsel::http
