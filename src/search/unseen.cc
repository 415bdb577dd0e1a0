// What is unseen: read by searches, written by those who add and remove documents in pieces.
#include "search/unseen.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "search/document_rows.h"
#include "search/search.h"
#include "search/segments.h"
#include "search/word_forms.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// Passages that one transaction may take out beside what else it does.
constexpr std::int64_t kAtOnce = 200;
// Passages between two looks at the clock.
constexpr std::int64_t kStep = 64;

template <class T>
bool Within(const T& one, const std::vector<T>& all) {
  return all.empty() || std::find(all.begin(), all.end(), one) != all.end();
}

// Of the document, those that searches see, as ranges.
struct Ids {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
Result<std::vector<Ids>> SeenOf(Connection& db, std::string_view document) {
  Result<Unseen> unseen = Unseen::Load(db);
  if (!unseen) return Fail(std::move(unseen.error()));
  Result<Statement> rows = db.Prepare("SELECT id FROM chunks WHERE document = ? ORDER BY id");
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, document);
  std::vector<Ids> seen;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return seen;
    const std::int64_t id = rows->Int(0);
    if (unseen->Holds(id)) continue;
    if (seen.empty() || seen.back().last + 1 != id) seen.push_back({id, id});
    seen.back().last = id;
  }
}

Result<void> RemoveRange(Connection& db, std::int64_t first, std::int64_t last) {
  if (Result<void> noted = NoteGone(db, first, last); !noted) return noted;
  if (Result<void> forgotten = ForgetWords(db, first, last); !forgotten) return forgotten;
  for (const char* sql :
       {"DELETE FROM vectors WHERE chunk BETWEEN ? AND ?", "DELETE FROM next_vectors WHERE chunk BETWEEN ? AND ?",
        "DELETE FROM chunks WHERE id BETWEEN ? AND ?"}) {
    Result<Statement> statement = db.Prepare(sql);
    if (!statement) return Fail(std::move(statement.error()));
    if (Result<void> ran = statement->Bind(1, first).Bind(2, last).Run(); !ran) return ran;
  }
  return {};
}

// The last passages of a range that is leaving; nothing when there is none.
Result<std::optional<Ids>> NextLeaving(Connection& db) {
  Result<Statement> row = db.Prepare("SELECT first, last FROM unseen WHERE leaving = 1 LIMIT 1");
  if (!row) return Fail(std::move(row.error()));
  Result<bool> found = row->Step();
  if (!found) return Fail(std::move(found.error()));
  if (!*found) return std::optional<Ids>();
  return std::optional<Ids>(Ids{row->Int(0), row->Int(1)});
}

Result<void> Forget(Connection& db, const Ids& range, std::int64_t removed_from) {
  Result<Statement> shrink =
      db.Prepare(removed_from == range.first ? "DELETE FROM unseen WHERE first = ?1"
                                             : "UPDATE unseen SET last = ?2 - 1 WHERE first = ?1");
  if (!shrink) return Fail(std::move(shrink.error()));
  shrink->Bind(1, range.first);
  if (removed_from != range.first) shrink->Bind(2, removed_from);
  return shrink->Run();
}

Result<void> ForDocument(Connection& db, std::string_view sql, std::string_view document) {
  Result<Statement> statement = db.Prepare(sql);
  if (!statement) return Fail(std::move(statement.error()));
  return statement->Bind(1, document).Run();
}

}  // namespace

Result<Unseen> Unseen::Load(Connection& db) {
  Result<Statement> rows = db.Prepare("SELECT first, last, scope, document FROM unseen ORDER BY first");
  if (!rows) return Fail(std::move(rows.error()));
  Unseen unseen;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return unseen;
    Range& range = unseen.ranges_.emplace_back();
    range.first = rows->Int(0);
    range.last = rows->Int(1);
    range.scope = rows->Int(2);
    range.document = rows->Text(3);
  }
}

bool Unseen::Holds(std::int64_t chunk) const {
  const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), chunk,
                                       [](std::int64_t id, const Range& range) { return id < range.first; });
  return behind != ranges_.begin() && std::prev(behind)->last >= chunk;
}

std::int64_t Unseen::Count(const std::vector<std::int64_t>& scopes, const std::vector<std::string>& documents,
                           std::int64_t after) const {
  std::int64_t count = 0;
  for (const Range& range : ranges_) {
    if (range.last <= after || !Within(range.scope, scopes) || !Within(range.document, documents)) continue;
    count += range.last - std::max(range.first, after + 1) + 1;
  }
  return count;
}

Result<void> Stage(Connection& db, std::string_view document, std::int64_t scope, std::int64_t first,
                   std::int64_t last) {
  Result<Statement> insert =
      db.Prepare("INSERT INTO unseen (first, last, document, scope, leaving) VALUES (?, ?, ?, ?, 0)");
  if (!insert) return Fail(std::move(insert.error()));
  return insert->Bind(1, first).Bind(2, last).Bind(3, document).Bind(4, scope).Run();
}

Result<void> ShowStaged(Connection& db, std::string_view document) {
  if (Result<void> hidden = HideDocument(db, document, false); !hidden) return hidden;
  return ForDocument(db, "DELETE FROM unseen WHERE document = ? AND leaving = 0", document);
}

Result<void> GiveUpStaged(Connection& db, std::string_view document) {
  return ForDocument(db, "UPDATE unseen SET leaving = 1 WHERE document = ? AND leaving = 0", document);
}

Result<void> GiveUpAllStaged(Connection& db) {
  return db.Execute("UPDATE unseen SET leaving = 1 WHERE leaving = 0");
}

Result<void> HideDocument(Connection& db, std::string_view document, bool staged_too) {
  if (staged_too) {
    if (Result<void> given_up = GiveUpStaged(db, document); !given_up) return given_up;
  }
  RETURN_IF_ERROR(ForgetDocumentRow(db, document));
  Result<std::vector<Ids>> seen = SeenOf(db, document);
  if (!seen) return Fail(std::move(seen.error()));
  std::int64_t passages = 0;
  for (const Ids& range : *seen) passages += range.last - range.first + 1;
  for (const Ids& range : *seen) {
    if (passages <= kAtOnce) {
      if (Result<void> removed = RemoveRange(db, range.first, range.last); !removed) return removed;
      continue;
    }
    Result<Statement> hide = db.Prepare(
        "INSERT INTO unseen (first, last, document, scope, leaving) SELECT ?1, ?2, document, scope, 1 FROM chunks "
        "WHERE id = ?1");
    if (!hide) return Fail(std::move(hide.error()));
    if (Result<void> hidden = hide->Bind(1, range.first).Bind(2, range.last).Run(); !hidden) return hidden;
  }
  return {};
}

Result<bool> RemoveHidden(Connection& db, std::chrono::milliseconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  for (;;) {
    Result<std::optional<Ids>> range = NextLeaving(db);
    if (!range) return Fail(std::move(range.error()));
    if (!*range) return false;
    const std::int64_t from = std::max((*range)->first, (*range)->last - kStep + 1);
    if (Result<void> removed = RemoveRange(db, from, (*range)->last); !removed) return Fail(std::move(removed.error()));
    if (Result<void> forgotten = Forget(db, **range, from); !forgotten) return Fail(std::move(forgotten.error()));
    if (std::chrono::steady_clock::now() >= end) return true;
  }
}

}  // namespace counsel::search
