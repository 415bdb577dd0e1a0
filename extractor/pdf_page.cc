#include "extractor/pdf_page.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <leptonica/allheaders.h>
#include <poppler-global.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>

#include "extractor/document.h"

namespace counsel::extractor {
namespace {

constexpr double kPointsAnInch = 72;
constexpr double kFewestDots = 40;  // an inch: fewer show nothing that could be read

void IgnoreMessage(const std::string& /*message*/, void* /*closure*/) {}

Picture FromGray(const poppler::image& image) {
  Picture picture(::pixCreate(image.width(), image.height(), 8));
  if (!picture) return nullptr;
  for (int y = 0; y < image.height(); ++y) {
    l_uint32* line = ::pixGetData(picture.get()) + static_cast<std::ptrdiff_t>(y) * ::pixGetWpl(picture.get());
    std::memcpy(line, image.const_data() + static_cast<std::ptrdiff_t>(y) * image.bytes_per_row(),
                static_cast<std::size_t>(image.width()));
  }
  ::pixEndianByteSwap(picture.get());  // leptonica keeps pixels in words, the first in the highest byte
  return picture;
}

Picture FromColour(const poppler::image& image) {
  Picture picture(::pixCreate(image.width(), image.height(), 32));
  if (!picture) return nullptr;
  for (int y = 0; y < image.height(); ++y) {
    l_uint32* line = ::pixGetData(picture.get()) + static_cast<std::ptrdiff_t>(y) * ::pixGetWpl(picture.get());
    const auto* from = reinterpret_cast<const unsigned char*>(image.const_data()) +
                       static_cast<std::ptrdiff_t>(y) * image.bytes_per_row();
    for (int x = 0; x < image.width(); ++x, from += 3) ::composeRGBPixel(from[0], from[1], from[2], line + x);
  }
  return picture;
}

}  // namespace

Result<std::unique_ptr<PdfPage>> PdfPage::Open(std::string_view bytes, const std::string& name, int number) {
  ::setMsgSeverity(L_SEVERITY_NONE);
  poppler::set_debug_error_function(IgnoreMessage, nullptr);
  std::unique_ptr<poppler::document> pdf;
  if (bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    pdf.reset(poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  }
  if (pdf && pdf->is_locked()) {
    return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
                "Save a copy without the password and add that.");
  }
  if (!pdf || pdf->pages() <= 0) return Damaged(name, "PDF");
  if (number < 1 || number > pdf->pages()) {
    return Fail(ErrorCode::kNotFound, "'" + name + "' has no page " + std::to_string(number) + ".");
  }
  std::unique_ptr<PdfPage> opened(new PdfPage());
  opened->bytes_ = bytes;
  opened->name_ = name;
  opened->number_ = number;
  opened->pdf_ = std::move(pdf);
  opened->page_.reset(opened->pdf_->create_page(number - 1));
  if (!opened->page_) {
    return Fail(ErrorCode::kCorrupt, "Page " + std::to_string(number) + " of '" + name + "' is damaged.");
  }
  const poppler::rectf shape = opened->page_->page_rect();
  opened->width_ = shape.width();
  opened->height_ = shape.height();
  const poppler::page::orientation_enum turned = opened->page_->orientation();
  if (turned == poppler::page::landscape || turned == poppler::page::seascape) {
    std::swap(opened->width_, opened->height_);
  }
  return opened;
}

Result<PlacedText> PdfPage::Words() {
  // Opened here and closed again: both interfaces of poppler share what is global, and this one is the guest.
  Result<std::unique_ptr<PdfFile>> file = PdfFile::Open(bytes_, name_);
  if (!file) return Fail(std::move(file.error()));
  PdfPages pages(**file);
  ComposedPage composed = pages.Compose(number_);
  return std::move(composed.placed);
}

Result<RenderedPage> PdfPage::Render(double dots, std::uint64_t most_pixels, bool colour) {
  const double area = width_ * height_ / (kPointsAnInch * kPointsAnInch);  // square inches
  RenderedPage rendered;
  rendered.dots = dots;
  if (area * dots * dots > static_cast<double>(most_pixels)) {
    rendered.dots = std::floor(std::sqrt(static_cast<double>(most_pixels) / area));
  }
  if (!(area > 0) || rendered.dots < kFewestDots) {
    return Fail(ErrorCode::kTooLarge, "Page " + std::to_string(number_) + " of '" + name_ +
                                          "' is too large to be shown: " + std::to_string(std::lround(width_ / 72)) +
                                          " by " + std::to_string(std::lround(height_ / 72)) + " inches.");
  }
  poppler::page_renderer renderer;
  renderer.set_render_hint(poppler::page_renderer::antialiasing);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
  renderer.set_image_format(colour ? poppler::image::format_rgb24 : poppler::image::format_gray8);
  const poppler::image image = renderer.render_page(page_.get(), rendered.dots, rendered.dots);
  if (!image.is_valid()) {
    return Fail(ErrorCode::kCorrupt, "Page " + std::to_string(number_) + " of '" + name_ + "' cannot be shown.");
  }
  rendered.picture = colour ? FromColour(image) : FromGray(image);
  if (!rendered.picture) return Fail(ErrorCode::kOutOfMemory, "Page " + std::to_string(number_) + " is too large.");
  return rendered;
}

}  // namespace counsel::extractor
