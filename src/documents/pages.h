// Single pages by counsel-extract: where words stand, a page as an image. Extract's limits and errors; io thread.
//
// counsel-extract --task ocr|words --page N writes one line of JSON, {"text_bytes", "width", "height",
// "confidence", "better", "words": [[start, end, left, top, right, bottom, confidence]…]}, then the page's text;
// --task image writes {"image_bytes"} and a PNG.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "documents/extraction.h"

namespace counsel::documents {

struct PageFile {
  PageFile() = default;
  std::filesystem::path extractor;  // counsel-extract
  std::filesystem::path file;
  std::string name;
  int page = 1;  // from 1
  ExtractionLimits limits;
};

struct PageWords {
  PageWords() = default;
  std::string text;  // the page's part of the document's text
  PlacedPage placed;
};
// Of a PDF's own text; kUnsupported for other documents. `threads` must outlive the call.
[[nodiscard]] boost::asio::awaitable<Result<PageWords>> PlaceWords(boost::asio::any_io_executor io,
                                                                   boost::asio::thread_pool& threads, PageFile page);

// The page of a PDF or picture as a PNG of at most 8 million pixels, with marks where the boxes are. A picture of more
// than `most_pixels` is refused: kTooLarge. kUnsupported for other documents, kNotFound for a page that is not there.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> ShowPage(boost::asio::any_io_executor io,
                                                                   boost::asio::thread_pool& threads, PageFile page,
                                                                   std::vector<WordBox> marks,
                                                                   std::uint64_t most_pixels);

// One box for each line of neighbouring words. Pure.
[[nodiscard]] std::vector<WordBox> JoinLines(const std::vector<WordBox>& words);

}  // namespace counsel::documents
