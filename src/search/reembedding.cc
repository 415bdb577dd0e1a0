#include "search/reembedding.h"

#include <utility>

#include "search/model_row.h"
#include "search/nearest.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// "" when none is under way.
Result<std::string> NextModel(Connection& db) {
  Result<Statement> read = db.Prepare("SELECT model FROM reembedding");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return *row ? std::string(read->Text(0)) : std::string();
}

Result<bool> AnyRow(Connection& db, std::string_view sql) {
  Result<Statement> read = db.Prepare(sql);
  if (!read) return Fail(std::move(read.error()));
  return read->Step();
}

}  // namespace

Result<std::vector<std::string>> ModelsWithVectors(Connection& db) {
  Result<Statement> rows = db.Prepare(
      "SELECT m.name FROM embedding_models m WHERE EXISTS (SELECT 1 FROM vectors v WHERE v.model = m.id) ORDER BY "
      "m.id");
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<std::string> names;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return names;
    names.emplace_back(rows->Text(0));
  }
}

Result<std::vector<ServingModel>> ServingModels(Connection& db) {
  Result<Statement> rows = db.Prepare(
      "SELECT m.name, count(*) AS passages FROM vectors v JOIN embedding_models m ON m.id = v.model "
      "GROUP BY m.id ORDER BY passages DESC, m.id");
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<ServingModel> models;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return models;
    ServingModel& model = models.emplace_back();
    model.name = rows->Text(0);
    model.passages = rows->Int(1);
  }
}

Result<std::int64_t> CountOfOtherModels(Connection& db, std::string_view model) {
  Result<Statement> count =
      db.Prepare("SELECT count(*) FROM vectors WHERE model IN (SELECT id FROM embedding_models WHERE name <> ?)");
  if (!count) return Fail(std::move(count.error()));
  count->Bind(1, model);
  if (Result<bool> row = count->Step(); !row) return Fail(std::move(row.error()));
  return count->Int(0);
}

Result<Reembedding> FindReembedding(Connection& db) {
  Reembedding found;
  Result<std::string> model = NextModel(db);
  if (!model) return Fail(std::move(model.error()));
  if (model->empty()) return found;
  found.model = std::move(*model);
  Result<Statement> read = db.Prepare("SELECT (SELECT count(*) FROM next_vectors), (SELECT count(*) FROM vectors)");
  if (!read) return Fail(std::move(read.error()));
  if (Result<bool> row = read->Step(); !row) return Fail(std::move(row.error()));
  found.done = read->Int(0);
  found.passages = read->Int(1);
  return found;
}

Result<bool> BeginReembedding(Connection& db, std::string_view model) {
  Result<std::string> before = NextModel(db);
  if (!before) return Fail(std::move(before.error()));
  if (*before == model) return true;
  if (Result<void> ended = EndReembedding(db); !ended) return Fail(std::move(ended.error()));
  Result<bool> left = AnyRow(db, "SELECT 1 FROM next_vectors LIMIT 1");
  if (!left) return left;
  if (*left) return false;
  Result<Statement> begin = db.Prepare("INSERT INTO reembedding (id, model) VALUES (1, ?)");
  if (!begin) return Fail(std::move(begin.error()));
  if (Result<void> begun = begin->Bind(1, model).Run(); !begun) return Fail(std::move(begun.error()));
  return true;
}

Result<void> EndReembedding(Connection& db) {
  return db.Execute("DELETE FROM reembedding");
}

Result<std::vector<PassageText>> NextToReembed(Connection& db, std::int64_t after, std::size_t limit) {
  Result<Statement> rows = db.Prepare(
      "SELECT c.id, c.text FROM vectors v JOIN chunks c ON c.id = v.chunk WHERE v.chunk > ? AND NOT EXISTS "
      "(SELECT 1 FROM next_vectors n WHERE n.chunk = v.chunk) ORDER BY v.chunk LIMIT ?");
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, after).Bind(2, static_cast<std::int64_t>(limit));
  std::vector<PassageText> passages;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return passages;
    PassageText& passage = passages.emplace_back();
    passage.chunk = rows->Int(0);
    passage.text = rows->Text(1);
  }
}

Result<void> AddNextVectors(Connection& db, std::string_view model, std::span<const std::int64_t> chunks,
                            std::span<const float> vectors) {
  Result<std::string> next = NextModel(db);
  if (!next) return Fail(std::move(next.error()));
  if (*next != model) return Fail(ErrorCode::kCancelled, "The re-embedding was given up.");
  if (chunks.empty()) return {};
  const std::size_t dimensions = vectors.size() / chunks.size();
  if (dimensions == 0 || vectors.size() % chunks.size() != 0) {
    return Fail(ErrorCode::kInvalidArgument, std::to_string(chunks.size()) + " passages came with " +
                                                 std::to_string(vectors.size()) + " vector values of '" +
                                                 std::string(model) + "'.");
  }
  Result<std::int64_t> row = ModelRow(db, model, dimensions);
  if (!row) return Fail(std::move(row.error()));
  Result<Statement> add = db.Prepare(
      "INSERT OR REPLACE INTO next_vectors (chunk, scope, model, vector) "
      "SELECT chunk, scope, ?2, ?3 FROM vectors WHERE chunk = ?1");
  if (!add) return Fail(std::move(add.error()));
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const std::span<const float> vector = vectors.subspan(i * dimensions, dimensions);
    if (!IsUnitVector(vector)) return Fail(NotUnitLength(model));
    add->Bind(1, chunks[i]).Bind(2, *row).BindBlob(3, std::as_bytes(vector));
    if (Result<void> added = add->Run(); !added) return added;
    add->Reset();
  }
  return {};
}

Result<bool> SwitchVectors(Connection& db) {
  Result<std::string> next = NextModel(db);
  if (!next) return Fail(std::move(next.error()));
  if (next->empty()) return Fail(ErrorCode::kCancelled, "The re-embedding was given up.");
  // Each has its passage among those that serve (AddNextVectors, RemoveDocument), so as many are all.
  Result<Reembedding> found = FindReembedding(db);
  if (!found) return Fail(std::move(found.error()));
  if (found->done < found->passages) return false;
  Result<Statement> retire = db.Prepare("UPDATE embedding_models SET retired = (name <> ?)");
  if (!retire) return Fail(std::move(retire.error()));
  if (Result<void> retired = retire->Bind(1, *next).Run(); !retired) return Fail(std::move(retired.error()));
  // A statement that is still open would keep the tables from being renamed.
  retire->Reset();
  Result<void> exchanged = db.Execute(
      "DELETE FROM reembedding;"
      "ALTER TABLE vectors RENAME TO replaced_vectors;"
      "ALTER TABLE next_vectors RENAME TO vectors;"
      "ALTER TABLE replaced_vectors RENAME TO next_vectors");
  if (!exchanged) return Fail(std::move(exchanged.error()));
  return true;
}

Result<bool> ForgetVectors(Connection& db, std::size_t limit) {
  Result<std::string> next = NextModel(db);
  if (!next) return Fail(std::move(next.error()));
  if (!next->empty()) return false;  // they are being made
  Result<Statement> forget =
      db.Prepare("DELETE FROM next_vectors WHERE chunk IN (SELECT chunk FROM next_vectors ORDER BY chunk LIMIT ?)");
  if (!forget) return Fail(std::move(forget.error()));
  if (Result<void> gone = forget->Bind(1, static_cast<std::int64_t>(limit)).Run(); !gone) {
    return Fail(std::move(gone.error()));
  }
  return db.changes() > 0;
}

}  // namespace counsel::search
