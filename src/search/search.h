// Search: keywords (BM25, FTS5) and vectors, their scores added; strength is judged apart from order.
//
// It knows chunk ids, texts and scopes (a scope is one wall: a matter's id), not documents. All functions run on a
// store connection (a pool thread) inside the caller's transaction, so results are exact at that snapshot.
#pragma once

#include <chrono>
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
// The same in several transactions, so that others write in between, for a document whose chunks are not all in memory.
// In each: Begin, each Add is the next chunk, Stage: no search sees them yet. In the last of them: ShowStaged. After an
// error: roll back. What was staged before a crash is taken away by the next start (GiveUpAllStaged, RemoveHidden).
class DocumentIndexer {
 public:
  // `next`: how many chunks were staged before. The connection must outlive it.
  [[nodiscard]] static Result<DocumentIndexer> Begin(store::Connection& db, std::string_view document,
                                                     std::int64_t scope, std::string_view embedding_model,
                                                     std::size_t dimensions, std::string_view name,
                                                     std::int64_t next = 0);
  DocumentIndexer(DocumentIndexer&&) noexcept;
  ~DocumentIndexer();
  // `vector` has `dimensions` values.
  [[nodiscard]] Result<void> Add(const NewChunk& chunk, std::span<const float> vector);
  [[nodiscard]] Result<void> Stage();

 private:
  struct State;
  explicit DocumentIndexer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};
// What is staged of the document is what searches find of it from now on, in place of what there was.
[[nodiscard]] Result<void> ShowStaged(store::Connection& db, std::string_view document);
// It will not become whole: what is staged of it, or of any document, goes with the next RemoveHidden.
[[nodiscard]] Result<void> GiveUpStaged(store::Connection& db, std::string_view document);
[[nodiscard]] Result<void> GiveUpAllStaged(store::Connection& db);

// No search finds the document any more, from this transaction on. Of a long one the rows go with the next
// RemoveHidden; `staged_too`: also what is staged. Nothing happens when it is not indexed.
[[nodiscard]] Result<void> HideDocument(store::Connection& db, std::string_view document, bool staged_too = true);
// Removes rows of what is hidden for about so long; true: there are more. In a transaction.
[[nodiscard]] Result<bool> RemoveHidden(store::Connection& db, std::chrono::milliseconds most);
// All at once: what is hidden and staged of the document too.
[[nodiscard]] Result<void> RemoveDocument(store::Connection& db, std::string_view document);

// In the transaction of a deletion: its words are to be purged, now or, after a crash, at the next start.
[[nodiscard]] Result<void> RequestPurge(store::Connection& db);
[[nodiscard]] Result<bool> PurgeRequested(store::Connection& db);

struct Segment {
  std::uint64_t id = 0;
  std::uint64_t last_page = 0;
  friend bool operator==(const Segment&, const Segment&) = default;
};
// After deletions: what is hidden is removed, the segments of the keyword index are merged (as by FTS5's 'optimize',
// which rewrites all of it: seconds at 200,000 chunks), the write-ahead log is emptied. Then no file of the store holds
// a word that was deleted before the first step. Each step is a transaction of about `piece`; others may write in
// between.
class PurgeSteps {
 public:
  explicit PurgeSteps(std::chrono::milliseconds piece = store::kPiece) : piece_(piece) {}
  // Outside a transaction. true: done. kUnavailable while a reader holds the old rows: call it again.
  [[nodiscard]] Result<bool> Next(store::Connection& db);

 private:
  Result<void> Begin(store::Connection& db);
  Result<bool> MergeSome(store::Connection& db);
  Result<bool> EmptyLog(store::Connection& db);

  const std::chrono::milliseconds piece_;
  bool begun_ = false;
  bool merged_ = false;
  std::int64_t until_ = 0;   // the last of the purges that were asked for
  std::int64_t pages_ = -1;  // of the write-ahead log, when all was merged
  std::chrono::milliseconds patience_{200};
  std::vector<Segment> before_;
};
// All steps at once.
[[nodiscard]] Result<void> Purge(store::Connection& db);

// How relevance is computed: 1 / (1 + exp(-(bias + cosine·hit.cosine + coverage·hit.coverage))); constants per
// embedding model in the catalogue (bench/calibration, docs/relevance.md). All zero: never measured; the coverage alone
// decides.
struct Calibration {
  double bias = 0;
  double cosine = 0;
  double coverage = 0;
};

// Each ranking contributes this many passages, so there are at most twice as many hits.
inline constexpr std::size_t kRankingDepth = 100;
// More scopes or documents than this in one query: kTooLarge.
inline constexpr std::size_t kMaxWalls = 10'000;

struct Query {
  Query() = default;
  std::string text;
  // Words of the text that name the documents: looked for like the others, and counting for no strength.
  std::string names;
  // What texts write where the question says something else (understanding/glossary.h): looked for beside its words,
  // weighing less (keywords.h), and counting for no strength.
  std::vector<std::string> beside;
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
  double fused = 0;      // the order: see Search
  double relevance = 0;  // 0..1: the strength (docs/answers.md)
  std::string place;     // "clause 17.3": that the question names, and what is found stands there; "": found by search
};

// Best first: by the share that a passage has of the best one's BM25, plus its cosine, weighted (docs/relevance.md); a
// table of contents, which names every clause and says nothing of any, comes behind. The same index and query give the
// same list. An empty list is a normal outcome. Where the index has no
// vectors of the query's model, words alone decide. kInvalidArgument when the vector is not of unit length, or of
// another size than those of its model (the message names both).
[[nodiscard]] Result<std::vector<Hit>> Search(store::Connection& db, const Query& query);

// Of what searches see.
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
