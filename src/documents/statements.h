// Statements with their parameters in one line, for this room's SQL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::documents {

// The statement, its parameters bound in order: std::int64_t or text.
template <class... Parameters>
[[nodiscard]] Result<store::Statement> Ask(store::Connection& db, std::string_view sql,
                                           const Parameters&... parameters) {
  ASSIGN_OR_RETURN(store::Statement statement, db.Prepare(sql));
  int index = 0;
  (statement.Bind(++index, parameters), ...);
  return statement;
}

// Runs a statement that returns no row; the number of rows changed.
template <class... Parameters>
[[nodiscard]] Result<std::int64_t> Change(store::Connection& db, std::string_view sql,
                                          const Parameters&... parameters) {
  ASSIGN_OR_RETURN(store::Statement statement, Ask(db, sql, parameters...));
  RETURN_IF_ERROR(statement.Run());
  return db.changes();
}

// The first column of the only row; 0 when there is no row.
template <class... Parameters>
[[nodiscard]] Result<std::int64_t> Number(store::Connection& db, std::string_view sql,
                                          const Parameters&... parameters) {
  ASSIGN_OR_RETURN(store::Statement statement, Ask(db, sql, parameters...));
  ASSIGN_OR_RETURN(bool row, statement.Step());
  return row ? statement.Int(0) : 0;
}

// The first column of every row.
template <class... Parameters>
[[nodiscard]] Result<std::vector<std::string>> Texts(store::Connection& db, std::string_view sql,
                                                     const Parameters&... parameters) {
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db, sql, parameters...));
  std::vector<std::string> texts;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return texts;
    texts.emplace_back(rows.Text(0));
  }
}

[[nodiscard]] inline tl::unexpected<Error> NoDocument(std::string_view id) {
  return Fail(ErrorCode::kNotFound, "There is no document '" + std::string(id) + "'.", "See: counsel documents");
}

}  // namespace counsel::documents
