#include "extractor/page.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>

#include <leptonica/allheaders.h>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "extractor/document.h"
#include "extractor/pdf.h"
#include "extractor/pdf_page.h"
#include "extractor/typography.h"

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

// One way to look at a page, and what was read so.
struct Look {
  PlacedText placed;
  double score = 0;  // its words' mean confidence; less where there are hardly any words
  int turns = 0;
  double degrees = 0;
};

// Most of its lines are single words: rows of a table, or of monospaced text, that were taken for columns.
bool IsTornIntoColumns(const PlacedText& placed) {
  constexpr int kFewLines = 20;
  int lines = 0;
  int single = 0;
  for (std::size_t at = 0; at < placed.text.size();) {
    const std::size_t end = std::min(placed.text.find('\n', at), placed.text.size());
    const std::string_view line = std::string_view(placed.text).substr(at, end - at);
    lines += line.empty() ? 0 : 1;
    single += !line.empty() && line.find(' ') == std::string_view::npos ? 1 : 0;
    at = end + 1;
  }
  return lines >= kFewLines && single * 2 > lines;
}

double ScoreOf(const PlacedText& placed) {
  constexpr double kFewLetters = 20;
  return Mean(placed.words) * std::min(1.0, static_cast<double>(CountLetters(placed.text)) / kFewLetters);
}

// Reads a page of any orientation, a little askew too. As it is, first: another way of looking at it counts only when
// the words read so are surer. What says that a page lies on its side is wrong about figures.
class PageReading {
 public:
  PageReading(Pix& gray, int dots, Ocr& ocr) : gray_(gray), dots_(dots), ocr_(ocr) {}

  Result<PlacedText> Read() {
    constexpr double kSure = 90;
    constexpr double kGood = 75;
    constexpr double kPoor = 60;
    if (Result<void> tried = Try(0, 0, false); !tried) return Fail(std::move(tried.error()));
    if (best_.score >= kSure) return AsRows();
    const int guess = QuarterTurnsToUpright(gray_);
    if (guess == 0 && best_.score >= kGood) return AsRows();
    for (const int turns : {guess, 2, 1, 3}) {
      if (turns == 0 || tried_[static_cast<std::size_t>(turns)]) continue;
      if ((turns != guess && best_.score >= kGood) || Late()) break;
      if (Result<void> tried = Try(turns, 0, false); !tried) return Fail(std::move(tried.error()));
    }
    if (best_.score < kGood && !Late()) {
      const double skew = SkewOf(gray_);
      if (std::abs(skew) > 0.5) {
        if (Result<void> tried = Try(0, skew, false); !tried) return Fail(std::move(tried.error()));
      }
    }
    if (best_.score < kPoor && !Late()) {
      if (Result<void> tried = Try(0, 0, true); !tried) return Fail(std::move(tried.error()));
    }
    return AsRows();
  }

 private:
  // Another look takes as long as those before: a page has its time (ocr.seconds).
  [[nodiscard]] bool Late() const {
    constexpr std::chrono::seconds kEnough(20);
    return std::chrono::steady_clock::now() - begun_ > kEnough;
  }

  // What was torn into columns is read again, line by line across the page, unless that reads worse.
  Result<PlacedText> AsRows() {
    constexpr double kLittleLess = 5;
    if (!IsTornIntoColumns(best_.placed) || Late()) return std::move(best_.placed);
    const Look columns = std::move(best_);
    best_ = Look();
    any_ = false;
    if (Result<void> tried = Try(columns.turns, columns.degrees, true); !tried) return Fail(std::move(tried.error()));
    const bool worse = best_.score < columns.score - kLittleLess || IsTornIntoColumns(best_.placed);
    return worse ? columns.placed : std::move(best_.placed);
  }

  Result<void> Try(int turns, double degrees, bool one_block) {
    const double width = ::pixGetWidth(&gray_);
    const double height = ::pixGetHeight(&gray_);
    Picture turned;
    if (turns != 0) turned = Turned(gray_, turns);
    if (degrees != 0) turned = TurnedBy(gray_, degrees);
    if ((turns != 0 || degrees != 0) && !turned) {
      return Fail(ErrorCode::kOutOfMemory, "A page cannot be turned upright.");
    }
    tried_[static_cast<std::size_t>(turns)] = true;
    Result<PlacedText> placed = ocr_.Recognise(turned ? *turned : gray_, dots_, one_block);
    if (!placed) return Fail(std::move(placed.error()));
    Look look;
    look.score = ScoreOf(*placed);
    for (PlacedWord& word : placed->words) {
      word.box = degrees != 0 ? TurnBackBy(word.box, degrees, width, height) : TurnBack(word.box, turns, width, height);
    }
    look.placed = std::move(*placed);
    look.turns = turns;
    look.degrees = degrees;
    const bool first = !any_;
    any_ = true;
    if (first || look.score > best_.score) best_ = std::move(look);
    return {};
  }

  // Its middle is turned back about the page's middle; its size stays.
  static Box TurnBackBy(const Box& box, double degrees, double width, double height) {
    const double angle = -degrees * 3.14159265358979323846 / 180;
    const double x = (box.left + box.right) / 2 - width / 2;
    const double y = (box.top + box.bottom) / 2 - height / 2;
    const double new_x = x * std::cos(angle) - y * std::sin(angle) + width / 2;
    const double new_y = x * std::sin(angle) + y * std::cos(angle) + height / 2;
    const double half_width = (box.right - box.left) / 2;
    const double half_height = (box.bottom - box.top) / 2;
    return {new_x - half_width, new_y - half_height, new_x + half_width, new_y + half_height};
  }

  Pix& gray_;
  const int dots_;
  Ocr& ocr_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  Look best_;
  bool any_ = false;
  std::array<bool, 4> tried_{};
};

Result<PlacedText> RecogniseUpright(Pix& gray, int dots, const PageRequest& request) {
  Ocr ocr;
  const std::filesystem::path data = request.language_data.value_or("/nonexistent");
  if (Result<void> opened = ocr.Open(request.languages, data); !opened) return Fail(std::move(opened.error()));
  return PageReading(gray, dots, ocr).Read();
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

// What the page says itself and OCR did not see (a stamp beneath the picture) stands before what OCR read.
void KeepSaid(const PlacedText& said, PlacedPage* read) {
  constexpr double kMost = 0.7;
  if (said.words.empty() || IsJunk(said.text)) return;
  WordSet seen;
  AddWords(read->placed.text, &seen);
  WordSet own;
  AddWords(said.text, &own);
  const auto found =
      std::count_if(own.begin(), own.end(), [&seen](const std::string& word) { return seen.contains(word); });
  if (own.empty() || static_cast<double>(found) >= kMost * static_cast<double>(own.size())) return;
  PlacedText both = said;
  const std::int64_t shift = CountCodePoints(said.text) + 2;
  both.text += "\n\n" + read->placed.text;
  for (PlacedWord word : read->placed.words) {
    word.start += shift;
    word.end += shift;
    both.words.push_back(word);
  }
  read->placed = std::move(both);
}

Result<PlacedPage> ReadPdfPage(std::string_view bytes, const std::string& name, const PageRequest& request) {
  Result<std::unique_ptr<PdfPage>> page = PdfPage::Open(bytes, name, request.page);
  if (!page) return Fail(std::move(page.error()));
  PlacedPage read;
  read.width = (*page)->width();
  read.height = (*page)->height();
  Result<PlacedText> words = (*page)->Words();
  if (!words) return Fail(std::move(words.error()));
  const PlacedText said = std::move(*words);
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
  if (read.better) KeepSaid(said, &read);
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
  Result<PlacedText> words = (*page)->Words();
  if (!words) return Fail(std::move(words.error()));
  read.placed = std::move(*words);
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
