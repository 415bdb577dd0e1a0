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
