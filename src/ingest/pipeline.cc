#include "ingest/pipeline.h"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <malloc.h>
#include <spdlog/spdlog.h>

#include "base/offload.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
using documents::DocumentState;

constexpr std::size_t kPreparedAhead = 3;  // documents; bounds the texts in memory
constexpr std::size_t kBatch = 32;         // texts a request
constexpr int kRequests = 2;               // one being worked on, one waiting at the embedder's door

// What another try cannot mend. A missing model file is there after `counsel pull`; adding the document again retries.
bool IsPermanent(const Error& error) {
  switch (error.code) {
    case ErrorCode::kModelFileMissing:
    case ErrorCode::kNotFound:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupported:
    case ErrorCode::kCorrupt:
      return true;
    default:
      return false;
  }
}

// An exception from within (no memory) becomes an Error: one document must not end the loop.
template <class T>
asio::awaitable<Result<T>> Guarded(asio::awaitable<Result<T>> work) {
  std::string what;
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& thrown) {
    what = thrown.what();
  }
  co_return Fail(ErrorCode::kOutOfMemory, "Working on the document failed (" + what + ").",
                 "Free some memory, then add the document again.");
}

}  // namespace

Pipeline::Pipeline(asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
                   std::unique_ptr<Embedding> embedding, IngestOptions options)
    : io_(std::move(io)),
      store_(store),
      originals_(originals),
      embedding_(std::move(embedding)),
      options_(std::move(options)),
      changed_(io_),
      retries_(options_.first_pause, options_.longest_pause, options_.tries) {}

void Pipeline::Spawn(asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work), [self = shared_from_this()](std::exception_ptr thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
      spdlog::error("ingest: {}", failure.what());
    }
  });
}

asio::awaitable<Result<void>> Pipeline::Start() {
  auto work = [](store::Connection& db) { return documents::Requeue(db); };
  Result<void> requeued = co_await store_.Write(work);
  if (!requeued) co_return requeued;
  running_loops_ = 2;
  Spawn(PrepareLoop());
  Spawn(EmbedLoop());
  Spawn(CountPending());
  co_return Result<void>();
}

void Pipeline::Wake() {
  retries_.Hurry();
  changed_.Give();
  Spawn(CountPending());
}

asio::awaitable<void> Pipeline::Stop() {
  stopping_ = true;
  for (const auto& [id, job] : jobs_) job->extraction->Request();
  changed_.Give();
  for (;;) {
    const std::uint64_t seen = changed_.count();
    if (running_loops_ == 0 && jobs_.empty() && requests_ == 0) break;
    co_await changed_.WaitBeyond(seen);
  }
  embedding_->Release();
}

// ---- preparing ----

asio::awaitable<void> Pipeline::PrepareLoop() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  co_await RemoveLeftOvers();
  for (;;) {
    co_await WaitForRoom();
    if (stopping_) break;
    const std::uint64_t seen = changed_.count();
    Result<JobPointer> claimed = co_await Claim();
    if (!claimed) {
      spdlog::error("the queue of documents cannot be read: {}", claimed.error().ToString());
      (void)retries_.Failed("", false, Signal::Clock::now());
      continue;
    }
    JobPointer job = *claimed;
    if (!job) {
      co_await Idle(seen);
      continue;
    }
    jobs_[job->document.id] = job;
    if (stopping_) job->extraction->Request();
    auto preparing = Guarded(Prepare(job));
    Result<void> prepared = co_await std::move(preparing);
    if (stopping_ || job->deleted) {
      Abandoned(job);
    } else if (!prepared &&
               (prepared.error().code == ErrorCode::kNoSpace || prepared.error().code == ErrorCode::kUnavailable)) {
      co_await Troubled(job, prepared.error());
    } else if (!prepared) {
      co_await Refused(job, prepared.error());
    } else {
      prepared_.push_back(job);
      changed_.Give();
    }
  }
  --running_loops_;
  changed_.Give();
}

asio::awaitable<void> Pipeline::RemoveLeftOvers() {
  const documents::Originals& originals = originals_;
  auto work = [&originals](store::Connection& db) { return documents::RemoveUnreferenced(db, originals); };
  Result<void> removed = co_await store_.WriteOutside(work);
  if (!removed) spdlog::warn("originals without a document were not removed: {}", removed.error().ToString());
}

// Until another document may be claimed.
asio::awaitable<void> Pipeline::WaitForRoom() {
  while (!stopping_) {
    const std::uint64_t seen = changed_.count();
    const bool room = retries_.careful() || left_between_states_ ? jobs_.empty() : prepared_.size() < kPreparedAhead;
    const Signal::Clock::time_point next_try = retries_.next_try();
    if (room && Signal::Clock::now() >= next_try) break;
    const Signal::Clock::time_point until = room ? next_try : Signal::Clock::time_point::max();
    co_await changed_.WaitBeyond(seen, until);
  }
}

// The oldest queued document, or nothing.
asio::awaitable<Result<Pipeline::JobPointer>> Pipeline::Claim() {
  const bool requeue = std::exchange(left_between_states_, false);
  auto work = [requeue](store::Connection& db) -> Result<JobPointer> {
    if (requeue) {
      if (Result<void> requeued = documents::Requeue(db); !requeued) return Fail(std::move(requeued.error()));
    }
    Result<std::optional<documents::Document>> next = documents::NextQueued(db);
    if (!next) return Fail(std::move(next.error()));
    if (!*next) return JobPointer();
    auto job = std::make_shared<Job>(std::move(**next));
    Result<std::int64_t> scope = documents::MatterId(db, job->document.matter);
    if (!scope) return Fail(std::move(scope.error()));
    job->scope = *scope;
    Result<void> state = documents::SetState(db, job->document.id, DocumentState::kExtracting);
    if (!state) return Fail(std::move(state.error()));
    return job;
  };
  Result<JobPointer> claimed = co_await store_.Write(work);
  if (!claimed) left_between_states_ = requeue;
  co_return claimed;
}

asio::awaitable<void> Pipeline::Idle(std::uint64_t seen) {
  if (jobs_.empty() && holds_model_) {
    holds_model_ = false;
    embedding_->Release();
    // What the work took goes back to the system, not only to our heap.
    auto trim = [] { return ::malloc_trim(0); };
    (void)co_await Offload(store_.threads(), trim);
  }
  co_await changed_.WaitBeyond(seen);
}

// From claimed to split into chunks.
asio::awaitable<Result<void>> Pipeline::Prepare(JobPointer job) {
  Publish(*job, DocumentState::kExtracting);
  Result<documents::ExtractedText> text = co_await ReadText(job);
  if (!text) co_return Fail(std::move(text.error()));
  auto split = [&text] { return SplitIntoChunks(*text); };
  job->chunks = co_await Offload(store_.threads(), split);
  Result<void> written = co_await StoreText(job, *text);
  if (written) Publish(*job, DocumentState::kEmbedding);
  co_return written;
}

// The stored text, when an earlier try came so far (a text never changes), else the extractor's.
asio::awaitable<Result<documents::ExtractedText>> Pipeline::ReadText(JobPointer job) {
  if (job->document.characters > 0) {
    auto read = [&job](store::Connection& db) { return documents::GetText(db, job->document.id); };
    co_return co_await store_.Read(read);
  }
  auto extracting =
      documents::Extract(io_, store_.threads(), options_.extractor, originals_.PathOf(job->document.sha256),
                         job->document.name, options_.limits, job->extraction);
  co_return co_await std::move(extracting);
}

// ---- embedding ----

asio::awaitable<void> Pipeline::EmbedLoop() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  for (;;) {
    const std::uint64_t seen = changed_.count();
    if (prepared_.empty()) {
      if (stopping_ && running_loops_ == 1) break;
      co_await changed_.WaitBeyond(seen);
      continue;
    }
    const JobPointer job = std::move(prepared_.front());
    prepared_.pop_front();
    changed_.Give();
    for (std::size_t from = 0; from < job->chunks.size(); from += kBatch) {
      while (requests_ == kRequests) {
        const std::uint64_t busy = changed_.count();
        co_await changed_.WaitBeyond(busy);
      }
      if (Over(*job)) break;
      ++requests_;
      ++job->requests;
      Spawn(EmbedBatch(job, from, std::min(from + kBatch, job->chunks.size())));
    }
    Spawn(Finish(job));
  }
  --running_loops_;
  changed_.Give();
}

asio::awaitable<void> Pipeline::EmbedBatch(JobPointer job, std::size_t from, std::size_t to) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  std::vector<std::string> texts;
  // The text alone: with its headings before it, fewer unanswerable questions are told apart (docs/relevance.md).
  for (std::size_t i = from; i < to; ++i) texts.push_back(job->chunks[i].text);
  holds_model_ = true;
  auto embedding = Guarded(embedding_->Embed(std::move(texts)));
  Result<models::Embeddings> embeddings = co_await std::move(embedding);
  Result<void> taken;
  if (!embeddings) {
    taken = Fail(std::move(embeddings.error()));
  } else {
    taken = TakeVectors(*job, from, to - from, *embeddings);
  }
  if (!taken && !job->failure) job->failure = std::move(taken.error());
  --requests_;
  --job->requests;
  changed_.Give();
  if (!Over(*job)) Publish(*job, DocumentState::kEmbedding);
}

Result<void> Pipeline::TakeVectors(Job& job, std::size_t from, std::size_t count,
                                   const models::Embeddings& embeddings) {
  const std::size_t dimensions = embeddings.dimensions;
  if (job.dimensions == 0 && dimensions > 0) {
    job.dimensions = dimensions;
    job.vectors.resize(job.chunks.size() * dimensions);
  }
  if (dimensions == 0 || dimensions != job.dimensions || embeddings.values.size() != count * dimensions) {
    return Fail(ErrorCode::kUnavailable, "The embedding model answered with vectors of the wrong size.",
                "Check the model's entry in the catalogue.");
  }
  std::copy(embeddings.values.begin(), embeddings.values.end(),
            job.vectors.begin() + static_cast<std::ptrdiff_t>(from * dimensions));
  job.embedded += count;
  return {};
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
  if (!failure) {
    auto committing = Guarded(Commit(job));
    Result<void> committed = co_await std::move(committing);
    if (!committed) failure = std::move(committed.error());
  }
  if (job->deleted) {
    Abandoned(job);
  } else if (!failure) {
    co_await Succeeded(job);
  } else if (IsPermanent(*failure)) {
    co_await Refused(job, *failure);
  } else {
    co_await Troubled(job, *failure);
  }
}

// All or nothing: the index, the state, and the end of what it supersedes.
asio::awaitable<Result<void>> Pipeline::Commit(JobPointer job) {
  const std::string& model = options_.embedding_model;
  auto work = [&job, &model](store::Connection& db) -> Result<void> {
    const std::string& id = job->document.id;
    Result<documents::Document> still_there = documents::GetDocument(db, id);
    if (!still_there) return Fail(std::move(still_there.error()));
    Result<void> indexed =
        search::IndexDocument(db, id, job->scope, job->chunks, model, job->vectors, job->document.name);
    if (!indexed) return indexed;
    Result<std::vector<std::string>> superseded =
        documents::MarkReady(db, id, static_cast<std::int64_t>(job->chunks.size()));
    if (!superseded) return Fail(std::move(superseded.error()));
    for (const std::string& old : *superseded) {
      if (Result<void> removed = search::RemoveDocument(db, old); !removed) return removed;
    }
    return {};
  };
  co_return co_await store_.Write(work);
}

}  // namespace counsel::ingest
