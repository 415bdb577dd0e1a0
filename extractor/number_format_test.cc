#include "extractor/number_format.h"

#include <gtest/gtest.h>

namespace counsel::extractor {
namespace {

struct Shown {
  double value;
  std::string code;
  std::string text;
};

TEST(NumberFormat, ShowsWhatTheSpreadsheetShows) {
  const std::vector<Shown> table = {
      {1234.5, "General", "1234.5"},
      {64250, "#,##0", "64,250"},
      {1234567.891, "#,##0.00", "1,234,567.89"},
      {-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"},
      {-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"},
      {-7, "0", "-7"},
      {0, "#,##0;(#,##0);\"-\"", "-"},
      {0.055, "0.0%", "5.5%"},
      {1200, "[$\xC2\xA3-809]#,##0.00",
       "\xC2\xA3"
       "1,200.00"},
      {1200, "\"GBP \"#,##0", "GBP 1,200"},
      {1200, "#,##0\\ \"p.a.\"", "1,200 p.a."},
      {2500000, "0.0,,\"m\"", "2.5m"},
      {7, "000", "007"},
      {0.5, "#.##", ".5"},
      {3, "0.##", "3"},
      {45352, "dd/mm/yyyy", "01/03/2024"},
      {45352, "d mmmm yyyy", "1 March 2024"},
      {45352, "ddd d mmm yy", "Fri 1 Mar 24"},
      {59, "yyyy-mm-dd", "1900-02-28"},
      {60, "yyyy-mm-dd", "1900-02-29"},
      {61, "yyyy-mm-dd", "1900-03-01"},
      {1, "yyyy-mm-dd", "1900-01-01"},
      {45352.75, "hh:mm", "18:00"},
      {45352.75, "h:mm AM/PM", "6:00 PM"},
      {1.5, "[h]:mm", "36:00"},
      {45352.4375, "yyyy-mm-dd hh:mm:ss", "2024-03-01 10:30:00"},
      {0.001234, "0.00E+00", "1.23E-03"},
      {0.125, "0%", "13%"},
      {-0.125, "0%", "-13%"},
      {1.255, "0%", "126%"},
      {0.005, "0%", "1%"},
      {1.005, "0.00", "1.01"},
      {2.5, "0", "3"},
      {1234.4999, "0", "1234"},
  };
  for (const Shown& one : table) EXPECT_EQ(ShowNumber(one.value, one.code, false).text, one.text) << one.code;
}

TEST(NumberFormat, TellsWhenACellHoldsMoreThanItShows) {
  EXPECT_TRUE(ShowNumber(1234.56, "#,##0", false).rounded);
  EXPECT_TRUE(ShowNumber(5, ";;;", false).rounded);
  EXPECT_FALSE(ShowNumber(1234, "#,##0", false).rounded);
  EXPECT_FALSE(ShowNumber(0.055, "0.0%", false).rounded);
}

TEST(NumberFormat, KnowsTheFormatsThatHaveANumber) {
  EXPECT_EQ(ShowNumber(45352, BuiltInFormat(14), false).text, "2024-03-01");
  EXPECT_EQ(ShowNumber(43890, BuiltInFormat(14), true).text, "2024-03-01");
  EXPECT_EQ(ShowNumber(0.25, BuiltInFormat(9), false).text, "25%");
}

}  // namespace
}  // namespace counsel::extractor
