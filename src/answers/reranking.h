// The step between recall and judging. Recall: search finds more passages than are wanted (search/). Rerank: a model
// that reads question and passage together puts them in its order, and as many as are wanted stay. Judge: how strong
// they are and what they answer (relevance, quotes, answers) is found out afterwards, and does not hang on that order.
//
// Off until a reranker is installed: general ones made legal retrieval worse (docs/search.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "models/pool.h"
#include "search/search.h"

namespace counsel::answers {

// So many passages are recalled for a reranker, or as many as are wanted when that is more. One takes some 20 ms.
inline constexpr std::size_t kRecalledToRerank = 30;

struct Reranking {
  Reranking() = default;
  std::string reranker;  // of the catalogue; "": none is installed
  std::string question;
  std::size_t limit = 0;
  std::chrono::milliseconds load_timeout{0};
};

struct Reranked {
  Reranked() = default;
  std::vector<search::Hit> hits;  // at most `limit`
  std::string note;               // why they stand as they were recalled; "": they do not, or nothing was to be done
};

// Under a lease of its own. Places that the question names (Hit::place) stay first. Whatever fails, what was recalled
// stands in the order in which it was, and the note says so.
[[nodiscard]] boost::asio::awaitable<Reranked> Rerank(const Reranking& what, std::vector<search::Hit> recalled,
                                                      models::ModelPool& pool);

// `scores` beside the hits. Pure.
[[nodiscard]] std::vector<search::Hit> InOrderOf(const std::vector<double>& scores, std::vector<search::Hit> recalled);

}  // namespace counsel::answers
