// The text of a table: one row, one paragraph, each with the names of its columns, so that a row that is found by
// itself says what its figures are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "extractor/flow.h"

namespace counsel::extractor {

class TableText {
 public:
  // `place`: what stands before a row's number ("Rent roll, row "); "" for a table without a name.
  TableText(std::string place, Flow* into) : place_(std::move(place)), into_(into) {}

  // `number`: as the program shows it, from 1. The first row that has two words and no figure is the header;
  // below a title that stands apart, another one.
  void Row(std::size_t number, const std::vector<std::string>& cells);

  // A row that is there and is not shown: no gap.
  void Pass(std::size_t number) { last_ = number; }

 private:
  std::string place_;
  Flow* into_;
  [[nodiscard]] bool BeginsAnother(const std::vector<std::string>& row) const;

  std::vector<std::string> header_;
  std::vector<int> figures_;  // rows below the header with a figure in the column; -1: one has a word there
  std::size_t last_ = 0;      // the row before
  bool title_ = false;        // it was one cell behind a gap
};

// "A", "AA": the letters of column number `column` (from 0).
[[nodiscard]] std::string ColumnLetters(std::size_t column);

}  // namespace counsel::extractor
