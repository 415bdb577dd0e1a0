// A zygote: the program, loaded and in the namespaces that readers can share, which forks one for each document, since
// that takes a tenth of the time that a new process takes. It never looks at a document. src/child/zygote.h orders.
#pragma once

namespace counsel::extractor {

// poppler's tables of East Asian characters, looked up by the names that a document gives.
inline constexpr const char* kCharacterTables = "/usr/share/poppler";

// Answers the orders that come over descriptor 3, a socket of packets: arguments, each ended by a zero byte, with three
// descriptors, the document, the answer, and where the reader's own words go. The answer is the reader's process
// number, or a negated errno value. Returns when the other end is closed; at once, with a status that is not 0, where
// the kernel lacks a layer of the sandbox.
int ServeForks();

}  // namespace counsel::extractor
