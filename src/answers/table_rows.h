// A quote that is a row of a table: what its cells are. Rows of documents with tables, of sheets ("Arrears, row 4:
// Tenant: Idris Kaya | Rent due: 1290") and of Markdown ("| a | b |"). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answers/citations.h"

namespace counsel::answers {

struct TableRow {
  TableRow() = default;
  std::string header;      // the table's first row, where that says what the cells of the others are; "" of another
  std::int64_t table = 0;  // where the first row begins: which table of the document it is
  bool heads = false;      // it is that first row itself
};

struct Column {
  Column() = default;
  std::string label;
  std::string value;  // "" where the cell is empty
};

// Nothing: it is no row.
[[nodiscard]] std::optional<TableRow> RowOf(const Citation& citation, const std::vector<Passage>& passages);

[[nodiscard]] std::vector<Column> ColumnsOf(std::string_view header, std::string_view row);

// "Item: Deposit | Receivable (£): 42,500.00": with the words of its header, empty cells left out.
[[nodiscard]] std::string Labelled(std::string_view header, std::string_view row);

}  // namespace counsel::answers
