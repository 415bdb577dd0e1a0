// What a range of a text stands in, in words for people: "footnote 2", "comment by Bea Quill on 2024-03-02". Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "documents/extraction.h"

namespace counsel::documents {

struct Part {
  Part() = default;
  std::string kind;    // as a StructureSpan's
  std::string words;   // "footnote 2"; "with footnote 2" of one that is not the whole
  bool whole = false;  // all of the range stands in it
};

// Of what GetStructure has for code points [start, end): the parts that all of the range stands in, and those that are
// no running text (rows, notes, comments, changes, page headers) also where only a piece of the range does. Each is
// named once, in the order of the text.
[[nodiscard]] std::vector<Part> PartsOf(const std::vector<StructureSpan>& structure, std::int64_t start,
                                        std::int64_t end);

}  // namespace counsel::documents
