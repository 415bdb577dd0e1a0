// What a prompt is made of when reading all passages would take longer than somebody waits: the quotes with what stands
// around them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "answers/citations.h"
#include "answers/quotes.h"
#include "models/catalogue.h"

namespace counsel::answers {

// Tokens of a prompt that a model reads in so long: as fast as it has read here (tokens a second; 0: not yet), else as
// its file's size lets expect of processors. 0: no limit; another machine's model is not waited for less.
[[nodiscard]] std::uint32_t ReadableTokens(const models::ModelEntry& model, double tokens_per_second,
                                           std::chrono::seconds patience, unsigned threads);

struct Excerpts {
  Excerpts() = default;
  std::vector<Passage> passages;  // in the order of their best quotes, then of their strength
  std::vector<Passage> left_out;  // those of which nothing is read, whole
};

// About `tokens` of the passages (0: all of them, as they are): each whole while that fits, else the sentences that are
// quoted from it with their lead-in and a neighbour on either side. At least one, however little may be read.
[[nodiscard]] Excerpts MakeExcerpts(const std::vector<Passage>& passages, const std::vector<Quote>& quotes,
                                    std::uint32_t tokens);

}  // namespace counsel::answers
