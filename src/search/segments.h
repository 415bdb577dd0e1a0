// What the store knows of the index's files: which segments there are, and which of their passages are gone.
//
// The rows change in the transaction that changes what they tell of, so a snapshot of the store sees segments that fit
// it:
//
//   passages up to `covered`     each is in one segment, or is gone; those behind are searched in the store's own
//   tables index_segments               files of passages first to last, written and synced before their row index_gone
//   passages that were removed; a segment without them has taken in what was gone before it
//
// A passage's number is never given again, so it is one text for ever. Internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// Of what files are: passages, or rows of documents (document_rows.h), which are numbered and covered alike.
struct IndexKind {
  std::string_view tables;  // begins their names: "index" of index_segments, index_gone, index_state
  std::string_view source;  // the table of what they are made of
  std::string_view number;  // its column
  std::string_view ending;  // of the files of words
};
inline constexpr IndexKind kOfPassages = {"index", "chunks", "id", "words"};
inline constexpr IndexKind kOfRows = {"row_index", "document_rows", "number", "documents"};

struct SegmentRow {
  SegmentRow() = default;
  std::int64_t stamp = 0;  // names its files; random
  std::int64_t first = 0;  // passages
  std::int64_t last = 0;
  std::int64_t passages = 0;
  std::int64_t model = 0;  // of the first vector
  std::int64_t words_bytes = 0;
  std::int64_t words_checksum = 0;
  std::int64_t vectors_bytes = 0;  // 0: it has no vectors, for its passages have those of several models
  std::int64_t vectors_checksum = 0;
  std::int64_t gone_until = 0;  // it has nothing of index_gone up to this row
};

// By their passages.
[[nodiscard]] Result<std::vector<SegmentRow>> SegmentRows(store::Connection& db, const IndexKind& kind = kOfPassages);
// 0: there is no index.
[[nodiscard]] Result<std::int64_t> CoveredUntil(store::Connection& db, const IndexKind& kind = kOfPassages);

// Both are meant.
struct Passages {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
struct Gone {
  Gone() = default;
  std::vector<Passages> passages;  // ascending, apart; of segments that have them still
  std::int64_t newest = 0;         // row
};
[[nodiscard]] Result<Gone> GoneUntil(store::Connection& db, std::int64_t covered, const IndexKind& kind = kOfPassages);

// In the transaction that removes passages first to last of a document: no number is given again, and no segment is
// searched for them.
[[nodiscard]] Result<void> NoteGone(store::Connection& db, std::int64_t first, std::int64_t last,
                                    const IndexKind& kind = kOfPassages);
// The number of the next passage.
[[nodiscard]] Result<std::int64_t> NextPassage(store::Connection& db, const IndexKind& kind = kOfPassages);

// What an upkeep of the files has made (index_upkeep.h). In a transaction; kCancelled when the rows have changed
// meanwhile.
struct SegmentChange {
  SegmentChange() = default;
  std::vector<std::int64_t> replaced;  // stamps
  std::vector<SegmentRow> made;
  std::int64_t covered_before = 0;
  std::int64_t covered = 0;
};
[[nodiscard]] Result<void> Apply(store::Connection& db, const SegmentChange& change,
                                 const IndexKind& kind = kOfPassages);
// All of it is made anew. In a transaction.
[[nodiscard]] Result<void> ForgetSegments(store::Connection& db, const IndexKind& kind = kOfPassages);

}  // namespace counsel::search
