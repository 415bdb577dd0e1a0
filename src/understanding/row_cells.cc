#include "understanding/row_cells.h"

#include <algorithm>
#include <cstddef>

namespace counsel::understanding {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\n") + 1 - first);
}

}  // namespace

std::vector<Cell> CellsOf(std::string_view row) {
  std::vector<Cell> cells;
  if (row.find(" | ") == std::string_view::npos) return cells;
  for (;;) {
    const std::size_t end = row.find('|');
    const std::string_view text = row.substr(0, end);
    Cell& cell = cells.emplace_back();
    const std::size_t colon = text.rfind(": ");
    cell.value = Trimmed(colon == std::string_view::npos ? text : text.substr(colon + 2));
    if (colon != std::string_view::npos) {
      cell.label = text.substr(0, colon);
      // "Arrears, row 4: Tenant: …": the place of the row is no part of it.
      if (const std::size_t place = cell.label.rfind(": "); place != std::string_view::npos) {
        cell.label.remove_prefix(place + 2);
      }
      cell.label = Trimmed(cell.label);
    }
    if (end == std::string_view::npos) return cells;
    row.remove_prefix(end + 1);
  }
}

bool IsTotal(std::string_view row) {
  const std::vector<Cell> cells = CellsOf(row);
  return std::any_of(cells.begin(), cells.end(), [](const Cell& cell) {
    return cell.value == "Total" || cell.value == "Totals" || cell.value == "TOTAL" || cell.value == "Grand total";
  });
}

// A sheet's first row, of which no cell says what it is.
bool IsHeading(std::string_view row) {
  const std::vector<Cell> cells = CellsOf(row);
  if (cells.empty() || !cells[0].label.ends_with(", row 1")) return false;
  return std::all_of(cells.begin() + 1, cells.end(), [](const Cell& cell) {
    return cell.label.empty() && cell.value.find_first_of("0123456789") == std::string_view::npos;
  });
}

}  // namespace counsel::understanding
