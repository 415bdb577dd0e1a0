// A text as clauses of words. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "comparing/comparing.h"

namespace counsel::comparing {

// A word, a number ("1,450.00"), a sign. Two are the same when their keys are: their letters, quotes made straight.
struct Word {
  std::uint64_t key = 0;
  std::size_t start = 0, end = 0;
};

// A paragraph, a list item, a heading, a row; of a long one the sentences.
struct Block {
  Range range;                      // without white space around
  std::vector<Word> words;          // without its own number: a clause that is numbered anew has not changed
  std::vector<std::uint64_t> keys;  // of its words, sorted
  std::uint64_t hash = 0;           // of its words
};

[[nodiscard]] std::vector<Word> SplitIntoWords(std::string_view text, Range range);
[[nodiscard]] std::vector<Block> Divide(std::string_view text, const std::vector<std::size_t>& starts);
// One after the other, from the first's start to the last's end.
[[nodiscard]] Block Joined(const Block& one, const Block& next);

}  // namespace counsel::comparing
