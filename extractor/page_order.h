// In what order the lines of a page are read: poppler's, but that columns are read one after the other and the rows of
// a table from the left, which poppler often takes for columns too. Pure geometry.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "extractor/ocr.h"

namespace counsel::extractor {

struct PageItem {
  PageItem() = default;
  std::size_t line = 0;  // whose it is, for the caller
  Box box;               // with what hangs left of the line
  double base = 0;
  double size = 0;  // of its letters
  std::size_t words = 0;
  int flow = 0;  // as poppler found it
  bool ends_sentence = false;
  bool has_digit = false;
  int table = -1;  // what it stands for, within
};

struct OrderedItem {
  OrderedItem() = default;
  enum class Role {
    kLine,
    kRow,     // begins a row of a table
    kCell,    // begins the row's next cell
    kGoesOn,  // the cell's next line
  };
  std::size_t line = 0;
  int flow = 0;  // lines of one flow follow each other as text does
  Role role = Role::kLine;
};

// `items` in poppler's order.
[[nodiscard]] std::vector<OrderedItem> OrderOf(const std::vector<PageItem>& items);

// The lines that are in tables, where poppler's order would not tell.
[[nodiscard]] std::set<std::size_t> LinesOfTables(const std::vector<PageItem>& items);

}  // namespace counsel::extractor
