#include "search/segments.h"

#include <algorithm>
#include <string>
#include <utility>

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// `$` in it begins the names of the kind's tables.
std::string Sql(const IndexKind& kind, std::string_view sql) {
  std::string of_kind;
  for (const char c : sql) c == '$' ? of_kind.append(kind.tables) : of_kind.append(1, c);
  return of_kind;
}

Result<std::int64_t> Number(Connection& db, std::string_view sql) {
  ASSIGN_OR_RETURN(Statement read, db.Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, read.Step());
  return row ? read.Int(0) : 0;
}

Result<void> Insert(Connection& db, const SegmentRow& row, const IndexKind& kind) {
  ASSIGN_OR_RETURN(Statement insert,
                   db.Prepare(Sql(kind,
                                  "INSERT INTO $_segments (stamp, first, last, passages, model, words_bytes, "
                                  "words_checksum, vectors_bytes, vectors_checksum, gone_until) "
                                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")));
  insert.Bind(1, row.stamp).Bind(2, row.first).Bind(3, row.last).Bind(4, row.passages).Bind(5, row.model);
  insert.Bind(6, row.words_bytes).Bind(7, row.words_checksum).Bind(8, row.vectors_bytes);
  return insert.Bind(9, row.vectors_checksum).Bind(10, row.gone_until).Run();
}

Result<std::int64_t> PassagesWithin(Connection& db, std::int64_t first, std::int64_t last, const IndexKind& kind) {
  ASSIGN_OR_RETURN(Statement count, db.Prepare("SELECT count(*) FROM " + std::string(kind.source) + " WHERE " +
                                               std::string(kind.number) + " BETWEEN ? AND ?"));
  RETURN_IF_ERROR(count.Bind(1, first).Bind(2, last).Step());
  return count.Int(0);
}

Result<void> SetCovered(Connection& db, std::int64_t covered, const IndexKind& kind) {
  ASSIGN_OR_RETURN(Statement set, db.Prepare(Sql(kind, "UPDATE $_state SET covered = ?")));
  return set.Bind(1, covered).Run();
}

}  // namespace

Result<std::vector<SegmentRow>> SegmentRows(Connection& db, const IndexKind& kind) {
  ASSIGN_OR_RETURN(Statement rows, db.Prepare(Sql(kind,
                                                  "SELECT stamp, first, last, passages, model, words_bytes, "
                                                  "words_checksum, vectors_bytes, vectors_checksum, gone_until "
                                                  "FROM $_segments ORDER BY first")));
  std::vector<SegmentRow> segments;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return segments;
    SegmentRow& segment = segments.emplace_back();
    segment.stamp = rows.Int(0);
    segment.first = rows.Int(1);
    segment.last = rows.Int(2);
    segment.passages = rows.Int(3);
    segment.model = rows.Int(4);
    segment.words_bytes = rows.Int(5);
    segment.words_checksum = rows.Int(6);
    segment.vectors_bytes = rows.Int(7);
    segment.vectors_checksum = rows.Int(8);
    segment.gone_until = rows.Int(9);
  }
}

Result<std::int64_t> CoveredUntil(Connection& db, const IndexKind& kind) {
  return Number(db, Sql(kind, "SELECT covered FROM $_state"));
}

Result<Gone> GoneUntil(Connection& db, std::int64_t covered, const IndexKind& kind) {
  Gone gone;
  ASSIGN_OR_RETURN(gone.newest, Number(db, Sql(kind, "SELECT max(id) FROM $_gone")));
  ASSIGN_OR_RETURN(Statement rows,
                   db.Prepare(Sql(kind, "SELECT first, last FROM $_gone WHERE first <= ? ORDER BY first")));
  rows.Bind(1, covered);
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return gone;
    const Passages one{rows.Int(0), rows.Int(1)};
    if (!gone.passages.empty() && one.first <= gone.passages.back().last + 1) {
      gone.passages.back().last = std::max(gone.passages.back().last, one.last);
    } else {
      gone.passages.push_back(one);
    }
  }
}

Result<void> NoteGone(Connection& db, std::int64_t first, std::int64_t last, const IndexKind& kind) {
  // A segment that is being made of them is not taken (Apply).
  ASSIGN_OR_RETURN(Statement note, db.Prepare(Sql(kind,
                                                  "INSERT INTO $_gone (first, last) SELECT ?1, ?2 FROM $_state "
                                                  "WHERE covered >= ?1")));
  RETURN_IF_ERROR(note.Bind(1, first).Bind(2, last).Run());
  ASSIGN_OR_RETURN(Statement set, db.Prepare(Sql(kind, "UPDATE $_state SET last_passage = max(last_passage, ?)")));
  return set.Bind(1, last).Run();
}

Result<std::int64_t> NextPassage(Connection& db, const IndexKind& kind) {
  const std::string newest = "SELECT max(" + std::string(kind.number) + ") FROM " + std::string(kind.source);
  ASSIGN_OR_RETURN(const std::int64_t last,
                   Number(db, Sql(kind, "SELECT max(coalesce((" + newest + "), 0), last_passage) FROM $_state")));
  return last + 1;
}

Result<void> Apply(Connection& db, const SegmentChange& change, const IndexKind& kind) {
  const auto changed = [] { return Fail(ErrorCode::kCancelled, "The index has changed meanwhile."); };
  ASSIGN_OR_RETURN(const std::int64_t covered, CoveredUntil(db, kind));
  if (covered != change.covered_before) return changed();
  ASSIGN_OR_RETURN(Statement remove, db.Prepare(Sql(kind, "DELETE FROM $_segments WHERE stamp = ?")));
  for (const std::int64_t stamp : change.replaced) {
    RETURN_IF_ERROR(remove.Bind(1, stamp).Run());
    if (db.changes() != 1) return changed();
    remove.Reset();
  }
  if (change.covered > covered) {
    ASSIGN_OR_RETURN(const std::int64_t there, PassagesWithin(db, covered + 1, change.covered, kind));
    std::int64_t made = 0;
    for (const SegmentRow& row : change.made) made += row.passages;
    if (there != made) return changed();  // some were removed while it was written
  }
  for (const SegmentRow& row : change.made) RETURN_IF_ERROR(Insert(db, row, kind));
  RETURN_IF_ERROR(SetCovered(db, change.covered, kind));
  // What no segment has any more.
  ASSIGN_OR_RETURN(Statement forget,
                   db.Prepare(Sql(kind,
                                  "DELETE FROM $_gone WHERE last <= ? AND NOT EXISTS (SELECT 1 FROM $_segments s "
                                  "WHERE s.first <= $_gone.last AND s.last >= $_gone.first AND s.gone_until < "
                                  "$_gone.id)")));
  return forget.Bind(1, change.covered).Run();
}

Result<void> ForgetSegments(Connection& db, const IndexKind& kind) {
  RETURN_IF_ERROR(db.Execute(Sql(kind, "DELETE FROM $_segments")));
  return SetCovered(db, 0, kind);
}

}  // namespace counsel::search
