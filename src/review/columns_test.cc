#include "review/columns.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::review {
namespace {

using ::testing::HasSubstr;

std::string Fault(const std::string& toml) {
  const Result<ColumnSet> set = ReadColumns(toml, "columns.toml");
  return set ? "" : set.error().message;
}

TEST(ColumnsTest, SetsThatComeWithTheProgramCanBeReadAndHaveTwelveColumns) {
  EXPECT_EQ(ShippedColumns().size(), 5U);
  for (const Shipped& one : ShippedColumns()) {
    const Result<ColumnSet> set = ReadColumns(one.toml, std::string(one.name));
    ASSERT_TRUE(set) << set.error().ToString();
    EXPECT_EQ(set->columns.size(), 12U) << one.name;
  }
  EXPECT_THAT(FindShippedColumns("will").error().next_step, HasSubstr("lease"));
}

TEST(ColumnsTest, AFaultIsToldWithItsLine) {
  EXPECT_THAT(Fault("name = \"x\"\n[[column]]\nname = \"A\"\ntype = \"money\"\nquestion = \"What?\"\n"),
              HasSubstr("line 4: 'money' is no type"));
  EXPECT_THAT(Fault("[[column]]\nname = \"A\"\ntype = \"sum\"\n"),
              HasSubstr("line 1: The column 'A' needs a 'question'"));
  EXPECT_THAT(Fault("[[column]]\nname = 5\n"), HasSubstr("line 2: 'name' must be a text"));
  EXPECT_THAT(Fault("[[column]\nname = \"A\"\n"), HasSubstr("columns.toml, line 1: "));
  EXPECT_THAT(Fault("[[column]]\nname = \"A\"\ntype = \"sum\"\nquestion = \"The rent?\"\nabuot = [\"rent\"]\n"),
              HasSubstr("line 5: A column has no 'abuot'"));
  EXPECT_THAT(
      Fault("[[column]]\nname = \"A\"\ntype = \"sum\"\nquestion = \"The rent?\"\nabout = [\n\"rent\",\n\"{} rent\"]\n"),
      HasSubstr("line 7: '{}' must stand last"));
  EXPECT_THAT(Fault(""), HasSubstr("It has no [[column]]"));
  const std::string one = "[[column]]\nname = \"A\"\ntype = \"sum\"\nquestion = \"The rent?\"\n";
  EXPECT_THAT(Fault(one + one), HasSubstr("line 5: There are two columns 'A'"));
  EXPECT_THAT(Fault("\xff"), HasSubstr("UTF-8"));
  EXPECT_EQ(Fault(one), "");
}

TEST(ColumnsTest, AColumnWithAQuestionAloneIsAboutItsWords) {
  const Result<ColumnSet> set =
      ReadColumns("[[column]]\nname = \"Fee\"\ntype = \"sum\"\nquestion = \"What is the management fee?\"\n", "x");
  ASSERT_TRUE(set);
  ASSERT_FALSE(set->columns[0].about.empty());
  EXPECT_EQ(set->columns[0].about[0].text(), "management fee");
}

}  // namespace
}  // namespace counsel::review
