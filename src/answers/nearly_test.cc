#include "answers/nearly.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

bool Have(const std::string& question, const char* first, const char* second, const char* document = "a") {
  std::vector<Passage> passages(2);
  passages[0].document = "a";
  passages[0].text = first;
  passages[1].document = document;
  passages[1].text = second;
  return HaveAllOfIt(question, "", understanding::AskedKind(question), passages);
}

TEST(NearlyTest, OneDocumentHasAllThatIsAskedAbout) {
  constexpr const char* kHoliday = "How much holiday does Marta get?";
  EXPECT_TRUE(Have(kHoliday, "Employee: Marta Ward.", "5. Holiday. 27 days a year."));
  EXPECT_FALSE(Have(kHoliday, "Employee: Marta Ward.", "5. Holiday. 27 days a year.", "b")) << "of somebody else";
  EXPECT_FALSE(Have(kHoliday, "Employee: Marta Ward.", "5. Pension. 7% a year."));
  EXPECT_FALSE(Have("How much is the holiday?", "Holiday. 27 days a year.", "")) << "a single word";
  EXPECT_FALSE(Have("May Marta take a holiday?", "Employee: Marta Ward.", "5. Holiday.")) << "no value";
}

}  // namespace
}  // namespace counsel::answers
