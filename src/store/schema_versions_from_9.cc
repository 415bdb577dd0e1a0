// Those behind 0.1.0.
#include "store/schema_versions.h"

namespace counsel::store {
namespace {

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

// Version 17: the record (record/record.h).
constexpr const char* kVersion17 = R"sql(
-- record/
-- What was asked and done, in order. entry: canonical JSON; about: the entry that it is about, 0: none.
CREATE TABLE record_entries (
  number INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  about INTEGER NOT NULL,
  entry TEXT NOT NULL
);
CREATE INDEX record_entries_about ON record_entries (about) WHERE about > 0;
CREATE INDEX record_entries_owner ON record_entries (owner, number);
-- The whole subtrees of its Merkle tree, by their place (record/tree.h).
CREATE TABLE record_nodes (
  place INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
);
-- The texts of an entry, which stand in it as digests; no row: they were deleted.
CREATE TABLE record_texts (
  entry INTEGER PRIMARY KEY,
  salt TEXT NOT NULL,
  texts BLOB NOT NULL
);
-- Whose words may be in the texts of an entry.
CREATE TABLE record_documents (
  document TEXT NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (document, entry)
) WITHOUT ROWID;
CREATE INDEX record_documents_entry ON record_documents (entry);
CREATE TABLE record_matters (
  matter TEXT NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (matter, entry)
) WITHOUT ROWID;
CREATE INDEX record_matters_entry ON record_matters (entry);
-- Entries whose texts went, until an entry says so. what: 'document', 'matter' or 'conversation'.
CREATE TABLE record_gone (
  what TEXT NOT NULL,
  document TEXT NOT NULL,
  entry INTEGER NOT NULL
);
CREATE TRIGGER record_entries_stay BEFORE UPDATE ON record_entries BEGIN
  SELECT raise(ABORT, 'the record is only ever added to');
END;
CREATE TRIGGER record_entries_are_kept BEFORE DELETE ON record_entries BEGIN
  SELECT raise(ABORT, 'the record is only ever added to');
END;
CREATE TRIGGER record_nodes_stay BEFORE UPDATE ON record_nodes BEGIN
  SELECT raise(ABORT, 'the record is only ever added to');
END;
CREATE TRIGGER record_nodes_are_kept BEFORE DELETE ON record_nodes BEGIN
  SELECT raise(ABORT, 'the record is only ever added to');
END;
-- What may hold a document's words goes with it.
CREATE TRIGGER documents_delete_record BEFORE DELETE ON documents BEGIN
  INSERT INTO record_gone (what, document, entry)
    SELECT 'document', OLD.id, d.entry FROM record_documents d JOIN record_texts t ON t.entry = d.entry
    WHERE d.document = OLD.id;
  DELETE FROM record_texts WHERE entry IN (SELECT entry FROM record_documents WHERE document = OLD.id);
  DELETE FROM record_documents WHERE document = OLD.id;
END;
CREATE TRIGGER matters_hidden_record AFTER UPDATE OF hidden ON matters WHEN NEW.hidden = 1 BEGIN
  INSERT INTO record_gone (what, document, entry)
    SELECT 'matter', '', m.entry FROM record_matters m JOIN record_texts t ON t.entry = m.entry
    WHERE m.matter = OLD.name;
  DELETE FROM record_texts WHERE entry IN (SELECT entry FROM record_matters WHERE matter = OLD.name);
  DELETE FROM record_matters WHERE matter = OLD.name;
END;
-- documents/
-- What a question can be answered from: in the order of ids, without the rest of the row.
CREATE INDEX documents_visible ON documents (id, matter) WHERE state = 'ready' AND superseded_by = '';
)sql";

// Version 18: the same files for the rows of documents (search/document_rows.h), by a number that is never given again.
constexpr const char* kVersion18 = R"sql(
-- search/
CREATE TABLE numbered_rows (
  number INTEGER PRIMARY KEY,
  document TEXT NOT NULL UNIQUE,
  scope INTEGER NOT NULL,
  name TEXT NOT NULL,
  words BLOB NOT NULL
);
INSERT INTO numbered_rows (number, document, scope, name, words)
  SELECT rowid, document, scope, name, words FROM document_rows ORDER BY rowid;
DROP TABLE document_rows;
ALTER TABLE numbered_rows RENAME TO document_rows;
CREATE INDEX document_rows_scope ON document_rows (scope);
-- As index_segments, index_gone and index_state are of passages.
CREATE TABLE row_index_segments (
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
CREATE TABLE row_index_gone (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL
);
CREATE INDEX row_index_gone_first ON row_index_gone (first);
CREATE TABLE row_index_state (
  covered INTEGER NOT NULL,
  last_passage INTEGER NOT NULL
);
INSERT INTO row_index_state (covered, last_passage) VALUES (0, 0);
)sql";

// Version 19: reviews (review/tables.h).
constexpr const char* kVersion19 = R"sql(
-- review/
-- columns: TOML. state: 'running', 'done', 'cancelled' or 'failed'.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  matter INTEGER NOT NULL REFERENCES matters (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  columns TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  UNIQUE (matter, name)
);
-- stamp: of the text that the cells were filled from; cells: JSON, one for each column.
CREATE TABLE review_rows (
  review INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  stamp TEXT NOT NULL,
  cells TEXT NOT NULL,
  PRIMARY KEY (review, document)
);
CREATE INDEX review_rows_document ON review_rows (document);
-- What people said of cells. place: of the column, from 0.
CREATE TABLE review_acts (
  id INTEGER PRIMARY KEY,
  review INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
  document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  act TEXT NOT NULL,
  person TEXT NOT NULL,
  time INTEGER NOT NULL,
  words TEXT NOT NULL
);
CREATE INDEX review_acts_cell ON review_acts (review, document);
CREATE INDEX review_acts_document ON review_acts (document);
CREATE TRIGGER matters_hidden_reviews AFTER UPDATE OF hidden ON matters WHEN NEW.hidden = 1 BEGIN
  DELETE FROM reviews WHERE matter = OLD.id;
END;
)sql";

}  // namespace

const std::array<const char*, 11> kVersionsFrom9 = {kVersion9,  kVersion10, kVersion11, kVersion12,
                                                    kVersion13, kVersion14, kVersion15, kVersion16,
                                                    kVersion17, kVersion18, kVersion19};

}  // namespace counsel::store
