// Passages that state different values of one thing, side by side: the rent in a lease and in a side letter. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "answers/answers.h"
#include "answers/quotes.h"

namespace counsel::answers {

inline constexpr std::size_t kShownContradictions = 3;

// What one of the quotes or citations says, and a sentence of another document among the passages says otherwise
// (judging/contradiction.h). Neither is taken to be right.
[[nodiscard]] std::vector<Contradiction> FindContradictions(const std::vector<Quote>& quotes,
                                                            const std::vector<Citation>& citations,
                                                            const std::vector<Passage>& passages);

}  // namespace counsel::answers
