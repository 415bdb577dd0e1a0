#include "search/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/search.h"
#include "search/search_fixture.h"
#include "search/tokenizer.h"
#include "search/word_forms.h"
#include "search/words_check.h"

namespace counsel::search {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> Words(const QueryWords& words) {
  std::vector<std::string> list;
  for (const Term& term : words.terms) list.push_back(term.word);
  return list;
}

TEST(ContentWords, LeaveStopWordsOutAndFoldTheRest) {
  EXPECT_THAT(ContentWords("Who may be conveying the Sources?"), ElementsAre("convei", "sourc"));
  EXPECT_THAT(ContentWords("Café RÉSUMÉ Straße"), ElementsAre("cafe", "resum", "strass"));
}

TEST(ContentWords, KeepUseAlthoughItsStemIsUs) {
  EXPECT_THAT(ContentWords("May I use it?"), ElementsAre("us"));
}

TEST(ContentWords, AreTheMonthTheTestamentAndWhatIsInCapitals) {
  EXPECT_THAT(ContentWords("What was due in May?"), ElementsAre("due", "mai"));
  EXPECT_THAT(ContentWords("May 2024 rent"), ElementsAre("mai", "2024", "rent"));
  EXPECT_THAT(ContentWords("May I paint it in 3 May?"), ElementsAre("paint", "3", "mai"));
  EXPECT_THAT(ContentWords("Who signed the will, and will it hold?"), ElementsAre("sign", "will", "hold"));
  EXPECT_THAT(ContentWords("Who runs IT?"), ElementsAre("run", "it"));
  EXPECT_THAT(ContentWords("MAY I SMOKE?"), ElementsAre("smoke"));
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
  EXPECT_THAT(ReadQuestion("what does s.5(2) say").match, HasSubstr("\"5 2\""));
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

TEST(ReadQuestion, OfStopWordsAloneCountsThem) {
  EXPECT_THAT(Words(ReadQuestion("What will be?")), ElementsAre("What", "will", "be"));
  EXPECT_THAT(Words(ReadQuestion("What will be paid?")), ElementsAre("paid"));
}

TEST(ReadQuestion, LooksForJoinedWordsToo) {
  const QueryWords hyphens = ReadQuestion("a non-exclusive right");
  EXPECT_THAT(Words(hyphens), ElementsAre("non", "exclusive", "right"));
  EXPECT_THAT(hyphens.match, HasSubstr("\"nonexclusive\""));
  EXPECT_THAT(hyphens.terms[1].within, ElementsAre("nonexclus"));
  const QueryWords number = ReadQuestion("Who paid £64,250?");
  EXPECT_THAT(Words(number), ElementsAre("paid", "64,250"));
  EXPECT_THAT(number.terms[1].folded, ElementsAre("64250"));
  EXPECT_THAT(ReadQuestion("what does s.172(1)(b) say").match, HasSubstr("\"172 1 b\""));
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
  EXPECT_THAT(folded, UnorderedElementsAreArray(Indexed(text)));  // joined words stand beside others
}

TEST_F(Folding, FindsWhatIsWrittenOtherwise) {
  struct Pair {
    std::string text, asked;
  };
  for (const auto& [text, asked] : std::vector<Pair>{
           {"certi\xEF\xAC\x81"
            "cate of con\xC2\xAD"
            "fidential",
            "certificate confidential"},
           {"in\xE2\x80\x8B"
            "demni\xEF\xBB\xBF"
            "fication",
            "indemnification"},
           {"\xE2\x80\xAA"
            "Smith\xE2\x80\xAC",
            "smith"},
           {"indem-\nnification", "indemnification"},
           {"a non-exclusive licence", "nonexclusive"},
           {"a nonexclusive licence", "non-exclusive"},
           {"The premium is £64,250.", "64250"},
           {"The premium is £64250.", "£64,250"},
           {"GBP1,250,000 were paid", "1250000"},
           {"company number 00445790", "445790"},
           {"company number 445790", "00445790"},
           {"dated the 1st day of March 2024", "1/3/2024"},
           {"on March 1, 2024", "2024-03-01"},
           {"on 01.03.2024", "1 March 2024"},
           {"Straße", "strasse"},
           {"the organisation's colour", "organization color"},
       }) {
    Add("d", 1, {"nothing of it"});
    EXPECT_THAT(Find(Ask(asked)), IsEmpty()) << asked;
    Add("d", 1, {text});
    const std::vector<Hit> hits = Find(Ask(asked));
    ASSERT_EQ(hits.size(), 1U) << text << " | " << asked;
    EXPECT_GT(hits[0].coverage, 0.3) << text << " | " << asked;
    EXPECT_EQ(hits[0].text, text);
  }
  ExpectSound();
}

TEST_F(Folding, DoesNotJoinWhatBelongsApart) {
  Add("d", 1, {"sections 1, 250 and 5,24; 12-month terms; well - known; 1 May and 2024"});
  for (const char* asked : {"1250", "524", "wellknown", "20240501"}) EXPECT_THAT(Find(Ask(asked)), IsEmpty()) << asked;
}

// A home of an earlier Counsel: its words are FTS5's own.
TEST_F(Folding, RowsOfAnEarlierFormAreFoundRemovedAndWrittenAnew) {
  {
    const EarlierForm form(true);
    Add("one", 1, {"a non-exclusive licence", "£64,250"});
    Add("two", 1, {"a non-exclusive deed"});
  }
  ASSERT_TRUE(db_->Execute("INSERT INTO earlier_words (id, until) VALUES (1, 3)"));
  EXPECT_EQ(Find(Ask("exclusive")).size(), 2U);
  EXPECT_THAT(Find(Ask("nonexclusive")), IsEmpty());
  EXPECT_TRUE(*WordsAgree(*db_));
  Remove("two");
  Add("three", 1, {"a non-exclusive deed"});  // gets a number that was never given, and today's form
  EXPECT_EQ(Find(Ask("nonexclusive")).size(), 1U);
  EXPECT_TRUE(*WordsAgree(*db_));
  bool more = true;
  while (more) {
    Result<bool> some = store::InTransaction(
        *db_, true, [](store::Connection& db) { return RewriteEarlierWords(db, std::chrono::milliseconds(0)); });
    ASSERT_TRUE(some) << some.error().ToString();
    more = *some;
  }
  EXPECT_EQ(Find(Ask("nonexclusive")).size(), 2U);
  EXPECT_EQ(Find(Ask("64250")).size(), 1U);
  EXPECT_TRUE(*WordsAgree(*db_));
  ExpectSound();
  Remove("one");
  Remove("three");
  EXPECT_THAT(Find(Ask("exclusive")), IsEmpty());
  ExpectSound();
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
  EXPECT_THAT(Folded(text), UnorderedElementsAreArray(Indexed(text)));
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
