#include "record/verify.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "documents/statements.h"

namespace counsel::record {
namespace {

using documents::Ask;
using documents::Number;

constexpr std::int64_t kAtOnce = 1000;  // entries in one snapshot

class Verification {
 public:
  Verification(store::Connection& db, const std::optional<Head>& noted, const Progress& progress)
      : db_(db), noted_(noted), progress_(progress) {}

  Result<Verified> Run() {
    const auto size = [](store::Connection& db) {
      return Number(db, "SELECT coalesce(max(number), 0) FROM record_entries");
    };
    ASSIGN_OR_RETURN(const std::int64_t most, store::InTransaction(db_, false, size));
    CompareWithNoted();  // one of nothing
    for (bool more = true; more;) {
      const auto some = [this](store::Connection&) { return Some(); };
      ASSIGN_OR_RETURN(more, store::InTransaction(db_, false, some));
      RETURN_IF_ERROR(db_.MayGoOn());
      const double done = static_cast<double>(edge_.size()) / static_cast<double>(std::max<std::int64_t>(most, 1));
      RETURN_IF_ERROR(progress_(std::min(done, 1.0)));
    }
    Conclude();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::int64_t Size() const { return static_cast<std::int64_t>(edge_.size()); }

  void Found(std::int64_t entry, std::string what) {
    ++result_.faults;
    if (result_.first_faults.size() < kMostFaults) result_.first_faults.emplace_back(entry, std::move(what));
  }

  // false: there is nothing more. What is to be there behind the last entry is read in the snapshot that has it last:
  // an entry that is added a moment later would be taken for one that was cut off, and a deletion that it says for
  // unsaid.
  Result<bool> Some() {
    ASSIGN_OR_RETURN(store::Statement rows,
                     Ask(db_,
                         "SELECT e.number, e.entry, t.salt, t.texts FROM record_entries e "
                         "LEFT JOIN record_texts t ON t.entry = e.number WHERE e.number > ? ORDER BY e.number LIMIT ?",
                         last_, kAtOnce));
    std::int64_t count = 0;
    for (;; ++count) {
      ASSIGN_OR_RETURN(const bool row, rows.Step());
      if (!row) break;
      RETURN_IF_ERROR(CheckEntry(rows));
      last_ = rows.Int(0);
    }
    if (count == kAtOnce) return true;
    ASSIGN_OR_RETURN(nodes_beyond_, Number(db_, "SELECT count(*) FROM record_nodes WHERE place > ?", 2 * Size() - 2));
    RETURN_IF_ERROR(ReadUnsaid());
    return false;
  }

  Result<void> CheckEntry(const store::Statement& row) {
    const std::int64_t number = row.Int(0);
    const std::string_view entry = row.Text(1);
    for (std::int64_t missing = Size() + 1; missing < number; ++missing) {
      Found(missing, "It was removed.");
      const Result<Hash> kept = NodesOf(db_)(PlaceOf(0, static_cast<std::uint64_t>(missing - 1)));
      RETURN_IF_ERROR(AddToTree(missing, kept ? *kept : Hash{}));
    }
    const Result<Hash> kept = NodesOf(db_)(PlaceOf(0, static_cast<std::uint64_t>(number - 1)));
    const Hash leaf = LeafHash(entry);
    if (!kept || *kept != leaf)
      Found(number, kept ? "It was altered." : "It was put in beside the record's tree.");
    else if (!BeginsWithNumber(entry, number))
      Found(number, "It stands at a place that is not its own.");
    RETURN_IF_ERROR(AddToTree(number, kept ? *kept : leaf));
    if (IsDeletion(entry)) {
      if (const auto numbers = DeletedBy(entry)) said_gone_.insert(numbers->begin(), numbers->end());
    }
    return CheckTexts(number, entry, row);
  }

  // The nodes that become whole with it are compared with those that are kept.
  Result<void> AddToTree(std::int64_t number, const Hash& leaf) {
    bool good = true;
    edge_.Add(leaf, [&](std::uint64_t place, const Hash& hash) {
      if (place % 2 == 0) return;  // the leaf itself
      const Result<Hash> kept = NodesOf(db_)(place);
      good = good && kept && *kept == hash;
    });
    if (!good) Found(number, "The tree above it was altered.");
    CompareWithNoted();
    return {};
  }

  void CompareWithNoted() {
    if (noted_ && noted_->size == Size() && noted_->root != edge_.Root()) {
      Found(0, "The first " + std::to_string(Size()) +
                   " entries are not those of the head that was noted: the record was rewritten.");
    }
  }

  Result<void> CheckTexts(std::int64_t number, std::string_view entry, const store::Statement& row) {
    if (row.IsNull(2)) {
      if (!DigestsIn(entry).empty()) gone_.push_back(number);
      return {};
    }
    Texts texts;
    texts.salt = row.Text(2);
    const std::span<const std::byte> packed = row.Blob(3);
    Result<std::vector<std::string>> unpacked =
        Unpacked(std::string_view(reinterpret_cast<const char*>(packed.data()), packed.size()));
    if (!unpacked) {
      Found(number, unpacked.error().message);
      return {};
    }
    texts.texts = std::move(*unpacked);
    const std::string wrong = WrongTexts(entry, texts);
    if (!wrong.empty()) Found(number, "Its texts are not those it was written with. " + wrong);
    if (wrong.empty()) ++result_.with_texts;
    return {};
  }

  // Deletions that the next entry will say.
  Result<void> ReadUnsaid() {
    ASSIGN_OR_RETURN(store::Statement rows, db_.Prepare("SELECT entry FROM record_gone"));
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, rows.Step());
      if (!row) return {};
      said_gone_.insert(rows.Int(0));
    }
  }

  void Conclude() {
    for (const std::int64_t number : gone_) {
      if (said_gone_.contains(number)) {
        ++result_.without_texts;
      } else {
        Found(number, "Its texts are gone, and no entry says that they were deleted.");
      }
    }
    if (nodes_beyond_ > 0) Found(Size() + 1, "Entries behind it were removed: the end of the record was cut off.");
    if (noted_ && noted_->size > Size()) {
      Found(Size() + 1, "The head that was noted has " + std::to_string(noted_->size) +
                            " entries: the end of the record was cut off.");
    }
    result_.head.size = Size();
    result_.head.root = edge_.Root();
  }

  store::Connection& db_;
  const std::optional<Head>& noted_;
  const Progress& progress_;
  Edge edge_;
  std::int64_t last_ = 0;          // number of the entry read last
  std::int64_t nodes_beyond_ = 0;  // nodes of the tree behind the last entry
  std::vector<std::int64_t> gone_;
  std::unordered_set<std::int64_t> said_gone_;
  Verified result_;
};

}  // namespace

Result<Verified> Verify(store::Connection& db, const std::optional<Head>& noted, const Progress& progress) {
  return Verification(db, noted, progress).Run();
}

}  // namespace counsel::record
