#include "answers/postal_address.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

TEST(PostalAddress, ComparesWhatBothSay) {
  EXPECT_FALSE(AddressesDisagree("12 High Street, Leeds", "12 High St, Leeds, LS1 4AP"));
  EXPECT_FALSE(AddressesDisagree("Flat 3, 12 High Street LS1 4AP", "12 High Street, LS1 4AP"));
  EXPECT_FALSE(AddressesDisagree("The Old Dairy, Bristol", "88 High Street, Derby"));
  EXPECT_TRUE(AddressesDisagree("14 High Street, LS1 4AP", "12 High Street, LS1 4AP"));
  EXPECT_TRUE(AddressesDisagree("12 High Street, LS1 4AP", "12 High Street, LS1 4AQ"));
  EXPECT_TRUE(AddressesDisagree("1 Old Street, London", "12 Mill Lane, Leeds"));
  EXPECT_EQ(PostcodeIn("Leeds ls14ap"), "LS14AP");
  EXPECT_FALSE(PostcodeIn("Companies Act 2006"));
}

}  // namespace
}  // namespace counsel::answers
