#include "answers/quote_relations.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

Passage At(int n, std::string document, std::string text) {
  Passage passage;
  passage.n = n;
  passage.document = std::move(document);
  passage.relevance = 0.9;
  passage.text = std::move(text);
  passage.end = CountCodePoints(passage.text);
  return passage;
}

// The sentences of the passages, best first by their words alone.
std::vector<Quote> Ordered(const std::string& question, const std::vector<Passage>& passages) {
  std::vector<Quote> quotes = Quotable(passages);
  Wanted wanted;
  wanted.question = question;
  wanted.kind = understanding::AskedKind(question);
  ScoreByWords(wanted, passages, &quotes);
  std::stable_sort(quotes.begin(), quotes.end(), [](const Quote& a, const Quote& b) {
    return a.of_kind != b.of_kind ? a.of_kind : a.score > b.score;
  });
  return quotes;
}

TEST(QuoteRelationsTest, AMailsOwnWordsStandBeforeItsHeadAndWhatItRepeats) {
  const Passage passage =
      At(1, "d",
         "From: Ann Archer <ann@example.org>\nTo: Bo Byrne <bo@example.org>\nSubject: Break notice\n\n"
         "I do not want to serve any break notice on the landlord.\n\n"
         "> Ann, I want to serve the break notice on the landlord.");
  const std::vector<Quote> quotes = Ordered("What does Ann think of the break notice?", {passage});
  EXPECT_EQ(quotes[0].citation.quote, "I do not want to serve any break notice on the landlord.");
  for (const Quote& quote : quotes) {
    const bool head = quote.citation.quote.find(": ") < 8;
    EXPECT_EQ(quote.about, !head) << quote.citation.quote;
  }
}

TEST(QuoteRelationsTest, WhatIsAskedForStandsBeforeWhatElseIsPaid) {
  const Passage minutes = At(1, "d", "It was resolved to pay Dr Ward a bonus of £4,000 in December 2025.");
  const Passage contract = At(2, "e", "Salary: £68,400 a year, paid monthly in arrears on the 28th.");
  EXPECT_EQ(Ordered("What is Dr Ward's salary?", {minutes, contract})[0].citation.n, 2);
}

TEST(QuoteRelationsTest, TheEndOfATermStandsBeforeARightToEndIt) {
  const Passage passage = At(1, "d",
                             "The Tenant may end this lease on 24 March 2026 by giving six months' notice. The term is "
                             "ten years from 25 March 2021 and ends on 24 March 2031.");
  EXPECT_THAT(Ordered("When does the lease end?", {passage})[0].citation.quote, ::testing::HasSubstr("2031"));
  EXPECT_THAT(Ordered("When may the tenant end the lease?", {passage})[0].citation.quote, ::testing::HasSubstr("2026"));
}

TEST(QuoteRelationsTest, WhatSomebodyWroteIsHerView) {
  const Passage to_her = At(1, "a",
                            "From: Bo Byrne <bo@example.org>\nTo: Ann Archer <ann@example.org>\nSubject: Notice\n\n"
                            "Ann, I want to serve the break notice on the landlord.");
  const Passage hers = At(2, "b",
                          "From: Ann Archer <ann@example.org>\nTo: Bo Byrne <bo@example.org>\nSubject: Notice\n\n"
                          "We should not serve the break notice on them.");
  EXPECT_EQ(Ordered("What does Ann think of the break notice?", {to_her, hers})[0].citation.n, 2);
  EXPECT_EQ(Ordered("Who serves the break notice on the landlord?", {to_her, hers})[0].citation.n, 1);
}

TEST(QuoteRelationsTest, WhoWasAbsentMinutesCallApologies) {
  const Passage minutes =
      At(1, "a",
         "Present: Ann Archer, Bo Byrne. Apologies: Cy Clark. Ann Archer dissented. Next meeting: 8 "
         "October 2025 at the office.");
  EXPECT_EQ(Ordered("Who was absent from the meeting?", {minutes})[0].citation.quote, "Apologies: Cy Clark.");
}

}  // namespace
}  // namespace counsel::answers
