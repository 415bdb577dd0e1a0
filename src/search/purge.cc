// Purging: deleted words leave the files. In steps, because it rewrites the whole keyword index.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <utility>

#include <sqlite3.h>

#include "search/search.h"
#include "store/before_upgrade.h"

namespace counsel::search {
namespace {

using store::Connection;
using store::Statement;

// Pages of the keyword index between two looks at the clock: some milliseconds.
constexpr int kPages = 16;

Result<void> Merge(Connection& db, int pages) {
  Result<Statement> merge = db.Prepare("INSERT INTO chunk_words (chunk_words, rank) VALUES ('merge', ?)");
  if (!merge) return Fail(std::move(merge.error()));
  return merge->Bind(1, static_cast<std::int64_t>(pages)).Run();
}

// SQLite's variable-length integers, of at most 9 bytes. Past the end: 0.
std::uint64_t TakeNumber(std::span<const std::byte>& bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 9 && !bytes.empty(); ++i) {
    const auto byte = std::to_integer<std::uint64_t>(bytes.front());
    bytes = bytes.subspan(1);
    if (i == 8) return number << 8 | byte;
    number = number << 7 | (byte & 0x7F);
    if ((byte & 0x80) == 0) break;
  }
  return number;
}

// The segments of the index, from its structure record (sqlite/ext/fts5/fts5_index.c, "STRUCTURE RECORD"): row 10.
Result<std::vector<Segment>> Segments(Connection& db) {
  constexpr std::size_t kCookie = 4;
  Result<Statement> read = db.Prepare("SELECT block FROM chunk_words_data WHERE id = 10");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  std::vector<Segment> segments;
  if (!*row || read->Blob(0).size() < kCookie) return segments;
  std::span<const std::byte> record = read->Blob(0).subspan(kCookie);
  const std::uint64_t levels = TakeNumber(record);
  (void)TakeNumber(record);  // segments
  (void)TakeNumber(record);  // writes so far
  for (std::uint64_t level = 0; level < levels && !record.empty(); ++level) {
    (void)TakeNumber(record);  // being merged
    for (std::uint64_t count = TakeNumber(record); count > 0 && !record.empty(); --count) {
      Segment& segment = segments.emplace_back();
      segment.id = TakeNumber(record);
      (void)TakeNumber(record);  // the first page moves while it is merged
      segment.last_page = TakeNumber(record);
    }
  }
  return segments;
}

}  // namespace

Result<void> RequestPurge(Connection& db) {
  return db.Execute("INSERT INTO purges DEFAULT VALUES");
}

Result<bool> PurgeRequested(Connection& db) {
  Result<Statement> any = db.Prepare("SELECT 1 FROM purges LIMIT 1");
  if (!any) return Fail(std::move(any.error()));
  return any->Step();
}

Result<bool> PurgeSteps::Next(Connection& db) {
  if (!begun_) {
    const auto remove = [this](Connection& in) { return RemoveHidden(in, piece_); };
    Result<bool> hidden = store::InTransaction(db, true, remove);
    if (!hidden) return hidden;
    if (*hidden) return false;
  }
  if (!merged_) {
    Result<bool> merged = store::InTransaction(db, true, [this](Connection& in) { return MergeSome(in); });
    if (!merged) return merged;
    begun_ = true;
    merged_ = *merged;
    if (!merged_) return false;
  }
  return EmptyLog(db);
}

// All that is in the index now becomes one segment, whatever comes meanwhile.
Result<void> PurgeSteps::Begin(Connection& db) {
  Result<Statement> newest = db.Prepare("SELECT coalesce(max(id), 0) FROM purges");
  if (!newest) return Fail(std::move(newest.error()));
  if (Result<bool> row = newest->Step(); !row) return Fail(std::move(row.error()));
  until_ = newest->Int(0);
  Result<std::vector<Segment>> before = Segments(db);
  if (!before) return Fail(std::move(before.error()));
  before_ = std::move(*before);
  // A negative number of pages begins, as 'optimize' would; a positive one goes on.
  return Merge(db, -1);
}

// true: no segment that was there at the beginning is there still. Until then a deleted row is only marked.
Result<bool> PurgeSteps::MergeSome(Connection& db) {
  const auto end = std::chrono::steady_clock::now() + piece_;
  if (!begun_) {
    if (Result<void> begun = Begin(db); !begun) return Fail(std::move(begun.error()));
  }
  for (;;) {
    Result<std::vector<Segment>> now = Segments(db);
    if (!now) return Fail(std::move(now.error()));
    const auto is_there = [&now](const Segment& one) { return std::find(now->begin(), now->end(), one) != now->end(); };
    if (std::none_of(before_.begin(), before_.end(), is_there)) return true;
    const std::int64_t changes = sqlite3_total_changes64(db.handle());
    if (Result<void> merged = Merge(db, kPages); !merged) return Fail(std::move(merged.error()));
    // Nothing to merge: what is there is one segment, or another of the same number and size.
    if (sqlite3_total_changes64(db.handle()) - changes < 2) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
  }
}

Result<bool> PurgeSteps::EmptyLog(Connection& db) {
  constexpr std::chrono::milliseconds kMost{2'000};
  const auto being_read = [] {
    return Fail(ErrorCode::kUnavailable, "Deleted text is still in the write-ahead log, because it is being read.",
                "It goes with the next deletion, or when the daemon stops.");
  };
  // As long as a snapshot is older than the deletion, nobody else need wait for it.
  Result<Connection::Log> log = db.MoveLog();
  if (!log) return Fail(std::move(log.error()));
  if (pages_ < 0) pages_ = log->pages;
  if (log->pages >= pages_ && log->moved < pages_) return being_read();
  // Then the writer waits for the rest, a little longer each time.
  Result<bool> emptied = db.EmptyLog(patience_);
  if (!emptied) return emptied;
  patience_ = std::min(patience_ * 2, kMost);
  if (!*emptied) return being_read();
  // What a store was before its upgrade has them too.
  if (Result<void> removed = store::RemoveCopiesBeforeUpgrade(db); !removed) return Fail(std::move(removed.error()));
  Result<Statement> done = db.Prepare("DELETE FROM purges WHERE id <= ?");
  if (!done) return Fail(std::move(done.error()));
  if (Result<void> ran = done->Bind(1, until_).Run(); !ran) return Fail(std::move(ran.error()));
  return true;
}

Result<void> Purge(Connection& db) {
  PurgeSteps steps;
  for (;;) {
    Result<bool> done = steps.Next(db);
    if (!done) return Fail(std::move(done.error()));
    if (*done) return {};
  }
}

}  // namespace counsel::search
