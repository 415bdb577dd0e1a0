// Walk 3: a queued document becomes searchable. Extract in a child → chunk → embed under a lease → one transaction.
// Killed anywhere, it resumes there: the queue is the documents' states in the store.
//
// Threads: io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
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
#include "documents/ocr.h"
#include "ingest/reembedding.h"
#include "models/pool.h"
#include "search/index_upkeep.h"
#include "search/search.h"

namespace counsel::ingest {

struct IngestOptions {
  IngestOptions() = default;
  std::shared_ptr<search::Index> index;      // whose files follow the store; or nullptr
  std::shared_ptr<search::Index> row_index;  // likewise, of the rows of documents
  search::IndexPolicy index_policy;
  std::filesystem::path extractor;              // counsel-extract
  std::shared_ptr<documents::Readers> readers;  // that fork it; nullptr: each document has a program of its own
  documents::ExtractionLimits limits;
  documents::OcrOptions ocr;
  std::function<std::string()> embedding_model;  // that new documents are indexed with, from now on
  // Media types that the daemon itself writes, and how their originals become text (blocking, on a pool thread). Such a
  // document is known by the media type its row has; what an extractor says a file is, is never one of these.
  std::map<std::string, std::function<Result<documents::ExtractedText>(const std::filesystem::path&)>> own_readers;
  // What is no fault of a document (base/judgement.h) takes it back to the queue. The next try comes after a pause that
  // doubles from first_pause to longest_pause, or first_pause after the failure once Wake is called. From then on one
  // document is worked on at a time, and one page of it read by OCR, until one succeeds; what fails so often alone, or
  // three times for want of memory, is failed. What another try cannot mend (a missing model file) fails at once.
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{60'000};
  int tries = 5;
  // How long Stop waits for a step to end: a request to a model that does not answer, a write that is stuck.
  std::chrono::milliseconds stop_time{3'000};
  std::chrono::milliseconds piece = store::kPiece;  // how long one of the writes of a long document holds the writer
};

// What is going on, for progress bars.
struct Progress {
  Progress() = default;
  std::string document;  // id
  std::string name;
  documents::DocumentState state = documents::DocumentState::kQueued;
  std::string reason;
  std::int64_t pages_done = 0;  // read by OCR, while its state is extracting
  std::int64_t pages = 0;       // that need it; 0 while that is not known
  std::int64_t chunks_done = 0;
  std::int64_t chunks = 0;                  // 0 while that is not known
  std::optional<double> chunks_per_second;  // of all documents, of late
  std::optional<double> seconds_left;       // of this one, while its state is embedding, at that rate
};

class Pipeline;

class Ingest {
 public:
  // All but the options must outlive it.
  Ingest(boost::asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
         models::ModelPool& pool, IngestOptions options);
  ~Ingest();

  // Takes up what a crash left and starts working the queue. Once. With an empty queue no model is loaded.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Start();
  // Something was queued.
  void Wake();
  // Suspends until the document is ready or failed (its state says which) or deleted (kNotFound). Another error: its
  // state cannot even be written (a full disk).
  [[nodiscard]] boost::asio::awaitable<Result<documents::Document>> WaitFor(std::string document);
  // Removes a document, also one being worked on: rows, index, vectors, bytes; purged before it returns. Once begun it
  // goes on when the caller leaves. kPermissionDenied where a hold forbids it (record/hold.h). kUnavailable: it is
  // deleted, but its words are still in the files for now.
  [[nodiscard]] boost::asio::awaitable<Result<documents::Document>> Delete(std::string document);
  // Likewise all documents of a matter, and its name: nobody finds it from the first moment on. What it had. kNotFound
  // when there is no such matter.
  [[nodiscard]] boost::asio::awaitable<Result<documents::Matter>> DeleteMatter(std::string name);
  // What was deleted otherwise, and asked to be purged in the same transaction (search.h), goes out of the files before
  // it returns. kUnavailable as above.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Purge();
  // Whether words of deleted documents may still be in the store's files. After a crash the next start goes on.
  [[nodiscard]] bool purging() const;
  // Calls `listener` for each change until the returned token is destroyed.
  [[nodiscard]] std::shared_ptr<void> Subscribe(std::function<void(const Progress&)> listener);
  // Documents queued or being worked on, as last counted (after each Wake and each document).
  [[nodiscard]] std::int64_t pending() const;
  // The embedding models that there are vectors of, as last looked at (when it started, and after each document).
  [[nodiscard]] const std::vector<std::string>& models_with_vectors() const;

  // All passages get vectors of this model in the background; see reembedding.h.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Reembed(std::string model);
  [[nodiscard]] boost::asio::awaitable<Result<void>> GiveUpReembedding();
  [[nodiscard]] const ReembedProgress& reembedding() const;
  [[nodiscard]] std::shared_ptr<void> SubscribeReembedding(std::function<void(const ReembedProgress&)> listener);

  // Limits and languages for what is read from now on.
  void Follow(const documents::ExtractionLimits& limits, const documents::OcrOptions& ocr);
  // Stops after the current step (an extraction is ended at once), or after stop_time without it; the rest stays
  // queued.
  [[nodiscard]] boost::asio::awaitable<void> Stop();

 private:
  std::shared_ptr<Pipeline> pipeline_;
  std::shared_ptr<Reembedder> reembedder_;
};

}  // namespace counsel::ingest
