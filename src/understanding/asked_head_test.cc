#include "understanding/asked_head.h"

#include <utility>

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

TEST(AskedHeadTest, ItIsWhatIsAskedForOrWhatHappened) {
  constexpr std::pair<const char*, const char*> kAll[] = {
      {"What is the annual rent of Flat 2?", "rent"},
      {"What is Dr Byrne's salary?", "salary"},
      {"What deposit was paid on exchange?", "deposit"},
      {"How much is the retention?", "retention"},
      {"How many bees may members keep?", "bees"},
      {"How long is the rectification period?", "rectification"},
      {"What does an on-site engineer cost?", ""},
      {"When did Dr Byrne resign?", "resign"},
      {"When does the marina close in winter?", "close"},
      {"When will a claim be decided under the policy?", "decided"},
      {"Who is the landlord?", "landlord"},
      {"Who is the data protection officer named in the policy?", "officer"},
      {"Who is the quantity surveyor at Hollin Barn?", "surveyor"},
      {"What is the rent of Alder House?\nWhen does it end?", "end"},
      // No single word is sure to be it.
      {"Who insures the building?", ""},
      {"Who is Simon Abara?", ""},
      {"May the tenant sublet?", ""},
      {"How long is it?", ""},
  };
  for (const auto& [question, head] : kAll) EXPECT_EQ(AskedHead(question), head) << question;
}

TEST(AskedHeadTest, ANameHasACapitalAndNoArticle) {
  constexpr std::string_view kAsked = "When did Dr Byrne sign the Deed of Pellworth?";
  EXPECT_TRUE(IsNameAt(kAsked, kAsked.find("Byrne")));
  EXPECT_TRUE(IsNameAt(kAsked, kAsked.find("Pellworth")));
  EXPECT_FALSE(IsNameAt(kAsked, kAsked.find("Deed")));
  EXPECT_FALSE(IsNameAt(kAsked, kAsked.find("sign")));
  EXPECT_FALSE(IsNameAt(kAsked, 0));
}

}  // namespace
}  // namespace counsel::understanding
