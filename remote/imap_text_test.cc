#include "imap_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::remote {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ImapText, StringsAreQuotedAndFoldersNamedAsTheServerHasThem) {
  EXPECT_EQ(ImapQuoted("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\"");
  for (const char* bad : {"a\r\nb DELETE", "caf\u00e9"}) EXPECT_FALSE(ImapQuoted(bad)) << bad;
  EXPECT_EQ(ImapFolderName("INBOX/Smith & Co"), "INBOX/Smith &- Co");
  EXPECT_EQ(ImapFolderName("Entw\u00fcrfe"), "Entw&APw-rfe");
  EXPECT_EQ(ImapFolderName("~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e"),
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-");  // RFC 3501
}

TEST(ImapText, AnswersAreUnderstoodAndNonsenseIsNothing) {
  EXPECT_EQ(LiteralSize("* 1 FETCH (UID 2 BODY[] {123}"), 123U);
  for (const char* none : {"", "{}", "{1", "a {x}", "{-1}", "{1}x"}) EXPECT_FALSE(LiteralSize(none)) << none;
  EXPECT_EQ(NumberBehind("* 3 FETCH (UID 17 RFC822.SIZE 42)", "UID"), 17U);
  EXPECT_EQ(NumberBehind("* 3 FETCH (rfc822.size 42 UID 17)", "RFC822.SIZE"), 42U);
  EXPECT_EQ(NumberBehind("* OK [UIDVALIDITY 9]", "UIDVALIDITY"), 9U);
  EXPECT_FALSE(NumberBehind("* OK [UIDVALIDITY 9]", "UID"));
  EXPECT_THAT(SearchedNumbers("* SEARCH 2 84 882"), ElementsAre(2U, 84U, 882U));
  EXPECT_THAT(SearchedNumbers("* SEARCH"), IsEmpty());
  EXPECT_THAT(SearchedNumbers("* 3 EXISTS"), IsEmpty());
  EXPECT_THAT(SearchedNumbers("* SEARCH 1 99999999999 2"), ElementsAre(1U));
}

}  // namespace
}  // namespace counsel::remote
