// The index's files beside the store: words and vectors of most passages, mapped, so that a question reads what it
// needs.
//
// Derived from the store and made anew at will. Search uses them where they are (docs/search.md); what they have not
// taken in yet, and all of it where there are none, it finds in the store's own tables, with the same result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/ranking.h"
#include "index/vectors.h"
#include "index/words.h"
#include "search/nearest.h"
#include "search/segments.h"
#include "store/store.h"

namespace counsel::search {

// A segment's files, mapped. Immutable.
struct MappedSegment {
  MappedSegment(SegmentRow row_in, index::Words words_in, std::optional<index::Vectors> vectors_in)
      : row(row_in), words(std::move(words_in)), vectors(std::move(vectors_in)) {}
  SegmentRow row;
  index::Words words;
  std::optional<index::Vectors> vectors;

  // What was read of them up to now is what was written (index::MappedFile).
  [[nodiscard]] bool whole() const { return words.whole() && (!vectors || vectors->whole()); }
};
// Compares its checksums with those that were noted; reads all of it.
[[nodiscard]] bool AsWritten(const MappedSegment& segment);

class Index;

// What the files have of the passages that one snapshot of the store sees.
struct IndexSnapshot {
  IndexSnapshot() = default;
  std::weak_ptr<Index> owner;
  std::int64_t covered = 0;  // passages behind this are searched in the store
  std::vector<std::shared_ptr<const MappedSegment>> segments;
  std::vector<Passages> gone;

  // Of a segment's passages, those within the walls.
  [[nodiscard]] std::vector<index::Range> VisibleOf(const MappedSegment& segment, const Walls& walls) const;
  // Asked after what was found: false when a file was cut off meanwhile or could not be read, so that the tables must
  // be asked in its place. Upkeep knows.
  [[nodiscard]] bool Whole() const;
};

// Any thread.
class Index : public std::enable_shared_from_this<Index> {
 public:
  // Of the store at `database`, in `folder`, for as long as it lives: Search finds it by the connection it is given.
  [[nodiscard]] static std::shared_ptr<Index> Of(const std::filesystem::path& database, std::filesystem::path folder,
                                                 const IndexKind& kind = kOfPassages);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // nullptr when nobody keeps one for this store.
  [[nodiscard]] static std::shared_ptr<Index> For(store::Connection& db, const IndexKind& kind = kOfPassages);

  // In the connection's snapshot. Nothing when the files do not have all that it sees of what is covered: there are
  // none, or they have been replaced since, or are damaged.
  [[nodiscard]] Result<std::optional<IndexSnapshot>> Look(store::Connection& db);
  // Its bytes made no sense. Upkeep replaces it.
  void Suspect(std::int64_t stamp);
  // `wake` is called, from any thread, when files need upkeep though nothing was written to the store. nullptr: nobody.
  void WakeUpkeepBy(std::function<void()> wake);
  // Why upkeep cannot do its work at the moment, for people; nothing: it can.
  void SetTrouble(std::optional<Error> trouble);
  [[nodiscard]] std::optional<Error> trouble();
  [[nodiscard]] bool Suspected(std::int64_t stamp);

  [[nodiscard]] Result<std::shared_ptr<const MappedSegment>> Open(const SegmentRow& row);
  // Neither open for new questions nor on the disk.
  void Remove(const std::vector<std::int64_t>& stamps);
  // Files of no such segment go: what a crash left, or a disk that failed; those of another kind stay. An error: some
  // are there still.
  [[nodiscard]] Result<void> RemoveAllBut(const std::vector<SegmentRow>& rows);

  [[nodiscard]] const IndexKind& kind() const { return kind_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path WordsFile(std::int64_t stamp) const;
  [[nodiscard]] std::filesystem::path VectorsFile(std::int64_t stamp) const;

 private:
  Index(std::string known, std::filesystem::path folder, const IndexKind& kind);
  void WakeUpkeep();
  // Not replaced since.
  [[nodiscard]] bool Needed(std::int64_t stamp);

  const std::string known_;  // among all indexes
  const IndexKind& kind_;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::int64_t, std::shared_ptr<const MappedSegment>> open_;  // by stamp; guarded by mutex_, as what follows
  std::set<std::int64_t> suspected_;
  std::set<std::int64_t> removed_;
  std::optional<Error> trouble_;
  std::mutex waking_;
  std::function<void()> wake_;  // guarded by waking_
};

}  // namespace counsel::search
