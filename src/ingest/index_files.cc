// The index's files follow the store, in the background (search/index_upkeep.h).
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/offload.h"
#include "ingest/count.h"
#include "ingest/guarded.h"
#include "ingest/pipeline.h"
#include "search/index_upkeep.h"

namespace counsel::ingest {

namespace asio = boost::asio;

// One step, if there is one. One at a time: a purge and what comes of itself take turns.
asio::awaitable<Result<bool>> Pipeline::KeepIndexOnce(bool purge) {
  while (keeping_index_ > 0) {
    const std::uint64_t seen = changed_.count();
    co_await changed_.WaitBeyond(seen);
  }
  const Count keeping(keeping_index_, changed_);
  for (search::IndexUpkeep& upkeep : index_upkeeps_) {
    auto keeping_one = KeepFilesOnce(upkeep, purge);
    Result<bool> kept = co_await std::move(keeping_one);
    if (!kept || *kept) co_return kept;
  }
  co_return false;
}

asio::awaitable<Result<bool>> Pipeline::KeepFilesOnce(search::IndexUpkeep& upkeep, bool purge) {
  if (stopping_) co_return false;
  auto prepare = [&upkeep, purge](store::Connection& db) {
    return purge ? upkeep.PreparePurge(db) : upkeep.Prepare(db);
  };
  Result<std::optional<search::SegmentChange>> change = co_await store_.ReadApart(prepare);
  if (!change) co_return Fail(std::move(change.error()));
  if (!*change) {
    if (!purge) co_return false;
    // What could not be removed when it was replaced.
    auto sweep = [&upkeep](store::Connection& db) { return upkeep.Begin(db); };
    Result<void> swept = co_await store_.ReadApart(sweep);
    if (!swept) co_return Fail(std::move(swept.error()));
    co_return false;
  }
  auto publish = [&upkeep, &change](store::Connection& db) { return upkeep.Publish(db, **change); };
  Result<void> published = co_await store_.Write(publish);
  auto settle = [&upkeep, &change, &published]() -> Result<void> {
    upkeep.Settle(**change, published.has_value());
    return {};
  };
  (void)co_await Offload(store_.threads(), settle);
  // What it was made of was deleted meanwhile: once more.
  if (!published && published.error().code != ErrorCode::kCancelled) co_return Fail(std::move(published.error()));
  co_return true;
}

asio::awaitable<void> Pipeline::KeepIndex() {
  // Of documents that come one by one many are taken together.
  constexpr std::chrono::seconds kBetween{2};
  const std::shared_ptr<Pipeline> self = shared_from_this();
  auto begin = [this](store::Connection& db) -> Result<void> {
    for (search::IndexUpkeep& upkeep : index_upkeeps_) RETURN_IF_ERROR(upkeep.Begin(db));
    return {};
  };
  const Result<void> begun = co_await store_.ReadApart(begin);
  // What could not be removed stays in the way of nothing.
  const std::optional<Error> left = begun || stopping_ ? std::nullopt : std::optional<Error>(begun.error());
  std::chrono::milliseconds pause = options_.first_pause;
  while (!stopping_) {
    const std::uint64_t seen = stored_.count();
    auto keeping = Guarded(KeepIndexOnce(false));
    Result<bool> more = co_await std::move(keeping);
    if (stopping_) break;
    if (options_.index) options_.index->SetTrouble(more ? left : std::optional<Error>(more.error()));
    if (more && *more) continue;
    const Signal::Clock::time_point now = Signal::Clock::now();
    if (!more) {
      spdlog::warn("the index's files were not brought up to date: {}", more.error().ToString());
      co_await stopped_.WaitBeyond(stopped_.count(), now + pause);
      pause = std::min(pause * 2, options_.longest_pause);
      continue;
    }
    pause = options_.first_pause;
    co_await stored_.WaitBeyond(seen);
    if (!stopping_) co_await stopped_.WaitBeyond(stopped_.count(), now + kBetween);
  }
}

// What was deleted leaves the index's files. Where that fails they are given up, so that a purge never hangs on them.
asio::awaitable<Result<void>> Pipeline::PurgeIndex() {
  if (index_upkeeps_.empty()) co_return Result<void>();
  auto remove = [](store::Connection& db) { return search::RemoveHidden(db, store::kPiece); };
  for (bool more = true; more && !stopping_;) {
    Result<bool> removed = co_await store_.Write(remove);
    if (!removed) co_return Fail(std::move(removed.error()));
    more = *removed;
  }
  for (bool more = true; more && !stopping_;) {
    auto keeping = Guarded(KeepIndexOnce(true));
    Result<bool> kept = co_await std::move(keeping);
    if (!kept) co_return Fail(std::move(kept.error()));
    more = *kept;
  }
  if (!stopping_) co_return Result<void>();
  co_return Fail(ErrorCode::kCancelled, "Counsel is stopping; deleted text is still in the files.",
                 "It goes with the next start.");
}

}  // namespace counsel::ingest
