// Tokens of the home and of persons: files of mode 0600, digests only, followed as they change.
#include "http/tokens.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"

namespace counsel::http {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-tokens-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
  }
  ~TokensTest() override { fs::remove_all(home_); }

  [[nodiscard]] std::string Text(const char* file) const { return ReadFile(home_ / file, 1 << 20).value_or("none"); }

  fs::path home_;
};

TEST_F(TokensTest, TheHomesIsMadeOnceAndIsPrivate) {
  const Result<std::string> token = HomeToken(home_);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->size(), 64U);  // 256 bits
  EXPECT_EQ(HomeToken(home_).value(), *token);
  struct stat status {};
  ASSERT_EQ(::stat((home_ / "token").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  Tokens tokens(home_, "");
  EXPECT_EQ(tokens.OwnerOf(*token), kUser);
  EXPECT_FALSE(tokens.set());
}

TEST_F(TokensTest, NothingElseIsAnybodys) {
  Tokens tokens(home_, "");
  EXPECT_EQ(tokens.OwnerOf(""), "");  // while no home's token is there
  const std::string token = HomeToken(home_).value();
  for (const std::string& wrong : {std::string(), token.substr(1), token + "0", std::string(64, '0')}) {
    EXPECT_EQ(tokens.OwnerOf(wrong), "") << wrong;
  }
  EXPECT_EQ(Tokens().OwnerOf(token), "");
}

TEST_F(TokensTest, OneThatOthersCanReadIsUsedNoMore) {
  const std::string token = HomeToken(home_).value();
  Tokens tokens(home_, "");
  EXPECT_EQ(tokens.OwnerOf(token), kUser);
  ASSERT_EQ(::chmod((home_ / "token").c_str(), 0644), 0);
  const Result<std::string> refused = HomeToken(home_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
  EXPECT_THAT(refused.error().next_step, HasSubstr("chmod 600"));
  EXPECT_EQ(tokens.OwnerOf(token), "");
}

TEST_F(TokensTest, ANewHomesTokenIsFollowed) {
  const std::string old = HomeToken(home_).value();
  Tokens tokens(home_, "");
  EXPECT_EQ(tokens.OwnerOf(old), kUser);
  fs::remove(home_ / "token");
  EXPECT_EQ(tokens.OwnerOf(old), "");
  const std::string anew = HomeToken(home_).value();
  EXPECT_EQ(tokens.OwnerOf(anew), kUser);
  EXPECT_EQ(tokens.OwnerOf(old), "");
}

TEST_F(TokensTest, TheOneThatIsSetTakesTheHomesPlace) {
  const std::string own = HomeToken(home_).value();
  Tokens tokens(home_, "chosen");
  EXPECT_TRUE(tokens.set());
  EXPECT_EQ(tokens.OwnerOf("chosen"), kUser);
  EXPECT_EQ(tokens.OwnerOf(own), "");
}

TEST_F(TokensTest, APersonsIsKeptAsADigestOnlyAndHoldsAtOnce) {
  Tokens tokens(home_, "");
  const Result<std::string> token = AddPersonsToken(home_, "bea");
  ASSERT_TRUE(token);
  EXPECT_EQ(tokens.OwnerOf(*token), "bea");
  EXPECT_THAT(Text("tokens"), Not(HasSubstr(*token)));
  struct stat status {};
  ASSERT_EQ(::stat((home_ / "tokens").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::string other = AddPersonsToken(home_, "al@firm.example").value();
  EXPECT_EQ(ListPersonsTokens(home_).value().size(), 2U);
  ASSERT_TRUE(RevokePersonsToken(home_, "bea"));
  EXPECT_EQ(tokens.OwnerOf(*token), "");
  EXPECT_EQ(tokens.OwnerOf(other), "al@firm.example");
}

TEST_F(TokensTest, NamesAreCheckedAndUnique) {
  for (const std::string& wrong : {std::string(), std::string("user"), std::string("a b"), std::string("a\nb"),
                                   std::string("#a"), std::string(65, 'a')}) {
    const Result<std::string> refused = AddPersonsToken(home_, wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  }
  ASSERT_TRUE(AddPersonsToken(home_, "bea"));
  const Result<std::string> again = AddPersonsToken(home_, "bea");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  const Result<void> unknown = RevokePersonsToken(home_, "carl");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().next_step, HasSubstr("bea"));
}

TEST_F(TokensTest, AFileThatIsNoneOfOursLetsNobodyInAndNamesItsLine) {
  const std::string token = AddPersonsToken(home_, "bea").value();
  const std::string text = Text("tokens");
  ASSERT_TRUE(WriteFileAtomically(home_ / "tokens", text + "nonsense\n"));
  Tokens tokens(home_, "");
  EXPECT_EQ(tokens.OwnerOf(token), "");
  const auto listed = ListPersonsTokens(home_);
  ASSERT_FALSE(listed);
  EXPECT_THAT(listed.error().message, HasSubstr("line 3"));
}

}  // namespace
}  // namespace counsel::http
