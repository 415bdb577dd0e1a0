#include "search/index_check.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "search/mapped_index.h"
#include "search/segments.h"

namespace counsel::search {
namespace {

Result<std::vector<SegmentRow>> RowsNow(store::Connection& db, const IndexKind& kind) {
  return store::InTransaction(db, false, [&kind](store::Connection& in) { return SegmentRows(in, kind); });
}

// Of a home that was restored, whose backup has no such files, none is there until it is made: no damage.
bool IsThere(const Index& index, const SegmentRow& row) {
  std::error_code ignored;
  return std::filesystem::exists(index.WordsFile(row.stamp), ignored) &&
         (row.vectors_bytes == 0 || std::filesystem::exists(index.VectorsFile(row.stamp), ignored));
}

bool IsWhole(Index& index, const SegmentRow& row) {
  const Result<std::shared_ptr<const MappedSegment>> segment = index.Open(row);
  return segment && AsWritten(**segment);
}

Result<bool> FilesAgree(store::Connection& db, const IndexKind& kind) {
  const std::shared_ptr<Index> index = Index::For(db, kind);
  if (!index) return true;
  ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, RowsNow(db, kind));
  for (const SegmentRow& row : rows) {
    RETURN_IF_ERROR(db.MayGoOn());
    if (!IsThere(*index, row) || IsWhole(*index, row)) continue;
    ASSIGN_OR_RETURN(const std::vector<SegmentRow> now, RowsNow(db, kind));
    if (std::any_of(now.begin(), now.end(), [&row](const SegmentRow& one) { return one.stamp == row.stamp; })) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<bool> IndexFilesAgree(store::Connection& db) {
  ASSIGN_OR_RETURN(const bool passages, FilesAgree(db, kOfPassages));
  return passages ? FilesAgree(db, kOfRows) : false;
}

std::optional<Error> IndexTrouble(store::Connection& db) {
  const std::shared_ptr<Index> index = Index::For(db);
  return index ? index->trouble() : std::nullopt;
}

Result<void> ForgetIndexFiles(store::Connection& db) {
  return store::InTransaction(db, true, [](store::Connection& in) -> Result<void> {
    RETURN_IF_ERROR(ForgetSegments(in, kOfPassages));
    return ForgetSegments(in, kOfRows);
  });
}

}  // namespace counsel::search
