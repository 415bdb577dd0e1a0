// Keeping the index's files: new passages become a segment, neighbouring segments one, what is gone leaves its segment.
//
// One at a time, in three steps: Prepare on a reading connection writes new files; Publish, in a transaction, makes
// their rows true; Settle removes what they replaced. Killed anywhere, the rows name whole files, and the next Begin
// removes the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "search/document_rows.h"
#include "search/mapped_index.h"
#include "search/segments.h"
#include "store/store.h"

namespace counsel::search {

struct IndexPolicy {
  IndexPolicy() = default;
  std::int64_t least = 2'000;   // passages without files, before some are made
  std::int64_t batch = 4'096;   // of the smallest segment; some 20 MB of memory while it is made
  std::int64_t together = 8;    // segments of about a size that become one
  std::int64_t most = 250'000;  // passages of a segment that others are added to
  std::int64_t most_gone = 64;  // ranges that a question leaves out, before their segments are written anew
};

class IndexUpkeep {
 public:
  // `signs`: of rows of documents, whose files these are; of passages none.
  explicit IndexUpkeep(std::shared_ptr<Index> index, IndexPolicy policy = {}, RowSigns signs = nullptr)
      : index_(std::move(index)), policy_(policy), signs_(std::move(signs)) {}

  // Removes files that no row names. Before anything is prepared, and while nothing is.
  [[nodiscard]] Result<void> Begin(store::Connection& db);
  // The next step, if there is one: quick to say no. In one snapshot of `db`, some seconds at most.
  [[nodiscard]] Result<std::optional<SegmentChange>> Prepare(store::Connection& db);
  // Only what takes gone passages out of the files, all of them, for a purge. Where the disk has no room for new files
  // the old ones go all the same.
  [[nodiscard]] Result<std::optional<SegmentChange>> PreparePurge(store::Connection& db);
  // On the writer, in a transaction.
  [[nodiscard]] Result<void> Publish(store::Connection& db, const SegmentChange& change);
  // From any thread: what is being prepared ends soon, with kCancelled.
  void Stop() { stopping_ = true; }
  // After the commit, or when it was not to be: the files that are not needed.
  void Settle(const SegmentChange& change, bool published);

 private:
  using Change = std::optional<SegmentChange>;
  Result<Change> Damaged(const std::vector<SegmentRow>& rows, std::int64_t covered);
  Result<Change> Anew(store::Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                      const Gone& gone);
  Result<Change> Join(store::Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                      const Gone& gone, bool vectors_anew);
  Result<Change> WithPlaces(store::Connection& db, const std::vector<SegmentRow>& rows, std::int64_t covered,
                            const Gone& gone);
  Result<Change> Tail(store::Connection& db, std::int64_t covered, std::int64_t gone);
  static SegmentChange WithoutFrom(const std::vector<SegmentRow>& rows, std::int64_t first, std::int64_t covered);
  [[nodiscard]] index::MayGoOn Patience(const store::Connection& db) const;
  Result<bool> HasBehind(store::Connection& db, std::int64_t covered, std::int64_t count) const;
  Result<bool> HasGone(store::Connection& db, const SegmentRow& row) const;
  Result<std::optional<SegmentRow>> Make(store::Connection& db, std::int64_t covered, std::int64_t until) const;
  [[nodiscard]] bool of_passages() const { return &index_->kind() == &kOfPassages; }
  [[nodiscard]] std::vector<SegmentRow> NextTogether(const std::vector<SegmentRow>& rows) const;

  const std::shared_ptr<Index> index_;
  const IndexPolicy policy_;
  const RowSigns signs_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace counsel::search
