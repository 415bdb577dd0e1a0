// Walk 3: a queued document becomes searchable. Extract in a child → chunk → embed under a lease → one transaction.
// Killed anywhere, it resumes there: the queue is the documents' states in the store.
//
// Threads: io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "documents/documents.h"
#include "models/pool.h"
#include "search/search.h"

namespace counsel::ingest {

// Splits a text into chunks at paragraph and sentence ends, about 120 words each (never over 200), headings above them
// recorded. Every code point outside of white space belongs to exactly one chunk. Pure.
[[nodiscard]] std::vector<search::NewChunk> SplitIntoChunks(const documents::ExtractedText& text);

struct IngestOptions {
  IngestOptions() = default;
  std::filesystem::path extractor;  // counsel-extract
  documents::ExtractionLimits limits;
  std::string embedding_model;
};

// What is going on, for progress bars.
struct Progress {
  Progress() = default;
  std::string document;  // id
  std::string name;
  documents::DocumentState state = documents::DocumentState::kQueued;
  std::string reason;
  std::int64_t chunks_done = 0;
  std::int64_t chunks = 0;
};

class Ingest {
 public:
  Ingest(boost::asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
         models::ModelPool& pool, IngestOptions options);
  ~Ingest();

  // Takes up what a crash left and starts working the queue. Once. With an empty queue no model is loaded.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Start();
  // Something was queued.
  void Wake();
  // Suspends until the document is ready or failed (its state says which) or deleted (kNotFound).
  [[nodiscard]] boost::asio::awaitable<Result<documents::Document>> WaitFor(std::string document);
  // Removes a document, also one being worked on: rows, index, vectors, bytes; purged before it returns.
  [[nodiscard]] boost::asio::awaitable<Result<documents::Document>> Delete(std::string document);
  // Calls `listener` for each change until the returned token is destroyed.
  [[nodiscard]] std::shared_ptr<void> Subscribe(std::function<void(const Progress&)> listener);
  // Documents queued or being worked on.
  [[nodiscard]] std::int64_t pending() const;
  // Stops after the current step; the rest stays queued.
  [[nodiscard]] boost::asio::awaitable<void> Stop();

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace counsel::ingest
