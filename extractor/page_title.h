// Where a page says a title of the outline. Pure.
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

}  // namespace counsel::extractor
