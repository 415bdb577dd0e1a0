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

  // `number`: as the program shows it, from 1. The first row that has two words and no figure is the header.
  void Row(std::size_t number, const std::vector<std::string>& cells);

 private:
  std::string place_;
  Flow* into_;
  std::vector<std::string> header_;
};

// "A", "AA": the letters of column number `column` (from 0).
[[nodiscard]] std::string ColumnLetters(std::size_t column);

}  // namespace counsel::extractor
