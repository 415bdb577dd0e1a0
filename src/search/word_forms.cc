#include "search/word_forms.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "search/tokenizer.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// Between two looks at the clock.
constexpr std::int64_t kStep = 16;

constexpr std::string_view kForget =
    "INSERT INTO chunk_words (chunk_words, rowid, name, heading, text) SELECT "
    "'delete', id, name, heading, text "
    "FROM chunks WHERE ";

Result<void> Forget(Connection& db, std::int64_t first, std::int64_t last, bool earlier) {
  if (first > last) return {};
  Result<Statement> forget = db.Prepare(std::string(kForget) + "id BETWEEN ? AND ?");
  if (!forget) return Fail(std::move(forget.error()));
  const EarlierForm form(earlier);
  return forget->Bind(1, first).Bind(2, last).Run();
}

// Passages up to `until`, the last of them first.
Result<std::vector<std::int64_t>> LastUntil(Connection& db, std::int64_t until) {
  Result<Statement> rows = db.Prepare("SELECT id FROM chunks WHERE id <= ? ORDER BY id DESC LIMIT ?");
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, until).Bind(2, kStep);
  std::vector<std::int64_t> ids;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return ids;
    ids.push_back(rows->Int(0));
  }
}

Result<void> SetUntil(Connection& db, std::int64_t until) {
  Result<Statement> set = db.Prepare(until > 0 ? "UPDATE earlier_words SET until = ?" : "DELETE FROM earlier_words");
  if (!set) return Fail(std::move(set.error()));
  if (until > 0) set->Bind(1, until);
  return set->Run();
}

}  // namespace

Result<std::int64_t> EarlierUntil(Connection& db) {
  Result<Statement> read = db.Prepare("SELECT until FROM earlier_words");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return *row ? read->Int(0) : 0;
}

Result<void> ForgetWords(Connection& db, std::int64_t first, std::int64_t last) {
  Result<std::int64_t> until = EarlierUntil(db);
  if (!until) return Fail(std::move(until.error()));
  if (Result<void> forgotten = Forget(db, first, std::min(last, *until), true); !forgotten) return forgotten;
  return Forget(db, std::max(first, *until + 1), last, false);
}

Result<void> ForgetWordsOf(Connection& db, std::string_view document) {
  Result<std::int64_t> until = EarlierUntil(db);
  if (!until) return Fail(std::move(until.error()));
  for (const bool earlier : {true, false}) {
    Result<Statement> forget =
        db.Prepare(std::string(kForget) + "document = ? AND id " + (earlier ? "<=" : ">") + " ?");
    if (!forget) return Fail(std::move(forget.error()));
    const EarlierForm form(earlier);
    if (Result<void> forgotten = forget->Bind(1, document).Bind(2, *until).Run(); !forgotten) return forgotten;
  }
  return {};
}

Result<bool> RewriteEarlierWords(Connection& db, std::chrono::milliseconds most) {
  const auto end = std::chrono::steady_clock::now() + most;
  for (;;) {
    Result<std::int64_t> until = EarlierUntil(db);
    if (!until) return Fail(std::move(until.error()));
    if (*until == 0) return false;
    Result<std::vector<std::int64_t>> ids = LastUntil(db, *until);
    if (!ids) return Fail(std::move(ids.error()));
    Result<Statement> write = db.Prepare(
        "INSERT INTO chunk_words (rowid, name, heading, text) "
        "SELECT id, name, heading, text FROM chunks WHERE id = ?");
    if (!write) return Fail(std::move(write.error()));
    for (const std::int64_t id : *ids) {
      if (Result<void> forgotten = Forget(db, id, id, true); !forgotten) return Fail(std::move(forgotten.error()));
      if (Result<void> written = write->Bind(1, id).Run(); !written) return Fail(std::move(written.error()));
      write->Reset();
    }
    if (Result<void> set = SetUntil(db, ids->empty() ? 0 : ids->back() - 1); !set) return Fail(std::move(set.error()));
    if (std::chrono::steady_clock::now() >= end) return true;
  }
}

Result<void> RebuildWords(Connection& db) {
  return store::InTransaction(db, true, [](Connection& in) -> Result<void> {
    if (Result<void> set = SetUntil(in, 0); !set) return set;
    return in.Execute("INSERT INTO chunk_words (chunk_words) VALUES ('rebuild')");
  });
}

}  // namespace counsel::search
