// The work behind Ingest: two loops and what runs between them.
//
//   Claim loop     claims the next queued document, of each priority one at a time, for
//   Prepare        which has it extracted and split (chunking.cc); a few documents ahead of, and within a long one
//                  side by side with
//   Embed loop     which sends the texts of prepared documents to the embedder, two requests at a time, across
//                  documents, so that the embedder is never idle; after each request whoever is more urgent goes on
//   Finish         one per document: when its last vector is there, its passages are written; a long one's in pieces
//                  that nobody finds before the last, and from its first vectors on (Stage)
//
// io thread only. Shared: every coroutine holds a reference.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "documents/documents.h"
#include "ingest/chunks.h"
#include "ingest/count.h"
#include "ingest/embedding.h"
#include "ingest/ingest.h"
#include "ingest/rate.h"
#include "ingest/retries.h"
#include "ingest/signal.h"
#include "ingest/vector_file.h"
#include "search/index_upkeep.h"
#include "search/search.h"
#include "store/store.h"

namespace counsel::ingest {

class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  Pipeline(boost::asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
           std::unique_ptr<Embedding> embedding, IngestOptions options);

  boost::asio::awaitable<Result<void>> Start();
  void Wake();
  void Follow(const documents::ExtractionLimits& limits, const documents::OcrOptions& ocr) {
    options_.limits = limits;
    options_.ocr = ocr;
  }
  boost::asio::awaitable<void> Stop();
  boost::asio::awaitable<Result<documents::Document>> WaitFor(std::string id);
  boost::asio::awaitable<Result<documents::Document>> Delete(std::string id);
  boost::asio::awaitable<Result<documents::Matter>> DeleteMatter(std::string name);
  boost::asio::awaitable<Result<void>> Purge();
  std::shared_ptr<void> Subscribe(std::function<void(const Progress&)> listener);
  [[nodiscard]] std::int64_t pending() const { return pending_; }
  [[nodiscard]] const std::vector<std::string>& models_with_vectors() const { return models_with_vectors_; }
  // Another embedding model's vectors have taken the place of all others.
  void Serves(const std::string& model) {
    models_with_vectors_.assign(1, model);
    stored_.Give();
  }
  [[nodiscard]] bool purging() const { return purging_ > 0 || left_; }
  [[nodiscard]] std::int64_t purges() const { return purges_; }

 private:
  // A document being worked on.
  struct Job {
    explicit Job(documents::Document document_in) : document(std::move(document_in)) {}
    documents::Document document;
    std::int64_t scope = 0;
    std::shared_ptr<documents::ExtractionStop> extraction = std::make_shared<documents::ExtractionStop>();
    std::int64_t inside = 0;  // of a file of mails: those that are documents already
    int pages_done = 0;       // by OCR
    int pages = 0;
    std::vector<Chunk> chunks;          // those that are known; all once it is prepared
    std::string model;                  // that its vectors are of
    std::optional<VectorFile> vectors;  // a row a chunk, once the first batch is there
    std::size_t sent = 0;               // chunks, to the embedder
    std::size_t embedded = 0;
    std::map<std::size_t, std::size_t> in_the_file;  // [from, to) of the vectors that are there, behind `there`
    std::size_t there = 0;                           // vectors, without a gap
    std::size_t staged = 0;                          // chunks, in the store
    int staging = 0;                                 // Stage that run: 0 or 1
    int requests = 0;                                // on their way
    std::optional<Count> preparing;                  // until all its chunks are known, or it ends
    bool in_line = false;                            // prepared_ has it, or had: the embed loop brings it to its end
    bool deleted = false;
    std::optional<Error> failure;  // of the model; the first one
  };
  using JobPointer = std::shared_ptr<Job>;
  template <class T>
  struct Deletion;
  // One purge, and those who wait for it: what they deleted was gone from the rows before it began.
  struct PurgeRound;
  // Whether another document of a priority may be claimed.
  struct Room {
    Room() = default;
    bool waited_for = false;
    bool one_of_many = false;
    [[nodiscard]] bool any() const { return waited_for || one_of_many; }
  };

  boost::asio::awaitable<void> ClaimLoop();
  boost::asio::awaitable<void> EmbedLoop();
  boost::asio::awaitable<void> Finish(JobPointer job);

  boost::asio::awaitable<void> RemoveLeftOvers();
  [[nodiscard]] Room LookForRoom() const;
  [[nodiscard]] bool HasRoom(documents::Priority priority) const;
  boost::asio::awaitable<Room> WaitForRoom();
  boost::asio::awaitable<Result<JobPointer>> Claim(Room room);
  void Begin(const JobPointer& job);
  boost::asio::awaitable<void> PrepareJob(JobPointer job);
  boost::asio::awaitable<Result<void>> Prepare(JobPointer job);
  boost::asio::awaitable<Result<documents::ExtractedText>> ReadText(JobPointer job);
  boost::asio::awaitable<Result<void>> StoreText(JobPointer job, documents::ExtractedText& text);
  using StoredBytes = documents::Originals::Incoming::Stored;
  boost::asio::awaitable<Result<std::vector<StoredBytes>>> StoreInside(JobPointer job, documents::ExtractedText& text);
  boost::asio::awaitable<Result<void>> StoreBatches(JobPointer job, documents::ExtractedText& text);
  static Result<void> AddInside(store::Connection& db, const Job& job, const documents::ExtractedText& text,
                                const std::vector<StoredBytes>& stored);
  // Its chunks, as they become known, go to the embedder. An error is the model's.
  boost::asio::awaitable<Result<void>> SplitIntoChunks(JobPointer job, const documents::ExtractedText& text);
  void TakeChunks(const JobPointer& job, std::vector<Chunk> chunks);
  boost::asio::awaitable<void> Idle(std::uint64_t seen);

  void Line(const JobPointer& job);
  [[nodiscard]] bool HasWork(const Job& job) const;
  void SendNext(const JobPointer& job);
  boost::asio::awaitable<void> EmbedBatch(JobPointer job, std::size_t from, std::size_t to, Count ours, Count its);
  boost::asio::awaitable<Result<void>> EmbedChunks(JobPointer job, std::size_t from, std::size_t to);
  // Chunks, and where they begin among those of their document.
  struct Piece {
    Piece() = default;
    std::size_t from = 0;
    std::vector<Chunk> chunks;
  };
  static Piece PieceOf(const Job& job, std::size_t to);
  Result<std::size_t> Index(store::Connection& db, const Job& job, const Piece& piece) const;
  void StageIfMany(const JobPointer& job);
  boost::asio::awaitable<void> Stage(JobPointer job);
  boost::asio::awaitable<Result<void>> StagePiece(JobPointer job, std::size_t to, bool last);
  static Result<void> MakeReady(store::Connection& db, const Job& job);
  boost::asio::awaitable<Result<void>> Commit(JobPointer job);
  static Result<void> PutRow(store::Connection& db, const documents::Document& document, std::int64_t scope);
  boost::asio::awaitable<void> PutMissingRows();
  boost::asio::awaitable<void> RewriteWords();
  boost::asio::awaitable<Result<bool>> KeepIndexOnce(bool purge);
  boost::asio::awaitable<Result<bool>> KeepFilesOnce(search::IndexUpkeep& upkeep, bool purge);
  boost::asio::awaitable<void> KeepIndex();
  boost::asio::awaitable<Result<void>> PurgeIndex();
  boost::asio::awaitable<void> RemoveHidden();

  // The ends of a job. Every job comes to exactly one of them.
  boost::asio::awaitable<void> Succeeded(JobPointer job);
  boost::asio::awaitable<void> Failed(JobPointer job, Error error);
  void Abandoned(JobPointer job);  // deleted, or we are stopping
  boost::asio::awaitable<void> WriteState(JobPointer job, documents::DocumentState state, std::string reason);
  void Ended(const Job& job);
  void Recount() noexcept;

  template <class T>
  void SpawnDeletion(std::shared_ptr<Deletion<T>> deletion, boost::asio::awaitable<void> work);
  template <class T>
  boost::asio::awaitable<Result<T>> Ended(std::shared_ptr<Deletion<T>> deletion);
  static void GiveUp(Job& job);
  boost::asio::awaitable<void> DeleteNow(std::string id, std::shared_ptr<Deletion<documents::Document>> deletion);
  boost::asio::awaitable<Result<std::vector<documents::Document>>> DeleteRows(std::string id, Result<void>* removed);
  boost::asio::awaitable<void> DeleteMatterNow(std::string name, std::shared_ptr<Deletion<documents::Matter>> deletion);
  boost::asio::awaitable<Result<void>> DeleteHidden();
  boost::asio::awaitable<Result<void>> PurgeWords();
  boost::asio::awaitable<void> PurgeRounds();
  boost::asio::awaitable<Result<void>> PurgeOnce();
  boost::asio::awaitable<void> FinishDeletions();
  boost::asio::awaitable<Result<void>> FinishOnce();
  void LeaveToFinish();
  boost::asio::awaitable<void> CountPending();
  void Publish(const Job& job, documents::DocumentState state, const std::string& reason = "");
  void TellWaiters(const std::string& id);
  [[nodiscard]] bool Over(const Job& job) const { return stopping_ || job.deleted || job.failure.has_value(); }
  // Runs it beside us; an exception (no memory) is logged.
  void Spawn(boost::asio::awaitable<void> work);
  // Likewise a step of a job, which an exception ends: it goes back to the queue.
  void SpawnFor(JobPointer job, boost::asio::awaitable<void> work);
  void Lost(const JobPointer& job);
  // Likewise what must not end by an exception: it is started again.
  void Keep(const char* name, boost::asio::awaitable<void> (Pipeline::*loop)());

  const boost::asio::any_io_executor io_;
  store::Store& store_;
  const documents::Originals& originals_;
  const std::unique_ptr<Embedding> embedding_;
  IngestOptions options_;

  std::deque<search::IndexUpkeep> index_upkeeps_;  // of passages, of rows of documents; or none
  int keeping_index_ = 0;                          // steps of them that run: 0 or 1

  Signal changed_;                          // anything below, or the queue
  Signal stored_;                           // passages, or vectors of another model
  Signal stopped_;                          // once, when it is to stop
  std::map<std::string, JobPointer> jobs_;  // claimed and not ended, by document
  std::array<int, 2> preparing_{};          // documents, by priority
  std::deque<JobPointer> prepared_;         // the most urgent first, of several the oldest
  int requests_ = 0;                        // on their way to the embedder
  int claim_loops_ = 0;                     // running: 0 or 1
  int embed_loops_ = 0;
  bool stopping_ = false;
  bool swept_ = false;                // RemoveLeftOvers has run
  bool left_between_states_ = false;  // a state could not be written: requeue before the next claim
  Retries retries_;
  int purging_ = 0;                         // deletions whose words may still be in the files
  std::shared_ptr<PurgeRound> next_purge_;  // for those who come now
  bool purge_runs_ = false;
  bool to_finish_ = true;    // a deletion, as far as we know
  bool left_ = false;        // of one: originals, or words
  std::int64_t purges_ = 0;  // done
  int removing_ = 0;         // RemoveHidden that run: 0 or 1
  Rate rate_;                // of chunks embedded
  bool worked_ = false;      // since the last Release

  std::int64_t pending_ = 0;
  std::vector<std::string> models_with_vectors_;
  int counting_ = 0;  // CountPending that run: 0 or 1
  Signal counted_;
  bool count_again_ = false;
  std::map<std::string, std::weak_ptr<Signal>> waiters_;
  std::map<std::string, Error> unwritten_;  // documents given up whose state could not be written
  std::vector<std::weak_ptr<std::function<void(const Progress&)>>> listeners_;
};

}  // namespace counsel::ingest
