// Deleting: rows first, in one transaction; then originals and the words that are left in the store's files.
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include "ingest/pipeline.h"

namespace counsel::ingest {

namespace asio = boost::asio;
using documents::Document;

struct Pipeline::Deletion {
  explicit Deletion(asio::any_io_executor io) : done(std::move(io)) {}
  Signal done;
  std::optional<Result<std::vector<Document>>> outcome;
};

asio::awaitable<Result<Document>> Pipeline::Delete(std::string id) {
  const Choose one = [id](store::Connection&) { return Result<std::vector<std::string>>(std::vector{id}); };
  Result<std::vector<Document>> deleted = co_await DeleteChosen(one, "");
  if (!deleted) co_return Fail(std::move(deleted.error()));
  co_return std::move(deleted->front());
}

asio::awaitable<Result<std::vector<Document>>> Pipeline::DeleteMatter(std::string matter) {
  const Choose all = [matter](store::Connection& db) { return documents::DocumentsOf(db, matter); };
  co_return co_await DeleteChosen(all, matter);
}

// By a coroutine of its own: what has begun is finished, whether the caller stays or not.
asio::awaitable<Result<std::vector<Document>>> Pipeline::DeleteChosen(Choose choose, std::string matter) {
  auto deletion = std::make_shared<Deletion>(io_);
  Spawn(DeleteNow(std::move(choose), std::move(matter), deletion));
  while (!deletion->outcome) {
    const std::uint64_t seen = deletion->done.count();
    co_await deletion->done.WaitBeyond(seen);
  }
  co_return std::move(*deletion->outcome);
}

asio::awaitable<void> Pipeline::DeleteNow(Choose choose, std::string matter, std::shared_ptr<Deletion> deletion) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  Result<std::vector<Document>> gone = co_await DeleteRows(std::move(choose), std::move(matter));
  if (!gone) {
    deletion->outcome.emplace(Fail(std::move(gone.error())));
    deletion->done.Give();
    co_return;
  }
  std::vector<std::string> digests;
  for (const Document& document : *gone) {
    if (const auto job = jobs_.find(document.id); job != jobs_.end()) {
      job->second->deleted = true;
      job->second->extraction->Request();
    }
    digests.push_back(document.sha256);
    TellWaiters(document.id);
  }
  Spawn(CountPending());
  Result<void> purged = co_await DeleteBytes(std::move(digests));
  if (purged) {
    deletion->outcome.emplace(std::move(*gone));
  } else {
    deletion->outcome.emplace(Fail(std::move(purged.error())));
  }
  deletion->done.Give();
}

// The chosen documents in their order, each before what only it held.
asio::awaitable<Result<std::vector<Document>>> Pipeline::DeleteRows(Choose choose, std::string matter) {
  auto work = [&choose, &matter](store::Connection& db) -> Result<std::vector<Document>> {
    Result<std::vector<std::string>> ids = choose(db);
    if (!ids) return Fail(std::move(ids.error()));
    Result<std::vector<std::string>> held = documents::EmbeddedOnlyIn(db, *ids, false);
    if (!held) return Fail(std::move(held.error()));
    ids->insert(ids->end(), held->begin(), held->end());
    std::vector<Document> gone;
    for (const std::string& id : *ids) {
      Result<Document> document = documents::GetDocument(db, id);
      if (!document) return Fail(std::move(document.error()));
      if (Result<void> removed = search::RemoveDocument(db, id); !removed) return Fail(std::move(removed.error()));
      if (Result<void> deleted = documents::DeleteDocument(db, id); !deleted) return Fail(std::move(deleted.error()));
      gone.push_back(std::move(*document));
    }
    if (Result<void> asked = search::RequestPurge(db); !asked) return Fail(std::move(asked.error()));
    if (matter.empty()) return gone;
    if (Result<void> forgotten = documents::ForgetMatter(db, matter); !forgotten) {
      return Fail(std::move(forgotten.error()));
    }
    return gone;
  };
  co_return co_await store_.Write(work);
}

// The originals, and what is left of the words in the store's files.
asio::awaitable<Result<void>> Pipeline::DeleteBytes(std::vector<std::string> digests) {
  const documents::Originals& originals = originals_;
  auto remove = [&](store::Connection& db) -> Result<void> {
    for (const std::string& sha256 : digests) {
      if (Result<void> removed = documents::RemoveUnreferenced(db, originals, sha256); !removed) return removed;
    }
    return {};
  };
  ++purging_;
  Result<void> done = co_await store_.WriteOutside(remove);
  if (done) done = co_await PurgeWords();
  --purging_;
  co_return done;
}

asio::awaitable<Result<void>> Pipeline::PurgeWords() {
  constexpr int kAttempts = 20;
  constexpr std::chrono::milliseconds kBetween{100};
  // A reader that began before the deletion still holds the old pages: it ends within milliseconds.
  auto purge = [](store::Connection& db) { return search::Purge(db); };
  Result<void> purged = co_await store_.WriteOutside(purge);
  for (int attempt = 1; attempt < kAttempts && !purged && purged.error().code == ErrorCode::kUnavailable; ++attempt) {
    asio::steady_timer pause(io_, kBetween);
    co_await pause.async_wait(asio::use_awaitable);
    purged = co_await store_.WriteOutside(purge);
  }
  co_return purged;
}

// What a crash left between a deletion and the purge of its words.
asio::awaitable<void> Pipeline::PurgeLeftOvers() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  auto look = [](store::Connection& db) { return search::PurgeRequested(db); };
  Result<bool> requested = co_await store_.Read(look);
  if (!requested || !*requested) co_return;
  ++purging_;
  Result<void> purged = co_await PurgeWords();
  --purging_;
  if (!purged) spdlog::warn("words of deleted documents are still in the files: {}", purged.error().ToString());
}

}  // namespace counsel::ingest
