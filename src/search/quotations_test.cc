#include "search/quotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::search {
namespace {

using testing::ElementsAre;

constexpr std::string_view kSaid = "The eels at the weir are let to Ottoline Harbottle until Lady Day for nine pounds.";
constexpr std::string_view kQuoted =
    "> The eels at the weir are let to Ottoline Harbottle\n> until Lady Day for nine pounds.";

QuotationCandidate Found(std::string_view document, std::string_view text, std::string_view heading = "") {
  QuotationCandidate one;
  one.document = document;
  one.heading = heading;
  one.text = text;
  return one;
}

TEST(Quotations, AreToldByTheirLinesOrByWhatStandsAboveThem) {
  EXPECT_TRUE(LooksQuoted("", kQuoted));
  EXPECT_TRUE(LooksQuoted("Re: eels > From: Ann Archer <ann@mill.example>", kSaid));
  EXPECT_TRUE(LooksQuoted("On 4 March 2024, Ann Archer wrote:", kSaid));
  EXPECT_FALSE(LooksQuoted("", kSaid));
  EXPECT_FALSE(LooksQuoted("2. Rent", "Rent > 900 pounds\nis high."));
}

TEST(Quotations, OfAMailThatWasFoundTooRepeatItAndOthersDoNot) {
  EXPECT_THAT(RepeatOthers({Found("reply", kQuoted), Found("first", kSaid)}), ElementsAre(true, false));
  EXPECT_THAT(RepeatOthers(
                  {Found("reply", "From: Ann Archer\nSent: 4 March 2024\nTo: Bea\nSubject: Eels\n" + std::string(kSaid),
                         "From: Ann"),
                   Found("first", kSaid)}),
              ElementsAre(true, false));
  EXPECT_THAT(
      RepeatOthers({Found("reply", kQuoted), Found("other", "The mill is let to nobody at all until the spring.")}),
      ElementsAre(false, false));
}

TEST(Quotations, OfWhatIsNotStoredCountOnce) {
  EXPECT_THAT(
      RepeatOthers({Found("reply", kQuoted), Found("second reply", kQuoted), Found("third", kSaid, "From: Ann")}),
      ElementsAre(false, true, true));
}

TEST(Quotations, TwoDocumentsThatSayTheSameAreNone) {
  EXPECT_THAT(RepeatOthers({Found("lease", kSaid, "2. Eels"), Found("counterpart", kSaid, "2. Eels")}),
              ElementsAre(false, false));
}

}  // namespace
}  // namespace counsel::search
