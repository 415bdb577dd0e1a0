#include "search/passages_at.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "search/mapped_index.h"
#include "search/nearest.h"
#include "search/passages_with.h"

namespace counsel::search {
namespace {

constexpr std::string_view kColumns =
    "c.id, c.document, c.scope, c.start, c.\"end\", c.page, c.heading, c.text, c.ordinal";

// A row of kColumns.
PassageAt Read(const store::Statement& row) {
  PassageAt passage;
  passage.hit.chunk = row.Int(0);
  passage.hit.document = row.Text(1);
  passage.hit.scope = row.Int(2);
  passage.hit.start = row.Int(3);
  passage.hit.end = row.Int(4);
  passage.hit.page = static_cast<int>(row.Int(5));
  passage.hit.heading = row.Text(6);
  passage.hit.text = row.Text(7);
  passage.ordinal = row.Int(8);
  return passage;
}

// Such rows, without what is unseen.
Result<std::vector<PassageAt>> Take(store::Connection& db, store::Statement& rows) {
  Result<Unseen> unseen = Unseen::Load(db);
  if (!unseen) return Fail(std::move(unseen.error()));
  std::vector<PassageAt> passages;
  for (;;) {
    Result<bool> row = rows.Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return passages;
    if (unseen->Holds(rows.Int(0))) continue;
    passages.push_back(Read(rows));
  }
}

Result<std::vector<PassageAt>> OfDocument(store::Connection& db, std::string_view document, std::string_view condition,
                                          std::int64_t value) {
  Result<store::Statement> rows =
      db.Prepare("SELECT " + std::string(kColumns) + " FROM chunks c WHERE c.document = ? " + std::string(condition));
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, document).Bind(2, value);
  return Take(db, *rows);
}

}  // namespace

Result<bool> AnySeen(store::Connection& db) {
  ASSIGN_OR_RETURN(const Unseen unseen, Unseen::Load(db));
  // Between one range that is not seen and the next: to count them would take a look at each passage of the store.
  std::vector<std::pair<std::int64_t, std::int64_t>> between;
  std::int64_t from = 0;
  unseen.ForEachRange([&](std::int64_t first, std::int64_t last) {
    if (from < first) between.emplace_back(from, first - 1);
    from = last + 1;
  });
  between.emplace_back(from, INT64_MAX);
  Result<store::Statement> any = db.Prepare("SELECT EXISTS (SELECT 1 FROM chunks WHERE id BETWEEN ? AND ?)");
  if (!any) return Fail(std::move(any.error()));
  for (const auto& [first, last] : between) {
    any->Reset();
    any->Bind(1, first).Bind(2, last);
    ASSIGN_OR_RETURN(const bool row, any->Step());
    if (row && any->Int(0) != 0) return true;
  }
  return false;
}

Result<std::vector<PassageAt>> WithPhrase(store::Connection& db, std::string_view phrase,
                                          const std::vector<std::int64_t>& scopes,
                                          const std::vector<std::string>& documents, std::size_t most) {
  Walls walls;
  walls.scopes = scopes;
  walls.documents = documents;
  ASSIGN_OR_RETURN(walls.unseen, Unseen::Load(db));
  std::optional<IndexSnapshot> files;
  if (const std::shared_ptr<Index> index = Index::For(db)) {
    ASSIGN_OR_RETURN(files, index->Look(db));
  }
  ASSIGN_OR_RETURN(std::vector<std::int64_t> ids, PassagesWith(db, phrase, walls, files ? &*files : nullptr));
  if (files && !files->Whole()) {
    ASSIGN_OR_RETURN(ids, PassagesWith(db, phrase, walls, nullptr));
  }
  if (ids.size() > most) ids.resize(most);
  ASSIGN_OR_RETURN(store::Statement rows,
                   db.Prepare("SELECT " + std::string(kColumns) + " FROM chunks c WHERE c.id = ?"));
  std::vector<PassageAt> passages;
  for (const std::int64_t id : ids) {
    rows.Reset();
    ASSIGN_OR_RETURN(const bool row, rows.Bind(1, id).Step());
    if (row) passages.push_back(Read(rows));
  }
  return passages;
}

Result<std::vector<PassageAt>> OnPage(store::Connection& db, std::string_view document, int page) {
  return OfDocument(db, document, "AND c.page = ? ORDER BY c.ordinal", page);
}

Result<std::vector<PassageAt>> FirstOf(store::Connection& db, std::string_view document, std::int64_t count) {
  return OfDocument(db, document, "ORDER BY c.ordinal LIMIT ?", count);
}

Result<std::vector<PassageAt>> LastOf(store::Connection& db, std::string_view document, std::int64_t count) {
  Result<std::vector<PassageAt>> last = OfDocument(db, document, "ORDER BY c.ordinal DESC LIMIT ?", count);
  if (last) std::reverse(last->begin(), last->end());
  return last;
}

Result<std::optional<PassageAt>> Behind(store::Connection& db, const PassageAt& passage) {
  Result<std::vector<PassageAt>> next =
      OfDocument(db, passage.hit.document, "AND c.ordinal = ? ORDER BY c.id", passage.ordinal + 1);
  if (!next) return Fail(std::move(next.error()));
  if (next->empty()) return std::optional<PassageAt>();
  return std::optional<PassageAt>(std::move(next->front()));
}

}  // namespace counsel::search
