#include "extractor/ocr.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <leptonica/allheaders.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include "base/utf8.h"
#include "extractor/flow.h"
#include "extractor/typography.h"

namespace counsel::extractor {
namespace {

namespace fs = std::filesystem;

// Debian and Ubuntu by version of tesseract, then where a build of one's own puts it.
constexpr std::array kFolders = {"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata",
                                 "/usr/share/tessdata", "/usr/local/share/tessdata"};
constexpr std::string_view kData = ".traineddata";

// Specks that look like a letter.
constexpr float kSpeck = 40;

tl::unexpected<Error> NotInstalled(const std::string& languages) {
  std::string packages;
  for (std::size_t at = 0; at <= languages.size();) {
    const std::size_t end = std::min(languages.find('+', at), languages.size());
    std::string package = "tesseract-ocr-" + languages.substr(at, end - at);
    std::replace(package.begin(), package.end(), '_', '-');
    packages += " " + package;
    at = end + 1;
  }
  return Fail(ErrorCode::kUnsupported, "Text recognition (OCR) for '" + languages + "' is not installed.",
              "Install it, then add the document again: apt-get install" + packages);
}

bool EndsSentence(std::string_view text) {
  return !text.empty() && std::string_view(".!?:;").find(text.back()) != std::string_view::npos;
}

bool AnyLetterOrDigit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20U) >= 'a' && (byte | 0x20U) <= 'z');
  });
}

// What stands between the words before and this one.
std::string_view Gap(std::string_view before, bool block, bool paragraph, bool line) {
  if (before.empty()) return "";
  // It takes many a line for a paragraph: a sentence is not torn.
  if (block || (paragraph && EndsSentence(before))) return "\n\n";
  return line ? "\n" : " ";
}

// A word divided at a line's end is one; hyphens that mean something stay (typography.h). true: the next word stands
// next to what is there.
bool JoinLine(std::string_view next, const WordSet& words, PlacedText* page, std::int64_t* characters) {
  const LineEnd end = LineEndOf(page->text, next, words);
  if (end == LineEnd::kDropHyphen && !page->words.empty()) {
    page->text.erase(WithoutHyphen(page->text).size());
    --*characters;
    page->words.back().end = *characters;
    if (page->words.back().end <= page->words.back().start) page->words.pop_back();
  }
  return end != LineEnd::kBreak;
}

PlacedText Collect(tesseract::TessBaseAPI& engine) {
  PlacedText page;
  WordSet all_words;
  const std::unique_ptr<char[]> whole(engine.GetUTF8Text());
  if (whole) AddWords(whole.get(), &all_words);
  const std::unique_ptr<tesseract::ResultIterator> at(engine.GetIterator());
  if (!at) return page;
  std::int64_t characters = 0;
  bool block = false;
  bool paragraph = false;
  bool line = false;
  do {
    block = block || at->IsAtBeginningOf(tesseract::RIL_BLOCK);
    paragraph = paragraph || at->IsAtBeginningOf(tesseract::RIL_PARA);
    line = line || at->IsAtBeginningOf(tesseract::RIL_TEXTLINE);
    const std::unique_ptr<char[]> raw(at->GetUTF8Text(tesseract::RIL_WORD));
    if (!raw) continue;
    Flow cleaned;
    cleaned.Write(raw.get());
    cleaned.TrimEnd();
    const std::string word = std::move(cleaned).TakeText();
    const float confidence = at->Confidence(tesseract::RIL_WORD);
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
    if (!HasText(word) || (confidence < kSpeck && !AnyLetterOrDigit(word)) ||
        !at->BoundingBox(tesseract::RIL_WORD, &left, &top, &right, &bottom)) {
      continue;
    }
    std::string_view gap = Gap(page.text, block, paragraph, line);
    if (gap == "\n" && EndsInHyphen(page.text) && JoinLine(word, all_words, &page, &characters)) gap = "";
    PlacedWord placed;
    placed.start = characters + static_cast<std::int64_t>(gap.size());
    placed.end = characters = placed.start + CountCodePoints(word);
    placed.box = {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right),
                  static_cast<double>(bottom)};
    placed.confidence = confidence;
    page.text += gap;
    page.text += word;
    page.words.push_back(placed);
    block = paragraph = line = false;
  } while (at->Next(tesseract::RIL_WORD));
  return page;
}

}  // namespace

std::optional<fs::path> FindLanguageData() {
  std::error_code ignored;
  for (const char* folder : kFolders) {
    if (fs::is_directory(folder, ignored)) return folder;
  }
  return std::nullopt;
}

std::vector<std::string> InstalledLanguages() {
  std::vector<std::string> languages;
  const std::optional<fs::path> folder = FindLanguageData();
  std::error_code ignored;
  if (!folder) return languages;
  for (const fs::directory_entry& entry : fs::directory_iterator(*folder, ignored)) {
    if (entry.path().extension() == kData) languages.push_back(entry.path().stem());
  }
  std::sort(languages.begin(), languages.end());
  return languages;
}

std::string OcrVersion() {
  return tesseract::TessBaseAPI::Version();
}

Ocr::Ocr() = default;
Ocr::~Ocr() = default;

Result<void> Ocr::Open(const std::string& languages, const fs::path& data) {
  engine_ = std::make_unique<tesseract::TessBaseAPI>();
  if (engine_->Init(data.c_str(), languages.c_str(), tesseract::OEM_LSTM_ONLY) != 0) return NotInstalled(languages);
  return {};
}

Result<PlacedText> Ocr::Recognise(Pix& gray, int dots_an_inch, bool one_block) {
  engine_->SetPageSegMode(one_block ? tesseract::PSM_SINGLE_BLOCK : tesseract::PSM_AUTO);
  engine_->SetImage(&gray);
  engine_->SetSourceResolution(dots_an_inch);
  if (engine_->Recognize(nullptr) != 0) {
    return Fail(ErrorCode::kCorrupt, "Text recognition (OCR) failed on a page.");
  }
  PlacedText placed = Collect(*engine_);
  engine_->Clear();
  return placed;
}

}  // namespace counsel::extractor
