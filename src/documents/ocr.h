// Text recognition (OCR): the pages of a document that need it, several at once, each in a child of its own.
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
#include "documents/extraction.h"

namespace counsel::documents {

struct OcrOptions {
  OcrOptions() = default;
  std::string languages = "eng";      // tesseract's names: "eng", "eng+deu"
  int pages = 500;                    // of one document; those after them stay unread, with a note
  std::uint64_t pixels = 64'000'000;  // of one picture; a larger one is refused
  int at_once = 1;                    // children
  // The last try: a page whose reader the machine has no memory for is noted like one that cannot be read, where before
  // it is an error of the whole document.
  bool take_what_there_is = false;
  std::chrono::seconds page_time{90};
};

// Extract, then OCR of the pages that need it: the whole text. `progress` (pages done, of so many) is called on the io
// thread and may be empty. A page that cannot be read is noted; one that another try may read is an error of the whole
// document. Errors as Extract's, and when nothing at all was read also kUnsupported (no OCR is installed: what to
// install), kTooLarge (a picture).
[[nodiscard]] boost::asio::awaitable<Result<ExtractedText>> ExtractWithOcr(
    boost::asio::any_io_executor io, boost::asio::thread_pool& threads, Extractor extractor, std::filesystem::path file,
    std::string name, ExtractionLimits limits, OcrOptions ocr, std::shared_ptr<ExtractionStop> stop,
    std::function<void(int, int)> progress);

// A page that OCR has read.
struct RecognisedPage {
  RecognisedPage() = default;
  std::string text;
  PlacedPage placed;
};
// Puts the pages' texts in the place of what the document says itself. kTooLarge over the limit. Pure.
[[nodiscard]] Result<void> PutPages(const std::map<int, RecognisedPage>& recognised, const std::string& name,
                                    std::size_t most_text_bytes, ExtractedText* text);

// Pages with names of their own become parts of the structure: "B-102 (5th of the file)". Pure.
void MarkPageLabels(ExtractedText* text);

// What OCR this machine has, by the program itself. Errors: it cannot be started, or answers nonsense.
struct OcrReport {
  OcrReport() = default;
  std::string version;                 // of tesseract
  std::string folder;                  // of the languages' data; "" when there is none
  std::vector<std::string> languages;  // "eng", sorted
};
[[nodiscard]] boost::asio::awaitable<Result<OcrReport>> AskOcr(boost::asio::any_io_executor io,
                                                               std::filesystem::path extractor);

}  // namespace counsel::documents
