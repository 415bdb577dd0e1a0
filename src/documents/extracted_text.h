// What a document says, as counsel-extract found it (extraction.h), and the limits that it was read with.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"

namespace counsel::documents {

struct PageStart {
  int page = 0;            // from 1
  std::int64_t start = 0;  // code points into the text
};

// A part of the text that is more than a paragraph; code points [start, end).
struct StructureSpan {
  StructureSpan() = default;
  std::string kind;  // heading, clause, list_item, table_row, footnote, comment, insertion, deletion, page_header,
                     // attachment, hidden, line (with a number in the margin), page_label (a page with a name)
  int level = 0;     // of a heading, clause or list item: from 1
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string label;  // a clause's or footnote's number; of a comment or change, who made it and when
};

// A file inside the document, to become a document of its own.
struct EmbeddedFile {
  EmbeddedFile() = default;
  std::string name;  // as the document calls it: only a name
  std::string media_type;
  std::uint64_t offset = 0;  // into embedded_bytes
  std::uint64_t bytes = 0;
};

// A word of the text, code points [start, end), and the place where it stands.
struct WordBox {
  WordBox() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  double confidence = 0;  // of OCR, 0 to 100
};

// A page and its words. Units: points (72 an inch) of a PDF page, pixels of a picture, from the top left corner of the
// page as it is shown.
struct PlacedPage {
  PlacedPage() = default;
  int page = 0;  // from 1
  double width = 0;
  double height = 0;
  double confidence = 0;       // mean of its words
  std::vector<WordBox> words;  // by start; positions in the page's text
};

// A page whose text was read by OCR: code points [start, end) of the text.
struct OcrPage {
  OcrPage() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  PlacedPage placed;
};

// How a note begins that says what of a document nobody read.
inline constexpr std::string_view kNotRead = "Not read: ";

struct ExtractedText {
  ExtractedText() = default;
  std::string text;                      // valid UTF-8, line ends '\n', no NUL
  std::string media_type;                // of what was found: "text/plain", "message/rfc822", "application/pdf"
  std::vector<PageStart> pages;          // ascending; empty for formats without pages
  std::vector<std::string> notes;        // what a user should know: "Page 3 was read by OCR."
  std::vector<StructureSpan> structure;  // by start; empty for formats that do not tell
  std::vector<EmbeddedFile> embedded;
  std::vector<std::pair<int, std::string>> page_labels;  // page → what it calls itself: "B-102"
  std::int64_t tail = -1;      // code points: what follows belongs to no page; -1: nothing does
  std::vector<int> needs_ocr;  // pages that may show more than their text says; then alone the text may be empty
  std::vector<OcrPage> ocr;    // pages that were read by OCR (ocr.h), ascending
  std::shared_ptr<const FileDescriptor> embedded_bytes;  // where they are, while somebody holds this
  std::int64_t next = -1;  // of a file of mails (mail_stores.h): where the next batch begins; -1: there is none
};

// The user's settings extraction.*; a document over one is refused with a sentence that names the setting.
struct ExtractionLimits {
  std::uint64_t input_bytes = std::uint64_t{256} << 20;      // max_file_mb
  std::uint64_t mail_store_bytes = std::uint64_t{50} << 30;  // max_mailbox_mb: of a file of mails
  std::uint64_t text_bytes = std::uint64_t{64} << 20;        // max_text_mb
  std::uint64_t unpacked_bytes = std::uint64_t{256} << 20;   // max_unpacked_mb: of all files and parts inside
  std::size_t embedded_files = 1'000;                        // max_embedded_files
  int pages = 5'000;                                         // max_pages: of a PDF or TIFF
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;       // memory_mb: of a child
  std::chrono::seconds time{120};                            // seconds: of a child that reads the whole document
};

}  // namespace counsel::documents
