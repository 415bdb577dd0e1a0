// The ranking by keywords: BM25 within the walls.
//
// FTS5 finds the passages that the index's files do not have; the score is ours, because FTS5's own weighs a word by
// how many passages of the whole store have it. Then what another client's matter holds would shift this one's order
// and strength: nothing outside of the walls may.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "search/mapped_index.h"
#include "search/nearest.h"
#include "search/words.h"
#include "store/store.h"

namespace counsel::search {

// What is looked for beside the question's own words weighs so much of them.
inline constexpr double kBesideWeight = 0.4;

struct KeywordHit {
  std::int64_t chunk = 0;
  double score = 0;  // above 0; larger is better
};

struct KeywordRanking {
  KeywordRanking() = default;
  std::vector<KeywordHit> best;           // at most `count`, best first; equal ones by chunk id
  std::int64_t chunks = 0;                // within the walls
  std::vector<double> also;               // scores of the chunks asked for; 0: none of the words stands there
  std::vector<std::int64_t> chunks_with;  // of them, with any form of the question's term, beside QueryWords::terms
};

// BM25 (index/bm25.h) over the phrases of words.match, a word of the name or the headings counting twice. Of passages
// that the index's files have (mapped_index.h) those are scored that may be among the best. In the store every passage
// within the walls that has one of the words is looked at, a few bytes for each are held. The list is the same either
// way.
[[nodiscard]] Result<KeywordRanking> RankByKeywords(store::Connection& db, const QueryWords& words, const Walls& walls,
                                                    std::size_t count, const std::vector<std::int64_t>& also = {},
                                                    const IndexSnapshot* index = nullptr);
}  // namespace counsel::search
