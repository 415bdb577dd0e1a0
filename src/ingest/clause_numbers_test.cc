#include "ingest/clause_numbers.h"

#include <gtest/gtest.h>

namespace counsel::ingest {
namespace {

// The number after each line; a blank line stands before those that begin with '|'.
std::vector<std::string> After(const std::vector<std::string>& lines) {
  ClauseNumbers clauses;
  std::vector<std::string> numbers;
  for (const std::string& line : lines) {
    const bool after_blank = line.starts_with('|');
    (void)clauses.Enter(std::string_view(line).substr(after_blank ? 1 : 0), after_blank);
    numbers.push_back(clauses.text());
  }
  return numbers;
}
using Numbers = std::vector<std::string>;

TEST(ClauseNumbers, FollowOneAnother) {
  EXPECT_EQ(
      After({"1. Rent", "1.1 The rent", "1.2 The tenant", "1.2.1 At once", "2. Term", "2.1. It begins", "3) End"}),
      (Numbers{"1", "1.1", "1.2", "1.2.1", "2", "2.1", "3"}));
}

TEST(ClauseNumbers, ANumberThatDoesNotFollowIsNone) {
  EXPECT_EQ(After({"1. Rent", "30 Days later", "1.1 The rent", "5.3 The Act", "1.3 Of it", "7. Nothing"}),
            (Numbers{"1", "1", "1.1", "1.1", "1.1", "1.1"}));
}

TEST(ClauseNumbers, AClauseThatWasTakenOutIsNoEndOfThem) {
  EXPECT_EQ(After({"2. Rent", "2.1 The rent", "4. Repairs", "4.1 The tenant", "4.2 The landlord", "5. Notice"}),
            (Numbers{"", "2.1", "2.1", "4.1", "4.2", "5"}));
  EXPECT_EQ(After({"1. Rent", "1.1 The rent", "1.2 The term", "4. Repairs", "4.1 The tenant", "5. Notice"}),
            (Numbers{"1", "1.1", "1.2", "1.2", "4.1", "5"}));
  EXPECT_EQ(After({"1. Rent", "4. Repairs", "Nobody", "5.1 The Act"}), (Numbers{"1", "1", "1", "1"}));
}

TEST(ClauseNumbers, ALineThatGoesOnIsNone) {
  EXPECT_EQ(After({"1. Rent", "1.1 The rent of clause", "1.2 of this lease", "1.2", "1.2 The term"}),
            (Numbers{"1", "1.1", "1.1", "1.1", "1.2"}));
}

TEST(ClauseNumbers, AfterABlankLineAFewMayBeMissingOrNumberingBeginAnew) {
  EXPECT_EQ(After({"|4.1 The rent", "|4.3 The term", "|4.9 The end", "|1. Of a list", "|2. Of a list", "|4.4 The end"}),
            (Numbers{"4.1", "4.3", "4.3", "1", "2", "4.4"}));
}

TEST(ClauseNumbers, ADateOrAnAddressIsNoClause) {
  EXPECT_EQ(After({"|1 March 2024", "|1 Old Street", "|2024. A year", "1.5 Million pounds"}),
            (Numbers{"", "", "", ""}));
}

TEST(ClauseNumbers, ANumberWithoutAStopGoesOnAfterABlankLine) {
  EXPECT_EQ(After({"|1. Rent", "|2 The term", "3 The end"}), (Numbers{"1", "2", "2"}));
}

TEST(ClauseNumbers, HostileNumbersAreNone) {
  EXPECT_EQ(After({std::string(10'000, '1') + ". A", "1.1.1.1.1.1.1.1 A", "1..2 A", ". A", "1.", ""}),
            (Numbers{"", "", "", "", "", ""}));
}

}  // namespace
}  // namespace counsel::ingest
