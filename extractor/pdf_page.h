// A page of a PDF as poppler shows it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <poppler-document.h>
#include <poppler-page.h>

#include "base/result.h"
#include "extractor/ocr.h"
#include "extractor/pdf.h"

namespace counsel::extractor {

struct RenderedPage {
  RenderedPage() = default;
  Picture picture;
  double dots = 0;  // an inch
};

class PdfPage {
 public:
  // `bytes` must outlive it. `number` from 1: kNotFound when there is none such.
  [[nodiscard]] static Result<std::unique_ptr<PdfPage>> Open(std::string_view bytes, const std::string& name,
                                                             int number);

  // In points, as it is shown.
  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }

  // Its part of the document's text, and where its words stand, in points.
  [[nodiscard]] Result<PlacedText> Words();
  // With fewer dots an inch when it would have more than `most_pixels`; kTooLarge when those were too few to read.
  [[nodiscard]] Result<RenderedPage> Render(double dots, std::uint64_t most_pixels, bool colour);

 private:
  PdfPage() = default;
  std::string_view bytes_;
  std::string name_;
  int number_ = 1;
  std::unique_ptr<poppler::document> pdf_;
  std::unique_ptr<poppler::page> page_;
  double width_ = 0;
  double height_ = 0;
};

}  // namespace counsel::extractor
