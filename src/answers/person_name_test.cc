#include "answers/person_name.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

TEST(PersonName, ReadsBothOrders) {
  const auto compare = [](const char* one, const char* other) {
    return ComparePersons(ReadPersonName(one), ReadPersonName(other));
  };
  EXPECT_EQ(compare("Mr John Smith", "SMITH, John Andrew"), SamePerson::kYes);
  EXPECT_EQ(compare("John Smith OBE", "SMITH, John"), SamePerson::kYes);
  EXPECT_EQ(compare("Anna van der Berg", "VAN DER BERG, Anna"), SamePerson::kYes);
  EXPECT_EQ(compare("Jane Smith-Jones", "SMITH-JONES, Jane Mary"), SamePerson::kYes);
  EXPECT_EQ(compare("J Smith", "SMITH, John"), SamePerson::kMaybe);
  EXPECT_EQ(compare("Bob Smith", "SMITH, Robert"), SamePerson::kMaybe);
  EXPECT_EQ(compare("Jane Jones", "SMITH-JONES, Jane"), SamePerson::kMaybe);
  EXPECT_EQ(compare("Marek Lukaszewski", "ŁUKASZEWSKI, Marek"), SamePerson::kYes);
  EXPECT_EQ(compare("John Brown", "SMITH, John"), SamePerson::kNo);
}

}  // namespace
}  // namespace counsel::answers
