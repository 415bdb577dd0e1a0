#include "search/document_rows.h"

#include <span>
#include <string>
#include <utility>

namespace counsel::search {

Result<void> PutDocumentRow(store::Connection& db, std::string_view document, std::int64_t scope, std::string_view name,
                            std::string_view words) {
  Result<store::Statement> put =
      db.Prepare("INSERT OR REPLACE INTO document_rows (document, scope, name, words) VALUES (?, ?, ?, ?)");
  if (!put) return Fail(std::move(put.error()));
  put->Bind(1, document).Bind(2, scope).Bind(3, name);
  return put->BindBlob(4, std::as_bytes(std::span(words))).Run();
}

Result<void> ForEachDocumentRow(
    store::Connection& db, const Walls& walls,
    const std::function<void(std::string_view document, std::string_view name, std::string_view words)>& told) {
  Result<store::Statement> rows =
      db.Prepare("SELECT r.document, r.name, r.words FROM document_rows r WHERE " + walls.Condition("r"));
  if (!rows) return Fail(std::move(rows.error()));
  walls.Bind(*rows, 1);
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return {};
    const std::span<const std::byte> words = rows->Blob(2);
    told(rows->Text(0), rows->Text(1), {reinterpret_cast<const char*>(words.data()), words.size()});
  }
}

}  // namespace counsel::search
