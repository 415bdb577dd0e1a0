// Where a page says a title of the outline, and whether one can stand before the page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace counsel::extractor {

// Code points [start, end) of a text.
struct TextRange {
  std::int64_t start = 0;
  std::int64_t end = 0;
};

// The lines of `page` that say `title` and nothing else but a number before it ("2. Rent" for "Rent"), whatever their
// capitals and blanks.
[[nodiscard]] std::optional<TextRange> FindTitle(std::string_view page, std::string_view title);

// Whether the sentence that `before` ends in goes on in `page`: behind a small word, a comma or a hyphen, with a small
// letter. Not so where a letter or a statement ends with a date or a name, and the next begins.
[[nodiscard]] bool SentenceGoesOn(std::string_view before, std::string_view page);

}  // namespace counsel::extractor
