#include "answers/called_by_role.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

TEST(CalledByRole, WhoIsGivenARoleIsTold) {
  constexpr const char* kParties =
      "made between Pellworth plc (the \"Company\") and Dr. Samuel Byrne (the \"Employee\"). Ann Archer signs.";
  EXPECT_TRUE(GivesRole(kParties, "Dr Byrne"));
  EXPECT_TRUE(GivesRole(kParties, "Samuel Byrne"));
  EXPECT_TRUE(GivesRole(kParties, "Pellworth"));
  EXPECT_FALSE(GivesRole(kParties, "Ann Archer"));
  EXPECT_FALSE(GivesRole(kParties, "Thomas Byrne"));
  EXPECT_FALSE(GivesRole(kParties, "Dr"));
  EXPECT_TRUE(GivesRole("(2) Ms Olivia Tran (“the Tenant”)", "Olivia Tran"));
}

}  // namespace
}  // namespace counsel::answers
