// What a mail repeats of earlier ones.
#pragma once

#include <cstdint>

#include "extractor/flow.h"

namespace counsel::extractor {

// Marks as headings the lines in a mail's text, from `body` (code points) on, after which an earlier mail stands:
// "From: Ann Archer" of the lines that Outlook writes above it, and "… wrote:", unless lines with '>' and others follow
// by turns. So what is cited from there is told as that mail's, and a search counts it behind the mail itself, if that
// is stored (search/quotations.h).
void MarkQuotations(std::int64_t body, Flow* text);

}  // namespace counsel::extractor
