// Writing the files of one segment. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "search/document_rows.h"
#include "search/mapped_index.h"
#include "search/segments.h"
#include "store/store.h"

namespace counsel::search {

// Of the store's passages behind `covered`, at most so many, none behind `until`. Nothing when there are none.
[[nodiscard]] Result<std::optional<SegmentRow>> MakeSegment(store::Connection& db, const Index& index,
                                                            std::int64_t covered, std::int64_t until, std::int64_t most,
                                                            const index::MayGoOn& may_go_on);
// Of rows of documents likewise: each of their signs is a word.
[[nodiscard]] Result<std::optional<SegmentRow>> MakeRowSegment(store::Connection& db, const Index& index,
                                                               std::int64_t covered, std::int64_t most,
                                                               const RowSigns& signs, const index::MayGoOn& may_go_on);
// Of what is not gone of other segments, whose passages ascend. Nothing when all of it is. `vectors_anew`: from the
// store, for another model's have taken the place of those they had.
[[nodiscard]] Result<std::optional<SegmentRow>> JoinSegments(
    store::Connection& db, const Index& index, const std::vector<std::shared_ptr<const MappedSegment>>& segments,
    const std::vector<Passages>& gone, bool vectors_anew, const index::MayGoOn& may_go_on);
// The model of the first vector that the store has of the segment's passages; 0: of none.
[[nodiscard]] Result<std::int64_t> FirstModel(store::Connection& db, const SegmentRow& row);

}  // namespace counsel::search
