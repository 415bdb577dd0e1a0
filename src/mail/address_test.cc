#include "mail/address.h"

#include <string>

#include <gtest/gtest.h>

namespace counsel::mail {
namespace {

TEST(Address, NamesUserServerAndFolder) {
  const Result<Address> whole = ParseAddress("imaps://ann@firm.example@mail.example:1993/Clients/Smith%20v%20Jones");
  ASSERT_TRUE(whole) << whole.error().ToString();
  EXPECT_EQ(whole->user, "ann@firm.example");
  EXPECT_EQ(whole->host, "mail.example");
  EXPECT_EQ(whole->port, 1993);
  EXPECT_EQ(whole->folder, "Clients/Smith v Jones");
  EXPECT_EQ(whole->ToString(), "imaps://ann%40firm.example@mail.example:1993/Clients/Smith%20v%20Jones");
  EXPECT_EQ(ParseAddress(whole->ToString())->user, whole->user);
  EXPECT_EQ(ParseAddress("imaps://ann@mail.example")->folder, "INBOX");
  EXPECT_EQ(ParseAddress("imap://ann@[::1]:1143/")->host, "::1");
}

TEST(Address, RefusesWhatIsNoneAndWhatWouldBeReadOnTheWay) {
  for (const char* bad :
       {"", "https://ann@mail.example/", "imaps://mail.example/INBOX", "imaps://@mail.example/", "imaps://ann@/INBOX",
        "imaps://ann@mail.example:0/", "imaps://ann@mail.example:99999/", "imaps://ann@mail example/",
        "imaps://ann@mail.example/a%0Ab", "imaps://ann@mail.example/%ZZ"}) {
    EXPECT_FALSE(ParseAddress(bad)) << bad;
  }
  EXPECT_NE(ParseAddress("imaps://ann:sesame@mail.example/").error().message.find("password"), std::string::npos);
  EXPECT_NE(ParseAddress("imap://ann@mail.example/").error().message.find("Without TLS"), std::string::npos);
}

TEST(NameOfMail, IsItsSubject) {
  EXPECT_EQ(NameOfMail("From: a\r\nSubject: The lease\r\n of the mill\r\nTo: b\r\n\r\nSubject: no"),
            "The lease of the mill.eml");
  EXPECT_EQ(NameOfMail("Subject: Re: =?utf-8?Q?caf=C3=A9_a?= =?UTF-8?B?w6k=?=\n\n"), "Re: caf\u00e9 a\u00e9.eml");
  EXPECT_EQ(NameOfMail("Subject: a/b\n\n"), "a b.eml");
  EXPECT_EQ(NameOfMail("\r\nSubject: body\r\n"), "mail.eml");
}

}  // namespace
}  // namespace counsel::mail
