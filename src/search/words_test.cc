#include "search/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/search.h"
#include "search/search_fixture.h"

namespace counsel::search {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Words(const QueryWords& words) {
  std::vector<std::string> list;
  for (const Term& term : words.terms) list.push_back(term.word);
  return list;
}

TEST(ContentWords, LeaveStopWordsOutAndFoldTheRest) {
  EXPECT_THAT(ContentWords("Who may be conveying the Sources?"), ElementsAre("convei", "sourc"));
  EXPECT_THAT(ContentWords("Café RÉSUMÉ Straße"), ElementsAre("cafe", "resum", "straß"));
}

TEST(ContentWords, KeepUseAlthoughItsStemIsUs) {
  EXPECT_THAT(ContentWords("May I use it?"), ElementsAre("us"));
}

TEST(ContentWords, OfNothingAreNone) {
  EXPECT_THAT(ContentWords(""), IsEmpty());
  EXPECT_THAT(ContentWords("What is it?"), IsEmpty());
  EXPECT_THAT(ContentWords("  ?!… \xFF\xFE"), IsEmpty());
}

TEST(ContentWords, OfContractionsAreNotTheirRemains) {
  EXPECT_THAT(ContentWords("I don't, you're, the tenant's"), ElementsAre("tenant"));
}

TEST(ReadQuestion, KeepsAnIdentifierTogetherAsAPhrase) {
  EXPECT_THAT(ReadQuestion("under GPL-3?").match, HasSubstr("\"GPL 3\""));
  EXPECT_THAT(ReadQuestion("what does s.5(2) say").match, HasSubstr("\"s 5 2\""));
  EXPECT_THAT(ReadQuestion("clause 3.1").match, HasSubstr("\"3 1\""));
}

TEST(ReadQuestion, NeverLetsTheQuestionBeSyntax) {
  const QueryWords words = ReadQuestion("\"lease\" NEAR(rent, 2) AND NOT text:rent* ^x + {a b} -- ' OR 1");
  std::string rest = words.match;
  for (std::size_t at; (at = rest.find('"')) != std::string::npos;) {
    const std::size_t end = rest.find('"', at + 1);
    ASSERT_NE(end, std::string::npos);
    for (char c : rest.substr(at + 1, end - at - 1)) EXPECT_TRUE(isalnum(c) || c == ' ') << c;
    rest.erase(at, end - at + 1);
  }
  EXPECT_EQ(rest.find_first_not_of(" OR"), std::string::npos) << rest;
}

TEST(ReadQuestion, HasAtMostSixtyFourTerms) {
  std::string question;
  for (int i = 0; i < 5000; ++i) question += "word" + std::to_string(i) + " ";
  EXPECT_EQ(ReadQuestion(question).terms.size(), kMaxTerms);
}

TEST(ReadQuestion, CountsAWordOnceInWhateverForm) {
  EXPECT_THAT(Words(ReadQuestion("Leases, leased; LEASE and leasing")), ElementsAre("Leases"));
}

TEST(ReadQuestion, LooksForBothSpellings) {
  const QueryWords words = ReadQuestion("Which licence, which license?");
  EXPECT_THAT(Words(words), ElementsAre("licence"));
  EXPECT_THAT(words.match, HasSubstr("\"license\""));
}

TEST(OtherSpelling, LeavesWordsAloneThatHaveOne) {
  EXPECT_EQ(OtherSpelling("organisation"), "organization");
  EXPECT_EQ(OtherSpelling("organization"), "organisation");
  EXPECT_EQ(OtherSpelling("labour"), "labor");
  EXPECT_EQ(OtherSpelling("licensee"), "licencee");
  EXPECT_EQ(OtherSpelling("four"), "");
  EXPECT_EQ(OtherSpelling("rent"), "");
  EXPECT_EQ(OtherSpelling(""), "");
}

// What folding promises: a word here is the word that the index has.
class Folding : public SearchTest {
 protected:
  // The words of a text as the index of chunks has them, in order.
  std::vector<std::string> Indexed(const std::string& text) {
    Add("d", 1, {text});
    EXPECT_TRUE(
        db_->Execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab (main, chunk_words, instance)"));
    Result<store::Statement> read = db_->Prepare("SELECT term FROM places WHERE col = 'text' ORDER BY offset");
    EXPECT_TRUE(read) << read.error().ToString();
    std::vector<std::string> words;
    while (*read->Step()) words.emplace_back(read->Text(0));
    return words;
  }

  static std::vector<std::string> Folded(const std::string& text) {
    std::vector<std::string> words;
    ForEachWord(text, [&](std::string_view word, std::size_t, std::size_t) { words.emplace_back(word); });
    return words;
  }
};

TEST_F(Folding, EqualsTheIndexOnRealSentences) {
  const std::string text =
      "Notwithstanding s.5(2)(b), the Licensees' obligations (incl. §12.3 & Art. 6 GDPR) shall be construed "
      "accordingly; "
      "relational, hopping, operators, generalisations, caresses, ponies, ties, agreed, plastered, motoring. "
      "ÀÉÎÕÜ naïve Œuvre ﬁnance Ὀδυσσεύς Москва 東京 ½ ² 1,000.00 £5 user_name e-mail x86-64 don't I.B.M.";
  const std::vector<std::string> folded = Folded(text);
  EXPECT_GT(folded.size(), 40U);
  EXPECT_EQ(folded, Indexed(text));
}

TEST_F(Folding, EqualsTheIndexOnRandomWords) {
  const std::vector<std::string> endings = {"ational", "tional", "ization", "fulness", "ing",  "ed",
                                            "ies",     "sses",   "ly",      "ement",   "able", "iviti",
                                            "y",       "s",      "e",       "",        "é",    "'s"};
  const std::string letters = "abcdefghijklmnopqrstuvwxyzAEIOU";
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    for (std::size_t n = random_() % 8; n-- > 0;) text += letters[random_() % letters.size()];
    text += endings[random_() % endings.size()] + " ";
  }
  EXPECT_EQ(Folded(text), Indexed(text));
}

TEST_F(Folding, SaysWhereAWordStands) {
  const std::string text = "É, Conveying";
  std::vector<std::string> raw;
  ForEachWord(text, [&](std::string_view, std::size_t start, std::size_t end) {
    raw.push_back(text.substr(start, end - start));
  });
  EXPECT_THAT(raw, ElementsAre("É", "Conveying"));
}

}  // namespace
}  // namespace counsel::search
