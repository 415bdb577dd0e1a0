#include "search/index_upkeep.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/file.h"
#include "search/segment_making.h"
#include "search/word_forms.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;
using Change = std::optional<SegmentChange>;

bool Meets(const SegmentRow& row, const Passages& passages) {
  return row.first <= passages.last && row.last >= passages.first;
}

SegmentChange Of(std::int64_t covered) {
  SegmentChange change;
  change.covered_before = change.covered = covered;
  return change;
}

}  // namespace

Result<void> IndexUpkeep::Begin(Connection& db) {
  return store::InTransaction(db, false, [this](Connection& in) -> Result<void> {
    ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, SegmentRows(in, index_->kind()));
    return index_->RemoveAllBut(rows);
  });
}

Result<Change> IndexUpkeep::Prepare(Connection& db) {
  return store::InTransaction(db, false, [this](Connection& in) -> Result<Change> {
    ASSIGN_OR_RETURN(const std::int64_t covered, CoveredUntil(in, index_->kind()));
    ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, SegmentRows(in, index_->kind()));
    ASSIGN_OR_RETURN(Change change, Damaged(rows, covered));
    if (change) return change;
    ASSIGN_OR_RETURN(const Gone gone, GoneUntil(in, covered, index_->kind()));
    if (static_cast<std::int64_t>(gone.passages.size()) > policy_.most_gone) {
      ASSIGN_OR_RETURN(change, Anew(in, rows, covered, gone));
      if (change) return change;
    }
    if (of_passages()) {
      ASSIGN_OR_RETURN(change, WithPlaces(in, rows, covered, gone));
      if (change) return change;
    }
    const std::vector<SegmentRow> together = NextTogether(rows);
    if (!together.empty()) return Join(in, together, covered, gone, false);
    for (const SegmentRow& row : rows) {
      if (!of_passages()) break;
      ASSIGN_OR_RETURN(const std::int64_t model, FirstModel(in, row));
      if (model != 0 && model != row.model) return Join(in, {row}, covered, gone, true);
    }
    return Tail(in, covered, gone.newest);
  });
}

Result<Change> IndexUpkeep::PreparePurge(Connection& db) {
  return store::InTransaction(db, false, [this](Connection& in) -> Result<Change> {
    ASSIGN_OR_RETURN(const std::int64_t covered, CoveredUntil(in, index_->kind()));
    ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, SegmentRows(in, index_->kind()));
    ASSIGN_OR_RETURN(const Gone gone, GoneUntil(in, covered, index_->kind()));
    Result<Change> change = Anew(in, rows, covered, gone);
    if (change || stopping_ || !in.MayGoOn()) return change;
    // From the first of them on they are made anew, later.
    for (const SegmentRow& row : rows) {
      const auto meets = [&row](const Passages& one) { return Meets(row, one); };
      if (std::any_of(gone.passages.begin(), gone.passages.end(), meets))
        return Change(WithoutFrom(rows, row.first, covered));
    }
    return change;
  });
}

// The first that cannot be read goes, and those behind it, for what is covered has no holes.
Result<Change> IndexUpkeep::Damaged(const std::vector<SegmentRow>& rows, std::int64_t covered) {
  for (const SegmentRow& row : rows) {
    Result<std::shared_ptr<const MappedSegment>> open = index_->Open(row);
    if (open && !index_->Suspected(row.stamp)) continue;
    const bool passing = !open && open.error().code != ErrorCode::kNotFound && open.error().code != ErrorCode::kCorrupt;
    if (passing) return Fail(std::move(open.error()));
    return Change(WithoutFrom(rows, row.first, covered));
  }
  return Change();
}

SegmentChange IndexUpkeep::WithoutFrom(const std::vector<SegmentRow>& rows, std::int64_t first, std::int64_t covered) {
  SegmentChange change = Of(covered);
  change.covered = first - 1;
  for (const SegmentRow& row : rows) {
    if (row.first >= first) change.replaced.push_back(row.stamp);
  }
  return change;
}

// What is gone leaves the first segment that still has it.
Result<Change> IndexUpkeep::Anew(Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                                 const Gone& gone) {
  for (const SegmentRow& row : rows) {
    if (row.gone_until >= gone.newest) continue;
    ASSIGN_OR_RETURN(const bool has, HasGone(db, row));
    if (has) return Join(db, {row}, covered, gone, false);
  }
  return Change();
}

index::MayGoOn IndexUpkeep::Patience(const Connection& db) const {
  return [this, &db]() -> Result<void> {
    if (stopping_) return Fail(ErrorCode::kCancelled, "Counsel is stopping.");
    return db.MayGoOn();
  };
}

Result<bool> IndexUpkeep::HasGone(Connection& db, const SegmentRow& row) const {
  ASSIGN_OR_RETURN(Statement look, db.Prepare("SELECT 1 FROM " + std::string(index_->kind().tables) +
                                              "_gone WHERE first <= ? AND last >= ? AND id > ? LIMIT 1"));
  return look.Bind(1, row.last).Bind(2, row.first).Bind(3, row.gone_until).Step();
}

Result<Change> IndexUpkeep::Join(Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                                 const Gone& gone, bool vectors_anew) {
  std::vector<std::shared_ptr<const MappedSegment>> segments;
  SegmentChange change = Of(covered);
  for (const SegmentRow& row : rows) {
    ASSIGN_OR_RETURN(std::shared_ptr<const MappedSegment> segment, index_->Open(row));
    segments.push_back(std::move(segment));
    change.replaced.push_back(row.stamp);
  }
  Result<std::optional<SegmentRow>> made =
      JoinSegments(db, *index_, segments, gone.passages, vectors_anew, Patience(db));
  if (!made && made.error().code == ErrorCode::kCorrupt) {
    for (const SegmentRow& row : rows) index_->Suspect(row.stamp);
  }
  if (!made) return Fail(std::move(made.error()));
  if (*made) {
    (*made)->gone_until = gone.newest;
    change.made.push_back(**made);
  }
  return Change(std::move(change));
}

// Of an earlier Counsel's segment, whose file does not know where words stand, small ones of the store's own texts:
// they become one again as new ones do.
Result<Change> IndexUpkeep::WithPlaces(Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                                       const Gone& gone) {
  for (const SegmentRow& row : rows) {
    ASSIGN_OR_RETURN(const std::shared_ptr<const MappedSegment> open, index_->Open(row));
    if (open->words.has_places()) continue;
    SegmentChange change = Of(covered);
    change.replaced.push_back(row.stamp);
    for (std::int64_t until = row.first - 1;;) {
      Result<std::optional<SegmentRow>> made = Make(db, until, row.last);
      if (!made) Settle(change, false);
      if (!made) return Fail(std::move(made.error()));
      if (!*made) return Change(std::move(change));
      (*made)->gone_until = gone.newest;
      until = (*made)->last;
      change.made.push_back(**made);
    }
  }
  return Change();
}

// Whether there are so many passages behind `covered`.
Result<bool> IndexUpkeep::HasBehind(Connection& db, std::int64_t covered, std::int64_t count) const {
  const std::string number(index_->kind().number);
  ASSIGN_OR_RETURN(Statement look, db.Prepare("SELECT 1 FROM " + std::string(index_->kind().source) + " WHERE " +
                                              number + " > ? ORDER BY " + number + " LIMIT 1 OFFSET ?"));
  return look.Bind(1, covered).Bind(2, count - 1).Step();
}

Result<std::optional<SegmentRow>> IndexUpkeep::Make(Connection& db, std::int64_t covered, std::int64_t until) const {
  if (of_passages()) return MakeSegment(db, *index_, covered, until, policy_.batch, Patience(db));
  return MakeRowSegment(db, *index_, covered, policy_.batch, signs_, Patience(db));
}

Result<Change> IndexUpkeep::Tail(Connection& db, std::int64_t covered, std::int64_t gone) {
  ASSIGN_OR_RETURN(const bool enough, HasBehind(db, covered, policy_.least));
  if (!enough) return Change();
  // Words of an earlier form are written anew first; they are found meanwhile as they always were.
  ASSIGN_OR_RETURN(const std::int64_t earlier, EarlierUntil(db));
  if (earlier > 0 && of_passages()) return Change();
  RETURN_IF_ERROR(MakePrivateDirectory(index_->folder()));
  if (covered == 0) RETURN_IF_ERROR(index_->RemoveAllBut({}));  // what was given up
  ASSIGN_OR_RETURN(std::optional<SegmentRow> made, Make(db, covered, INT64_MAX));
  if (!made) return Change();
  made->gone_until = gone;
  SegmentChange change = Of(covered);
  change.covered = made->last;
  change.made.push_back(*made);
  return Change(std::move(change));
}

// The last segments, as many as are about the size of those behind them: each passage is written again as often as the
// index has grown eightfold.
std::vector<SegmentRow> IndexUpkeep::NextTogether(const std::vector<SegmentRow>& rows) const {
  std::int64_t passages = 0;
  std::size_t first = rows.size();
  while (first > 0) {
    const std::int64_t one = rows[first - 1].passages;
    const bool big = first < rows.size() && one > 2 * std::max(passages, policy_.batch);
    if (big || passages + one > policy_.most) break;
    passages += one;
    --first;
  }
  if (static_cast<std::int64_t>(rows.size() - first) < policy_.together) return {};
  return {rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end()};
}

Result<void> IndexUpkeep::Publish(Connection& db, const SegmentChange& change) {
  return Apply(db, change, index_->kind());
}

void IndexUpkeep::Settle(const SegmentChange& change, bool published) {
  std::vector<std::int64_t> unneeded = change.replaced;
  if (!published) {
    unneeded.clear();
    for (const SegmentRow& row : change.made) unneeded.push_back(row.stamp);
  }
  index_->Remove(unneeded);
}

}  // namespace counsel::search
