// The schema, version by version. A released version is never edited: a change is a new entry at the end.
#include "store/schema.h"

#include <algorithm>
#include <array>
#include <string>

#include "store/store.h"

namespace counsel::store {
namespace {

// Version 1. Rooms own their tables; they stand together so that one file shows what is stored.
constexpr const char* kVersion1 = R"sql(
-- documents/
CREATE TABLE matters (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  matter INTEGER NOT NULL REFERENCES matters (id),
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '[]',
  superseded_by TEXT NOT NULL DEFAULT '',
  queued INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  pages INTEGER NOT NULL DEFAULT 0,
  characters INTEGER NOT NULL DEFAULT 0,
  chunks INTEGER NOT NULL DEFAULT 0,
  UNIQUE (matter, sha256)
);
CREATE INDEX documents_state ON documents (state, queued);
CREATE INDEX documents_queued ON documents (queued);
CREATE INDEX documents_sha256 ON documents (sha256);
CREATE INDEX documents_name ON documents (name);
-- Where a document's bytes were seen. Of several documents at one path, the one seen there last (largest seen) has it.
CREATE TABLE paths (
  seen INTEGER PRIMARY KEY AUTOINCREMENT,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  UNIQUE (document, path)
);
CREATE INDEX paths_path ON paths (path);
-- A document's text in pieces of 32,768 code points, so that a passage is read without the rest.
CREATE TABLE texts (
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  piece INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (document, piece)
);
CREATE TABLE page_starts (
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  start INTEGER NOT NULL,
  PRIMARY KEY (document, page)
) WITHOUT ROWID;

-- search/
CREATE TABLE embedding_models (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL
);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL,
  scope INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  page INTEGER NOT NULL,
  name TEXT NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE UNIQUE INDEX chunks_document ON chunks (document, ordinal);
CREATE INDEX chunks_scope ON chunks (scope);
-- The words of chunks. Its rows follow those of chunks by hand (search/index.cc), because FTS5 needs the old values.
CREATE VIRTUAL TABLE chunk_words USING fts5 (
  name, heading, text, content='chunks', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE chunk_vocabulary USING fts5vocab ('chunk_words', 'row');
-- Little-endian float32 of unit length. The scope is kept here too, so that a scan need not look at chunks.
CREATE TABLE vectors (
  chunk INTEGER PRIMARY KEY REFERENCES chunks (id),
  scope INTEGER NOT NULL,
  model INTEGER NOT NULL REFERENCES embedding_models (id),
  vector BLOB NOT NULL
);
CREATE INDEX vectors_scope ON vectors (model, scope);

)sql";

// Version 2. The register of companies.
constexpr const char* kVersion2 = R"sql(
-- companies_house/
-- What the register answered, by the address it was asked at. status 404: it has nothing there.
CREATE TABLE register_replies (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (source, target)
);
CREATE INDEX register_replies_read ON register_replies (read_at);
-- Which filing became which document of which matter.
CREATE TABLE register_filings (
  matter TEXT NOT NULL,
  company TEXT NOT NULL,
  filing TEXT NOT NULL,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  company_name TEXT NOT NULL,
  category TEXT NOT NULL,
  type TEXT NOT NULL,
  date TEXT NOT NULL,
  description TEXT NOT NULL,
  source TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  PRIMARY KEY (matter, company, filing)
);
CREATE INDEX register_filings_document ON register_filings (document);
)sql";

// Version 3. Conversations of the first product's API (answers/sessions.h).
constexpr const char* kVersion3 = R"sql(
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  used INTEGER NOT NULL
);
CREATE INDEX sessions_used ON sessions (used);
CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  question TEXT NOT NULL,
  answer TEXT NOT NULL
);
CREATE INDEX exchanges_session ON exchanges (session);
-- Documents whose words a session's answers may hold: deleting one deletes those too.
CREATE TABLE session_documents (
  session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  PRIMARY KEY (session, document)
) WITHOUT ROWID;
CREATE INDEX session_documents_document ON session_documents (document);
CREATE TRIGGER documents_delete_sessions BEFORE DELETE ON documents BEGIN
  DELETE FROM sessions WHERE id IN (SELECT session FROM session_documents WHERE document = OLD.id);
END;
)sql";

// Version 4: documents inside documents, and the structure of texts.
constexpr const char* kVersion4 = R"sql(
-- documents/
-- 1: it is here only because another document holds it, and goes when that goes.
ALTER TABLE documents ADD COLUMN embedded_only INTEGER NOT NULL DEFAULT 0;
-- A mail and its attachments, an archive and its members; place: from 0, in the parent's order.
CREATE TABLE embedded (
  parent TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  child TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (parent, place)
) WITHOUT ROWID;
CREATE INDEX embedded_child ON embedded (child);
-- Parts of a text that are more than a paragraph, by start; code points.
CREATE TABLE structure (
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  kind TEXT NOT NULL,
  level INTEGER NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (document, place)
) WITHOUT ROWID;
)sql";

// Version 5: what is waited for is read before the rest; deletions whose words are not yet out of the files.
constexpr const char* kVersion5 = R"sql(
-- documents/
-- 0: somebody waits for it; 1: one of many.
ALTER TABLE documents ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
-- 1: deleted, for everybody but the work that takes its documents away.
ALTER TABLE matters ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
DROP INDEX documents_state;
CREATE INDEX documents_state ON documents (state, priority, queued);
-- search/
-- Words are counted within the walls of a question now (search/keywords.h).
DROP TABLE chunk_vocabulary;
-- A row from the transaction that deletes until no file holds its words any more.
CREATE TABLE purges (
  id INTEGER PRIMARY KEY
);
)sql";

// Version 6: pages that were read by OCR.
constexpr const char* kVersion6 = R"sql(
-- documents/
-- Code points [start, end) of the text. words: JSON [[start, end, left, top, right, bottom, confidence]…], positions in
-- the page's text; boxes in points of a PDF page or pixels of a picture.
CREATE TABLE ocr_pages (
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  confidence REAL NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (document, page)
) WITHOUT ROWID;
)sql";

// Version 7: companies that a matter names (companies_house/matter_companies.h). Their readings are documents of the
// matter.
constexpr const char* kVersion7 = R"sql(
-- companies_house/
CREATE TABLE matter_companies (
  matter TEXT NOT NULL,
  company TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT REFERENCES documents (id) ON DELETE SET NULL,
  reported TEXT REFERENCES documents (id) ON DELETE SET NULL,
  added_at INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  PRIMARY KEY (matter, company)
) WITHOUT ROWID;
CREATE INDEX matter_companies_document ON matter_companies (document);
CREATE INDEX matter_companies_reported ON matter_companies (reported);
-- What belongs to a matter by its name goes with the name.
CREATE TRIGGER matters_hidden AFTER UPDATE OF hidden ON matters WHEN NEW.hidden = 1 BEGIN
  DELETE FROM matter_companies WHERE matter = OLD.name;
  DELETE FROM register_filings WHERE matter = OLD.name;
END;
)sql";

// Version 8: of the same bytes there may be several readings (documents/readings.h). SQLite changes what is UNIQUE only
// by a new table; foreign keys are off meanwhile, and those that name documents go on to name it.
constexpr const char* kVersion8 = R"sql(
-- documents/
CREATE TABLE new_documents (
  id TEXT PRIMARY KEY,
  matter INTEGER NOT NULL REFERENCES matters (id),
  sha256 TEXT NOT NULL,
  -- 0: the newest of these bytes in this matter; older ones from 1.
  reading INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '[]',
  superseded_by TEXT NOT NULL DEFAULT '',
  queued INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  pages INTEGER NOT NULL DEFAULT 0,
  characters INTEGER NOT NULL DEFAULT 0,
  chunks INTEGER NOT NULL DEFAULT 0,
  -- 1: it is here only because another document holds it, and goes when that goes.
  embedded_only INTEGER NOT NULL DEFAULT 0,
  -- 0: somebody waits for it; 1: one of many.
  priority INTEGER NOT NULL DEFAULT 0,
  UNIQUE (matter, sha256, reading)
);
INSERT INTO new_documents (id, matter, sha256, bytes, name, media_type, state, reason, notes, superseded_by, queued,
                           added_at, pages, characters, chunks, embedded_only, priority)
  SELECT id, matter, sha256, bytes, name, media_type, state, reason, notes, superseded_by, queued,
         added_at, pages, characters, chunks, embedded_only, priority FROM documents;
DROP TABLE documents;
ALTER TABLE new_documents RENAME TO documents;
CREATE INDEX documents_state ON documents (state, priority, queued);
CREATE INDEX documents_queued ON documents (queued);
CREATE INDEX documents_sha256 ON documents (sha256);
CREATE INDEX documents_name ON documents (name);
CREATE TRIGGER documents_delete_sessions BEFORE DELETE ON documents BEGIN
  DELETE FROM sessions WHERE id IN (SELECT session FROM session_documents WHERE document = OLD.id);
END;
)sql";

// Version 9: who wrote the store.
constexpr const char* kVersion9 = R"sql(
-- store/
-- The version of Counsel that had it last: what an older one tells its user when it cannot open it. No later schema
-- renames this.
CREATE TABLE written_by (
  version TEXT NOT NULL
);
)sql";

// Version 10: long documents are written and removed in pieces (search/unseen.h).
constexpr const char* kVersion10 = R"sql(
-- search/
-- Passages first to last, all of one document, that no search sees. leaving 0: it is not whole yet; 1: they are being
-- removed.
CREATE TABLE unseen (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  document TEXT NOT NULL,
  scope INTEGER NOT NULL,
  leaving INTEGER NOT NULL
);
CREATE INDEX unseen_document ON unseen (document);
-- A document that is indexed again has passages of both kinds for a while.
DROP INDEX chunks_document;
CREATE INDEX chunks_document ON chunks (document, ordinal);
-- A purge merges two segments too (search/purge.cc).
INSERT INTO chunk_words (chunk_words, rank) VALUES ('usermerge', 2);
)sql";

// Version 11: another embedding model's vectors, made beside those that serve (search/reembedding.h).
constexpr const char* kVersion11 = R"sql(
-- search/
-- 1: another model has taken its place.
ALTER TABLE embedding_models ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
-- As vectors. The two exchange their names when all are made.
CREATE TABLE next_vectors (
  chunk INTEGER PRIMARY KEY REFERENCES chunks (id),
  scope INTEGER NOT NULL,
  model INTEGER NOT NULL REFERENCES embedding_models (id),
  vector BLOB NOT NULL
);
CREATE INDEX next_vectors_scope ON next_vectors (model, scope);
-- The model that next_vectors are made for; no row: none are, and what is there can go.
CREATE TABLE reembedding (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  model TEXT NOT NULL
);
)sql";

// Version 12: which document a question means (search/document_rows.h). Rows of what is stored already are made by the
// running daemon.
constexpr const char* kVersion12 = R"sql(
-- search/
-- Of each document that searches see. words: understanding/document_row.h.
CREATE TABLE document_rows (
  document TEXT PRIMARY KEY,
  scope INTEGER NOT NULL,
  name TEXT NOT NULL,
  words BLOB NOT NULL
);
CREATE INDEX document_rows_scope ON document_rows (scope);
)sql";

// Version 13: words are folded otherwise (search/tokenizer.h). Rows of the keyword index up to `until` were written
// before; the running daemon writes them anew, from the last to the first (search/word_forms.h). No row: none is left.
constexpr const char* kVersion13 = R"sql(
-- search/
CREATE TABLE earlier_words (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  until INTEGER NOT NULL
);
INSERT INTO earlier_words (id, until) SELECT 1, max(id) FROM chunks HAVING max(id) IS NOT NULL;
)sql";

// Version 14: by which version of the readers a document was read (documents/readings.h); 0: by one before this.
constexpr const char* kVersion14 = R"sql(
-- documents/
ALTER TABLE documents ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_reader ON documents (reader) WHERE state = 'ready' AND superseded_by = '';
)sql";

// Version 15: conversations are kept (answers/conversations.h). What was a session with its last questions is one now;
// the walls that stood in its name stand with each question.
constexpr const char* kVersion15 = R"sql(
-- answers/
DROP TRIGGER documents_delete_sessions;
CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  -- Whose: "user", or the name of a person with a token. name: what the client calls it.
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  -- "": its first question is its title.
  title TEXT NOT NULL DEFAULT '',
  title_words TEXT NOT NULL DEFAULT '',
  used INTEGER NOT NULL,
  -- How many questions went with documents and matters.
  removed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (owner, name)
);
CREATE INDEX conversations_used ON conversations (used);
CREATE TABLE new_exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  -- Each behind a line end; "": all.
  matters TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  style TEXT NOT NULL,
  -- Of question and answer, folded, each behind a blank.
  words TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  -- What /api/ask replied, without what can be read in the documents; "": it was not kept.
  record TEXT NOT NULL
);
CREATE TABLE exchange_documents (
  exchange INTEGER NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  PRIMARY KEY (exchange, document)
) WITHOUT ROWID;
CREATE TABLE earlier_sessions AS
  SELECT id, used, CASE WHEN substr(name, 1, 4) = 'ask:' THEN substr(name, 5, instr(name || char(10), char(10)) - 5)
                        ELSE name END AS name,
         CASE WHEN substr(name, 1, 4) = 'ask:' THEN substr(name, instr(name || char(10), char(10)))
              ELSE char(10) || 'general' END AS matters
  FROM sessions;
INSERT INTO conversations (owner, name, used) SELECT 'user', name, max(used) FROM earlier_sessions GROUP BY name;
INSERT INTO new_exchanges (id, conversation, matters, asked_at, style, words, question, answer, record)
  SELECT e.id, c.id, s.matters, 0, '', ' ' || lower(replace(e.question || ' ' || e.answer, char(10), ' ')),
         e.question, e.answer, ''
  FROM exchanges e JOIN earlier_sessions s ON s.id = e.session JOIN conversations c ON c.name = s.name;
INSERT INTO exchange_documents (exchange, document)
  SELECT e.id, d.document FROM exchanges e JOIN session_documents d ON d.session = e.session;
DROP TABLE earlier_sessions;
DROP TABLE session_documents;
DROP TABLE exchanges;
DROP TABLE sessions;
ALTER TABLE new_exchanges RENAME TO exchanges;
CREATE INDEX exchanges_conversation ON exchanges (conversation);
CREATE INDEX exchange_documents_document ON exchange_documents (document);
-- What may hold a document's words goes with it, and a conversation with its last question.
CREATE TRIGGER documents_delete_exchanges BEFORE DELETE ON documents BEGIN
  DELETE FROM exchanges WHERE id IN (SELECT exchange FROM exchange_documents WHERE document = OLD.id);
END;
CREATE TRIGGER matters_hidden_exchanges AFTER UPDATE OF hidden ON matters WHEN NEW.hidden = 1 BEGIN
  DELETE FROM exchanges WHERE instr(matters || char(10), char(10) || OLD.name || char(10)) > 0;
END;
CREATE TRIGGER exchanges_removed AFTER DELETE ON exchanges BEGIN
  UPDATE conversations SET removed = removed + 1 WHERE id = OLD.conversation;
  DELETE FROM conversations
    WHERE id = OLD.conversation AND NOT EXISTS (SELECT 1 FROM exchanges WHERE conversation = OLD.conversation);
END;
)sql";

// Version 16: files of the index beside the store (search/segments.h), made by the running daemon.
constexpr const char* kVersion16 = R"sql(
-- search/
CREATE TABLE index_segments (
  stamp INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  passages INTEGER NOT NULL,
  model INTEGER NOT NULL,
  words_bytes INTEGER NOT NULL,
  words_checksum INTEGER NOT NULL,
  vectors_bytes INTEGER NOT NULL,
  vectors_checksum INTEGER NOT NULL,
  gone_until INTEGER NOT NULL
);
CREATE TABLE index_gone (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL
);
CREATE INDEX index_gone_first ON index_gone (first);
-- One row. last_passage: the greatest number that a removed passage had; none is given again.
CREATE TABLE index_state (
  covered INTEGER NOT NULL,
  last_passage INTEGER NOT NULL
);
-- What has words of the earlier form goes by its number.
INSERT INTO index_state (covered, last_passage) VALUES (0, coalesce((SELECT until FROM earlier_words), 0));
)sql";

constexpr std::array kVersions = {kVersion1,  kVersion2,  kVersion3,  kVersion4,  kVersion5,  kVersion6,
                                  kVersion7,  kVersion8,  kVersion9,  kVersion10, kVersion11, kVersion12,
                                  kVersion13, kVersion14, kVersion15, kVersion16};

// "Counsel 0.3.0", or "a newer Counsel" where the store does not say.
Result<std::string> WriterOf(Connection& connection) {
  Result<Statement> read = connection.Prepare("SELECT version FROM written_by");
  if (!read) return std::string("a newer Counsel");
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return *row ? "Counsel " + std::string(read->Text(0)) : std::string("a newer Counsel");
}

Result<void> RefuseNewer(Connection& connection, std::int64_t version) {
  Result<std::string> writer = WriterOf(connection);
  if (!writer) return Fail(std::move(writer.error()));
  const std::string use = writer->starts_with("Counsel") ? *writer + " or newer" : *writer;
  return Fail(ErrorCode::kUnsupported,
              "The document store was written by " + *writer + " (schema " + std::to_string(version) +
                  "); this is Counsel " COUNSEL_VERSION " (schema " + std::to_string(LatestSchema()) + ").",
              "Use " + use + ", or restore a backup: counsel --home NEW restore FOLDER");
}

}  // namespace

std::int64_t LatestSchema() {
  return static_cast<std::int64_t>(kVersions.size());
}

Result<std::int64_t> SchemaOf(Connection& connection) {
  Result<Statement> read = connection.Prepare("PRAGMA user_version");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return read->Int(0);
}

Result<void> Migrate(Connection& connection, std::size_t until) {
  const Result<std::int64_t> version = SchemaOf(connection);
  if (!version) return Fail(version.error());
  if (*version > LatestSchema()) return RefuseNewer(connection, *version);
  const std::size_t last = std::min(until, kVersions.size());
  if (static_cast<std::size_t>(*version) >= last) return {};
  // Dropping a table would take along what refers to it. Not within a transaction: there it has no effect.
  if (Result<void> off = connection.Execute("PRAGMA foreign_keys = OFF"); !off) return off;
  Result<void> applied = InTransaction(connection, true, [&](Connection& db) -> Result<void> {
    for (std::size_t next = static_cast<std::size_t>(*version); next < last; ++next) {
      if (Result<void> made = db.Execute(kVersions[next]); !made) return made;
    }
    return db.Execute("PRAGMA user_version = " + std::to_string(last));
  });
  if (!applied) return applied;
  return connection.Execute("PRAGMA foreign_keys = ON");
}

}  // namespace counsel::store
