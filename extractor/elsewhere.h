// What counsel-extract-text leaves to counsel-extract.
#pragma once

namespace counsel::extractor {

// Exit status of a program that found a document to be of a format that only the other one reads.
inline constexpr int kReadElsewhere = 3;

// Likewise: of a document that counsel-convert makes a DOCX of first.
inline constexpr int kConvertFirst = 4;

// Thrown in counsel-extract-text (elsewhere.cc) where counsel-extract reads. Not a std::exception: no document is
// damaged.
struct ReadElsewhere {};

}  // namespace counsel::extractor
