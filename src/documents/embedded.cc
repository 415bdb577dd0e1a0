// Documents inside documents: a mail's attachments, an archive's members.
#include <algorithm>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "documents/mail_stores.h"
#include "documents/readings.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

constexpr std::int64_t kLongestName = 200;  // code points

// "../letters/one.txt" → "one.txt": what people call the file.
std::string FileName(std::string_view name) {
  std::string_view last = name;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool separator = name[at] == '/' || name[at] == '\\';
    if (separator && at + 1 < name.size()) last = name.substr(at + 1);
  }
  std::string clean;
  std::int64_t length = 0;
  for (std::size_t at = 0; at < last.size() && length < kLongestName; ++length) {
    const char32_t c = NextCodePoint(last, &at);
    if (c >= 0x20 && c != 0x7F && c != U'/') AppendUtf8(c, &clean);
  }
  return clean.empty() || clean == "." || clean == ".." ? "unnamed" : clean;
}

// Whether nothing but documents that are gone holds it.
Result<bool> HeldByGoneOnly(store::Connection& db, const std::string& id, const std::set<std::string>& gone,
                            bool superseded) {
  ASSIGN_OR_RETURN(std::int64_t only, Number(db, "SELECT embedded_only FROM documents WHERE id = ?", id));
  if (only == 0) return false;
  Result<std::vector<std::string>> holders =
      Texts(db,
            "SELECT e.parent FROM embedded e JOIN documents d ON d.id = e.parent "
            "WHERE e.child = ?1 AND NOT (?2 = 1 AND d.superseded_by <> '')",
            id, static_cast<std::int64_t>(superseded ? 1 : 0));
  if (!holders) return Fail(std::move(holders.error()));
  return std::all_of(holders->begin(), holders->end(),
                     [&gone](const std::string& holder) { return gone.contains(holder); });
}

}  // namespace

Result<void> SetMediaType(store::Connection& db, std::string_view id, std::string_view media_type) {
  Result<std::int64_t> changed = Change(db, "UPDATE documents SET media_type = ? WHERE id = ?", media_type, id);
  if (!changed) return Fail(std::move(changed.error()));
  return {};
}

Result<std::int64_t> RoomForEmbedded(store::Connection& db, std::string_view parent) {
  ASSIGN_OR_RETURN(std::int64_t of_mails,
                   Number(db,
                          "SELECT count(*) FROM documents WHERE id = ? "
                          "AND media_type IN ('application/mbox', 'application/vnd.ms-outlook-pst')",
                          parent));
  if (of_mails > 0) {
    ASSIGN_OR_RETURN(std::int64_t mails, Number(db, "SELECT count(*) FROM embedded WHERE parent = ?", parent));
    return std::max<std::int64_t>(kMostMails - mails, 0);
  }
  // Bounded walks, also where an archive holds itself: UNION drops what was seen, depth ends the rest. They end below a
  // file of mails.
  Result<std::int64_t> depth =
      Number(db,
             "WITH RECURSIVE up (id, depth) AS (SELECT ?1, 0 UNION SELECT e.parent, up.depth + 1 "
             "FROM up JOIN embedded e ON e.child = up.id JOIN documents p ON p.id = e.parent WHERE up.depth < ?2 "
             "AND p.media_type NOT IN ('application/mbox', 'application/vnd.ms-outlook-pst')) "
             "SELECT max(depth) FROM up",
             parent, static_cast<std::int64_t>(kMaxEmbeddedDepth));
  if (!depth) return depth;
  if (*depth >= kMaxEmbeddedDepth) return 0;
  ASSIGN_OR_RETURN(std::int64_t inside,
                   Number(db,
                          "WITH RECURSIVE up (id, depth) AS (SELECT ?1, 0 UNION SELECT e.parent, up.depth + 1 "
                          "FROM up JOIN embedded e ON e.child = up.id JOIN documents p ON p.id = e.parent "
                          "WHERE up.depth < ?2 "
                          "AND p.media_type NOT IN ('application/mbox', 'application/vnd.ms-outlook-pst')), "
                          "down (id) AS (SELECT id FROM up UNION SELECT e.child FROM down JOIN embedded e ON e.parent "
                          "= down.id LIMIT ?3) "
                          "SELECT count(*) FROM down",
                          parent, static_cast<std::int64_t>(kMaxEmbeddedDepth), kMaxEmbeddedInAll + 1));
  return std::max<std::int64_t>(kMaxEmbeddedInAll - inside, 0);
}

Result<void> AddEmbedded(store::Connection& db, const Document& parent, std::int64_t place, std::string_view name,
                         std::string_view sha256, std::uint64_t bytes) {
  if (sha256 == parent.sha256) return {};
  // 0: not there yet; 1: there for itself; 2: there because of others.
  ASSIGN_OR_RETURN(std::int64_t before,
                   Number(db,
                          "SELECT 1 + d.embedded_only FROM documents d JOIN matters m ON m.id = d.matter "
                          "WHERE m.name = ? AND d.sha256 = ? AND d.reading = 0",
                          parent.matter, sha256));
  ASSIGN_OR_RETURN(Added added, AddDocument(db, parent.matter, FileName(name), "", sha256, bytes, parent.priority));
  const std::string& child = added.document.id;
  if (before != 1) {
    Result<std::int64_t> marked = Change(db, "UPDATE documents SET embedded_only = 1 WHERE id = ?", child);
    if (!marked) return Fail(std::move(marked.error()));
  }
  Result<std::int64_t> linked =
      Change(db, "INSERT OR REPLACE INTO embedded (parent, place, child, name) VALUES (?, ?, ?, ?)", parent.id, place,
             child, name);
  if (!linked) return Fail(std::move(linked.error()));
  return {};
}

Result<std::vector<EmbeddedDocument>> ListEmbedded(store::Connection& db, std::string_view parent) {
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db, "SELECT child, name FROM embedded WHERE parent = ? ORDER BY place", parent));
  std::vector<EmbeddedDocument> documents;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return documents;
    EmbeddedDocument document;
    document.id = rows.Text(0);
    document.name = rows.Text(1);
    documents.push_back(std::move(document));
  }
}

Result<std::string> InsideOf(store::Connection& db, std::string_view id) {
  std::string inside;
  std::string at(id);
  for (int depth = 0; depth < kMaxEmbeddedDepth; ++depth) {
    // The current one of those that hold it, of several the first.
    Result<store::Statement> row =
        Ask(db,
            "SELECT p.id, p.name, count(*) OVER () FROM documents d JOIN embedded e ON e.child = d.id "
            "JOIN documents p ON p.id = e.parent WHERE d.id = ? AND d.embedded_only = 1 "
            "GROUP BY p.id ORDER BY p.superseded_by <> '', p.added_at, p.rowid LIMIT 1",
            at);
    if (!row) return Fail(std::move(row.error()));
    ASSIGN_OR_RETURN(bool found, row->Step());
    if (!found) break;
    const std::int64_t others = row->Int(2) - 1;
    inside += (inside.empty() ? "" : " in ") + std::string(row->Text(1));
    if (others > 0) inside += " and " + std::to_string(others) + (others == 1 ? " other" : " others");
    at = row->Text(0);
  }
  return inside;
}

Result<std::vector<std::string>> EmbeddedOnlyIn(store::Connection& db, const std::vector<std::string>& documents,
                                                bool superseded) {
  std::set<std::string> gone(documents.begin(), documents.end());
  std::vector<std::string> held;
  std::vector<std::string> open = documents;
  while (!open.empty()) {
    const std::string parent = std::move(open.back());
    open.pop_back();
    Result<std::vector<std::string>> children =
        Texts(db, "SELECT DISTINCT child FROM embedded WHERE parent = ?", parent);
    if (!children) return children;
    for (const std::string& child : *children) {
      if (gone.contains(child)) continue;
      ASSIGN_OR_RETURN(bool goes, HeldByGoneOnly(db, child, gone, superseded));
      if (!goes) continue;
      gone.insert(child);
      held.push_back(child);
      open.push_back(child);
    }
    if (superseded) continue;
    // What was read of the same bytes before goes too, unless it stands for them still.
    ASSIGN_OR_RETURN(std::vector<std::string> readings, OlderReadings(db, parent));
    for (const std::string& reading : readings) {
      ASSIGN_OR_RETURN(
          std::int64_t stands,
          Number(db, "SELECT count(*) FROM documents WHERE id = ? AND superseded_by = '' AND embedded_only = 0",
                 reading));
      if (stands > 0 || !gone.insert(reading).second) continue;
      held.push_back(reading);
      open.push_back(reading);
    }
  }
  return held;
}

}  // namespace counsel::documents
