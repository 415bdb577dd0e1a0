// A cell of a review: what one document says to one column, by rules alone: the value, the words that state it, and
// how sure that is. Pure; any thread.
//
// A value is *supported* when it stands in the quote and the words of the quote say, by one of the column's forms, that
// it is what is asked for; no other value is stated of it anywhere in the document, and the sentence has no condition,
// denial or past. It is *near* when one of that fails, and `why` says which. Where nothing is found the cell is empty
// and says what was searched, and shows the nearest passage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "judging/judging.h"
#include "review/columns.h"
#include "review/wording.h"

namespace counsel::review {

struct Cell {
  Cell() = default;
  std::string value;                                    // in one form (values.h); "": nothing was found
  judging::Grade grade = judging::Grade::kUnsupported;  // of an empty one: unsupported
  std::string why;                                      // why it is not supported; of an empty cell, what was searched
  Range quote;  // bytes of the text: whole sentences; of an empty cell the nearest passage, or nothing
  Range place;  // of the value in it; empty for yes and no
};

// `unsure`: ranges whose characters may be wrong, read by OCR with little confidence.
[[nodiscard]] Cell FillCell(const Column& column, const Wording& wording, const std::vector<Range>& unsure = {});

}  // namespace counsel::review
