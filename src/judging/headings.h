// Numbers and headings of clauses, which state nothing. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace counsel::judging {

// The number at `at`, which begins a line: "4.3 ", "4. ", "(a) ". Its end, and past the white space in `after`.
[[nodiscard]] std::string NumberAt(std::string_view text, std::size_t at, std::size_t* after);
// A line without an end and in capitals, or of a few words: a title.
[[nodiscard]] bool IsTitle(std::string_view words, bool complete);
// "Term and Termination" on a line of its own above "The Tenant shall …", without a blank line between: where
// the sentence itself begins.
[[nodiscard]] std::size_t BehindHeading(std::string_view text, std::size_t start, std::size_t end);
// "No Agency The parties are …", behind the number of a clause.
[[nodiscard]] std::size_t BehindInlineHeading(std::string_view text, std::size_t start, std::size_t end);

}  // namespace counsel::judging
