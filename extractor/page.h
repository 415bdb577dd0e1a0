// One page of a PDF or a picture: read by OCR, its words' places, or shown as an image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "extractor/ocr.h"
#include "extractor/picture.h"

namespace counsel::extractor {

struct PageRequest {
  PageRequest() = default;
  int page = 1;                            // from 1
  std::uint64_t most_pixels = 64'000'000;  // a larger picture is refused, a larger page shown with fewer
  std::string languages = "eng";           // of OCR
  std::optional<std::filesystem::path> language_data;
  std::vector<Box> marks;  // of an image, in the page's units
};

// A page's text and its words' places. Units: points (72 an inch) of a PDF page, pixels of a picture; as it is shown,
// from its top left corner.
struct PlacedPage {
  PlacedPage() = default;
  PlacedText placed;
  double width = 0;
  double height = 0;
  double confidence = 0;  // mean of its words
  bool better = true;     // false: what the PDF says itself is as good
};

// By OCR, 300 dots an inch. The text is empty for a page on which there is nothing to read.
[[nodiscard]] Result<PlacedPage> ReadPageByOcr(std::string_view bytes, const std::string& name,
                                               const PageRequest& request);
// What the PDF says: the text is the page's part of the document's text. kUnsupported for other documents.
[[nodiscard]] Result<PlacedPage> PlaceWords(std::string_view bytes, const std::string& name,
                                            const PageRequest& request);
// The bytes of a PNG, 150 dots an inch (or as many as the picture has, up to 8 million pixels in all), with the marks.
[[nodiscard]] Result<std::string> ShowPage(std::string_view bytes, const std::string& name, const PageRequest& request);

// The line of JSON and the text.
[[nodiscard]] std::string FramePage(const Result<PlacedPage>& page);
[[nodiscard]] std::string FrameImage(const Result<std::string>& png);

}  // namespace counsel::extractor
