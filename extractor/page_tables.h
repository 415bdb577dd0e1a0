// Tables of a page, found by where the pieces of its lines stand: columns are what white goes down between, rows what
// begins together. Pure geometry.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "extractor/page_order.h"

namespace counsel::extractor {

struct PageTable {
  PageTable() = default;
  struct Cell {
    Cell() = default;
    std::size_t column = 0;
    LinePiece piece;
  };
  // Each row's pieces, by column, then from the top.
  std::vector<std::vector<Cell>> rows;
  // Names on the left and sentences on the right: to be read as text, "Landlord: Ann Archer of …".
  bool is_text = false;
};

// From the top. A line of the page is in one of them with all its pieces, or in none.
[[nodiscard]] std::vector<PageTable> FindTables(const std::vector<PageItem>& items);

}  // namespace counsel::extractor
