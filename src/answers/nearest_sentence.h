// When the documents support nothing of what a model wrote: the sentence of the passages that comes nearest to the
// question, quoted as it stands. On the questions of bench/calibration it is the one that answers more often than a
// small model's own words are supported (docs/answers.md).
//
// Threads: io thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/citations.h"
#include "base/result.h"
#include "models/pool.h"

namespace counsel::answers {

// At most this many sentences are compared: each costs the embedder some milliseconds.
inline constexpr std::size_t kComparedSentences = 48;

// The sentences of the passages, in their order, each as the citation it would be. Too short and too long ones are left
// out. Pure.
[[nodiscard]] std::vector<Citation> QuotableSentences(const std::vector<Passage>& passages, std::size_t most);

// What is compared with the question: the sentence; for a row of a table its first row and it, since the first row says
// what the others mean. Pure.
[[nodiscard]] std::string ComparedText(const Citation& sentence, const std::vector<Passage>& passages);

// Nearest by cosine and by the share of the question's words; nothing when there is no sentence to quote. Errors: those
// of ModelPool::Acquire and of a model that dies.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<Citation>>> NearestSentence(
    const std::string& question, const std::vector<Passage>& passages, const std::string& embedder,
    models::ModelPool& pool);

}  // namespace counsel::answers
