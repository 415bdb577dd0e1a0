#include "search/document_rows.h"

#include <span>
#include <string>
#include <utility>

#include "search/segments.h"

namespace counsel::search {

Result<void> PutDocumentRow(store::Connection& db, std::string_view document, std::int64_t scope, std::string_view name,
                            std::string_view words) {
  RETURN_IF_ERROR(ForgetDocumentRow(db, document));
  ASSIGN_OR_RETURN(const std::int64_t number, NextPassage(db, kOfRows));
  ASSIGN_OR_RETURN(
      store::Statement put,
      db.Prepare("INSERT INTO document_rows (number, document, scope, name, words) VALUES (?, ?, ?, ?, ?)"));
  put.Bind(1, number).Bind(2, document).Bind(3, scope).Bind(4, name);
  return put.BindBlob(5, std::as_bytes(std::span(words))).Run();
}

Result<void> ForgetDocumentRow(store::Connection& db, std::string_view document) {
  ASSIGN_OR_RETURN(store::Statement find, db.Prepare("SELECT number FROM document_rows WHERE document = ?"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(1, document).Step());
  if (!found) return {};
  const std::int64_t number = find.Int(0);
  find.Reset();
  RETURN_IF_ERROR(NoteGone(db, number, number, kOfRows));
  ASSIGN_OR_RETURN(store::Statement remove, db.Prepare("DELETE FROM document_rows WHERE number = ?"));
  return remove.Bind(1, number).Run();
}

Result<void> ForEachDocumentRow(
    store::Connection& db, const Walls& walls, std::int64_t after,
    const std::function<void(std::string_view document, std::string_view name, std::string_view words)>& told) {
  // Several scopes are mostly all: rows in the order of their numbers need no sorting, which writes all of them again.
  const bool by_number = walls.documents.empty() && walls.scopes.size() > 1;
  ASSIGN_OR_RETURN(store::Statement rows,
                   db.Prepare("SELECT r.document, r.name, r.words FROM document_rows r WHERE r.number > ? AND " +
                              std::string(by_number ? "+" : "") + walls.Condition("r") + " ORDER BY r.number"));
  rows.Bind(1, after);
  walls.Bind(rows, 2);
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return {};
    const std::span<const std::byte> words = rows.Blob(2);
    told(rows.Text(0), rows.Text(1), {reinterpret_cast<const char*>(words.data()), words.size()});
  }
}

Result<std::optional<std::string>> NameInRow(store::Connection& db, std::string_view document) {
  ASSIGN_OR_RETURN(store::Statement find, db.Prepare("SELECT name FROM document_rows WHERE document = ?"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(1, document).Step());
  return found ? std::optional<std::string>(find.Text(0)) : std::nullopt;
}

}  // namespace counsel::search
