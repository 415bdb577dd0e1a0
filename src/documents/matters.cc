// Matters: the walls between clients.
#include <utility>

#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::documents {

Result<std::vector<Matter>> ListMatters(store::Connection& db) {
  Result<store::Statement> rows =
      Ask(db,
          "SELECT m.name, count(d.id), coalesce(sum(d.state IN ('queued', 'extracting', 'embedding')), 0), "
          "coalesce(sum(d.bytes), 0), coalesce(sum(d.characters), 0), coalesce(sum(d.chunks), 0) "
          "FROM matters m LEFT JOIN documents d ON d.matter = m.id GROUP BY m.id ORDER BY m.name");
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Matter> matters;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return matters;
    Matter matter;
    matter.name = rows->Text(0);
    matter.documents = rows->Int(1);
    matter.pending = rows->Int(2);
    matter.bytes = rows->Int(3);
    matter.characters = rows->Int(4);
    matter.chunks = rows->Int(5);
    matters.push_back(std::move(matter));
  }
}

Result<std::vector<std::string>> DocumentsOf(store::Connection& db, std::string_view matter) {
  Result<std::int64_t> id = MatterId(db, matter);
  if (!id) return Fail(std::move(id.error()));
  Result<store::Statement> rows = Ask(db, "SELECT id FROM documents WHERE matter = ? ORDER BY queued", *id);
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<std::string> ids;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return ids;
    ids.emplace_back(rows->Text(0));
  }
}

Result<void> ForgetMatter(store::Connection& db, std::string_view matter) {
  Result<std::int64_t> gone = Change(db,
                                     "DELETE FROM matters WHERE name = ? AND NOT EXISTS "
                                     "(SELECT 1 FROM documents WHERE matter = matters.id)",
                                     matter);
  if (!gone) return Fail(std::move(gone.error()));
  return {};
}

}  // namespace counsel::documents
