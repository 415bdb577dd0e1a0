#include "extractor/page.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <leptonica/allheaders.h>
#include <nlohmann/json.hpp>

#include "extractor/document.h"
#include "extractor/pdf.h"
#include "extractor/pdf_page.h"

namespace counsel::extractor {
namespace {

using nlohmann::json;

constexpr double kPointsAnInch = 72;
constexpr double kOcrDots = 300;
constexpr double kShownDots = 150;
constexpr std::uint64_t kShownPixels = 8'000'000;

double Mean(const std::vector<PlacedWord>& words) {
  if (words.empty()) return 0;
  double sum = 0;
  for (const PlacedWord& word : words) sum += word.confidence;
  return sum / static_cast<double>(words.size());
}

// From where it stands on a page that was turned clockwise to where it stands on the page as it is, which is `width` by
// `height`.
Box TurnBack(const Box& box, int quarter_turns, double width, double height) {
  switch (quarter_turns) {
    case 1:
      return {box.top, height - box.right, box.bottom, height - box.left};
    case 2:
      return {width - box.right, height - box.bottom, width - box.left, height - box.top};
    case 3:
      return {width - box.bottom, box.left, width - box.top, box.right};
    default:
      return box;
  }
}

Result<PlacedText> RecogniseUpright(Pix& gray, int dots, const PageRequest& request) {
  if (!request.language_data) return Recognise(gray, dots, request.languages, "/nonexistent");
  const int turns = QuarterTurnsToUpright(gray);
  if (turns == 0) return Recognise(gray, dots, request.languages, *request.language_data);
  const Picture turned = Turned(gray, turns);
  if (!turned) return Fail(ErrorCode::kOutOfMemory, "A page cannot be turned upright.");
  Result<PlacedText> placed = Recognise(*turned, dots, request.languages, *request.language_data);
  if (!placed) return placed;
  for (PlacedWord& word : placed->words) {
    word.box = TurnBack(word.box, turns, ::pixGetWidth(&gray), ::pixGetHeight(&gray));
  }
  return placed;
}

void Scale(std::vector<PlacedWord>* words, double factor) {
  for (PlacedWord& word : *words) {
    Box& box = word.box;
    box = {box.left * factor, box.top * factor, box.right * factor, box.bottom * factor};
  }
}

std::vector<Box> Scaled(const std::vector<PlacedWord>& words, double factor) {
  std::vector<Box> boxes;
  for (const PlacedWord& word : words) {
    const Box& box = word.box;
    boxes.push_back({box.left * factor, box.top * factor, box.right * factor, box.bottom * factor});
  }
  return boxes;
}

// Is all that the page shows in its text? A stamp or a page number on a scan is not.
bool TextIsAll(const Pix& gray, const PlacedText& said, double dots) {
  constexpr double kLittleInk = 0.001;
  if (said.words.empty() || IsJunk(said.text)) return false;
  return InkOutside(gray, Scaled(said.words, dots / kPointsAnInch)) < kLittleInk;
}

Result<PlacedPage> ReadPdfPage(std::string_view bytes, const std::string& name, const PageRequest& request) {
  Result<std::unique_ptr<PdfPage>> page = PdfPage::Open(bytes, name, request.page);
  if (!page) return Fail(std::move(page.error()));
  PlacedPage read;
  read.width = (*page)->width();
  read.height = (*page)->height();
  const PlacedText said = (*page)->Words();
  Result<RenderedPage> rendered = (*page)->Render(kOcrDots, request.most_pixels, false);
  if (!rendered) return Fail(std::move(rendered.error()));
  if (TextIsAll(*rendered->picture, said, rendered->dots)) {
    read.better = false;
    return read;
  }
  Result<PlacedText> placed = RecogniseUpright(*rendered->picture, static_cast<int>(rendered->dots), request);
  if (!placed) return Fail(std::move(placed.error()));
  read.placed = std::move(*placed);
  read.confidence = Mean(read.placed.words);
  Scale(&read.placed.words, kPointsAnInch / rendered->dots);
  read.better = IsJunk(said.text) || CountLetters(read.placed.text) > CountLetters(said.text);
  return read;
}

json WordsJson(const std::vector<PlacedWord>& words) {
  const auto tenths = [](double value) { return std::round(value * 10) / 10; };
  json all = json::array();
  for (const PlacedWord& word : words) {
    const Box& box = word.box;
    all.push_back({word.start, word.end, tenths(box.left), tenths(box.top), tenths(box.right), tenths(box.bottom),
                   std::round(std::clamp(word.confidence, 0.0, 100.0))});
  }
  return all;
}

std::string ErrorLine(const Error& error) {
  const json head = {
      {"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}, {"next_step", error.next_step}}}};
  return head.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<PlacedPage> ReadPageByOcr(std::string_view bytes, const std::string& name, const PageRequest& request) {
  if (LooksLikePdf(bytes, name)) return ReadPdfPage(bytes, name, request);
  Result<Picture> picture = DecodePicture(bytes, name, request.page, request.most_pixels, false);
  if (!picture) return Fail(std::move(picture.error()));
  PlacedPage read;
  read.width = ::pixGetWidth(picture->get());
  read.height = ::pixGetHeight(picture->get());
  Result<PlacedText> placed = RecogniseUpright(**picture, ResolutionOf(**picture), request);
  if (!placed) return Fail(std::move(placed.error()));
  read.placed = std::move(*placed);
  read.confidence = Mean(read.placed.words);
  return read;
}

Result<PlacedPage> PlaceWords(std::string_view bytes, const std::string& name, const PageRequest& request) {
  if (!LooksLikePdf(bytes, name)) {
    return Fail(ErrorCode::kUnsupported, "'" + name + "' is no PDF: its words have no places on pages.");
  }
  Result<std::unique_ptr<PdfPage>> page = PdfPage::Open(bytes, name, request.page);
  if (!page) return Fail(std::move(page.error()));
  PlacedPage read;
  read.width = (*page)->width();
  read.height = (*page)->height();
  read.placed = (*page)->Words();
  read.confidence = 100;
  return read;
}

Result<std::string> ShowPage(std::string_view bytes, const std::string& name, const PageRequest& request) {
  Picture picture;
  double factor = 1;
  if (LooksLikePdf(bytes, name)) {
    Result<std::unique_ptr<PdfPage>> page = PdfPage::Open(bytes, name, request.page);
    if (!page) return Fail(std::move(page.error()));
    Result<RenderedPage> rendered = (*page)->Render(kShownDots, std::min(request.most_pixels, kShownPixels), true);
    if (!rendered) return Fail(std::move(rendered.error()));
    picture = std::move(rendered->picture);
    factor = rendered->dots / kPointsAnInch;
  } else if (IsPicture(bytes)) {
    Result<Picture> decoded = DecodePicture(bytes, name, request.page, request.most_pixels, true);
    if (!decoded) return Fail(std::move(decoded.error()));
    picture = std::move(*decoded);
    const double pixels = static_cast<double>(::pixGetWidth(picture.get())) * ::pixGetHeight(picture.get());
    factor = std::min(1.0, std::sqrt(static_cast<double>(kShownPixels) / pixels));
    const auto scale = static_cast<float>(factor);
    if (factor < 1) picture.reset(::pixScaleAreaMap(picture.get(), scale, scale));
  } else {
    return Fail(ErrorCode::kUnsupported, "'" + name + "' has no pages that can be shown as images.",
                "Show its text instead.");
  }
  if (!picture) return Fail(ErrorCode::kOutOfMemory, "The page of '" + name + "' is too large to be shown.");
  std::vector<Box> marks;
  for (const Box& box : request.marks) {
    marks.push_back({box.left * factor, box.top * factor, box.right * factor, box.bottom * factor});
  }
  Mark(*picture, marks);
  return EncodePng(*picture);
}

std::string FramePage(const Result<PlacedPage>& page) {
  if (!page) return ErrorLine(page.error());
  const json head = {
      {"text_bytes", page->placed.text.size()}, {"width", page->width},   {"height", page->height},
      {"confidence", page->confidence},         {"better", page->better}, {"words", WordsJson(page->placed.words)}};
  return head.dump() + "\n" + page->placed.text;
}

std::string FrameImage(const Result<std::string>& png) {
  if (!png) return ErrorLine(png.error());
  return json({{"image_bytes", png->size()}}).dump() + "\n" + *png;
}

}  // namespace counsel::extractor
