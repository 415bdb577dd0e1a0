#include "text/sentences.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::text {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Texts(const std::string& text) {
  std::vector<std::string> out;
  for (const Sentence& s : SplitSentences(text)) out.push_back(text.substr(s.start, s.end - s.start));
  return out;
}

TEST(Sentences, StopsOfShortFormsNumbersAndInitialsDoNotEndASentence) {
  EXPECT_THAT(
      Texts(
          "Under s. 5(2)(b) it ends. See No. 3 and Art. 7, e.g. the lease of 2.5 acres. J. Smith v. Jones Ltd. holds."),
      ElementsAre("Under s. 5(2)(b) it ends.", "See No. 3 and Art. 7, e.g. the lease of 2.5 acres.",
                  "J. Smith v. Jones Ltd. holds."));
  EXPECT_THAT(Texts("See 17 U.S.C. 107 for that. The answer is no. The rest stands."),
              ElementsAre("See 17 U.S.C. 107 for that.", "The answer is no.", "The rest stands."));
  EXPECT_THAT(Texts("See Claim No. K04LS219 and No. HC-2021-000123. The answer is no. Rent is due."),
              ElementsAre("See Claim No. K04LS219 and No. HC-2021-000123.", "The answer is no.", "Rent is due."));
  EXPECT_THAT(Texts("It was sold to Acme Inc. The price was low."),
              ElementsAre("It was sold to Acme Inc.", "The price was low."));
}

TEST(Sentences, AGermanDayDoesNotEndASentence) {
  EXPECT_THAT(Texts("Die Miete ist am 3. Mai 2024 fällig. Sie beträgt 900 Euro."),
              ElementsAre("Die Miete ist am 3. Mai 2024 fällig.", "Sie beträgt 900 Euro."));
  EXPECT_THAT(Texts("This is clause 3. May he sublet?"), ElementsAre("This is clause 3.", "May he sublet?"));
  EXPECT_THAT(Texts("Es endet nach Ziffer 12. Jeder zahlt."), ElementsAre("Es endet nach Ziffer 12.", "Jeder zahlt."));
}

TEST(Sentences, AQuoteOrMarkAfterTheStopBelongsToTheSentence) {
  EXPECT_THAT(Texts("It says \"no fee.\" [1][2] Then it ends [3]. Done"),
              ElementsAre("It says \"no fee.\" [1][2]", "Then it ends [3].", "Done"));
}

TEST(Sentences, LinesOfAParagraphAreOneTextAndAPageBreakDoesNotCutASentence) {
  EXPECT_THAT(Texts("The tenant may\nsublet\n\nunless the landlord objects. New one."),
              ElementsAre("The tenant may\nsublet\n\nunless the landlord objects.", "New one."));
}

TEST(Sentences, ListItemsKnowWhatLeadsThemIn) {
  const std::string text = "You must not:\n  (a) copy it;\n  (b) sell it.\n\nThe end is near. It is.\n- alone";
  const std::vector<Sentence> sentences = SplitSentences(text);
  ASSERT_EQ(sentences.size(), 6U);
  EXPECT_EQ(Texts(text)[1], "copy it;");
  EXPECT_EQ(sentences[1].lead_in, 0);
  EXPECT_EQ(sentences[2].lead_in, 0);
  EXPECT_EQ(sentences[3].lead_in, -1);
  EXPECT_TRUE(sentences[5].list_item);
  EXPECT_EQ(sentences[5].lead_in, -1);
}

TEST(Sentences, TheNextClauseIsNoItemOfTheListAboveIt) {
  const std::string text = "11.2 It is received:\n(a) at once; or\n(b) later.\n12. No Agency\n13. Costs are shared.";
  const std::vector<Sentence> sentences = SplitSentences(text);
  ASSERT_EQ(sentences.size(), 5U);
  EXPECT_EQ(sentences[2].lead_in, 0);
  EXPECT_EQ(sentences[3].lead_in, -1);
  EXPECT_EQ(sentences[4].lead_in, -1);
  const std::vector<Sentence> inner = SplitSentences("It shall:\n(a) do:\n1. one;\n2. two;\n(b) rest.");
  ASSERT_EQ(inner.size(), 5U);
  EXPECT_EQ(inner[3].lead_in, 1);
  EXPECT_EQ(inner[4].lead_in, 0);
  EXPECT_EQ(SplitSentences("Interest is\n4.5 per cent.").size(), 1U);
}

TEST(Sentences, ACaptionIsNoLeadIn) {
  const std::string text =
      "IN THE COUNTY COURT AT LEEDS Claim No. K04LS219\nNorthgate Joinery Ltd (Claimant) v Brightwell Homes Ltd "
      "(Defendant)\n1. By a written contract the Defendant engaged the Claimant.\n2. The Defendant failed to pay.";
  const std::vector<Sentence> sentences = SplitSentences(text);
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_EQ(sentences[1].lead_in, -1);
  EXPECT_EQ(sentences[2].lead_in, -1);
  const std::vector<Sentence> runs_on = SplitSentences("The Tenant shall\n(a) Pay the Rent;\n(b) repair the House.");
  ASSERT_EQ(runs_on.size(), 3U);
  EXPECT_EQ(runs_on[1].lead_in, 0);
  EXPECT_EQ(SplitSentences("It is owed by Ann Archer\n(a) for rent;\n(b) for repairs.")[1].lead_in, 0);
}

TEST(Sentences, LinesOfSignaturesAndDatesStandAlone) {
  EXPECT_THAT(Texts("Signed by Ann Archer for Harbottle Ltd\nSigned by Wat Tyler\nDated 19 May 2025"),
              ElementsAre("Signed by Ann Archer for Harbottle Ltd", "Signed by Wat Tyler", "Dated 19 May 2025"));
  EXPECT_THAT(Texts("SIGNED as a deed by\nAnn Archer\nSIGNED as a deed by\nWat Tyler"),
              ElementsAre("SIGNED as a deed by\nAnn Archer", "SIGNED as a deed by\nWat Tyler"));
  EXPECT_THAT(Texts("It was sent to him and\nsigned by Wat Tyler."),
              ElementsAre("It was sent to him and\nsigned by Wat Tyler."));
}

TEST(Sentences, SeveralLinesWithALabelAreSentencesEach) {
  EXPECT_THAT(
      Texts("LEASE OF UNIT 4\nLandlord: Castlegate Holdings\nPermitted Use: a bakery\nand a café\nRent: £5 a year"),
      ElementsAre("LEASE OF UNIT 4", "Landlord: Castlegate Holdings", "Permitted Use: a bakery\nand a café",
                  "Rent: £5 a year"));
  EXPECT_THAT(Texts("It is agreed as follows\nNote: the tenant pays\nthe rent."),
              ElementsAre("It is agreed as follows\nNote: the tenant pays\nthe rent."));
}

TEST(Sentences, ARowOfAMarkdownTableIsOneAndItsRuleIsNone) {
  EXPECT_THAT(Texts("| Item | Due |\n|------|-----|\n| Fee. Final | 5 |\n| Tax | 2 |"),
              ElementsAre("| Item | Due |", "| Fee. Final | 5 |", "| Tax | 2 |"));
}

TEST(Sentences, AClosingAndTheNameBelowItAreOne) {
  EXPECT_THAT(Texts("The wall leans.\n\nYours sincerely,\n\nMorwenna Jago\nSurveyor\n\nIt is enclosed."),
              ElementsAre("The wall leans.", "Yours sincerely,\n\nMorwenna Jago\nSurveyor", "It is enclosed."));
}

TEST(Sentences, HeadingsStandAlone) {
  const std::vector<Sentence> sentences = SplitSentences("# Rent\nIt is due.\n**Term**\nIt is long.");
  ASSERT_EQ(sentences.size(), 4U);
  EXPECT_TRUE(sentences[0].heading);
  EXPECT_FALSE(sentences[1].heading);
  EXPECT_TRUE(sentences[2].heading);
}

TEST(Sentences, EndlessAndOddInputEnds) {
  EXPECT_TRUE(SplitSentences("").empty());
  EXPECT_TRUE(SplitSentences(" \n\n\t").empty());
  EXPECT_EQ(SplitSentences(std::string(5000, '.')).size(), 1U);
  EXPECT_EQ(SplitSentences("[[[[").size(), 1U);
  EXPECT_EQ(SplitSentences("ab. [1").size(), 2U);
}

}  // namespace
}  // namespace counsel::text
