// Writing the index: chunks, their words and their vectors change together.
#include <bit>
#include <string>
#include <utility>

#include "search/document_rows.h"
#include "search/model_row.h"
#include "search/nearest.h"
#include "search/search.h"
#include "search/segments.h"
#include "search/tokenizer.h"
#include "search/unseen.h"
#include "search/word_forms.h"

namespace counsel::search {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are stored as they lie in memory");

// Runs one statement that takes a document's id.
Result<void> RunFor(store::Connection& db, std::string_view document, std::string_view sql) {
  Result<store::Statement> statement = db.Prepare(sql);
  if (!statement) return Fail(std::move(statement.error()));
  return statement->Bind(1, document).Run();
}

// The three statements that add a chunk, prepared once for a document.
struct Inserts {
  store::Statement chunk;
  store::Statement words;
  store::Statement vector;

  static Result<Inserts> Prepare(store::Connection& db) {
    Result<store::Statement> chunk = db.Prepare(
        "INSERT INTO chunks (document, scope, ordinal, start, \"end\", page, name, heading, text, id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!chunk) return Fail(std::move(chunk.error()));
    Result<store::Statement> words =
        db.Prepare("INSERT INTO chunk_words (rowid, name, heading, text) VALUES (?, ?, ?, ?)");
    if (!words) return Fail(std::move(words.error()));
    Result<store::Statement> vector =
        db.Prepare("INSERT INTO vectors (chunk, scope, model, vector) VALUES (?, ?, ?, ?)");
    if (!vector) return Fail(std::move(vector.error()));
    return Inserts{std::move(*chunk), std::move(*words), std::move(*vector)};
  }
};

Result<void> NoteGone(store::Connection& db, std::string_view document) {
  ASSIGN_OR_RETURN(store::Statement rows, db.Prepare("SELECT id FROM chunks WHERE document = ? ORDER BY id"));
  rows.Bind(1, document);
  std::int64_t first = 0;
  std::int64_t last = -1;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (row && rows.Int(0) == last + 1) {
      last = rows.Int(0);
      continue;
    }
    if (first > 0) RETURN_IF_ERROR(search::NoteGone(db, first, last));
    if (!row) return {};
    first = last = rows.Int(0);
  }
}

}  // namespace

Result<std::int64_t> ModelRow(store::Connection& db, std::string_view model, std::size_t dimensions) {
  Result<store::Statement> find = db.Prepare("SELECT id, dimensions FROM embedding_models WHERE name = ?");
  if (!find) return Fail(std::move(find.error()));
  find->Bind(1, model);
  Result<bool> row = find->Step();
  if (!row) return Fail(std::move(row.error()));
  if (*row) {
    if (find->Int(1) == static_cast<std::int64_t>(dimensions)) return find->Int(0);
    return Fail(ErrorCode::kInvalidArgument,
                "Vectors of '" + std::string(model) + "' have " + std::to_string(find->Int(1)) +
                    " values in the index, these have " + std::to_string(dimensions) + ".",
                "Check that the model file is the one that the catalogue describes.");
  }
  Result<store::Statement> add = db.Prepare("INSERT INTO embedding_models (name, dimensions) VALUES (?, ?)");
  if (!add) return Fail(std::move(add.error()));
  if (Result<void> added = add->Bind(1, model).Bind(2, static_cast<std::int64_t>(dimensions)).Run(); !added) {
    return Fail(std::move(added.error()));
  }
  return db.last_insert_rowid();
}

Result<void> CheckServes(store::Connection& db, std::string_view model) {
  Result<store::Statement> find =
      db.Prepare("SELECT 1 FROM embedding_models WHERE name = ? AND retired = 1 AND EXISTS (SELECT 1 FROM vectors)");
  if (!find) return Fail(std::move(find.error()));
  find->Bind(1, model);
  Result<bool> retired = find->Step();
  if (!retired) return Fail(std::move(retired.error()));
  if (!*retired) return {};
  return Fail(ErrorCode::kUnavailable, "Another embedding model has taken the place of '" + std::string(model) + "'.",
              "The document is read again with that one.");
}

Error NotUnitLength(std::string_view model) {
  return {ErrorCode::kInvalidArgument,
          "The embedding model '" + std::string(model) + "' gave a vector that is not of unit length.",
          "Check that the model file is the one that the catalogue describes."};
}

struct DocumentIndexer::State {
  State(store::Connection& db_in, Inserts inserts_in) : db(db_in), inserts(std::move(inserts_in)) {}
  store::Connection& db;
  Inserts inserts;
  std::string document;
  std::int64_t scope = 0;
  std::string embedding_model;
  std::int64_t model = 0;
  std::string name;
  std::int64_t ordinal = 0;
  std::int64_t next = 0;   // id
  std::int64_t first = 0;  // ids of what was added
  std::int64_t last = 0;
};

DocumentIndexer::DocumentIndexer(std::unique_ptr<State> state) : state_(std::move(state)) {}
DocumentIndexer::DocumentIndexer(DocumentIndexer&&) noexcept = default;
DocumentIndexer::~DocumentIndexer() = default;

Result<DocumentIndexer> DocumentIndexer::Begin(store::Connection& db, std::string_view document, std::int64_t scope,
                                               std::string_view embedding_model, std::size_t dimensions,
                                               std::string_view name, std::int64_t next) {
  if (Result<void> serves = CheckServes(db, embedding_model); !serves) return Fail(std::move(serves.error()));
  Result<std::int64_t> model = ModelRow(db, embedding_model, dimensions);
  if (!model) return Fail(std::move(model.error()));
  Result<Inserts> inserts = Inserts::Prepare(db);
  if (!inserts) return Fail(std::move(inserts.error()));
  Result<std::int64_t> first = NextPassage(db);
  if (!first) return Fail(std::move(first.error()));
  auto state = std::make_unique<State>(db, std::move(*inserts));
  state->next = *first;
  state->document = document;
  state->scope = scope;
  state->embedding_model = embedding_model;
  state->model = *model;
  state->name = name;
  state->ordinal = next;
  return DocumentIndexer(std::move(state));
}

Result<void> DocumentIndexer::Add(const NewChunk& chunk, std::span<const float> vector) {
  State& to = *state_;
  if (!IsUnitVector(vector)) {
    return Fail(NotUnitLength(to.embedding_model));
  }
  store::Statement& row = to.inserts.chunk;
  row.Bind(1, to.document).Bind(2, to.scope).Bind(3, to.ordinal++).Bind(4, chunk.start).Bind(5, chunk.end);
  row.Bind(6, static_cast<std::int64_t>(chunk.page)).Bind(7, to.name).Bind(8, chunk.heading);
  const std::int64_t id = to.next++;
  if (Result<void> added = row.Bind(9, chunk.text).Bind(10, id).Run(); !added) return added;
  if (to.first == 0) to.first = id;
  to.last = id;
  to.inserts.words.Bind(1, id).Bind(2, to.name).Bind(3, chunk.heading);
  if (Result<void> added = to.inserts.words.Bind(4, chunk.text).Run(); !added) return added;
  to.inserts.vector.Bind(1, id).Bind(2, to.scope).Bind(3, to.model).BindBlob(4, std::as_bytes(vector));
  return to.inserts.vector.Run();
}

Result<void> DocumentIndexer::Stage() {
  const State& added = *state_;
  if (added.first == 0) return {};
  return search::Stage(added.db, added.document, added.scope, added.first, added.last);
}

Result<void> IndexDocument(store::Connection& db, std::string_view document, std::int64_t scope,
                           const std::vector<NewChunk>& chunks, std::string_view embedding_model,
                           std::span<const float> vectors, std::string_view name) {
  if (Result<void> removed = RemoveDocument(db, document); !removed || chunks.empty()) return removed;
  const std::size_t dimensions = vectors.size() / chunks.size();
  if (dimensions == 0 || vectors.size() % chunks.size() != 0) {
    return Fail(ErrorCode::kInvalidArgument, std::to_string(chunks.size()) + " passages came with " +
                                                 std::to_string(vectors.size()) + " vector values of '" +
                                                 std::string(embedding_model) + "'.");
  }
  Result<DocumentIndexer> indexer = DocumentIndexer::Begin(db, document, scope, embedding_model, dimensions, name);
  if (!indexer) return Fail(std::move(indexer.error()));
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    Result<void> added = indexer->Add(chunks[i], vectors.subspan(i * dimensions, dimensions));
    if (!added) return added;
  }
  return {};
}

Result<void> RemoveDocument(store::Connection& db, std::string_view document) {
  if (Result<void> forgotten = RunFor(db, document, "DELETE FROM unseen WHERE document = ?"); !forgotten) {
    return forgotten;
  }
  RETURN_IF_ERROR(ForgetDocumentRow(db, document));
  if (Result<void> noted = NoteGone(db, document); !noted) return noted;
  // FTS5 forgets a row only when it is given the values that it was given; chunks still has them.
  Result<void> removed = ForgetWordsOf(db, document);
  if (!removed) return removed;
  for (const char* table : {"vectors", "next_vectors"}) {
    removed =
        RunFor(db, document,
               std::string("DELETE FROM ") + table + " WHERE chunk IN (SELECT id FROM chunks WHERE document = ?)");
    if (!removed) return removed;
  }
  return RunFor(db, document, "DELETE FROM chunks WHERE document = ?");
}

Result<IndexCounts> Count(store::Connection& db) {
  // Of what searches see. As many vectors as passages, or the store is damaged: upkeep/check.h.
  Result<store::Statement> read = db.Prepare(
      "SELECT (SELECT count(*) FROM chunks c WHERE ordinal = 0 AND NOT EXISTS (SELECT 1 FROM unseen u WHERE c.id "
      "BETWEEN u.first AND u.last)), (SELECT count(*) FROM chunks), (SELECT count(*) FROM vectors),"
      " (SELECT coalesce(sum(last - first + 1), 0) FROM unseen)");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  IndexCounts counts;
  counts.documents = read->Int(0);
  counts.chunks = read->Int(1) - read->Int(3);
  counts.vectors = read->Int(2) - read->Int(3);
  return counts;
}

}  // namespace counsel::search
