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

TEST(Mentions, AreNoneWhereTheWordsStandApart) {
  EXPECT_EQ(Count("The rent. Review it.", "rent review"), 0U);
  EXPECT_EQ(Count("The authority spoke.", "author"), 0U);
  EXPECT_EQ(Count("", "rent"), 0U);
}

}  // namespace
}  // namespace counsel::mentions
