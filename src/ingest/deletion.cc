// Deleting: rows first, in one transaction; then originals and the words that are left in the store's files.
#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include "base/supervise.h"
#include "ingest/count.h"
#include "ingest/guarded.h"
#include "ingest/pipeline.h"
#include "record/hold.h"

namespace counsel::ingest {

namespace asio = boost::asio;
using documents::Document;

// By a coroutine of its own: what has begun is finished, whether the caller stays or not.
template <class T>
struct Pipeline::Deletion {
  explicit Deletion(asio::any_io_executor io) : done(std::move(io)) {}
  void End(Result<T> how) {
    outcome.emplace(std::move(how));
    done.Give();
  }
  Signal done;
  std::optional<Result<T>> outcome;
};

struct Pipeline::PurgeRound {
  explicit PurgeRound(asio::any_io_executor io) : done(std::move(io)) {}
  int waiting = 0;
  Signal done;
  std::optional<Result<void>> outcome;
};

namespace {

// What may be deleted is looked up in the transaction that deletes: a hold that comes a moment before is kept.
Result<void> MayBeDeleted(store::Connection& db, const std::vector<std::string>& documents) {
  for (const std::string& id : documents) RETURN_IF_ERROR(record::DocumentMayBeDeleted(db, id));
  return {};
}

// Of every table; of the index, what a search can find.
Result<void> RemoveDocument(store::Connection& db, const std::string& id) {
  if (Result<void> hidden = search::HideDocument(db, id); !hidden) return hidden;
  return documents::DeleteDocument(db, id);
}

// Of the originals whose rows a transaction deletes, from before its commit until they are removed: a check takes none
// of them for left over in between.
using Holds = std::vector<std::shared_ptr<const void>>;

// After the commit: the originals that no document refers to any more.
Result<void> RemoveBytes(store::Connection& db, const documents::Originals& originals,
                         const std::vector<std::string>& digests, Holds holds) {
  holds.clear();  // what is held stays
  Result<void> removed;
  for (const std::string& sha256 : digests) {
    Result<void> one = documents::RemoveUnreferenced(db, originals, sha256);
    if (removed) removed = std::move(one);
  }
  return removed;
}

}  // namespace

asio::awaitable<Result<Document>> Pipeline::Delete(std::string id) {
  auto deletion = std::make_shared<Deletion<Document>>(io_);
  SpawnDeletion(deletion, DeleteNow(std::move(id), deletion));
  co_return co_await Ended(deletion);
}

asio::awaitable<Result<documents::Matter>> Pipeline::DeleteMatter(std::string name) {
  auto deletion = std::make_shared<Deletion<documents::Matter>>(io_);
  SpawnDeletion(deletion, DeleteMatterNow(std::move(name), deletion));
  co_return co_await Ended(deletion);
}

// Whoever waits is told in any case; what was deleted before an exception is purged by the next start.
template <class T>
void Pipeline::SpawnDeletion(std::shared_ptr<Deletion<T>> deletion, asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work), [self = shared_from_this(), deletion](const std::exception_ptr& thrown) {
    LogThrown("ingest: a deletion", thrown);
    if (deletion->outcome) return;
    deletion->End(Fail(ErrorCode::kInternal, "The deletion ended unforeseen.", "Look into the log, then try again."));
  });
}

template <class T>
asio::awaitable<Result<T>> Pipeline::Ended(std::shared_ptr<Deletion<T>> deletion) {
  while (!deletion->outcome) {
    const std::uint64_t seen = deletion->done.count();
    co_await deletion->done.WaitBeyond(seen);
  }
  co_return std::move(*deletion->outcome);
}

void Pipeline::GiveUp(Job& job) {
  job.deleted = true;
  job.extraction->Request();
}

// ---- a document ----

asio::awaitable<void> Pipeline::DeleteNow(std::string id, std::shared_ptr<Deletion<Document>> deletion) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  Result<void> removed;
  Result<std::vector<Document>> gone = co_await DeleteRows(id, &removed);
  if (!gone) {
    deletion->End(Fail(std::move(gone.error())));
    co_return;
  }
  for (const Document& document : *gone) {
    if (const auto job = jobs_.find(document.id); job != jobs_.end()) GiveUp(*job->second);
    TellWaiters(document.id);
  }
  Spawn(CountPending());
  std::optional<Count> purging(std::in_place, purging_, changed_);
  Result<void> purged = co_await PurgeWords();
  purging.reset();
  if (!removed) purged = std::move(removed);
  if (purged) {
    deletion->End(std::move(gone->front()));
    co_return;
  }
  LeaveToFinish();
  deletion->End(Fail(std::move(purged.error())));
}

// The document first, then what it holds; and their bytes: `removed` says how that went.
asio::awaitable<Result<std::vector<Document>>> Pipeline::DeleteRows(std::string id, Result<void>* removed) {
  Holds holds;
  auto work = [this, &id, &holds](store::Connection& db) -> Result<std::vector<Document>> {
    Result<std::vector<std::string>> ids = documents::EmbeddedOnlyIn(db, {id}, false);
    if (!ids) return Fail(std::move(ids.error()));
    ids->insert(ids->begin(), id);
    if (Result<void> may = MayBeDeleted(db, *ids); !may) return Fail(std::move(may.error()));
    std::vector<Document> gone;
    for (const std::string& one : *ids) {
      Result<Document> document = documents::GetDocument(db, one);
      if (!document) return Fail(std::move(document.error()));
      if (Result<void> removed = RemoveDocument(db, one); !removed) return Fail(std::move(removed.error()));
      holds.push_back(originals_.Hold(document->sha256));
      gone.push_back(std::move(*document));
    }
    if (Result<void> asked = search::RequestPurge(db); !asked) return Fail(std::move(asked.error()));
    return gone;
  };
  auto rows_and_bytes = [this, &work, &holds, removed](store::Connection& db) -> Result<std::vector<Document>> {
    Result<std::vector<Document>> gone = store::InTransaction(db, true, work);
    if (!gone) return gone;
    std::vector<std::string> digests;
    for (const Document& document : *gone) digests.push_back(document.sha256);
    *removed = RemoveBytes(db, originals_, digests, std::move(holds));
    return gone;
  };
  co_return co_await store_.WriteOutside(rows_and_bytes);
}

// ---- a matter ----

asio::awaitable<void> Pipeline::DeleteMatterNow(std::string name,
                                                std::shared_ptr<Deletion<documents::Matter>> deletion) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  auto hide = [&name](store::Connection& db) -> Result<documents::Matter> {
    if (Result<void> may = record::MatterMayBeDeleted(db, name); !may) return Fail(std::move(may.error()));
    Result<documents::Matter> matter = documents::HideMatter(db, name);
    if (!matter) return matter;
    if (Result<void> asked = search::RequestPurge(db); !asked) return Fail(std::move(asked.error()));
    return matter;
  };
  Result<documents::Matter> matter = co_await store_.Write(hide);
  if (!matter) {
    deletion->End(std::move(matter));
    co_return;
  }
  for (const auto& [id, job] : jobs_) {
    if (job->scope == matter->id) GiveUp(*job);
  }
  std::vector<std::string> waited_for;
  for (const auto& [id, waiter] : waiters_) waited_for.push_back(id);
  for (const std::string& id : waited_for) TellWaiters(id);
  Spawn(CountPending());
  std::optional<Count> purging(std::in_place, purging_, changed_);
  Result<void> deleted = co_await DeleteHidden();
  if (deleted) deleted = co_await PurgeWords();
  purging.reset();
  if (deleted) {
    deletion->End(std::move(matter));
    co_return;
  }
  LeaveToFinish();
  deletion->End(Fail(std::move(deleted.error())));
}

// Some documents a transaction, so that others write in between.
asio::awaitable<Result<void>> Pipeline::DeleteHidden() {
  constexpr std::int64_t kAtOnce = 20;
  Holds holds;
  auto work = [this, &holds](store::Connection& db) -> Result<std::vector<std::string>> {
    Result<std::vector<documents::HiddenDocument>> documents = documents::HiddenDocuments(db, kAtOnce);
    if (!documents) return Fail(std::move(documents.error()));
    std::vector<std::string> digests;
    for (documents::HiddenDocument& document : *documents) {
      if (Result<void> gone = RemoveDocument(db, document.id); !gone) return Fail(std::move(gone.error()));
      holds.push_back(originals_.Hold(document.sha256));
      digests.push_back(std::move(document.sha256));
    }
    if (!digests.empty()) return digests;
    if (Result<void> forgotten = documents::ForgetHiddenMatters(db); !forgotten) {
      return Fail(std::move(forgotten.error()));
    }
    return digests;
  };
  auto rows_and_bytes = [this, &work, &holds](store::Connection& db) -> Result<bool> {
    Result<std::vector<std::string>> digests = store::InTransaction(db, true, work);
    if (!digests) return Fail(std::move(digests.error()));
    Result<void> removed = RemoveBytes(db, originals_, *digests, std::exchange(holds, {}));
    if (!removed) return Fail(std::move(removed.error()));
    return !digests->empty();
  };
  for (;;) {
    Result<bool> more = co_await store_.WriteOutside(rows_and_bytes);
    if (!more) co_return Fail(std::move(more.error()));
    if (!*more) co_return Result<void>();
  }
}

// ---- words ----

// Returns once the words of what is deleted by now are in no file of the store. Those who come while a purge runs share
// the next one.
asio::awaitable<Result<void>> Pipeline::Purge() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  const Count purging(purging_, changed_);
  Result<void> purged = co_await PurgeWords();
  if (!purged) LeaveToFinish();
  co_return purged;
}

asio::awaitable<Result<void>> Pipeline::PurgeWords() {
  if (!next_purge_) next_purge_ = std::make_shared<PurgeRound>(io_);
  const std::shared_ptr<PurgeRound> round = next_purge_;
  ++round->waiting;
  if (!std::exchange(purge_runs_, true)) Keep("ingest: rounds of purges", &Pipeline::PurgeRounds);
  while (!round->outcome) {
    const std::uint64_t seen = round->done.count();
    co_await round->done.WaitBeyond(seen);
  }
  co_return *round->outcome;
}

asio::awaitable<void> Pipeline::PurgeRounds() {
  constexpr std::chrono::milliseconds kForOthers{10};
  constexpr int kMostPauses = 5;
  const std::shared_ptr<Pipeline> self = shared_from_this();
  while (next_purge_) {
    // Who deletes one by one asks again at once: a moment for all of those.
    int waiting = 0;
    for (int pause = 0; pause < kMostPauses && waiting != next_purge_->waiting; ++pause) {
      waiting = next_purge_->waiting;
      asio::steady_timer timer(io_, kForOthers);
      co_await timer.async_wait(asio::use_awaitable);
    }
    const std::shared_ptr<PurgeRound> round = std::exchange(next_purge_, nullptr);
    auto purging = Guarded(PurgeOnce());
    Result<void> purged = co_await std::move(purging);
    round->outcome.emplace(std::move(purged));
    ++purges_;
    round->done.Give();
  }
  purge_runs_ = false;
}

asio::awaitable<Result<void>> Pipeline::PurgeOnce() {
  // As long as a check or the copy of a backup may hold one snapshot.
  constexpr std::chrono::minutes kPatience{5};
  constexpr std::chrono::milliseconds kLongestPause{5'000};
  std::chrono::milliseconds between = std::min(options_.first_pause, std::chrono::milliseconds(100));
  const Signal::Clock::time_point end = Signal::Clock::now() + kPatience;
  // First: the store forgets that a purge was asked for with the last step of its own.
  Result<void> index = co_await PurgeIndex();
  if (!index) co_return index;
  search::PurgeSteps steps;
  auto work = [&steps](store::Connection& db) { return steps.Next(db); };
  for (;;) {
    Result<bool> done = co_await store_.WriteOutside(work);
    if (done && *done) co_return Result<void>();
    const bool read = !done && done.error().code == ErrorCode::kUnavailable;
    if (!done && (!read || Signal::Clock::now() >= end)) co_return Fail(std::move(done.error()));
    if (stopping_) {
      co_return Fail(ErrorCode::kCancelled, "Counsel is stopping; deleted text is still in the files.",
                     "It goes with the next start.");
    }
    if (!read) continue;
    asio::steady_timer pause(io_, between);
    between = std::min({between * 2, kLongestPause, options_.longest_pause});
    co_await pause.async_wait(asio::use_awaitable);
  }
}

// ---- what is left ----

// A deletion could not be finished: the disk failed, or is full.
void Pipeline::LeaveToFinish() {
  left_ = true;
  to_finish_ = true;
  changed_.Give();
}

// Finishes what a crash or a failure left of deletions, however often the disk fails meanwhile.
asio::awaitable<void> Pipeline::FinishDeletions() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  std::chrono::milliseconds pause = options_.first_pause;
  Signal::Clock::time_point next_try;
  while (!stopping_) {
    const std::uint64_t seen = changed_.count();
    if (!to_finish_ || Signal::Clock::now() < next_try) {
      co_await changed_.WaitBeyond(seen, to_finish_ ? next_try : Signal::Clock::time_point::max());
      continue;
    }
    auto finishing = Guarded(FinishOnce());
    Result<void> finished = co_await std::move(finishing);
    if (finished) {
      pause = options_.first_pause;
      continue;
    }
    spdlog::warn("words of deleted documents are still in the files: {}", finished.error().ToString());
    to_finish_ = true;
    next_try = Signal::Clock::now() + pause;
    pause = std::min(pause * 2, options_.longest_pause);
  }
}

asio::awaitable<Result<void>> Pipeline::FinishOnce() {
  to_finish_ = false;
  auto look = [](store::Connection& db) { return search::PurgeRequested(db); };
  Result<bool> requested = co_await store_.Read(look);
  if (!requested) co_return Fail(std::move(requested.error()));
  if (!*requested && !left_) co_return Result<void>();
  const Count purging(purging_, changed_);
  left_ = true;
  Result<void> deleted = co_await DeleteHidden();
  if (!deleted) co_return deleted;
  auto remove = [this](store::Connection& db) { return documents::RemoveUnreferenced(db, originals_); };
  Result<void> removed = co_await store_.WriteOutside(remove);
  if (!removed) co_return removed;
  Result<void> purged = co_await PurgeWords();
  if (purged && !to_finish_) left_ = false;  // unless another one has failed meanwhile
  co_return purged;
}

}  // namespace counsel::ingest
