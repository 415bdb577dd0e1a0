// The client of counsel-extract: one document in, its text with page positions out, in a child with limits.
//
// counsel-extract --max-text-bytes N … reads the document from descriptor 3 and its name from descriptor 4, a file
// without a name in which it then puts one line of JSON, {"media_type", "text_bytes", "pages": [[page, start]…],
// "notes": […], "structure": [[kind, level, start, end, label]…], "embedded": [[name, media_type, bytes]…],
// "needs_ocr": [page…]}, then the text, then the bytes of each embedded file, with exit status 0; or {"error": {"code",
// "message", "next_step"}} with exit status 2. pages.h asks it about single pages. counsel-extract-text beside it is
// asked first: it loads in a fifth of the time, and leaves some formats to counsel-extract with exit status 3.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "documents/extracted_text.h"
#include "documents/readers.h"

namespace counsel::child {
struct ChildOptions;
}

namespace counsel::documents {

// "The file is larger than 256 MiB, the limit extraction.max_file_mb." `of_mails`: which of the two limits it is.
[[nodiscard]] tl::unexpected<Error> FileTooLarge(const std::string& what, std::uint64_t most_bytes,
                                                 bool of_mails = false);

// What the child is kept from using more of.
void LimitExtraction(const ExtractionLimits& limits, child::ChildOptions* options);

class ExtractionRun;

// Lets the one who started an extraction end it early. One per extraction; io thread only.
class ExtractionStop {
 public:
  // Kills its children; Extract then fails with kCancelled.
  void Request() {
    requested_ = true;
    for (const auto& [run, kill] : kills_) kill();
  }
  [[nodiscard]] bool requested() const { return requested_; }

 private:
  friend class ExtractionRun;
  bool requested_ = false;
  std::map<const ExtractionRun*, std::function<void()>> kills_;
};

// Errors, each a sentence for the user. The document's own: kTooLarge (also its reader's memory and time), kUnsupported
// (binary, unknown format), kPermissionDenied (password-protected), kInvalidArgument (empty; no text), kCorrupt (broken
// file; the child crashed on it). Not its fault: kOutOfMemory (the child was killed from outside), kUnavailable (it
// cannot be started), kNoSpace, kCancelled. `name` helps to tell Markdown from text. Files are read on `threads`, which
// must outlive the call. Runs on the io thread.
[[nodiscard]] boost::asio::awaitable<Result<ExtractedText>> Extract(boost::asio::any_io_executor io,
                                                                    boost::asio::thread_pool& threads,
                                                                    Extractor extractor, std::filesystem::path file,
                                                                    std::string name, ExtractionLimits limits,
                                                                    std::shared_ptr<ExtractionStop> stop = nullptr);

}  // namespace counsel::documents
