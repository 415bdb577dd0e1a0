// Chunks → vectors → a transaction that makes the document searchable; of a long one, after others that prepare it.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/offload.h"
#include "base/utf8.h"
#include "ingest/guarded.h"
#include "ingest/pipeline.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
using documents::DocumentState;

constexpr std::size_t kBatch = 32;  // texts a request
constexpr int kRequests = 2;        // one being worked on, one waiting at the embedder's door

// The passages that chunks [from, to) are, read with as little of the text as holds them.
Result<std::vector<std::string>> TextsOf(store::Connection& db, const std::string& document,
                                         const std::vector<Chunk>& chunks, std::size_t from, std::size_t to) {
  const std::int64_t start = chunks[from].start;
  Result<std::string> around = documents::GetPassage(db, document, start, chunks[to - 1].end);
  if (!around) return Fail(std::move(around.error()));
  std::vector<std::string> texts;
  std::string_view rest = *around;
  std::int64_t at = start;  // where `rest` begins
  for (std::size_t i = from; i < to; ++i) {
    rest.remove_prefix(ByteOffset(rest, chunks[i].start - at));
    const std::size_t bytes = ByteOffset(rest, chunks[i].end - chunks[i].start);
    texts.emplace_back(rest.substr(0, bytes));
    at = chunks[i].start;
  }
  return texts;
}

}  // namespace

asio::awaitable<void> Pipeline::EmbedLoop() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  const Count running(embed_loops_, changed_);
  for (;;) {
    const std::uint64_t seen = changed_.count();
    if (prepared_.empty()) {
      if (stopping_ && claim_loops_ == 0 && preparing_ == std::array<int, 2>{}) break;
      co_await changed_.WaitBeyond(seen);
      continue;
    }
    if (requests_ == kRequests) {
      co_await changed_.WaitBeyond(seen);
      continue;
    }
    const JobPointer job = prepared_.front();
    if (!Over(*job)) SendNext(job);
    if (!Over(*job) && job->sent < job->chunks.size()) continue;
    std::erase(prepared_, job);
    changed_.Give();
    SpawnFor(job, Finish(job));
  }
}

void Pipeline::SendNext(const JobPointer& job) {
  if (job->sent == job->chunks.size()) return;
  const std::size_t from = std::exchange(job->sent, std::min(job->sent + kBatch, job->chunks.size()));
  Count ours(requests_, changed_);
  Count its(job->requests, changed_);
  Spawn(EmbedBatch(job, from, job->sent, std::move(ours), std::move(its)));
}

asio::awaitable<void> Pipeline::EmbedBatch(JobPointer job, std::size_t from, std::size_t to, Count ours, Count its) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  std::optional<Count> running(std::move(ours));
  std::optional<Count> running_of_job(std::move(its));
  auto embedding = Guarded(EmbedChunks(job, from, to));
  Result<void> embedded = co_await std::move(embedding);
  if (!embedded && !job->failure) job->failure = std::move(embedded.error());
  running.reset();
  running_of_job.reset();
  if (!Over(*job)) Publish(*job, DocumentState::kEmbedding);
}

asio::awaitable<Result<void>> Pipeline::EmbedChunks(JobPointer job, std::size_t from, std::size_t to) {
  // The text alone: with its headings before it, fewer unanswerable questions are told apart (docs/relevance.md).
  auto read = [&job, from, to](store::Connection& db) { return TextsOf(db, job->document.id, job->chunks, from, to); };
  Result<std::vector<std::string>> texts = co_await store_.Read(read);
  if (!texts) co_return Fail(std::move(texts.error()));
  const std::string model = embedding_->model();
  if (job->model.empty()) job->model = model;
  Result<models::Embeddings> embeddings = co_await embedding_->Embed(std::move(*texts));
  if (!embeddings) co_return Fail(std::move(embeddings.error()));
  if (job->model != model || model != embedding_->model()) {
    co_return Fail(ErrorCode::kUnavailable, "Another embedding model began to serve meanwhile.",
                   "The document is read again with that one.");
  }
  const std::size_t dimensions = embeddings->dimensions;
  if (!job->vectors) {
    auto make = [this] { return originals_.Scratch(); };
    Result<FileDescriptor> file = co_await Offload(store_.threads(), make);
    if (!file) co_return Fail(std::move(file.error()));
    if (!job->vectors) job->vectors.emplace(std::move(*file), dimensions);  // the other request may have been faster
  }
  if (dimensions == 0 || dimensions != job->vectors->dimensions() ||
      embeddings->values.size() != (to - from) * dimensions) {
    co_return Fail(ErrorCode::kUnavailable, "The embedding model answered with vectors of the wrong size.",
                   "Check the model's entry in the catalogue.");
  }
  auto write = [&job, &embeddings, from] { return job->vectors->Write(from, embeddings->values); };
  Result<void> written = co_await Offload(store_.threads(), write);
  if (written) {
    job->embedded += to - from;
    rate_.Add(static_cast<std::int64_t>(to - from), Signal::Clock::now());
  }
  co_return written;
}

// Waits for the last vectors, then makes the document searchable.
asio::awaitable<void> Pipeline::Finish(JobPointer job) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  while (job->requests > 0) {
    const std::uint64_t seen = changed_.count();
    co_await changed_.WaitBeyond(seen);
  }
  if (job->deleted || stopping_) {
    Abandoned(job);
    co_return;
  }
  std::optional<Error> failure = job->failure;
  if (!failure && job->embedded < job->chunks.size()) {
    failure = Error(ErrorCode::kOutOfMemory, "Some passages were not embedded.");  // a request ended by an exception
  }
  if (!failure) {
    auto committing = Guarded(Commit(job));
    Result<void> committed = co_await std::move(committing);
    if (!committed) failure = std::move(committed.error());
  }
  if (job->deleted || (failure && stopping_)) {
    Abandoned(job);
  } else if (!failure) {
    co_await Succeeded(job);
  } else {
    co_await Failed(job, *failure);
  }
}

// Chunks from `from` on into the index, with their vectors, as many as the time of a piece allows. How many are there
// then.
Result<std::size_t> Pipeline::Index(store::Connection& db, const Job& job, std::size_t from) const {
  if (job.chunks.empty()) return 0;
  const auto end = Signal::Clock::now() + options_.piece;
  const std::string& id = job.document.id;
  const std::size_t dimensions = job.vectors->dimensions();
  Result<search::DocumentIndexer> indexer = search::DocumentIndexer::Begin(
      db, id, job.scope, job.model, dimensions, job.document.name, static_cast<std::int64_t>(from));
  if (!indexer) return Fail(std::move(indexer.error()));
  std::vector<float> vectors;
  do {
    const std::size_t to = std::min(from + kBatch, job.chunks.size());
    Result<std::vector<std::string>> texts = TextsOf(db, id, job.chunks, from, to);
    if (!texts) return Fail(std::move(texts.error()));
    vectors.resize((to - from) * dimensions);
    if (Result<void> read = job.vectors->Read(from, vectors); !read) return Fail(std::move(read.error()));
    for (std::size_t i = from; i < to; ++i) {
      search::NewChunk chunk;
      chunk.start = job.chunks[i].start;
      chunk.end = job.chunks[i].end;
      chunk.page = job.chunks[i].page;
      chunk.heading = *job.chunks[i].path;
      chunk.text = std::move((*texts)[i - from]);
      Result<void> added = indexer->Add(chunk, std::span(vectors).subspan((i - from) * dimensions, dimensions));
      if (!added) return Fail(std::move(added.error()));
    }
    from = to;
  } while (from < job.chunks.size() && Signal::Clock::now() < end);
  if (Result<void> staged = indexer->Stage(); !staged) return Fail(std::move(staged.error()));
  return from;
}

// Ready, found by searches, and what it supersedes is not any more: one small transaction, whatever their length.
Result<void> Pipeline::MakeReady(store::Connection& db, const Job& job) {
  const std::string& id = job.document.id;
  if (Result<void> shown = search::ShowStaged(db, id); !shown) return shown;
  Result<std::vector<std::string>> superseded =
      documents::MarkReady(db, id, static_cast<std::int64_t>(job.chunks.size()));
  if (!superseded) return Fail(std::move(superseded.error()));
  if (Result<void> put = PutRow(db, job.document, job.scope); !put) return put;
  for (const std::string& old : *superseded) {
    if (Result<void> hidden = search::HideDocument(db, old); !hidden) return hidden;
  }
  return {};
}

// A share of the chunks in each transaction, all or nothing for those who search: the last one makes the document
// ready.
asio::awaitable<Result<void>> Pipeline::Commit(JobPointer job) {
  std::size_t there = 0;
  for (bool ready = false; !ready;) {
    auto work = [this, &job, there](store::Connection& db) -> Result<std::size_t> {
      const std::string& id = job->document.id;
      Result<documents::Document> still_there = documents::GetDocument(db, id);
      if (!still_there) return Fail(std::move(still_there.error()));
      if (there == 0) {  // what an earlier try left
        if (Result<void> given_up = search::GiveUpStaged(db, id); !given_up) return Fail(std::move(given_up.error()));
      }
      Result<std::size_t> indexed = Index(db, *job, there);
      if (!indexed || *indexed < job->chunks.size()) return indexed;
      if (Result<void> made = MakeReady(db, *job); !made) return Fail(std::move(made.error()));
      return indexed;
    };
    Result<std::size_t> indexed = co_await store_.Write(work);
    if (!indexed) {
      auto give_up = [&job](store::Connection& db) { return search::GiveUpStaged(db, job->document.id); };
      (void)co_await store_.Write(give_up);  // or the next try does, or the next start
      Spawn(RemoveHidden());
      co_return Fail(std::move(indexed.error()));
    }
    there = *indexed;
    ready = there == job->chunks.size();
    if (!ready && stopping_) co_return Fail(ErrorCode::kCancelled, "Counsel is stopping.");
  }
  Spawn(RemoveHidden());
  co_return Result<void>();
}

// What was superseded or given up, some passages at a time.
asio::awaitable<void> Pipeline::RemoveHidden() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  if (removing_ > 0) co_return;
  const Count removing(removing_, changed_);
  auto work = [](store::Connection& db) { return search::RemoveHidden(db, store::kPiece); };
  Result<bool> more = true;
  while (more && *more && !stopping_) more = co_await store_.Write(work);
  if (!more) spdlog::warn("passages of older versions are still in the store: {}", more.error().ToString());
}

}  // namespace counsel::ingest
