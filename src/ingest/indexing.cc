// Chunks → vectors → a transaction that makes the document searchable; of a long one, after others that prepare it.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>
#include <sys/mman.h>

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
// Vectors that are there and whose passages are not written: from so many on they are written while others are
// embedded.
constexpr std::size_t kStage = 512;
// The vectors of a document of so few chunks are kept in memory: a file that is made and removed for each makes the
// file system slow to find a place for the next.
constexpr std::size_t kFew = 64;

Result<FileDescriptor> FileInMemory() {
  FileDescriptor file(::memfd_create("counsel-vectors", MFD_CLOEXEC));
  if (!file.valid()) return Fail(ErrnoError(errno, "No place for the vectors of a document"));
  return file;
}

// The passages that the chunks are, read with as little of the text as holds them.
Result<std::vector<std::string>> TextsOf(store::Connection& db, const std::string& document,
                                         std::span<const Chunk> chunks) {
  const std::int64_t start = chunks.front().start;
  Result<std::string> around = documents::GetPassage(db, document, start, chunks.back().end);
  if (!around) return Fail(std::move(around.error()));
  std::vector<std::string> texts;
  std::string_view rest = *around;
  std::int64_t at = start;  // where `rest` begins
  for (const Chunk& chunk : chunks) {
    rest.remove_prefix(ByteOffset(rest, chunk.start - at));
    const std::size_t bytes = ByteOffset(rest, chunk.end - chunk.start);
    texts.emplace_back(rest.substr(0, bytes));
    at = chunk.start;
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
    // The most urgent that there is something to do for: of one that is still being split all may be on its way.
    const auto next =
        std::find_if(prepared_.begin(), prepared_.end(), [this](const JobPointer& one) { return HasWork(*one); });
    if (next == prepared_.end()) {
      co_await changed_.WaitBeyond(seen);
      continue;
    }
    const JobPointer job = *next;
    if (!Over(*job)) SendNext(job);
    if (!Over(*job) && (job->preparing || job->sent < job->chunks.size())) continue;
    std::erase(prepared_, job);
    changed_.Give();
    SpawnFor(job, Finish(job));
  }
}

// A request to be sent, or its end to be brought about.
bool Pipeline::HasWork(const Job& job) const {
  return Over(job) || !job.preparing || job.chunks.size() - job.sent >= kBatch;
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
  // A copy: more may come to be known meanwhile.
  const std::vector<Chunk> chunks(job->chunks.begin() + static_cast<std::ptrdiff_t>(from),
                                  job->chunks.begin() + static_cast<std::ptrdiff_t>(to));
  auto read = [&job, &chunks](store::Connection& db) { return TextsOf(db, job->document.id, chunks); };
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
    const bool few = !job->preparing && job->chunks.size() <= kFew;
    auto make = [this, few] { return few ? FileInMemory() : originals_.Scratch(); };
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
    job->in_the_file.emplace(from, to);
    for (auto next = job->in_the_file.begin(); next != job->in_the_file.end() && next->first == job->there;
         next = job->in_the_file.erase(next)) {
      job->there = next->second;
    }
    StageIfMany(job);
    rate_.Add(static_cast<std::int64_t>(to - from), Signal::Clock::now());
  }
  co_return written;
}

// Waits for the last vectors, then makes the document searchable.
asio::awaitable<void> Pipeline::Finish(JobPointer job) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  while (job->requests > 0 || job->staging > 0 || job->preparing) {
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
  if (failure && job->staged > 0) {
    auto give_up = [&job](store::Connection& db) { return search::GiveUpStaged(db, job->document.id); };
    (void)co_await store_.Write(give_up);  // or the next try does, or the next start
    Spawn(RemoveHidden());
  }
  if (job->deleted || (failure && stopping_)) {
    Abandoned(job);
  } else if (!failure) {
    co_await Succeeded(job);
  } else {
    co_await Failed(job, *failure);
  }
}

// Those of which the passages are not written yet, before `to`.
Pipeline::Piece Pipeline::PieceOf(const Job& job, std::size_t to) {
  constexpr std::size_t kMost = 4 * kStage;  // no writer takes more at a time
  Piece piece;
  piece.from = job.staged;
  const std::size_t end = std::min(to, job.staged + kMost);
  piece.chunks.assign(job.chunks.begin() + static_cast<std::ptrdiff_t>(piece.from),
                      job.chunks.begin() + static_cast<std::ptrdiff_t>(end));
  return piece;
}

// The piece into the index, with its vectors, as much as the time of one write allows. How many of the document are
// there then.
Result<std::size_t> Pipeline::Index(store::Connection& db, const Job& job, const Piece& piece) const {
  if (piece.chunks.empty()) return piece.from;
  const auto end = Signal::Clock::now() + options_.piece;
  const std::string& id = job.document.id;
  const std::size_t dimensions = job.vectors->dimensions();
  Result<search::DocumentIndexer> indexer = search::DocumentIndexer::Begin(
      db, id, job.scope, job.model, dimensions, job.document.name, static_cast<std::int64_t>(piece.from));
  if (!indexer) return Fail(std::move(indexer.error()));
  std::vector<float> vectors;
  std::size_t done = 0;
  do {
    const auto chunks = std::span(piece.chunks).subspan(done, std::min(kBatch, piece.chunks.size() - done));
    Result<std::vector<std::string>> texts = TextsOf(db, id, chunks);
    if (!texts) return Fail(std::move(texts.error()));
    vectors.resize(chunks.size() * dimensions);
    if (Result<void> read = job.vectors->Read(piece.from + done, vectors); !read) return Fail(std::move(read.error()));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      search::NewChunk chunk;
      chunk.start = chunks[i].start;
      chunk.end = chunks[i].end;
      chunk.page = chunks[i].page;
      chunk.heading = *chunks[i].path;
      chunk.text = std::move((*texts)[i]);
      Result<void> added = indexer->Add(chunk, std::span(vectors).subspan(i * dimensions, dimensions));
      if (!added) return Fail(std::move(added.error()));
    }
    done += chunks.size();
  } while (done < piece.chunks.size() && Signal::Clock::now() < end);
  if (Result<void> staged = indexer->Stage(); !staged) return Fail(std::move(staged.error()));
  return piece.from + done;
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

// One transaction: passages before `to`, as many as its time allows; the `last` makes the document ready.
asio::awaitable<Result<void>> Pipeline::StagePiece(JobPointer job, std::size_t to, bool last) {
  const Piece piece = PieceOf(*job, to);
  const std::size_t all = last ? job->chunks.size() : SIZE_MAX;
  auto work = [this, &job, &piece, all](store::Connection& db) -> Result<std::size_t> {
    const std::string& id = job->document.id;
    Result<documents::Document> still_there = documents::GetDocument(db, id);
    if (!still_there) return Fail(std::move(still_there.error()));
    if (piece.from == 0) {  // what an earlier try left
      if (Result<void> given_up = search::GiveUpStaged(db, id); !given_up) return Fail(std::move(given_up.error()));
    }
    Result<std::size_t> indexed = Index(db, *job, piece);
    if (!indexed || *indexed < all) return indexed;
    if (Result<void> made = MakeReady(db, *job); !made) return Fail(std::move(made.error()));
    return indexed;
  };
  Result<std::size_t> indexed = co_await store_.Write(work);
  if (!indexed) co_return Fail(std::move(indexed.error()));
  job->staged = *indexed;
  co_return Result<void>();
}

void Pipeline::StageIfMany(const JobPointer& job) {
  if (job->staging == 0 && !Over(*job) && job->there - job->staged >= kStage) Spawn(Stage(job));
}

// Passages of a long document are written while others of it are embedded.
asio::awaitable<void> Pipeline::Stage(JobPointer job) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  const Count staging(job->staging, changed_);
  while (!Over(*job) && job->there - job->staged >= kStage) {
    auto writing = Guarded(StagePiece(job, job->there, false));
    Result<void> written = co_await std::move(writing);
    if (!written && !job->failure) job->failure = std::move(written.error());
  }
}

// A share of the chunks in each transaction, all or nothing for those who search: the last one makes the document
// ready.
asio::awaitable<Result<void>> Pipeline::Commit(JobPointer job) {
  for (bool ready = false; !ready;) {
    auto writing = StagePiece(job, job->chunks.size(), true);
    Result<void> written = co_await std::move(writing);
    if (!written) co_return written;
    ready = job->staged == job->chunks.size();
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
