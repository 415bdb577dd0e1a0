#include "extractor/typography.h"

#include <gtest/gtest.h>

namespace counsel::extractor {
namespace {

TEST(LineEnd, AHyphenBesideANumberACapitalOrABlankStays) {
  const WordSet none;
  EXPECT_EQ(LineEndOf("from 1,000-", "2,000 pounds", none), LineEnd::kJoin);
  EXPECT_EQ(LineEndOf("the Anglo-", "Danish fleet", none), LineEnd::kJoin);
  EXPECT_EQ(LineEndOf("an EU-", "wide rule", none), LineEnd::kJoin);
  EXPECT_EQ(LineEndOf("a change of -", "500", none), LineEnd::kBreak);
  EXPECT_EQ(LineEndOf("no hyphen", "here", none), LineEnd::kBreak);
}

TEST(LineEnd, ADividedWordIsMadeWholeAndACompoundKeepsItsHyphen) {
  WordSet words;
  AddWords("an eel-trap and indemnification, the mill and the race", &words);
  EXPECT_EQ(LineEndOf("the eel-", "trap is let", words), LineEnd::kJoin);
  EXPECT_EQ(LineEndOf("full indem-", "nification", words), LineEnd::kDropHyphen);
  EXPECT_EQ(LineEndOf("the mill-", "race", words), LineEnd::kJoin) << "both are words of the page";
  EXPECT_EQ(LineEndOf("the pro-", "vision", words), LineEnd::kDropHyphen);
  EXPECT_EQ(LineEndOf("year-to-", "year", words), LineEnd::kJoin);
  EXPECT_EQ(LineEndOf("indem\xC2\xAD", "nification", words), LineEnd::kDropHyphen);
}

TEST(Raised, FiguresJoinNoNumberAndOrdinalsAndAreasStay) {
  EXPECT_EQ(Raised("costs 100", "1"), " [1]");
  EXPECT_EQ(Raised("costs 100 ", "1"), "[1]");
  EXPECT_EQ(Raised("the 5", "th"), "th");
  EXPECT_EQ(Raised("20 m", "2"), "\xC2\xB2");
  EXPECT_EQ(Raised("pounds", "*"), "*");
  EXPECT_EQ(Raised("section 5", "a"), " [a]");
}

}  // namespace
}  // namespace counsel::extractor
