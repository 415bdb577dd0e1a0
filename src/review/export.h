// A review as CSV. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "review/tables.h"

namespace counsel::review {

// A field of a CSV file (RFC 4180). What a spreadsheet would take for a formula, because it begins with = + - @, a tab
// or a carriage return, gets an apostrophe before it.
[[nodiscard]] std::string CsvField(std::string_view text);
// "Document", state, then of each column its value, grade, what a person made of it, quote and place.
[[nodiscard]] std::string CsvHead(const ColumnSet& columns);
[[nodiscard]] std::string CsvRow(const ColumnSet& columns, const Row& row);

// What stands in a cell now: the last correction of a person, else the value found.
[[nodiscard]] std::string Standing(const Json& cell);
// "verified", "corrected", "assigned to Ann", or "".
[[nodiscard]] std::string StateOf(const Json& cell);

}  // namespace counsel::review
