// The client of counsel-extract: one document in, its text with page positions out, in a child with limits.
//
// counsel-extract --name NAME --max-text-bytes N reads the document from descriptor 3 and writes to descriptor 4 one
// line of JSON, {"media_type", "pages": [[page, start]…], "notes": […]} and then the text, with exit status 0; or
// {"error": {"code", "message", "next_step"}} with exit status 2.
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

#include "base/result.h"

namespace counsel::child {
struct ChildOptions;
}

namespace counsel::documents {

struct PageStart {
  int page = 0;            // from 1
  std::int64_t start = 0;  // code points into the text
};

struct ExtractedText {
  ExtractedText() = default;
  std::string text;                // valid UTF-8, line ends '\n', no NUL
  std::string media_type;          // "text/plain", "text/markdown", "application/pdf"
  std::vector<PageStart> pages;    // ascending; empty for formats without pages
  std::vector<std::string> notes;  // what a user should know: "Page 3 has no text (a scan?)."
};

struct ExtractionLimits {
  std::uint64_t input_bytes = std::uint64_t{256} << 20;  // a larger file is refused
  std::uint64_t text_bytes = std::uint64_t{64} << 20;    // a longer text is refused
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;   // of the child
  std::chrono::seconds time{120};                        // of the child
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
