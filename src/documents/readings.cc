#include "documents/readings.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "documents/statements.h"

namespace counsel::documents {
namespace {

// Makes room for a newer reading.
Result<void> SetAside(store::Connection& db, std::string_view id) {
  Result<std::int64_t> changed = Change(db,
                                        "UPDATE documents SET reading = (SELECT max(o.reading) + 1 FROM documents o "
                                        "WHERE o.matter = documents.matter AND "
                                        "o.sha256 = documents.sha256) WHERE id = ?",
                                        id);
  if (!changed) return Fail(std::move(changed.error()));
  return {};
}

Result<void> InsertReading(store::Connection& db, const std::string& id, const Document& older) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Result<std::int64_t> inserted =
      Change(db,
             "INSERT INTO documents (id, matter, sha256, bytes, name, media_type, state, added_at, priority, queued, "
             "embedded_only) SELECT ?1, matter, ?3, bytes, name, media_type, 'queued', ?4, 0, "
             "(SELECT max(queued) + 1 FROM documents), embedded_only FROM documents WHERE id = ?2",
             id, older.id, older.sha256, now);
  if (!inserted) return Fail(std::move(inserted.error()));
  // What holds it holds this now. Seen at its paths, unless others were seen there since.
  Result<std::int64_t> linked = Change(db, "UPDATE embedded SET child = ? WHERE child = ?", id, older.id);
  if (!linked) return Fail(std::move(linked.error()));
  Result<std::int64_t> seen =
      Change(db,
             "INSERT INTO paths (document, path) SELECT ?1, p.path FROM paths p WHERE p.document = ?2 AND NOT EXISTS "
             "(SELECT 1 FROM paths q JOIN documents d ON d.id = q.document JOIN documents o ON o.id = p.document "
             "WHERE q.path = p.path AND q.seen > p.seen AND d.matter = o.matter) ORDER BY p.seen",
             id, older.id);
  if (!seen) return Fail(std::move(seen.error()));
  return {};
}

}  // namespace

Result<Document> ReadAgain(store::Connection& db, std::string_view id) {
  ASSIGN_OR_RETURN(Document document, GetDocument(db, id));
  if (!document.superseded_by.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "'" + document.name + "' is an older version.",
                "Read the newer one again: " + document.superseded_by);
  }
  if (document.state == DocumentState::kFailed) {
    RETURN_IF_ERROR(QueueAgain(db, id));
    return GetDocument(db, id);
  }
  if (document.state != DocumentState::kReady) return document;
  // Ready, and perhaps being read again already.
  ASSIGN_OR_RETURN(std::int64_t newest, Number(db, "SELECT reading = 0 FROM documents WHERE id = ?", id));
  if (newest == 0) {
    return Fail(ErrorCode::kInvalidArgument, "'" + document.name + "' is being read again, or that failed.",
                "See: counsel documents");
  }
  const std::string reading = NewId();
  RETURN_IF_ERROR(SetAside(db, id));
  RETURN_IF_ERROR(InsertReading(db, reading, document));
  return GetDocument(db, reading);
}

namespace {

// Of texts that the daemon writes itself, entries of registers: no reader has anything to do with them.
constexpr std::string_view kOwn = "application/vnd.counsel.";

}  // namespace

bool IsOutdated(const Document& document) {
  return document.state == DocumentState::kReady && document.superseded_by.empty() &&
         document.reader < kReaderVersion && !document.media_type.starts_with(kOwn);
}

Result<std::int64_t> CountOutdated(store::Connection& db) {
  return Number(db,
                "SELECT count(*) FROM documents INDEXED BY documents_reader WHERE state = 'ready' AND "
                "superseded_by = '' AND reader < ? AND "
                "media_type NOT LIKE 'application/vnd.counsel.%' AND matter NOT IN (SELECT id FROM matters WHERE "
                "hidden = 1)",
                kReaderVersion);
}

bool WantsLanguage(const Document& document) {
  // As counsel-extract says it (extractor/ocr.cc).
  const auto says = [](const std::string& text) {
    return text.find("Text recognition (OCR) for '") != std::string::npos &&
           text.find("is not installed") != std::string::npos;
  };
  return says(document.reason) || std::any_of(document.notes.begin(), document.notes.end(), says);
}

Result<std::vector<std::string>> OlderReadings(store::Connection& db, std::string_view id) {
  return Texts(db,
               "SELECT o.id FROM documents d JOIN documents o ON o.matter = d.matter AND o.sha256 = d.sha256 AND "
               "o.reading > 0 WHERE d.id = ? AND d.reading = 0",
               id);
}

}  // namespace counsel::documents
