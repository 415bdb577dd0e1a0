// The client of counsel-extract: one document in, its text with page positions out, in a child with limits.
//
// counsel-extract --name NAME --max-text-bytes N reads the document from descriptor 3 and writes to descriptor 4 one
// line of JSON, {"media_type", "text_bytes", "pages": [[page, start]…], "notes": […], "structure": [[kind, level,
// start, end, label]…], "embedded": [[name, media_type, bytes]…]}, then the text, then the bytes of each embedded file,
// with exit status 0; or {"error": {"code", "message", "next_step"}} with exit status 2.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/file.h"
#include "base/result.h"

namespace counsel::child {
struct ChildOptions;
}

namespace counsel::documents {

struct PageStart {
  int page = 0;            // from 1
  std::int64_t start = 0;  // code points into the text
};

// A part of the text that is more than a paragraph; code points [start, end).
struct StructureSpan {
  StructureSpan() = default;
  std::string kind;  // heading, clause, list_item, table_row, footnote, comment, insertion, deletion, page_header,
                     // attachment
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

struct ExtractedText {
  ExtractedText() = default;
  std::string text;                      // valid UTF-8, line ends '\n', no NUL
  std::string media_type;                // of what was found: "text/plain", "message/rfc822", "application/pdf"
  std::vector<PageStart> pages;          // ascending; empty for formats without pages
  std::vector<std::string> notes;        // what a user should know: "Page 3 has no text (a scan?): it needs OCR."
  std::vector<StructureSpan> structure;  // by start; empty for formats that do not tell
  std::vector<EmbeddedFile> embedded;
  std::shared_ptr<const FileDescriptor> embedded_bytes;  // where they are, while somebody holds this
};

struct ExtractionLimits {
  std::uint64_t input_bytes = std::uint64_t{256} << 20;     // a larger file is refused
  std::uint64_t text_bytes = std::uint64_t{64} << 20;       // a longer text is refused
  std::uint64_t embedded_bytes = std::uint64_t{256} << 20;  // of all files inside
  std::size_t embedded_files = 1'000;
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  // of the child
  std::chrono::seconds time{120};                       // of the child
};

// What the child is kept from using more of.
void LimitExtraction(const ExtractionLimits& limits, child::ChildOptions* options);

// Lets the one who started an extraction end it early. One per extraction; io thread only.
class ExtractionStop {
 public:
  // Kills the child; Extract then fails with kCancelled.
  void Request() {
    requested_ = true;
    if (kill_) kill_();
  }
  [[nodiscard]] bool requested() const { return requested_; }

 private:
  friend class ExtractionRun;
  bool requested_ = false;
  std::function<void()> kill_;
};

// Errors, each a sentence for the user: kTooLarge, kUnsupported (binary, unknown format), kPermissionDenied (password-
// protected), kInvalidArgument (empty; no text), kCorrupt (broken file; the child crashed on it), kOutOfMemory,
// kDeadlineExceeded, kCancelled. `name` helps to tell Markdown from text. Files are read on `threads`, which must
// outlive the call. Runs on the io thread.
[[nodiscard]] boost::asio::awaitable<Result<ExtractedText>> Extract(boost::asio::any_io_executor io,
                                                                    boost::asio::thread_pool& threads,
                                                                    std::filesystem::path extractor,
                                                                    std::filesystem::path file, std::string name,
                                                                    ExtractionLimits limits,
                                                                    std::shared_ptr<ExtractionStop> stop = nullptr);

}  // namespace counsel::documents
