// From hits to passages, and what a question must be. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "answers/answers.h"
#include "answers/citations.h"
#include "base/result.h"
#include "search/search.h"

namespace counsel::answers {

// Of the strongest hit's relevance, what a hit must have to be read beside it.
inline constexpr double kShareOfBest = 0.5;
// Chunks of one document at most this many code points apart are neighbours: only white space and list signs lie
// between.
inline constexpr std::int64_t kNeighbourGap = 16;
inline constexpr std::int64_t kMaxMergedCodePoints = 4000;

// Errors: kInvalidArgument, kTooLarge.
[[nodiscard]] Result<void> CheckQuestion(const std::string& question, const QuestionOptions& options);

// Ranges of the documents that the hits' chunks cover, each neighbour joined to the stronger one, strongest first.
// `passages[i].text` is that of the hit, or empty where several were joined.
[[nodiscard]] std::vector<Passage> MergeHits(const std::vector<search::Hit>& hits, double least_relevance);

}  // namespace counsel::answers
