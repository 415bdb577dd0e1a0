#include "answers/contradictions.h"

#include <string>

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

Passage PassageOf(int n, const std::string& name, const std::string& text) {
  Passage passage;
  passage.n = n;
  passage.document = name;
  passage.name = name;
  passage.start = 100;
  passage.end = 100 + static_cast<std::int64_t>(text.size());
  passage.text = text;
  return passage;
}

TEST(Contradictions, TwoDocumentsThatStateAnotherValueStandSideBySideWithTheirPlaces) {
  const std::vector<Passage> passages = {
      PassageOf(1, "lease.txt", "The Tenant must keep the Flat clean. The rent for the Flat is 1,450 pounds a month."),
      PassageOf(2, "letter.txt", "Thank you for your letter. From 1 March 2026 the rent is 1,500 pounds a month."),
      PassageOf(3, "other.txt", "The deposit is 1,600 pounds. The rent is 1,450 pounds a month.")};
  std::vector<Quote> quotes = Quotable(passages);
  std::erase_if(quotes, [](const Quote& quote) { return quote.citation.quote.find("1,450") == std::string::npos; });
  const std::vector<Contradiction> found = FindContradictions(quotes, {}, passages);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].about, "rent");
  EXPECT_EQ(found[0].sides[0].says, "1,450 pounds a month");
  EXPECT_EQ(found[0].sides[1].says, "1,500 pounds a month");
  EXPECT_EQ(found[0].sides[0].citation.name, "lease.txt");
  EXPECT_EQ(found[0].sides[1].citation.name, "letter.txt");
  EXPECT_EQ(found[0].sides[1].citation.start, 127);
}

TEST(Contradictions, OneDocumentByItselfAndEqualValuesAreNone) {
  const std::vector<Passage> passages = {
      PassageOf(1, "lease.txt", "The rent is 1,450 pounds a month. The rent is 1,500 pounds a month."),
      PassageOf(2, "letter.txt", "The rent is \u00a31,450 a month.")};
  std::vector<Quote> quotes = Quotable(passages);
  quotes.resize(1);
  EXPECT_TRUE(FindContradictions(quotes, {}, passages).empty());
  EXPECT_TRUE(FindContradictions({}, {}, {}).empty());
}

TEST(Contradictions, TwoThingsOfAKindAreNotOne) {
  const std::vector<Passage> passages = {PassageOf(1, "lease 1.txt", "Lease of Flat 2. The deposit is 1,450 pounds."),
                                         PassageOf(2, "lease 2.txt", "Lease of Flat 3. The deposit is 1,500 pounds."),
                                         PassageOf(3, "letter.txt", "About Flat 2. The deposit is 1,600 pounds.")};
  std::vector<Quote> quotes = Quotable(passages);
  std::erase_if(quotes, [](const Quote& quote) { return quote.citation.quote.find("1,450") == std::string::npos; });
  const std::vector<Contradiction> found = FindContradictions(quotes, {}, passages);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sides[1].citation.name, "letter.txt");
}

}  // namespace
}  // namespace counsel::answers
