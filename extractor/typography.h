// What printers do to words and numbers, undone by one rule for all formats: hyphens at line ends, raised characters.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace counsel::extractor {

// What becomes of a line that ends in a hyphen.
enum class LineEnd {
  kBreak,       // it ends as any other: what follows begins a line
  kJoin,        // the hyphen stays, and what follows stands next to it: "1,000-2,000", "non-exclusive"
  kDropHyphen,  // a word was divided: "indem-" "nification"
};

// Words in small letters, to tell a divided word from a compound: those of the same page.
using WordSet = std::set<std::string, std::less<>>;
// The words of `text` that are letters of ASCII, and what a hyphen joins also as a whole: "non-exclusive".
void AddWords(std::string_view text, WordSet* words);

// Is there a hyphen to decide about?
[[nodiscard]] bool EndsInHyphen(std::string_view line);
// A number, a capital or a blank beside the hyphen keeps it. Of two halves in small letters it is dropped when they
// make a word that the page has, or when nothing says that they are a compound.
[[nodiscard]] LineEnd LineEndOf(std::string_view line, std::string_view next, const WordSet& words);
// `line` without its hyphen.
[[nodiscard]] std::string_view WithoutHyphen(std::string_view line);

// Raised text as it is written after `before`: "[1]" with a blank before it, so that it joins no number; "th" of "5th"
// and the "²" of "m²" as they are.
[[nodiscard]] std::string Raised(std::string_view before, std::string_view raised);

}  // namespace counsel::extractor
