// Those of 0.1.0.
#include "store/schema_versions.h"

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

}  // namespace

const std::array<const char*, 8> kVersions1To8 = {kVersion1, kVersion2, kVersion3, kVersion4,
                                                  kVersion5, kVersion6, kVersion7, kVersion8};

}  // namespace counsel::store
