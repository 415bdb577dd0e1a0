#include "understanding/row_cells.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

constexpr const char* kHeading = "Arrears, row 1: Tenant | Flat | Rent due";
constexpr const char* kRow = "Arrears, row 4: Tenant: Idris Kaya | Flat: Flat 2 | Rent due: 1290";
constexpr const char* kTotal = "Arrears, row 5: Tenant: Total | Rent due: 3590";

TEST(RowCells, EachCellHasWhatItSaysAndWhatItIs) {
  const std::vector<Cell> cells = CellsOf(kRow);
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0].label, "Tenant");
  EXPECT_EQ(cells[0].value, "Idris Kaya");
  EXPECT_EQ(cells[2].label, "Rent due");
  EXPECT_EQ(cells[2].value, "1290");
  EXPECT_TRUE(CellsOf("The rent is due: pay it.").empty());
}

TEST(RowCells, HeadingsAndTotalsAreTold) {
  EXPECT_TRUE(IsHeading(kHeading));
  EXPECT_FALSE(IsHeading(kRow));
  EXPECT_FALSE(IsHeading("The heading"));
  EXPECT_TRUE(IsTotal(kTotal));
  EXPECT_FALSE(IsTotal(kRow));
}

}  // namespace
}  // namespace counsel::understanding
