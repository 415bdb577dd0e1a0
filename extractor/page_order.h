// In what order the lines of a page are read: poppler's, but that columns are read one after the other and the rows of
// a table from the left, which poppler often takes for columns too. Pure geometry.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "extractor/ocr.h"

namespace counsel::extractor {

// A part of a line, with white before and after it that is wider than between words.
struct LinePiece {
  LinePiece() = default;
  std::size_t line = 0;   // of the item, for the caller
  std::size_t first = 0;  // its words of the line: [first, end)
  std::size_t end = 0;
  Box box;
  double base = 0;
  double size = 0;
  std::vector<Box> words;
  bool has_digit = false;
  bool is_label = false;      // "2.1", "(a)": it hangs left of a paragraph
  bool is_sum = false;        // "£1,250.00", "(1,250)", "–": nothing else
  bool after_leader = false;  // a row of dots leads to it
};

struct PageItem {
  PageItem() = default;
  std::size_t line = 0;  // whose it is, for the caller
  Box box;               // with what hangs left of the line
  double base = 0;
  double size = 0;  // of its letters
  std::size_t words = 0;
  int flow = 0;  // as poppler found it
  bool ends_sentence = false;
  std::vector<LinePiece> pieces;  // from the left; at least one
  int table = -1;                 // what it stands for, within
};

struct OrderedItem {
  OrderedItem() = default;
  enum class Role {
    kLine,
    kRow,     // begins a row of a table
    kCell,    // begins a further cell of the row
    kGoesOn,  // the cell's next line
  };
  std::size_t line = 0;
  std::size_t first = 0;  // its words of the line: [first, end); all when it is 0
  std::size_t end = 0;
  std::size_t column = 0;  // of the table
  int flow = 0;            // lines of one flow follow each other as text does
  Role role = Role::kLine;
};

// `items` in poppler's order.
[[nodiscard]] std::vector<OrderedItem> OrderOf(const std::vector<PageItem>& items);

// The lines that are in tables, where poppler's order would not tell.
[[nodiscard]] std::set<std::size_t> LinesOfTables(const std::vector<PageItem>& items);

}  // namespace counsel::extractor
