// A reader that gets no memory ends.
//
// Libraries take a failed allocation for many things: a damaged file, an encoding that is not known, the end of a list;
// some crash. So that no document is refused for a wrong reason, and none is taken for read with a part missing, no
// library of counsel-extract ever sees one fail: allocations.cc puts this before the C library's functions.
#pragma once

namespace counsel::extractor {

// Says it in words that the daemon knows (documents/extraction.cc), and ends the process at once.
extern "C" [[noreturn]] void EndWithoutMemory();

}  // namespace counsel::extractor
