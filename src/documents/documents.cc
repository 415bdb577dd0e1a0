#include "documents/documents.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "documents/rows.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

using store::Connection;
using store::Statement;

constexpr std::array<std::string_view, 5> kStateNames = {"queued", "extracting", "embedding", "ready", "failed"};
constexpr std::size_t kShortestPrefix = 4;
constexpr std::int64_t kLongestMatterName = 100;

template <class... Parameters>
Result<std::vector<Document>> Select(Connection& db, const std::string& condition, const Parameters&... parameters) {
  return ReadRows(Ask(db, std::string(kSelect) + condition, parameters...));
}

// Marks the path as seen with this document now. true when another document of the matter had been seen there later, or
// this one never.
Result<bool> ClaimPath(Connection& db, const Document& document, std::int64_t matter, std::string_view path) {
  Result<std::int64_t> before = Number(db, "SELECT seen FROM paths WHERE document = ? AND path = ?", document.id, path);
  if (!before) return Fail(std::move(before.error()));
  Result<std::int64_t> others = Number(db,
                                       "SELECT count(*) FROM paths p JOIN documents d ON d.id = p.document "
                                       "WHERE p.path = ? AND p.document <> ? AND p.seen > ? AND d.matter = ?",
                                       path, document.id, *before, matter);
  if (!others) return Fail(std::move(others.error()));
  if (*before > 0 && *others == 0) return false;
  Result<std::int64_t> removed = Change(db, "DELETE FROM paths WHERE document = ? AND path = ?", document.id, path);
  if (!removed) return Fail(std::move(removed.error()));
  Result<std::int64_t> added = Change(db, "INSERT INTO paths (document, path) VALUES (?, ?)", document.id, path);
  if (!added) return Fail(std::move(added.error()));
  return *others > 0;
}

Result<void> QueueAgain(Connection& db, std::string_view id) {
  Result<std::int64_t> changed = Change(db,
                                        "UPDATE documents SET state = 'queued', reason = '', superseded_by = '', "
                                        "queued = (SELECT max(queued) + 1 FROM documents) WHERE id = ?",
                                        id);
  if (!changed) return Fail(std::move(changed.error()));
  return {};
}

// The bytes were added once more. It may have failed, been superseded, or now get a path that another one had.
Result<void> AddAgain(Connection& db, const Document& document, std::int64_t matter, std::string_view path) {
  bool contested = false;
  if (!path.empty()) {
    Result<bool> claimed = ClaimPath(db, document, matter, path);
    if (!claimed) return Fail(std::move(claimed.error()));
    contested = *claimed;
  } else if (!document.superseded_by.empty()) {
    // Wanted for itself: it no longer stands for files that have other bytes now.
    Result<std::int64_t> removed = Change(db, "DELETE FROM paths WHERE document = ?", document.id);
    if (!removed) return Fail(std::move(removed.error()));
  }
  const bool settled = document.state == DocumentState::kReady && document.superseded_by.empty() && !contested;
  const bool at_work = document.state != DocumentState::kReady && document.state != DocumentState::kFailed;
  if (settled || at_work) return {};
  return QueueAgain(db, document.id);
}

std::int64_t Rank(Priority priority) {
  return static_cast<std::int64_t>(priority);
}

std::string Listed(const std::vector<Document>& documents) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < documents.size() && i < kMost; ++i) {
    text += (i == 0 ? "" : ", ") + documents[i].id + " (" + documents[i].name + ", " + documents[i].matter + ")";
  }
  return documents.size() > kMost ? text + ", …" : text;
}

}  // namespace

std::string_view DocumentStateName(DocumentState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::optional<DocumentState> DocumentStateNamed(std::string_view name) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<DocumentState>(i);
  }
  return std::nullopt;
}

Result<void> CheckMatterName(std::string_view name) {
  const auto refuse = [](const char* why) {
    return Fail(ErrorCode::kInvalidArgument, std::string("A matter's name ") + why + ".",
                "Use 1 to 100 characters without '/', for example \"general\".");
  };
  if (!ValidUtf8(name)) return refuse("must be UTF-8");
  if (name.empty()) return refuse("must not be empty");
  if (CountCodePoints(name) > kLongestMatterName) return refuse("has at most 100 characters");
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = NextCodePoint(name, &at);
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return refuse("must not hold control characters");
    if (c == U'/') return refuse("must not hold '/'");
  }
  return {};
}

Result<Added> AddDocument(Connection& db, std::string_view matter, std::string_view name, std::string_view path,
                          std::string_view sha256, std::uint64_t bytes, Priority priority) {
  if (Result<void> checked = CheckMatterName(matter); !checked) return Fail(std::move(checked.error()));
  Result<std::int64_t> made = Change(db, "INSERT INTO matters (name) VALUES (?) ON CONFLICT DO NOTHING", matter);
  if (!made) return Fail(std::move(made.error()));
  Result<std::int64_t> matter_id = MatterId(db, matter);
  if (!matter_id) return Fail(std::move(matter_id.error()));
  Result<std::vector<Document>> there =
      Select(db, "WHERE d.matter = ? AND d.sha256 = ? AND d.reading = 0", *matter_id, sha256);
  if (!there) return Fail(std::move(there.error()));

  Added added;
  added.already_there = !there->empty();
  std::string id = added.already_there ? there->front().id : NewId();
  if (added.already_there) {
    // Wanted for itself now, whatever else holds it.
    Result<std::int64_t> own = Change(
        db, "UPDATE documents SET embedded_only = 0, priority = min(priority, ?) WHERE id = ?", Rank(priority), id);
    if (!own) return Fail(std::move(own.error()));
    Result<void> again = AddAgain(db, there->front(), *matter_id, path);
    if (!again) return Fail(std::move(again.error()));
  } else {
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    Result<std::int64_t> inserted =
        Change(db,
               "INSERT INTO documents (id, matter, sha256, bytes, name, state, added_at, priority, queued) "
               "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, (SELECT coalesce(max(queued), 0) + 1 FROM documents))",
               id, *matter_id, sha256, static_cast<std::int64_t>(bytes), name, now, Rank(priority));
    if (!inserted) return Fail(std::move(inserted.error()));
    Document document;
    document.id = id;
    if (!path.empty()) {
      Result<bool> claimed = ClaimPath(db, document, *matter_id, path);
      if (!claimed) return Fail(std::move(claimed.error()));
    }
  }
  Result<Document> document = GetDocument(db, id);
  if (!document) return Fail(std::move(document.error()));
  added.document = std::move(*document);
  return added;
}

Result<Document> GetDocument(Connection& db, std::string_view id) {
  Result<std::vector<Document>> found = Select(db, "WHERE d.id = ?", id);
  if (!found) return Fail(std::move(found.error()));
  if (found->empty()) return NoDocument(id);
  return std::move(found->front());
}

Result<std::vector<Document>> ListDocuments(Connection& db, const ListOptions& options) {
  const nlohmann::json matters = options.matters;
  // Not UTF-8, so no matter's name: replaced, it matches none either.
  const std::string wanted = matters.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return Select(db,
                "WHERE (?1 = '[]' OR m.name IN (SELECT value FROM json_each(?1))) AND (?2 = 1 OR d.superseded_by = '') "
                "ORDER BY d.added_at, d.rowid",
                wanted, static_cast<std::int64_t>(options.superseded ? 1 : 0));
}

Result<std::vector<Document>> FindDocuments(Connection& db, const std::vector<std::string>& ids) {
  const nlohmann::json wanted = ids;
  const std::string text = wanted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return Select(db, "WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.rowid", text);
}

Result<std::map<DocumentState, std::int64_t>> CountByState(Connection& db) {
  Result<Statement> rows = Ask(db,
                               "SELECT state, count(*) FROM documents WHERE superseded_by = '' AND "
                               "matter NOT IN (SELECT id FROM matters WHERE hidden = 1) GROUP BY state");
  if (!rows) return Fail(std::move(rows.error()));
  std::map<DocumentState, std::int64_t> counts;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return counts;
    counts[StateOf(rows->Text(0))] += rows->Int(1);
  }
}

Result<std::int64_t> MatterId(Connection& db, std::string_view name) {
  Result<std::int64_t> id = Number(db, "SELECT id FROM matters WHERE name = ?", name);
  if (id && *id == 0) {
    return Fail(ErrorCode::kNotFound, "No matter '" + std::string(name) + "'.",
                "See the matters there are: counsel matters");
  }
  return id;
}

Result<Document> FindDocument(Connection& db, std::string_view id_or_name) {
  // By the whole id, then by name (current documents first), then by the beginning of an id.
  std::vector<std::string> conditions = {"WHERE d.id = ?1", "WHERE d.name = ?1 AND d.superseded_by = ''",
                                         "WHERE d.name = ?1"};
  if (id_or_name.size() >= kShortestPrefix) conditions.emplace_back("WHERE substr(d.id, 1, length(?1)) = ?1");
  for (const std::string& condition : conditions) {
    Result<std::vector<Document>> found = Select(db, condition + " LIMIT 6", id_or_name);
    if (!found) return Fail(std::move(found.error()));
    if (found->size() == 1) return std::move(found->front());
    if (!found->empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "'" + std::string(id_or_name) + "' stands for several documents: " + Listed(*found) + ".",
                  "Name one of them by its id.");
    }
  }
  return NoDocument(id_or_name);
}

Result<void> SetState(Connection& db, std::string_view id, DocumentState state, std::string_view reason) {
  Result<std::int64_t> changed =
      Change(db, "UPDATE documents SET state = ?, reason = ? WHERE id = ?", DocumentStateName(state), reason, id);
  if (!changed) return Fail(std::move(changed.error()));
  if (*changed == 0) return NoDocument(id);
  return {};
}

Result<std::optional<Document>> NextQueued(Connection& db, std::optional<Priority> only) {
  const std::string which = only ? " AND d.priority = " + std::to_string(Rank(*only)) : "";
  Result<std::vector<Document>> found =
      Select(db, "WHERE d.state = 'queued'" + which + " ORDER BY d.priority, d.queued LIMIT 1");
  if (!found) return Fail(std::move(found.error()));
  if (found->empty()) return std::optional<Document>();
  return std::optional<Document>(std::move(found->front()));
}

Result<void> Requeue(Connection& db) {
  Result<std::int64_t> changed =
      Change(db, "UPDATE documents SET state = 'queued' WHERE state IN ('extracting', 'embedding')");
  if (!changed) return Fail(std::move(changed.error()));
  return {};
}

Result<void> QueueAgain(Connection& db, std::string_view id) {
  for (const char* table : {"texts", "page_starts", "structure", "ocr_pages"}) {
    Result<std::int64_t> removed = Change(db, std::string("DELETE FROM ") + table + " WHERE document = ?", id);
    if (!removed) return Fail(std::move(removed.error()));
  }
  Result<std::int64_t> changed = Change(db,
                                        "UPDATE documents SET state = 'queued', reason = '', chunks = 0, "
                                        "characters = 0, pages = 0 WHERE id = ?",
                                        id);
  if (!changed) return Fail(std::move(changed.error()));
  if (*changed == 0) return NoDocument(id);
  return {};
}

Result<std::int64_t> CountPending(Connection& db) {
  // All by the index of states alone, which is quick for very many; what is hidden is looked at only when there is any.
  return Number(db,
                "SELECT (SELECT count(*) FROM documents WHERE state IN ('queued', 'extracting', 'embedding')) - "
                "(SELECT count(*) FROM documents WHERE matter IN (SELECT id FROM matters WHERE hidden = 1) AND "
                "+state IN ('queued', 'extracting', 'embedding'))");
}

Result<void> RemoveUnreferenced(Connection& db, const Originals& originals, std::string_view sha256) {
  std::vector<std::string> digests;
  if (sha256.empty()) {
    digests = originals.List();
  } else {
    digests.emplace_back(sha256);
  }
  Result<void> removed;
  for (const std::string& digest : digests) {
    Result<std::int64_t> count = Number(db, "SELECT count(*) FROM documents WHERE sha256 = ?", digest);
    if (!count) return Fail(std::move(count.error()));
    if (*count > 0) continue;
    Result<void> one = originals.Remove(digest);
    if (removed) removed = std::move(one);
  }
  return removed;
}

}  // namespace counsel::documents
