#include "comparing/comparing.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comparing/redline.h"
#include "comparing/word_marks.h"

namespace counsel::comparing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Said(const std::string& text, Range range) {
  return range.empty() ? "" : text.substr(range.start, range.end - range.start);
}

Comparison Compare(const std::string& first, const std::string& second) {
  Comparing work({first, {}}, {second, {}});
  while (work.Step()) {
  }
  return work.Take();
}

// "duration: 30 days > 60 days"
std::vector<std::string> Matters(const std::string& first, const std::string& second) {
  std::vector<std::string> told;
  for (const Change& change : Compare(first, second).matters) {
    told.push_back(std::string(MatterName(change.matter)) + ": " + Said(first, change.first) + " > " +
                   Said(second, change.second));
  }
  return told;
}

// Both texts from the clauses and their marks: nothing is lost, nothing stands twice.
void ExpectWhole(const std::string& first, const std::string& second) {
  const Comparison found = Compare(first, second);
  std::string from_first, from_second;
  const auto letters = [](const std::string& text) {
    std::string rest;
    for (const char c : text) {
      if (c != ' ' && c != '\n') rest += c;
    }
    return rest;
  };
  std::vector<Range> ranges;
  for (const Clause& clause : found.clauses) {
    if (!clause.first.empty()) ranges.push_back(clause.first);
    from_second += letters(Said(second, clause.second));
    std::string a, b;
    for (const Mark& mark : clause.marks) {
      a += letters(Said(first, mark.first));
      b += letters(Said(second, mark.second));
    }
    if (clause.state == State::kChanged) {
      EXPECT_EQ(a, letters(Said(first, clause.first)));
      EXPECT_EQ(b, letters(Said(second, clause.second)));
    }
  }
  std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.start < b.start; });
  for (const Range& range : ranges) from_first += letters(Said(first, range));
  EXPECT_EQ(from_first, letters(first));
  EXPECT_EQ(from_second, letters(second));
}

TEST(Comparing, TellsEachKindOfChangeThatMatters) {
  EXPECT_THAT(Matters("The rent is £1,450 a month.", "The rent is £1,540 a month."),
              ElementsAre("sum: £1,450 > £1,540"));
  EXPECT_THAT(Matters("Notice is given within 30 days.", "Notice is given within 30 months."),
              ElementsAre("duration: 30 days > 30 months"));
  EXPECT_THAT(Matters("It ends on 31 March 2027.", "It ends on 31 May 2027."),
              ElementsAre("date: 31 March 2027 > 31 May 2027"));
  EXPECT_THAT(Matters("It is paid by equal monthly payments.", "It is paid by equal quarterly payments."),
              ElementsAre("duration: monthly > quarterly"));
  EXPECT_THAT(Matters("Interest is 4% a year.", "Interest is 5% a year."), ElementsAre("percentage: 4% > 5%"));
  EXPECT_THAT(Matters("The tenant must repair the roof.", "The tenant may repair the roof."),
              ElementsAre("modal: must > may"));
  EXPECT_THAT(Matters("The tenant may keep a dog.", "The tenant may not keep a dog."), ElementsAre("negation:  > not"));
  EXPECT_THAT(Matters("The tenant shall repair the roof.", "The landlord shall repair the roof."),
              ElementsAre("party: tenant > landlord"));
  EXPECT_THAT(Matters("It must pay unless it is late.", "It must pay if it is late."),
              ElementsAre("condition: unless > if"));
  EXPECT_THAT(Matters("The roof and the drains.", "The roof or the drains."), ElementsAre("joint: and > or"));
  EXPECT_THAT(Matters("He shall indemnify her for it.", "He shall compensate her for it."),
              ElementsAre("liability: indemnify > "));
}

TEST(Comparing, TheSameInOtherWordsIsNoChangeThatMatters) {
  EXPECT_THAT(Matters("Pay within thirty (30) days.", "Pay within 30 days."), IsEmpty());
  EXPECT_THAT(Matters("4. He must pay.\n\n5. She may go.", "7. He must pay.\n\n8. She may go."), IsEmpty());
  EXPECT_THAT(Matters("The “Term” is long,\nas it was.", "The \"Term\" is long, as\nit was."), IsEmpty());
}

TEST(Comparing, ValuesThatChangedPlacesAreTold) {
  EXPECT_THAT(Matters("The deposit is £100 and the rent is £200.", "The deposit is £200 and the rent is £100."),
              ElementsAre("sum: £100 > £200", "sum: £200 > £100"));
}

TEST(Comparing, ClausesThatMovedCameAndWentAreTold) {
  const std::string first =
      "1. Notices are sent by first class post to the office.\n\n2. The rent is due on each Monday.\n\n"
      "3. The landlord insures the whole house against fire.\n\n4. The tenant paints the inside walls.";
  const std::string second =
      "1. The rent is due on each Monday.\n\n2. The landlord insures the whole house against fire.\n\n"
      "3. The tenant paints the inside walls.\n\n4. Notices are sent by first class post to the office.\n\n"
      "5. Interest of 4% is payable on late sums.";
  const Comparison found = Compare(first, second);
  ASSERT_EQ(found.clauses.size(), 5U);
  EXPECT_TRUE(found.clauses[3].moved);
  EXPECT_EQ(found.clauses[3].state, State::kSame);
  EXPECT_EQ(found.clauses[4].state, State::kAdded);
  ASSERT_EQ(found.matters.size(), 1U);
  EXPECT_THAT(found.matters[0].holds, ElementsAre(Matter::kPercentage));
  EXPECT_EQ(Compare(second, first).matters[0].matter, Matter::kClauseRemoved);
}

// A number that begins a line because the line before was full is no clause's.
TEST(Comparing, AWrappedNumberIsNoClausesOwn) {
  EXPECT_THAT(Matters("The price is paid in\n30. And so on.", "The price is paid in\n40. And so on."),
              ElementsAre("number: 30 > 40"));
}

TEST(Comparing, EveryWordStandsInOneClauseAndMark) {
  std::mt19937 chance(7);
  const std::vector<std::string> words = {"the", "rent",   "may", "not", "30",   "days", "if",
                                          "£5",  "tenant", "a",   "b.",  "\n\n", "1.",   "(a)"};
  for (int round = 0; round < 300; ++round) {
    std::string first, second;
    for (int i = 0; i < 120; ++i) {
      const std::string& word = words[chance() % words.size()];
      if (chance() % 12 != 0) first += word + " ";
      if (chance() % 12 != 0) second += word + " ";
    }
    ExpectWhole(first, second);
  }
  ExpectWhole("", "Something new.");
  ExpectWhole("Something old.", "");
  ExpectWhole("", "");
}

TEST(Comparing, ALongParagraphWithOneWordMoreHasOneChange) {
  std::string first;
  for (int i = 0; i < 300; ++i)
    first += "Part " + std::to_string(1000 + i) + " of the works is done by the builder in time. ";
  std::string second = first;
  second.insert(second.find("1003"), "numbered ");
  const Comparison found = Compare(first, second);
  EXPECT_EQ(std::count_if(found.clauses.begin(), found.clauses.end(),
                          [](const Clause& c) { return c.state != State::kSame; }),
            1);
  ExpectWhole(first, second);
}

TEST(AlignWords, RemovesAndAddsTheFewest) {
  const std::string a = "a b c a b b a";
  const std::string b = "c b a b a c";
  const std::vector<std::size_t> aligned =
      AlignWords(SplitIntoWords(a, Range(0, a.size())), SplitIntoWords(b, Range(0, b.size())));
  EXPECT_EQ(
      std::count_if(aligned.begin(), aligned.end(), [](std::size_t j) { return j != static_cast<std::size_t>(-1); }),
      4);
}

TEST(Redline, TracksEveryChange) {
  const std::string first = "The rent is £100 a month.\n\nThis paragraph goes away altogether.";
  const std::string second = "The rent is £200 a month.";
  RedlineOf one, other;
  one.name = "old";
  one.text = first;
  other.name = "new";
  other.text = second;
  const std::string bytes = Redline(one, other, Compare(first, second), 0).Docx();
  EXPECT_THAT(bytes, HasSubstr("<w:delText xml:space=\"preserve\">100</w:delText>"));
  EXPECT_THAT(bytes, HasSubstr("This paragraph goes away altogether.</w:delText>"));
  EXPECT_THAT(bytes, HasSubstr("new, compared with old"));
}

}  // namespace
}  // namespace counsel::comparing
