#include "understanding/numbered_things.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

std::string Found(std::string_view question) {
  std::string found;
  for (const NumberedThing& thing : NumberedThings(question)) found += thing.what + " " + thing.number + ";";
  return found;
}

Standing Of(std::string_view question, std::string_view name, std::string_view head) {
  return NumberedDocuments(NumberedThings(question)).Of(name, PackRow(name, head, ""));
}

TEST(NumberedThingsTest, AThingWithANumberIsKnownHoweverItIsWritten) {
  EXPECT_EQ(Found("What is the deposit for Flat 2?"), "flat 2;");
  EXPECT_EQ(Found("rent of flat 2"), "flat 2;");
  EXPECT_EQ(Found("Plot 7: who built it?"), "plot 7;");
  EXPECT_EQ(Found("Do Warehouse 3 and Warehouse 4 share a drive?"), "warehouse 3;warehouse 4;");
  EXPECT_EQ(Found("What is the rent of Flat 1?\nAnd for Flat 2?"), "flat 2;");
  EXPECT_EQ(Found("What is the rent of Flat 1?\nWhen is it due?"), "flat 1;");
}

TEST(NumberedThingsTest, PartsOfATextAndDatesAreNone) {
  for (const char* question : {"What does Clause 7 say?", "What is on Page 3?", "Who paid in October 2024?",
                               "What happened on March 3?", "What does the Companies Act 2006 say?", "What is due?",
                               "Who signed Agreement 2?", "What does Flat 2.5 mean?", "Are 12 months enough?"}) {
    EXPECT_EQ(Found(question), "") << question;
  }
}

TEST(NumberedThingsTest, ASentenceOfAnotherIsTold) {
  const std::vector<NumberedThing> flat = NumberedThings("What is the rent of Flat 2?");
  EXPECT_TRUE(TellsOfAnother(flat, "Flat: Flat 1 | Rent due: 1150"));
  EXPECT_FALSE(TellsOfAnother(flat, "Flat: Flat 2 | Rent due: 1290"));
  EXPECT_FALSE(TellsOfAnother(flat, "Flat 1 and Flat 2 share a hall."));
  EXPECT_FALSE(TellsOfAnother(flat, "The rent is £1,290."));
  EXPECT_FALSE(TellsOfAnother(flat, "Flats 1 to 4 have a cellar."));
  EXPECT_FALSE(TellsOfAnother({}, "Flat 1 has a cellar."));
}

TEST(NumberedThingsTest, WhoseADocumentIsStandsInItsNameOrItsDefinition) {
  constexpr const char* kAsked = "What is the deposit for Flat 2?";
  EXPECT_EQ(Of(kAsked, "Lease of Flat 2.txt", "The Property is Flat 2."), Standing::kHasIt);
  EXPECT_EQ(Of(kAsked, "Lease of Flat 1.txt", "Flat 1, beneath Flat 2."), Standing::kHasAnother);
  EXPECT_EQ(Of(kAsked, "lease-a.txt", "The Property is Flat 1, Harrow House."), Standing::kHasAnother);
  EXPECT_EQ(Of(kAsked, "lease-b.txt", "The Property is Flat 2, Harrow House."), Standing::kHasIt);
  EXPECT_EQ(Of(kAsked, "arrears.xlsx", "Flat 1 | 1150\nFlat 2 | 1290"), Standing::kHasIt);
  EXPECT_EQ(Of(kAsked, "Rules of Flats 1 to 9.txt", "No dogs."), Standing::kSaysNothing);
  EXPECT_EQ(Of(kAsked, "house rules.txt", "No dogs are kept in a flat."), Standing::kSaysNothing);
  EXPECT_EQ(Of("What is the deposit?", "Lease of Flat 1.txt", "Flat 1"), Standing::kSaysNothing);
}

}  // namespace
}  // namespace counsel::understanding
