#include "extractor/pdf_page.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include <leptonica/allheaders.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>

#include "base/utf8.h"

namespace counsel::extractor {
namespace {

constexpr double kPointsAnInch = 72;
constexpr double kFewestDots = 40;  // an inch: fewer show nothing that could be read

// A word of the page's text: bytes, and code points.
struct Token {
  std::string_view text;
  std::int64_t start = 0;
  std::int64_t end = 0;
};

std::vector<Token> Split(std::string_view text) {
  std::vector<Token> tokens;
  std::int64_t character = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::int64_t start = character;
    while (at < text.size() && static_cast<unsigned char>(text[at]) > ' ') {
      (void)NextCodePoint(text, &at);
      ++character;
    }
    if (at > begin) tokens.push_back({text.substr(begin, at - begin), start, character});
    if (at < text.size()) {
      ++at;
      ++character;
    }
  }
  return tokens;
}

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
  Result<std::unique_ptr<poppler::document>> pdf = OpenPdf(bytes, name);
  if (!pdf) return Fail(std::move(pdf.error()));
  if (number < 1 || number > (*pdf)->pages()) {
    return Fail(ErrorCode::kNotFound, "'" + name + "' has no page " + std::to_string(number) + ".");
  }
  std::unique_ptr<PdfPage> opened(new PdfPage());
  opened->name_ = name;
  opened->number_ = number;
  opened->pdf_ = std::move(*pdf);
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

// poppler gives the words in another order than the text: each word of the text takes the next place of such a word
// that is free, and the first when there is none after it.
PlacedText PdfPage::Words() {
  PlacedText placed;
  placed.text = PageText(*page_);
  std::map<std::string, std::vector<std::pair<std::size_t, Box>>, std::less<>> places;
  std::size_t number = 0;
  for (const poppler::text_box& box : page_->text_list()) {
    const poppler::rectf where = box.bbox();
    places[ToUtf8(box.text())].push_back({number++, {where.left(), where.top(), where.right(), where.bottom()}});
  }
  std::size_t cursor = 0;
  for (const Token& token : Split(placed.text)) {
    const auto found = places.find(token.text);
    if (found == places.end() || found->second.empty()) continue;
    auto& free = found->second;
    auto next = std::find_if(free.begin(), free.end(), [cursor](const auto& one) { return one.first >= cursor; });
    if (next == free.end()) next = free.begin();
    PlacedWord word;
    word.start = token.start;
    word.end = token.end;
    word.box = next->second;
    word.confidence = 100;
    placed.words.push_back(word);
    cursor = next->first + 1;
    free.erase(next);
  }
  return placed;
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
