// Single words: split from text, folded to a stem. Pure.
//
// The stem takes off inflection only (plural, -ed, -ing): a derivational stemmer such as Porter's makes one word of
// "author" and "authority", which a check of citations must keep apart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::text {

struct RawWord {
  RawWord() = default;
  std::string text;       // case-folded; straight apostrophes; "" for punctuation
  char punctuation = 0;   // , ; : . ? ! ( ) / or a sign such as % $ < that carries meaning
  bool digits = false;    // starts with a digit: "3", "1,000", "5(2)(b)", "2.0"
  bool joined = false;    // a hyphen, and no space, stands before it
  std::size_t start = 0;  // bytes
  std::size_t end = 0;
};

[[nodiscard]] std::vector<RawWord> SplitWords(std::string_view text, std::size_t start, std::size_t end);

struct Stem {
  Stem() = default;
  std::string text;
  bool past = false;
  bool possessive = false;
};
[[nodiscard]] Stem Fold(std::string_view word);

}  // namespace counsel::text
