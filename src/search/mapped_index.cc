#include "search/mapped_index.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include <sqlite3.h>

namespace counsel::search {
namespace {

namespace fs = std::filesystem;

// The indexes that there are, by the database's path and what they are of.
struct Kept {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Index>> all;
};
Kept& All() {
  static Kept kept;
  return kept;
}

std::string Named(std::int64_t stamp, std::string_view ending) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += kDigits[static_cast<std::uint64_t>(stamp) >> shift & 0xF];
  return name.append(".").append(ending);
}

std::string Known(const std::string& database, const IndexKind& kind) {
  return std::string(kind.tables) + ':' + database;
}

// The segment's places of ranges of ids that ascend.
template <class Ranges>
std::vector<index::Range> PlacesOf(const index::Words& words, const Ranges& ranges) {
  std::vector<index::Range> places;
  for (const Passages& one : ranges) {
    const index::Range place = words.Within(one.first, one.last);
    if (place.begin < place.end) places.push_back(place);
  }
  return places;
}

std::vector<Passages> AsRanges(const std::vector<std::int64_t>& ids) {
  std::vector<Passages> ranges;
  for (const std::int64_t id : ids) {
    if (ranges.empty() || ranges.back().last + 1 != id) ranges.push_back({id, id});
    ranges.back().last = id;
  }
  return ranges;
}

}  // namespace

std::vector<index::Range> IndexSnapshot::VisibleOf(const MappedSegment& segment, const Walls& walls) const {
  const index::Words& words = segment.words;
  std::vector<index::Range> within;
  if (walls.scopes.empty() && walls.documents.empty()) {
    within.push_back({0, words.passages()});
  } else {
    const std::unordered_set<std::int64_t> scopes(walls.scopes.begin(), walls.scopes.end());
    const std::unordered_set<std::string_view> documents(walls.documents.begin(), walls.documents.end());
    for (const index::Run& run : words.runs()) {
      if (!scopes.empty() && !scopes.contains(run.scope)) continue;
      if (!documents.empty() && !documents.contains(words.DocumentOf(run))) continue;
      if (!within.empty() && within.back().end == run.begin) {
        within.back().end += run.count;
      } else {
        within.push_back({run.begin, run.begin + run.count});
      }
    }
  }
  within = index::Without(within, PlacesOf(words, gone));
  std::vector<Passages> unseen;
  walls.unseen.ForEachRange([&unseen](std::int64_t first, std::int64_t last) { unseen.push_back({first, last}); });
  within = index::Without(within, PlacesOf(words, unseen));
  if (walls.only) {
    const index::Range all{0, words.passages()};
    within = index::Without(within, index::Without(std::span(&all, 1), PlacesOf(words, AsRanges(*walls.only))));
  }
  return walls.hidden.empty() ? within : index::Without(within, PlacesOf(words, AsRanges(walls.hidden)));
}

bool AsWritten(const MappedSegment& segment) {
  const auto is = [](std::uint64_t checksum, std::int64_t written) {
    return static_cast<std::int64_t>(checksum) == written;
  };
  return is(segment.words.checksum(), segment.row.words_checksum) &&
         (!segment.vectors || is(segment.vectors->checksum(), segment.row.vectors_checksum)) && segment.whole();
}

bool IndexSnapshot::Whole() const {
  bool whole = true;
  for (const std::shared_ptr<const MappedSegment>& segment : segments) {
    if (segment->whole()) continue;
    whole = false;
    if (const std::shared_ptr<Index> index = owner.lock()) index->Suspect(segment->row.stamp);
  }
  return whole;
}

std::shared_ptr<Index> Index::Of(const fs::path& database, fs::path folder, const IndexKind& kind) {
  std::error_code ignored;
  fs::path known = fs::weakly_canonical(database, ignored);
  if (known.empty()) known = database;
  std::shared_ptr<Index> index(new Index(Known(known.string(), kind), std::move(folder), kind));
  Kept& kept = All();
  const std::lock_guard lock(kept.mutex);
  kept.all[index->known_] = index;
  return index;
}

Index::Index(std::string known, fs::path folder, const IndexKind& kind)
    : known_(std::move(known)), kind_(kind), folder_(std::move(folder)) {}

Index::~Index() {
  Kept& kept = All();
  const std::lock_guard lock(kept.mutex);
  const auto ours = kept.all.find(known_);
  if (ours != kept.all.end() && ours->second.expired()) kept.all.erase(ours);
}

std::shared_ptr<Index> Index::For(store::Connection& db, const IndexKind& kind) {
  const char* file = sqlite3_db_filename(db.handle(), "main");
  if (file == nullptr) return nullptr;
  Kept& kept = All();
  const std::lock_guard lock(kept.mutex);
  const auto found = kept.all.find(Known(file, kind));
  return found == kept.all.end() ? nullptr : found->second.lock();
}

fs::path Index::WordsFile(std::int64_t stamp) const {
  return folder_ / Named(stamp, kind_.ending);
}

fs::path Index::VectorsFile(std::int64_t stamp) const {
  return folder_ / Named(stamp, "vectors");
}

Result<std::shared_ptr<const MappedSegment>> Index::Open(const SegmentRow& row) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(row.stamp); found != open_.end()) return found->second;
  }
  const auto stamp = static_cast<std::uint64_t>(row.stamp);
  ASSIGN_OR_RETURN(index::Words words,
                   index::Words::Open(WordsFile(row.stamp), static_cast<std::uint64_t>(row.words_bytes), stamp));
  std::optional<index::Vectors> vectors;
  if (row.vectors_bytes > 0) {
    ASSIGN_OR_RETURN(index::Vectors opened, index::Vectors::Open(VectorsFile(row.stamp),
                                                                 static_cast<std::uint64_t>(row.vectors_bytes), stamp));
    vectors.emplace(std::move(opened));
  }
  const bool fits = words.passages() == row.passages && (!vectors || vectors->passages() == row.passages);
  if (!fits) return Fail(ErrorCode::kCorrupt, "A segment of the index has other passages than were written.");
  auto segment = std::make_shared<const MappedSegment>(row, std::move(words), std::move(vectors));
  const std::lock_guard lock(mutex_);
  // For a question that began before it was replaced, but for no other.
  if (removed_.contains(row.stamp)) return segment;
  return open_.emplace(row.stamp, std::move(segment)).first->second;
}

Result<std::optional<IndexSnapshot>> Index::Look(store::Connection& db) {
  IndexSnapshot snapshot;
  snapshot.owner = weak_from_this();
  ASSIGN_OR_RETURN(snapshot.covered, CoveredUntil(db, kind_));
  if (snapshot.covered == 0) return std::optional<IndexSnapshot>();
  ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, SegmentRows(db, kind_));
  for (const SegmentRow& row : rows) {
    Result<std::shared_ptr<const MappedSegment>> segment = Open(row);
    if (!segment && Needed(row.stamp)) WakeUpkeep();
    if (!segment || Suspected(row.stamp)) return std::optional<IndexSnapshot>();
    snapshot.segments.push_back(std::move(*segment));
  }
  ASSIGN_OR_RETURN(Gone gone, GoneUntil(db, snapshot.covered, kind_));
  snapshot.gone = std::move(gone.passages);
  return std::optional<IndexSnapshot>(std::move(snapshot));
}

void Index::Suspect(std::int64_t stamp) {
  {
    const std::lock_guard lock(mutex_);
    if (removed_.contains(stamp) || !suspected_.insert(stamp).second) return;
  }
  WakeUpkeep();
}

void Index::WakeUpkeepBy(std::function<void()> wake) {
  const std::lock_guard lock(waking_);
  wake_ = std::move(wake);
}

void Index::SetTrouble(std::optional<Error> trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
}

std::optional<Error> Index::trouble() {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Index::WakeUpkeep() {
  const std::lock_guard lock(waking_);
  if (wake_) wake_();
}

bool Index::Needed(std::int64_t stamp) {
  const std::lock_guard lock(mutex_);
  return !removed_.contains(stamp);
}

bool Index::Suspected(std::int64_t stamp) {
  const std::lock_guard lock(mutex_);
  return suspected_.contains(stamp);
}

void Index::Remove(const std::vector<std::int64_t>& stamps) {
  for (const std::int64_t stamp : stamps) {
    {
      const std::lock_guard lock(mutex_);
      removed_.insert(stamp);
      open_.erase(stamp);
      suspected_.erase(stamp);
    }
    std::error_code ignored;
    fs::remove(WordsFile(stamp), ignored);
    fs::remove(VectorsFile(stamp), ignored);
  }
}

Result<void> Index::RemoveAllBut(const std::vector<SegmentRow>& rows) {
  std::set<std::string> known;
  for (const SegmentRow& row : rows) {
    known.insert(Named(row.stamp, kind_.ending));
    known.insert(Named(row.stamp, "vectors"));
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(open_, [this, &known](const auto& one) { return !known.contains(Named(one.first, kind_.ending)); });
  }
  std::error_code failed;
  std::error_code listing;
  if (!fs::is_directory(folder_, listing)) return {};
  for (const fs::directory_entry& file : fs::directory_iterator(folder_, listing)) {
    std::error_code one;
    const bool of_rows = file.path().extension().string() == "." + std::string(kOfRows.ending);
    if (of_rows != (&kind_ == &kOfRows)) continue;
    if (!known.contains(file.path().filename().string())) fs::remove(file.path(), one);
    if (one) failed = one;
  }
  if (listing) failed = listing;
  if (failed) return Fail(ErrnoError(failed.value(), "Cannot remove files of the index from " + folder_.string()));
  return {};
}

}  // namespace counsel::search
