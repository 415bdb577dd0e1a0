#include "answers/quotes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

using ::testing::ElementsAre;

Passage At(int n, std::int64_t start, std::string text) {
  Passage passage;
  passage.n = n;
  passage.document = "d";
  passage.start = start;
  passage.relevance = 0.9;
  passage.text = std::move(text);
  passage.end = start + CountCodePoints(passage.text);
  return passage;
}

std::vector<std::string> TextsOf(const std::vector<Quote>& quotes) {
  std::vector<std::string> texts;
  for (const Quote& quote : quotes) texts.push_back(quote.citation.quote);
  return texts;
}

// The sentences of the passages, best first by their words alone.
std::vector<Quote> Ordered(const std::string& question, const std::vector<Passage>& passages) {
  std::vector<Quote> quotes = Quotable(passages);
  Wanted wanted;
  wanted.question = question;
  wanted.kind = understanding::AskedKind(LastLine(question));
  ScoreByWords(wanted, passages, &quotes);
  std::stable_sort(quotes.begin(), quotes.end(), [](const Quote& a, const Quote& b) {
    return a.of_kind != b.of_kind ? a.of_kind : a.score > b.score;
  });
  return quotes;
}

TEST(QuotesTest, ASentenceIsQuotedWithThePlaceOfItsOwnCharacters) {
  const std::string document =
      "Prologue. “Ünïted” tenants pay 1,450 £ each month. The landlord repairs the roof of it.";
  const Passage passage = At(4, 10, std::string(SliceCodePoints(document, 10, CountCodePoints(document))));
  const std::vector<Quote> quotes = Quotable({passage});
  ASSERT_EQ(quotes.size(), 2U);
  for (const Quote& quote : quotes) {
    EXPECT_EQ(SliceCodePoints(document, quote.citation.start, quote.citation.end), quote.citation.quote);
    EXPECT_EQ(quote.citation.n, 4);
  }
  EXPECT_EQ(quotes[1].citation.quote, "The landlord repairs the roof of it.");
}

TEST(QuotesTest, AQuoteBeginsAtItsOwnSentenceAndNotWithTheHeadingAboveIt) {
  Passage numbered =
      At(1, 3, "2. Rent\n2.1 The Tenant pays 500 pounds. It is due on the first day.\n2.2 Interest is\n4.5 per cent.");
  EXPECT_THAT(
      TextsOf(Quotable({numbered})),
      ElementsAre("2.1 The Tenant pays 500 pounds.", "It is due on the first day.", "2.2 Interest is\n4.5 per cent."));
  EXPECT_EQ(Quotable({numbered})[0].citation.start, 3 + 8);
  Passage plain = At(1, 0, "RENT\nThe Tenant pays 500 pounds\nEvery month of the year.");
  plain.paths = {{0, std::make_shared<const std::string>("RENT")}};
  EXPECT_THAT(TextsOf(Quotable({plain})), ElementsAre("The Tenant pays 500 pounds\nEvery month of the year."));
}

TEST(QuotesTest, WhereAValueIsAskedForASentenceWithoutOneIsNoAnswer) {
  using understanding::AnswerKind;
  const Passage without = At(1, 0, "The Tenant pays the rent on time. The Landlord insures the building.");
  const Passage with = At(1, 0, "The Tenant pays the rent on time. The rent is 500 pounds a year in all.");
  const auto answers = [](const char* question, const Passage& passage) {
    return Answers(understanding::AskedKind(question), Ordered(question, {passage}));
  };
  EXPECT_FALSE(answers("How much is the rent?", without));
  EXPECT_TRUE(answers("How much is the rent?", with));
  EXPECT_TRUE(answers("Who insures the building?", without));
  EXPECT_TRUE(answers("May the tenant sublet?", without));
  std::vector<Quote> placed = Ordered("How much is the rent?", {without});
  placed.back().at_place = true;
  EXPECT_TRUE(Answers(AnswerKind::kHowMuch, placed));
  EXPECT_FALSE(Answers(AnswerKind::kHowMuch, {}));
}

TEST(QuotesTest, AValueOfSomethingElseIsNoAnswer) {
  const Passage passage = At(1, 0,
                             "The landlord has the windows cleaned by a firm of its choice. Either party may end this "
                             "agreement by two months' notice. The tenant pays the rent every month.");
  const std::vector<Quote> quotes = Ordered("How often are the windows cleaned?", {passage});
  for (const Quote& quote : quotes) EXPECT_FALSE(quote.of_kind) << quote.citation.quote;
  EXPECT_FALSE(Answers(understanding::AnswerKind::kHowOften, quotes));
  const Passage washed = At(1, 0, "Window cleaning is done every month. The tenant pays the rent every quarter.");
  EXPECT_EQ(Ordered("How often are the windows cleaned?", {washed})[0].citation.quote,
            "Window cleaning is done every month.");
}

TEST(QuotesTest, WhatGoesOnAboutTheSentenceBeforeItIsAboutTheSame) {
  const Passage passage = At(1, 0, "The tenant pays a service charge. It is £500 in each year of the term.");
  const std::vector<Quote> quotes = Ordered("How much is the service charge?", {passage});
  EXPECT_EQ(quotes[0].citation.quote, "It is £500 in each year of the term.");
  EXPECT_TRUE(quotes[0].of_kind);
}

TEST(QuotesTest, ASentenceWithNoWordOfTheQuestionIsNoAnswerOfAnyKind) {
  const Passage passage = At(1, 0, "The yacht has a red hull and two masts.");
  EXPECT_FALSE(Answers(understanding::AnswerKind::kOpen, Ordered("What is the VAT number?", {passage})));
  EXPECT_TRUE(Answers(understanding::AnswerKind::kOpen, Ordered("What colour is the hull?", {passage})));
}

TEST(QuotesTest, WeakEvidenceMustHaveMostOfWhatIsAskedAbout) {
  Passage passage = At(1, 0, "We collect your name and your postal address.");
  const char* question = "What fingerprints are collected?";
  for (const auto& [strength, answers] : {std::pair<double, bool>{0.3, false}, {0.8, true}}) {
    passage.relevance = strength;
    EXPECT_EQ(Answers(understanding::AnswerKind::kOpen, Ordered(question, {passage})), answers) << strength;
    EXPECT_TRUE(Answers(understanding::AnswerKind::kOpen, Ordered(question, {passage}), false)) << strength;
  }
}

TEST(QuotesTest, HowLongSomethingLastsIsNotHowLongItMayBeExtended) {
  const Passage passage = At(1, 0,
                             "The term of the lease may be extended by a further three years. The lease is for a term "
                             "of seven years from 1 May 2025.");
  EXPECT_EQ(Ordered("How long is the term?", {passage})[0].citation.quote,
            "The lease is for a term of seven years from 1 May 2025.");
  EXPECT_EQ(Ordered("How long may the term be extended?", {passage})[0].citation.quote,
            "The term of the lease may be extended by a further three years.");
}

TEST(QuotesTest, OfSeveralLinesTheLastIsAsked) {
  const Passage passage = At(1, 0,
                             "Claims under the policy are handled by Ferris. The insurer must put its decision in "
                             "writing.");
  EXPECT_EQ(
      Ordered("Who handles claims under the policy?\nMust a decision be in writing?", {passage})[0].citation.quote,
      "The insurer must put its decision in writing.");
}

TEST(QuotesTest, ASignatureIsQuotedThoughItIsShort) {
  Passage passage = At(1, 0, "Yours sincerely,\n\nMorwenna Jago\nSurveyor");
  passage.place = "Who wrote";
  const std::vector<std::string> texts = TextsOf(Quotable({passage}));
  EXPECT_TRUE(std::any_of(texts.begin(), texts.end(),
                          [](const std::string& text) { return text.find("Morwenna Jago") != std::string::npos; }));
}

TEST(QuotesTest, TheNameOfTheOnlyDocumentIsNoReasonToQuote) {
  Passage passage = At(1, 0, "The Skylark is a yacht with eight berths. The yacht may not be raced by anybody.");
  passage.name = "charter-skylark.txt";
  EXPECT_EQ(Ordered("May the Skylark be raced?", {passage})[0].citation.quote,
            "The yacht may not be raced by anybody.");
}

TEST(QuotesTest, AKeptNameIsNoReasonToQuote) {
  std::vector<Quote> quotes =
      Quotable({At(1, 0, "The employment contract is in writing. A car allowance is not given to anybody.")});
  Wanted wanted;
  wanted.question = "What car allowance does the employment contract give?";
  wanted.names = "the employment contract";
  ScoreByWords(wanted, {}, &quotes);
  EXPECT_THAT(quotes[0].matched, ElementsAre());
  EXPECT_THAT(quotes[1].matched, ElementsAre("car", "allowance"));
}

TEST(QuotesTest, TheHeadingIsTheOneAboveTheSentenceAndNotThatOfItsPassage) {
  Passage passage = At(1, 0, "The tenant repairs the windows.\n\nThe tenant insures the plate glass.");
  passage.heading = "2. Repair";
  passage.paths = {{0, std::make_shared<const std::string>("2. Repair > 2.1")},
                   {33, std::make_shared<const std::string>("3. Insurance > 3.1")}};
  const std::vector<Quote> quotes = Quotable({passage});
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].citation.heading, "2. Repair > 2.1");
  EXPECT_EQ(quotes[1].citation.heading, "3. Insurance > 3.1");
}

TEST(QuotesTest, TooShortSentencesAreNotQuoted) {
  EXPECT_THAT(TextsOf(Quotable({At(1, 0, "No. The landlord repairs the roof of it.")})),
              ElementsAre("The landlord repairs the roof of it."));
  EXPECT_THAT(TextsOf(Quotable({At(1, 0, "Definitions. The price is £9. The deposit is £35,000. Signed by both.")})),
              ElementsAre("The price is £9.", "The deposit is £35,000."));
  EXPECT_THAT(TextsOf(Quotable({At(1, 0, "Paid in full. Ann Lee dissented. Signed by both.")})),
              ElementsAre("Ann Lee dissented."));
}

TEST(QuotesTest, AnItemOfAListIsReadWithWhatLeadsItIn) {
  const Passage passage =
      At(1, 0, "The tenant shall not:\n(a) keep a dog in the house; or\n(b) sublet any room of it.");
  const std::vector<Quote> quotes = Ordered("May the tenant keep a dog?", {passage});
  ASSERT_FALSE(quotes.empty());
  EXPECT_THAT(quotes[0].citation.quote, ::testing::HasSubstr("keep a dog"));
  EXPECT_EQ(quotes[0].lead_in, "The tenant shall not:");
  EXPECT_EQ(ComparedText(quotes[0], {passage}), "The tenant shall not:\n" + quotes[0].citation.quote);
}

TEST(QuotesTest, AProhibitionIsNeverQuotedWithoutItsNot) {
  const Passage passage =
      At(1, 0,
         "7. The Tenant shall not:\n(a) keep bees;\n(b) hang washing from the balcony; or\n(c) burn coal."
         "\n\n8. The Landlord shall:\n(a) mend the roof; and\n(b) sweep the chimney.");
  for (const Quote& quote : Ordered("May the Tenant hang washing, keep bees or burn coal?", {passage})) {
    const bool of_the_tenant = quote.citation.quote.find("roof") == std::string::npos &&
                               quote.citation.quote.find("chimney") == std::string::npos;
    EXPECT_EQ(quote.lead_in, of_the_tenant ? "The Tenant shall not:" : "The Landlord shall:") << quote.citation.quote;
  }
  EXPECT_EQ(Quotable({passage}).size(), 5U) << "short items too";
}

TEST(QuotesTest, AnItemWhoseListIsLedInAboveItsPassageHasTheClausesHeading) {
  Passage passage = At(1, 0, "(b) hang washing from the balcony; or\n\n9. The Tenant may keep goldfish in a bowl.");
  passage.heading = "7. The Tenant shall not:";
  const std::vector<Quote> quotes = Quotable({passage});
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].lead_in, "7. The Tenant shall not:");
  EXPECT_EQ(quotes[1].lead_in, "") << "the next clause is no item of it";
}

TEST(QuotesTest, WhatStandsAtThePlaceThatIsNamedComesFirst) {
  Passage mentions = At(1, 0, "We refer to clause 17.3 of the contract, which says what the contractor shall do.");
  Passage place = At(2, 0, "The roof is mended by the contractor within a week.");
  place.place = "clause 17.3";
  mentions.relevance = 1;
  place.relevance = 0.5;
  std::vector<Quote> quotes = Quotable({mentions, place});
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_FALSE(quotes[0].at_place);
  EXPECT_TRUE(quotes[1].at_place);
}

TEST(QuotesTest, WhatHoldsNoAnswerOfTheKindThatIsAskedForIsNotFirst) {
  const Passage passage = At(1, 0,
                             "The rent of Alder House is paid by the tenant of Alder House. "
                             "It is 1,450 pounds for each month of the year.");
  const std::vector<Quote> quotes = Ordered("How much is the rent of Alder House?", {passage});
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].citation.quote, "It is 1,450 pounds for each month of the year.");
  EXPECT_TRUE(quotes[0].of_kind);
  EXPECT_FALSE(quotes[1].of_kind);
}

TEST(QuotesTest, TheWordsThatMatchedAreToldAsTheyWereAsked) {
  const std::vector<Quote> quotes =
      Ordered("Who repairs the Roof?", {At(1, 0, "The landlord shall repair the roof of the house.")});
  ASSERT_EQ(quotes.size(), 1U);
  EXPECT_THAT(quotes[0].matched, ElementsAre("repairs", "Roof"));
}

TEST(QuotesTest, TheNamesOfThePartiesAreNoAnswer) {
  const Passage passage =
      At(1, 0,
         "This Non-Disclosure Agreement is entered into by and between Alder Ltd (the \"Recipient\") and Birch Ltd. "
         "The recipient destroys what it was given.");
  const std::vector<Quote> quotes = Ordered("What does the recipient of the disclosure agreement destroy?", {passage});
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].citation.quote, "The recipient destroys what it was given.");
}

documents::StructureSpan Row(std::int64_t start, std::int64_t end) {
  documents::StructureSpan span;
  span.kind = "table_row";
  span.start = start;
  span.end = end;
  return span;
}

TEST(QuotesTest, ARowIsComparedWithTheFirstRowOfItsTable) {
  //                              100            115             131           146        157
  Passage passage =
      At(1, 100, "Period | Rent\n\nYear one | £5\n\nYear two | £7\n\nThe rent is paid each quarter by the tenant.");
  passage.structure = {Row(100, 113), Row(115, 128), Row(130, 143)};
  const std::vector<Quote> quotes = Quotable({passage});
  ASSERT_EQ(quotes.size(), 4U) << "short rows are quoted";
  EXPECT_EQ(quotes[2].citation.quote, "Year two | £7");
  EXPECT_EQ(ComparedText(quotes[0], {passage}), "Period | Rent");
  EXPECT_EQ(ComparedText(quotes[1], {passage}), "Period | Rent\nYear one | £5");
  EXPECT_EQ(ComparedText(quotes[2], {passage}), "Period | Rent\nYear two | £7");
  EXPECT_EQ(ComparedText(quotes[3], {passage}), "The rent is paid each quarter by the tenant.");
}

TEST(QuotesTest, ARowOfAnotherTableHasThatOnesFirstRow) {
  Passage passage = At(1, 0, "Period | Rent\n\nAnd now the excesses.\n\nPeril | Excess\n\nFlood | £9,000");
  passage.structure = {Row(0, 13), Row(38, 52), Row(54, 68)};
  EXPECT_EQ(ComparedText(Quotable({passage}).back(), {passage}), "Peril | Excess\nFlood | £9,000");
}

TEST(QuotesTest, AQuestionAloneIsComparedInFullAndOneOfManyByItsBestHalf) {
  EXPECT_EQ(SentencesToMeasure(1), kMeasuredSentences);
  EXPECT_EQ(SentencesToMeasure(kCrowd - 1), kMeasuredSentences);
  EXPECT_EQ(SentencesToMeasure(kCrowd), kMeasuredInACrowd);
  EXPECT_GE(kMeasuredInACrowd, kMostQuotes) << "as many as are shown are compared";
}

Passage InMarkdown() {
  return At(1, 0,
            "| Certificate | Date | Certified | Paid on |\n|---|---|---|---|\n| No. 1 | 16 February 2026 | 41,200.00 | "
            "2 March "
            "2026 |\n| No. 2 | 20 April 2026 | 36,480.00 | |");
}

TEST(QuotesTest, RowsOfAMarkdownTableAreQuotesOfTheirOwn) {
  const std::vector<Quote> quotes = Quotable({InMarkdown()});
  ASSERT_EQ(quotes.size(), 3U);
  EXPECT_EQ(quotes[1].citation.quote, "| No. 1 | 16 February 2026 | 41,200.00 | 2 March 2026 |");
  EXPECT_EQ(ComparedText(quotes[1], {InMarkdown()}),
            "| Certificate | Date | Certified | Paid on |\n| No. 1 | 16 February 2026 | 41,200.00 | 2 March 2026 |");
}

TEST(QuotesTest, OfATableTheRowThatIsAskedForAnswersAndNoOther) {
  const Passage passage =
      At(1, 0,
         "| Shareholder | Class | Shares | Paid up |\n|---|---|---|---|\n| Bianca Moretti | Ordinary | 600 | £600 |\n"
         "| Estate of Harold Finch | Preference | | £15,000 |");
  const std::vector<Quote> moretti = Ordered("How many shares does Bianca Moretti hold?", {passage});
  EXPECT_EQ(moretti[0].citation.quote, "| Bianca Moretti | Ordinary | 600 | £600 |");
  EXPECT_TRUE(moretti[0].of_kind);
  EXPECT_FALSE(moretti[1].of_kind);
  // Whose cell is empty has no answer, and nor has anybody else.
  EXPECT_FALSE(Answers(understanding::AnswerKind::kHowMany,
                       Ordered("How many shares does the estate of Harold Finch hold?", {passage})));
}

TEST(QuotesTest, ASumUnderAHeaderWithACurrencyIsOne) {
  const Passage passage =
      At(1, 0,
         "| Item | Payable (£) | Receivable (£) |\n|---|---|---|\n| Purchase price | 425,000.00 | |\n"
         "| Deposit paid on exchange | | 42,500.00 |");
  const std::vector<Quote> quotes = Ordered("What deposit was paid on exchange?", {passage});
  EXPECT_EQ(quotes[0].citation.quote, "| Deposit paid on exchange | | 42,500.00 |");
  EXPECT_TRUE(quotes[0].of_kind);
  EXPECT_FALSE(quotes[1].of_kind);
}

TEST(QuotesTest, AValueBesideANameIsNoAnswerToWhatHappened) {
  const Passage contract =
      At(1, 0, "This contract is made on 2 September 2023 between Pellworth plc and Samuel Byrne.");
  EXPECT_FALSE(Answers(understanding::AnswerKind::kWhen, Ordered("When did Samuel Byrne resign?", {contract})));
  const Passage minutes = At(1, 0, "Samuel Byrne resigned with effect from 30 April 2026.");
  EXPECT_TRUE(Answers(understanding::AnswerKind::kWhen, Ordered("When did Samuel Byrne resign?", {minutes})));
}

TEST(QuotesTest, WhoeverIsGivenARoleStandsBeforeWhatIsSaidOfIt) {
  const Passage passage =
      At(1, 0,
         "The Tenant shall pay the Landlord the rent which the Landlord demands.\n\nMeridian Estates "
         "Limited (the \"Landlord\")");
  EXPECT_EQ(Ordered("Who is the landlord?", {passage})[0].citation.quote,
            "Meridian Estates Limited (the \"Landlord\")");
}

TEST(QuotesTest, ADefinedTermIsFollowed) {
  const Passage passage =
      At(1, 0,
         "This agreement is dated 6 May 2025.\n\n\"Term\" means the period of three years beginning on the "
         "Commencement Date.\n\n\"Commencement Date\" means 1 June 2025.");
  EXPECT_EQ(Ordered("When does the agreement begin?", {passage})[0].citation.quote,
            "\"Commencement Date\" means 1 June 2025.");
}

TEST(QuotesTest, WhatHappenedOnOneDayIsNotWhatHappenedOnAnother) {
  const Passage passage = At(1, 0, "Mr Aldous wrote on 17 March 2024.\n\nThe council replied on 21 March 2024.");
  const std::vector<Quote> quotes = Ordered("What happened on 17 March 2024?", {passage});
  EXPECT_TRUE(quotes[0].about);
  EXPECT_FALSE(quotes[1].about);
}

TEST(QuotesTest, LinesWithALabelAreQuotesOfTheirOwnHoweverShort) {
  const Passage passage = At(1, 0, "Landlord: Castle Ltd\nTenant: Bakery Ltd\nRent: £5");
  EXPECT_THAT(TextsOf(Quotable({passage})), ElementsAre("Landlord: Castle Ltd", "Tenant: Bakery Ltd", "Rent: £5"));
}

}  // namespace
}  // namespace counsel::answers
