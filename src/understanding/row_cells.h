// A row of a table as it is read: "Arrears, row 4: Tenant: Idris Kaya | Rent due: 1290". Pure.
#pragma once

#include <string_view>
#include <vector>

namespace counsel::understanding {

// With the words that say what it is; "" where none do.
struct Cell {
  std::string_view label;
  std::string_view value;
};

// Parts of `row`. Empty: it is no row.
[[nodiscard]] std::vector<Cell> CellsOf(std::string_view row);

// It sums up the others, or says what their cells are: an answer only to whoever asks for that.
[[nodiscard]] bool IsTotal(std::string_view row);
[[nodiscard]] bool IsHeading(std::string_view row);

}  // namespace counsel::understanding
