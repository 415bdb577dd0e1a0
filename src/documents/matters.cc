// Matters: the walls between clients.
#include <algorithm>
#include <string>
#include <utility>

#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

// Ends where a condition may follow.
constexpr std::string_view kCounts =
    "SELECT m.id, m.name, count(d.id), coalesce(sum(d.state IN ('queued', 'extracting', 'embedding')), 0), "
    "coalesce(sum(d.bytes), 0), coalesce(sum(d.characters), 0), coalesce(sum(d.chunks), 0) "
    "FROM matters m LEFT JOIN documents d ON d.matter = m.id WHERE m.hidden = 0";

Result<std::vector<Matter>> ReadMatters(Result<store::Statement> rows) {
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Matter> matters;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows->Step());
    if (!row) return matters;
    Matter matter;
    matter.id = rows->Int(0);
    matter.name = rows->Text(1);
    matter.documents = rows->Int(2);
    matter.pending = rows->Int(3);
    matter.bytes = rows->Int(4);
    matter.characters = rows->Int(5);
    matter.chunks = rows->Int(6);
    matters.push_back(std::move(matter));
  }
}

}  // namespace

Result<std::vector<Matter>> ListMatters(store::Connection& db, std::string_view after, std::int64_t limit) {
  // Chosen before they are counted: a page costs what its own documents cost.
  const std::string which =
      " AND m.id IN (SELECT id FROM matters WHERE hidden = 0 AND name > ?1 ORDER BY name LIMIT ?2) "
      "GROUP BY m.id ORDER BY m.name";
  return ReadMatters(Ask(db, std::string(kCounts) + which, after, limit));
}

Result<Tally> CountIn(store::Connection& db, std::string_view matter) {
  Result<store::Statement> row =
      Ask(db,
          "SELECT count(*), coalesce(sum(d.state = 'ready'), 0), coalesce(sum(iif(d.state = 'ready', d.chunks, 0)), 0) "
          "FROM documents d JOIN matters m ON m.id = d.matter WHERE m.name = ? AND d.superseded_by = ''",
          matter);
  if (!row) return Fail(std::move(row.error()));
  Result<bool> found = row->Step();
  if (!found) return Fail(std::move(found.error()));
  Tally tally;
  tally.documents = row->Int(0);
  tally.ready = row->Int(1);
  tally.chunks = row->Int(2);
  return tally;
}

Result<Matter> HideMatter(store::Connection& db, std::string_view name) {
  ASSIGN_OR_RETURN(std::int64_t id, MatterId(db, name));
  ASSIGN_OR_RETURN(std::vector<Matter> matter,
                   ReadMatters(Ask(db, std::string(kCounts) + " AND m.id = ? GROUP BY m.id", id)));
  // A name that no user can give: control characters are refused.
  Result<std::int64_t> hidden = Change(db, "UPDATE matters SET hidden = 1, name = char(1) || id WHERE id = ?", id);
  if (!hidden) return Fail(std::move(hidden.error()));
  return std::move(matter.front());
}

Result<std::vector<HiddenDocument>> HiddenDocuments(store::Connection& db, std::int64_t most) {
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db,
                                              "SELECT d.id, d.sha256 FROM matters m JOIN documents d ON "
                                              "d.matter = m.id WHERE m.hidden = 1 LIMIT ?",
                                              most));
  std::vector<HiddenDocument> documents;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return documents;
    HiddenDocument& document = documents.emplace_back();
    document.id = rows.Text(0);
    document.sha256 = rows.Text(1);
  }
}

Result<void> ForgetHiddenMatters(store::Connection& db) {
  Result<std::int64_t> gone = Change(db,
                                     "DELETE FROM matters WHERE hidden = 1 AND NOT EXISTS "
                                     "(SELECT 1 FROM documents WHERE matter = matters.id)");
  if (!gone) return Fail(std::move(gone.error()));
  return {};
}

Result<std::vector<std::int64_t>> VisibleMatters(store::Connection& db, const std::vector<std::int64_t>& wanted) {
  ASSIGN_OR_RETURN(std::int64_t any, Number(db, "SELECT count(*) FROM matters WHERE hidden = 1"));
  if (any == 0) return wanted;
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db, "SELECT id FROM matters WHERE hidden = 0"));
  std::vector<std::int64_t> visible;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) break;
    const std::int64_t id = rows.Int(0);
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), id) != wanted.end()) visible.push_back(id);
  }
  if (visible.empty()) visible.push_back(0);
  return visible;
}

}  // namespace counsel::documents
