#include "understanding/says_who.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

TEST(SaysWhoTest, ASentenceThatGivesTheRoleSaysWhoItIs) {
  for (const char* sentence :
       {"Meridian Estates Limited (the \"Landlord\")", "Meridian Estates Limited (“Landlord”)",
        "Landlord: Castlegate Holdings Limited", "The Landlord is Meridian Estates Limited.",
        "Meridian Estates Limited is the landlord.", "Ann Archer, landlord", "Ann Archer | Landlord | £310"}) {
    EXPECT_TRUE(SaysWho("Who is the landlord?", sentence)) << sentence;
  }
  for (const char* sentence :
       {"The Tenant shall pay the Landlord a deposit.", "The Landlord may enter on 48 hours' notice.",
        "Mr Idris Kaya (the \"Tenant\")", "Rent (payable to the Landlord on the first day of each month) is due."}) {
    EXPECT_FALSE(SaysWho("Who is the landlord?", sentence)) << sentence;
  }
  EXPECT_TRUE(SaysWho("Who is the chair of the association?", "Present: Harriet Moy (chair), Pavel Kowal"));
  EXPECT_FALSE(SaysWho("What is the rent?", "Rent: £5"));
}

TEST(SaysWhoTest, WhoSignedAndWhoWitnessedStandWhereDocumentsAreSigned) {
  EXPECT_TRUE(SaysWho("Who signed the lease?", "Signed by Idris Kaya"));
  EXPECT_TRUE(SaysWho("Who signed the deed?", "Executed as a deed by Tolland Ltd acting by Nadia Ferris, a director"));
  EXPECT_FALSE(SaysWho("Who signed the deed?", "Save as varied by this deed the Agreement continues in force."));
  EXPECT_FALSE(SaysWho("Who signed the deed?", "A variation is effective only if signed by both parties."));
  EXPECT_TRUE(SaysWho("Who are the parties to the NDA?", "Made on 3 October 2025 between Pellworth plc and Greta AB"));
  EXPECT_TRUE(SaysWho("Who witnessed it?", "Signed by Edith Marlowe in the presence of Martin Crewe"));
}

}  // namespace
}  // namespace counsel::understanding
