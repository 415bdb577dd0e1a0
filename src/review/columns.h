// Columns of a review: typed questions, read from a TOML file (docs/review.md). Sets for leases, agreements of
// confidence, share purchases, employment and loans come with the program. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "review/forms.h"
#include "review/values.h"

namespace counsel::review {

inline constexpr std::size_t kMostColumns = 50;
inline constexpr std::size_t kMostForms = 60;                // of a column
inline constexpr std::size_t kMostColumnBytes = 256 * 1024;  // of a file

struct Column {
  Column() = default;
  std::string name;
  Type type = Type::kText;
  std::string question;
  std::vector<Form> about;      // what is asked about; what is said is said of one of these
  std::vector<Form> with;       // the sentence must have one of these; none: it need not
  std::vector<Form> not_in;     // the sentence must have none of these
  std::vector<Form> not_about;  // what stands beside one of these is something else
  std::vector<Form> yes;        // of yes/no: forms of words that say so
  std::vector<Form> no;
};

struct ColumnSet {
  ColumnSet() = default;
  std::string name;
  std::vector<Column> columns;
  std::string text;  // as it was read
};

// kInvalidArgument: what is wrong, in which line. `source` names it in messages: "columns.toml".
[[nodiscard]] Result<ColumnSet> ReadColumns(std::string_view toml, const std::string& source);

// Those that come with the program.
struct Shipped {
  std::string_view name;  // "lease"
  std::string_view toml;
};
[[nodiscard]] const std::vector<Shipped>& ShippedColumns();
// kNotFound lists them.
[[nodiscard]] Result<std::string_view> FindShippedColumns(std::string_view name);

}  // namespace counsel::review
