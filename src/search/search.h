// Search: keywords (BM25, FTS5) and vectors, fused by reciprocal rank; strength is judged apart from order.
//
// It knows chunk ids, texts and scopes (a scope is one wall: a matter's id), not documents. All functions run on a
// store connection (a pool thread) inside the caller's transaction, so results are exact at that snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// A piece of a text to index; positions are code points of the document's text.
struct NewChunk {
  NewChunk() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  int page = 0;         // 0: no pages
  std::string heading;  // path of headings above it, "A > B"; indexed with the text
  std::string text;     // = the document's text [start, end)
};

// Adds a document's chunks; vectors is chunks.size() × dimensions, unit length. Replaces what the document had. `name`
// is what people call the document ("GPL-3", "lease.pdf"): its words are found too. kInvalidArgument when the vectors
// are not of unit length or not of the size that this model's have.
[[nodiscard]] Result<void> IndexDocument(store::Connection& db, std::string_view document, std::int64_t scope,
                                         const std::vector<NewChunk>& chunks, std::string_view embedding_model,
                                         std::span<const float> vectors, std::string_view name = "");
// The same for a document whose chunks are not all in memory: first what it had is removed, then each Add is its next
// chunk. In one transaction, of the connection it was made with, which must outlive it. After an error: roll back.
class DocumentIndexer {
 public:
  [[nodiscard]] static Result<DocumentIndexer> Begin(store::Connection& db, std::string_view document,
                                                     std::int64_t scope, std::string_view embedding_model,
                                                     std::size_t dimensions, std::string_view name);
  DocumentIndexer(DocumentIndexer&&) noexcept;
  ~DocumentIndexer();
  // `vector` has `dimensions` values.
  [[nodiscard]] Result<void> Add(const NewChunk& chunk, std::span<const float> vector);

 private:
  struct State;
  explicit DocumentIndexer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Nothing happens when the document is not indexed.
[[nodiscard]] Result<void> RemoveDocument(store::Connection& db, std::string_view document);
// In the transaction of a deletion: its words are to be purged, now or, after a crash, at the next start.
[[nodiscard]] Result<void> RequestPurge(store::Connection& db);
[[nodiscard]] Result<bool> PurgeRequested(store::Connection& db);
// After deletions, outside a transaction: FTS5 'optimize' and WAL truncation, until the words are gone from the files.
// kUnavailable while a reader holds the old rows; call it again. Rewrites the keyword index: seconds at 200,000 chunks.
[[nodiscard]] Result<void> Purge(store::Connection& db);

// How relevance is computed: 1 / (1 + exp(-(bias + cosine·hit.cosine + coverage·hit.coverage))); constants per
// embedding model in the catalogue (bench/calibration, docs/relevance.md). All zero: never measured; the coverage alone
// decides.
struct Calibration {
  double bias = 0;
  double cosine = 0;
  double coverage = 0;
};

// Each ranking contributes this many places to the fusion, so there are at most twice as many hits.
inline constexpr std::size_t kRankingDepth = 100;
// More scopes or documents than this in one query: kTooLarge.
inline constexpr std::size_t kMaxWalls = 10'000;

struct Query {
  Query() = default;
  std::string text;
  std::span<const float> vector;  // of the text, embedded as a query, unit length; empty: keywords only
  std::string embedding_model;
  std::vector<std::int64_t> scopes;    // empty: all
  std::vector<std::string> documents;  // empty: all of the scopes
  std::size_t limit = 15;
  Calibration calibration;
};

// One passage found, and why.
struct Hit {
  Hit() = default;
  std::int64_t chunk = 0;
  std::string document;
  std::int64_t scope = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  int page = 0;
  std::string heading;
  std::string text;
  int keyword_rank = 0;                    // from 1; 0: not found by keywords
  double bm25 = 0;                         // larger is better
  int vector_rank = 0;                     // from 1; 0: not among the nearest
  double cosine = 0;                       // computed for every hit when the query has a vector
  std::vector<std::string> matched_terms;  // the question's words (as asked) found in its text, heading or name
  double coverage = 0;   // 0..1: share of the question's content words found in it, rare ones weighing more
  double fused = 0;      // reciprocal rank fusion, k = 60: the order
  double relevance = 0;  // 0..1: the strength (docs/answers.md)
};

// Best first; the same index and query give the same list. An empty list is a normal outcome. kInvalidArgument when the
// vector is not of unit length, or its model or size is not that of the index (the message names both).
[[nodiscard]] Result<std::vector<Hit>> Search(store::Connection& db, const Query& query);

struct IndexCounts {
  IndexCounts() = default;
  std::int64_t documents = 0;
  std::int64_t chunks = 0;
  std::int64_t vectors = 0;
};
[[nodiscard]] Result<IndexCounts> Count(store::Connection& db);

// The content words of a text, folded as the keyword index folds them (lower case, accents off, Porter stem), without
// stop words. For answers/ and tests.
[[nodiscard]] std::vector<std::string> ContentWords(std::string_view text);

}  // namespace counsel::search
