#include "text/contents.h"

#include <gtest/gtest.h>

namespace counsel::text {
namespace {

TEST(Contents, ATableOfContentsIsToldFromText) {
  EXPECT_TRUE(
      LooksLikeContents("Section 6.3 No Solicitation. 50 ARTICLE 7 ADDITIONAL COVENANTS 51 Section 7.1 Consents 51 "
                        "Section 7.2 Filings 53 Section 7.3 Access 54"));
  EXPECT_TRUE(LooksLikeContents("3.26  Community Compliance    36\n3.27  Investment    36\n3.28  Related    37\n"));
  EXPECT_TRUE(LooksLikeContents("A  36\n\nB  37\n \n\nC  38\n\n\nD 39\n\n"));
  EXPECT_FALSE(LooksLikeContents("The Tenant shall pay 500 pounds within 30 days of a demand made under clause 5."));
  EXPECT_FALSE(LooksLikeContents("Rent 900\nDeposit 500\nService 70\nInsurance 12\n"));
}

}  // namespace
}  // namespace counsel::text
