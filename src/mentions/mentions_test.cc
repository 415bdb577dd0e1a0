#include "mentions/mentions.h"

#include <gtest/gtest.h>

namespace counsel::mentions {
namespace {

std::size_t Count(std::string_view text, std::string_view asked) {
  return FindIn(text, WordsOf(asked)).size();
}

TEST(Mentions, AreFoundInEveryFormAndSpelling) {
  EXPECT_EQ(Count("The tenants organized it.", "tenant"), 1U);
  EXPECT_EQ(Count("The tenants organized it.", "organise"), 1U);
  EXPECT_EQ(Count("The COLOR of the door", "colour"), 1U);
  EXPECT_EQ(Count("A rent\nreview, and rent-reviews.", "rent review"), 2U);
}

// Told "nowhere", a lawyer relies on it: what may be written another way is looked for in it.
TEST(Mentions, AreFoundHoweverTheyAreWritten) {
  EXPECT_EQ(Count("a rent of £18,000 a year", "18000"), 1U);
  EXPECT_EQ(Count("a rent of 18000 pounds", "£18,000"), 1U);
  EXPECT_EQ(Count("Harcourt Estates Limited", "harcourt estates ltd"), 1U);
  EXPECT_EQ(Count("Harcourt Estates Ltd. v Smith", "Harcourt Estates Limited v Smith"), 1U);
  EXPECT_EQ(Count("write to <priya@example.org> today", "priya@example.org"), 1U);
  EXPECT_EQ(Count("Smith & Jones", "Smith and Jones"), 1U);
  EXPECT_EQ(Count("Smith and Jones", "smith & jones"), 1U);
  EXPECT_EQ(Count("the \"Net Asset\" (value)", "net asset value"), 1U);
  EXPECT_EQ(Count("the tenant's dog; the tenants’ dog", "tenant dog"), 2U);
  EXPECT_EQ(Count("section 21(1) of the Act", "section 21"), 1U);
}

TEST(Mentions, AreNoneWhereTheWordsStandApart) {
  EXPECT_EQ(Count("The rent\n\nReview it.", "rent review"), 0U);
  EXPECT_EQ(Count("The rent is 180,000 a year.", "18000"), 0U);
  EXPECT_EQ(Count("The authority spoke.", "author"), 0U);
  EXPECT_EQ(Count("", "rent"), 0U);
}

}  // namespace
}  // namespace counsel::mentions
