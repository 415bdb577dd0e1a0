// Who supersedes whom.
//
//   - Of the ready documents at a path, the one seen there last is current there, and the others are not.
//   - A document is superseded once it is current at none of its paths. One without paths never is.
//   - An older reading of the same bytes is superseded by the newer one (readings.h).
//   - What was superseded at a path stays so there, also when the newer version is deleted: bytes that somebody
//   replaced
//     do not come back by themselves. Seen there again, they are current there again.
#include <utility>

#include "documents/documents.h"
#include "documents/readings.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

// q is a later sighting than p of the same path, with a ready and current document d of the matter ?2.
constexpr std::string_view kLater =
    "q.path = p.path AND q.seen > p.seen AND d.matter = ?2 AND d.state = 'ready' AND d.superseded_by = ''";

// The document that supersedes `id`; "" when it still has a path of its own, or never had one.
Result<std::string> Superseder(store::Connection& db, std::string_view id, std::int64_t matter) {
  const std::string later(kLater);
  Result<store::Statement> row =
      Ask(db,
          "SELECT q.document FROM paths p CROSS JOIN paths q CROSS JOIN documents d ON d.id = q.document "
          "WHERE p.document = ?1 AND " +
              later +
              " AND NOT EXISTS (SELECT 1 FROM paths p WHERE p.document = ?1 AND NOT EXISTS "
              "(SELECT 1 FROM paths q CROSS JOIN documents d ON d.id = q.document WHERE " +
              later + ")) ORDER BY q.seen DESC LIMIT 1",
          id, matter);
  if (!row) return Fail(std::move(row.error()));
  ASSIGN_OR_RETURN(bool found, row->Step());
  return found ? std::string(row->Text(0)) : std::string();
}

// The document and the current ones that share a path with it. CROSS JOIN keeps SQLite to this order, which is one of
// few rows: left to choose, it goes through all ready documents, and adding ten thousand costs their square.
Result<std::vector<std::string>> Rivals(store::Connection& db, std::string_view id, std::int64_t matter) {
  return Texts(db,
               "SELECT ?1 UNION SELECT q.document FROM paths p CROSS JOIN paths q ON q.path = p.path "
               "CROSS JOIN documents d ON d.id = q.document "
               "WHERE p.document = ?1 AND d.matter = ?2 AND d.state = 'ready' AND d.superseded_by = ''",
               id, matter);
}

// What only the superseded document holds goes with it. Their ids.
Result<std::vector<std::string>> SupersedeEmbedded(store::Connection& db, const std::string& old,
                                                   const std::string& by) {
  ASSIGN_OR_RETURN(std::vector<std::string> held, EmbeddedOnlyIn(db, {old}, true));
  for (const std::string& child : held) {
    Result<std::int64_t> marked = Change(db, "UPDATE documents SET superseded_by = ? WHERE id = ?", by, child);
    if (!marked) return Fail(std::move(marked.error()));
  }
  return held;
}

// Of a document that only others hold, all of them superseded: who superseded them; else "".
Result<std::string> SupersededHolder(store::Connection& db, std::string_view id) {
  Result<store::Statement> row =
      Ask(db,
          "SELECT max(p.superseded_by) FROM documents d JOIN embedded e ON e.child = d.id JOIN documents p ON p.id = "
          "e.parent WHERE d.id = ? AND d.embedded_only = 1 HAVING count(*) > 0 AND min(p.superseded_by) <> ''",
          id);
  if (!row) return Fail(std::move(row.error()));
  ASSIGN_OR_RETURN(bool found, row->Step());
  return found ? std::string(row->Text(0)) : std::string();
}

// Deleted, it takes along its paths, and with them the only trace of whom it had superseded where. So those lose the
// paths too. A document that has been ready has chunks, also while it is read again.
Result<void> GiveUpPaths(store::Connection& db, std::string_view deleted) {
  Result<std::int64_t> removed =
      Change(db,
             "DELETE FROM paths WHERE seen IN (SELECT p.seen FROM documents b JOIN paths q ON q.document = b.id "
             "JOIN paths p ON p.path = q.path AND p.seen < q.seen "
             "JOIN documents a ON a.id = p.document AND a.matter = b.matter "
             "WHERE b.id = ? AND (b.state = 'ready' OR b.chunks > 0) AND (a.state = 'ready' OR a.chunks > 0))",
             deleted);
  if (!removed) return Fail(std::move(removed.error()));
  return {};
}

}  // namespace

Result<void> DeleteDocument(store::Connection& db, std::string_view id) {
  RETURN_IF_ERROR(GiveUpPaths(db, id));
  ASSIGN_OR_RETURN(std::int64_t changed, Change(db, "DELETE FROM documents WHERE id = ?", id));
  if (changed == 0) return NoDocument(id);
  return {};
}

Result<std::vector<std::string>> MarkReady(store::Connection& db, std::string_view id, std::int64_t chunks) {
  Result<std::int64_t> changed =
      Change(db, "UPDATE documents SET state = 'ready', reason = '', chunks = ? WHERE id = ?", chunks, id);
  if (!changed) return Fail(std::move(changed.error()));
  if (*changed == 0) return NoDocument(id);
  ASSIGN_OR_RETURN(std::int64_t matter, Number(db, "SELECT matter FROM documents WHERE id = ?", id));
  ASSIGN_OR_RETURN(std::vector<std::string> rivals, Rivals(db, id, matter));

  // Judged first, marked then: all by the same state of things.
  std::vector<std::pair<std::string, std::string>> superseded;
  for (std::string& rival : rivals) {
    ASSIGN_OR_RETURN(std::string by, Superseder(db, rival, matter));
    if (!by.empty()) superseded.emplace_back(std::move(rival), std::move(by));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> readings, OlderReadings(db, id));
  for (std::string& reading : readings) superseded.emplace_back(std::move(reading), id);
  std::vector<std::string> ids;
  for (const auto& [old, by] : superseded) {
    Result<std::int64_t> marked =
        Change(db, "UPDATE documents SET superseded_by = ? WHERE id = ? AND superseded_by = ''", by, old);
    if (!marked) return Fail(std::move(marked.error()));
    if (*marked == 0) continue;
    ids.push_back(old);
    ASSIGN_OR_RETURN(std::vector<std::string> held, SupersedeEmbedded(db, old, by));
    ids.insert(ids.end(), held.begin(), held.end());
  }
  // What holds it may have been superseded while it was being read.
  ASSIGN_OR_RETURN(std::string late, SupersededHolder(db, id));
  if (!late.empty()) {
    Result<std::int64_t> marked = Change(db, "UPDATE documents SET superseded_by = ? WHERE id = ?", late, id);
    if (!marked) return Fail(std::move(marked.error()));
    ids.emplace_back(id);
  }
  return ids;
}

}  // namespace counsel::documents
