// Search: keywords (BM25, FTS5) and vectors, fused by reciprocal rank; strength is judged apart from order.
//
// It knows chunk ids, texts and scopes (a scope is one wall: a matter's id), not documents. All functions run on a store
// connection (a pool thread) inside the caller's transaction, so results are exact at that snapshot.
#pragma once

#include <cstdint>
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

// Adds a document's chunks; vectors is chunks.size() × dimensions, unit length. Replaces what the document had.
[[nodiscard]] Result<void> IndexDocument(store::Connection& db, std::string_view document, std::int64_t scope,
                                         const std::vector<NewChunk>& chunks, std::string_view embedding_model,
                                         std::span<const float> vectors);
[[nodiscard]] Result<void> RemoveDocument(store::Connection& db, std::string_view document);
// After deletions, outside a transaction: FTS5 'optimize' and WAL truncation, until the words are gone from the files.
[[nodiscard]] Result<void> Purge(store::Connection& db);

// How relevance is computed of the best evidence; constants per embedding model in the catalogue.
struct Calibration {
  double bias = 0;
  double cosine = 0;
  double coverage = 0;
};

struct Query {
  Query() = default;
  std::string text;
  std::span<const float> vector;  // of the text, embedded as a query; empty: keywords only
  std::string embedding_model;
  std::vector<std::int64_t> scopes;  // empty: all
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
  int keyword_rank = 0;  // from 1; 0: not found by keywords
  double bm25 = 0;       // larger is better
  int vector_rank = 0;   // from 1; 0: not among the nearest
  double cosine = 0;     // computed for every hit when the query has a vector
  std::vector<std::string> matched_terms;  // the question's words found in it
  double coverage = 0;   // 0..1: idf-weighted share of the question's content words found in it
  double fused = 0;      // reciprocal rank fusion, k = 60: the order
  double relevance = 0;  // 0..1: the strength (docs/answers.md)
};

// Best first. An empty list is a normal outcome.
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
