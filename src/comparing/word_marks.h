// The words of two clauses beside each other. Pure.
#pragma once

#include <vector>

#include "comparing/clauses.h"

namespace counsel::comparing {

// Of each word of the first, its place in the second, or none: rising. The fewest words are removed and added (E. W.
// Myers, "An O(ND) Difference Algorithm and Its Variations", 1986; the greedy form, which keeps its way: memory grows
// with the square of the differences, so clauses are at most 400 words long, two joined ones 800).
[[nodiscard]] std::vector<std::size_t> AlignWords(const std::vector<Word>& first, const std::vector<Word>& second);

// As marks that cover both clauses.
[[nodiscard]] std::vector<Mark> MarkWords(const Block& first, const Block& second,
                                          const std::vector<std::size_t>& aligned);

}  // namespace counsel::comparing
