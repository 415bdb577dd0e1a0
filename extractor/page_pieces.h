// What a page's lines are made of: pieces between wide white, sums, labels.
#pragma once

#include <vector>

#include "extractor/page_layout.h"
#include "extractor/page_order.h"

namespace counsel::extractor {

// From the left; at least one, unless the line's first word is all of it and left out. `number`: the line's.
[[nodiscard]] std::vector<LinePiece> PiecesOf(const LayoutLine& line, std::size_t number, bool without_first);

// The word with the largest letters tells a line's size and base: others may be raised.
[[nodiscard]] const LayoutWord& LargestWord(const LayoutLine& line);

}  // namespace counsel::extractor
