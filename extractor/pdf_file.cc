#include "extractor/pdf_file.h"

#include <algorithm>
#include <optional>
#include <type_traits>

#include <Catalog.h>
#include <Error.h>
#include <ErrorCodes.h>
#include <GlobalParams.h>
#include <PDFDoc.h>
#include <Page.h>
#include <TextOutputDev.h>

#include "base/utf8.h"
#include "extractor/flow.h"
#include "extractor/pdf_inside.h"

namespace counsel::extractor {
namespace {

bool IsRightToLeft(char32_t c) {
  return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE) ||
         (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF);
}

// `right_to_left`: it has letters that are written so; they come as they stand on the page, from the left.
std::string WordText(const TextWord& word, bool* right_to_left) {
  *right_to_left = false;
  const int length = word.getLength();
  for (int i = 0; i < length; ++i) *right_to_left = *right_to_left || IsRightToLeft(*word.getChar(i));
  std::string text;
  TextWriter writer(&text);
  for (int i = 0; i < length; ++i) {
    const char32_t c = *word.getChar(*right_to_left ? length - 1 - i : i);
    const bool no_character = c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
    const bool blank = c == U'\n' || c == U'\r' || c == U'\t';
    writer.Put(no_character ? U'\uFFFD' : blank ? U' ' : c);
  }
  return text;
}

// Words that are written from the right, and what stands between them, are turned round.
void TurnRightToLeft(const std::vector<bool>& right_to_left, bool page_is, std::vector<LayoutWord>* words) {
  if (std::none_of(right_to_left.begin(), right_to_left.end(), [](bool one) { return one; })) return;
  for (std::size_t begin = 0; begin < words->size();) {
    std::size_t end = begin + 1;
    while (end < words->size() && right_to_left[end] == right_to_left[begin]) ++end;
    if (right_to_left[begin]) {
      const bool space = (*words)[end - 1].space_after;
      std::reverse(words->begin() + static_cast<std::ptrdiff_t>(begin),
                   words->begin() + static_cast<std::ptrdiff_t>(end));
      for (std::size_t i = begin; i < end; ++i) (*words)[i].space_after = i + 1 < end || space;
    }
    begin = end;
  }
  if (!page_is) return;
  std::vector<LayoutWord> turned;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < words->size(); ++i) {
    if (i == 0 || right_to_left[i] != right_to_left[i - 1]) starts.push_back(i);
  }
  for (std::size_t run = starts.size(); run-- > 0;) {
    const std::size_t end = run + 1 < starts.size() ? starts[run + 1] : words->size();
    for (std::size_t i = starts[run]; i < end; ++i) turned.push_back(std::move((*words)[i]));
    if (!turned.empty()) turned.back().space_after = true;
  }
  *words = std::move(turned);
}

LayoutLine LineOf(const TextLine& from, int flow, bool page_right_to_left) {
  LayoutLine line;
  line.flow = flow;
  std::vector<bool> right_to_left;
  for (const TextWord* word = from.getWords(); word != nullptr; word = word->getNext()) {
    LayoutWord one;
    bool turned = false;
    one.text = WordText(*word, &turned);
    if (one.text.empty()) continue;
    word->getBBox(&one.box.left, &one.box.top, &one.box.right, &one.box.bottom);
    one.base = word->getBaseline();
    one.size = word->getFontSize();
    one.space_after = word->hasSpaceAfter();
    line.upright = line.upright && word->getRotation() == 0;
    line.words.push_back(std::move(one));
    right_to_left.push_back(turned);
  }
  TurnRightToLeft(right_to_left, page_right_to_left, &line.words);
  return line;
}

// More of its letters are written from the right than from the left.
bool MostlyRightToLeft(const TextPage& page) {
  long balance = 0;
  for (const TextFlow* flow = page.getFlows(); flow != nullptr; flow = flow->getNext()) {
    for (const TextBlock* block = flow->getBlocks(); block != nullptr; block = block->getNext()) {
      for (const TextLine* line = block->getLines(); line != nullptr; line = line->getNext()) {
        for (const TextWord* word = line->getWords(); word != nullptr; word = word->getNext()) {
          for (int i = 0; i < word->getLength(); ++i)
            balance += IsRightToLeft(*word->getChar(i)) ? 1 : *word->getChar(i) > '9' ? -1 : 0;
        }
      }
    }
  }
  return balance > 0;
}

// The document takes the stream over, in later versions by a pointer that says so.
template <class Doc>
std::unique_ptr<Doc> Opened(BaseStream* stream) {
  if constexpr (std::is_constructible_v<Doc, BaseStream*>) {
    return std::make_unique<Doc>(stream);
  } else {
    return std::make_unique<Doc>(std::unique_ptr<BaseStream>(stream));
  }
}

}  // namespace

PdfFile::PdfFile(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
PdfFile::~PdfFile() = default;

Result<std::unique_ptr<PdfFile>> PdfFile::Open(std::string_view bytes, const std::string& name) {
  // Where poppler's C++ interface has a document open, it has made it.
  if (!globalParams) globalParams = std::make_unique<GlobalParams>();
  ::setErrorCallback([](ErrorCategory, Goffset, const char*) {});
  auto inside = std::make_unique<Inside>();
  const auto size = static_cast<Goffset>(bytes.size());
  inside->document = Opened<PDFDoc>(new MemStream(bytes.data(), 0, size, Object(objNull)));
  PDFDoc& document = *inside->document;
  if (!document.isOk() && document.getErrorCode() == errEncrypted) {
    return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
                "Save a copy without the password and add that.");
  }
  if (!document.isOk() || document.getNumPages() <= 0) {
    return Fail(ErrorCode::kCorrupt, "'" + name + "' is a damaged PDF.",
                "Open it in a viewer and save it anew, or get another copy.");
  }
  return std::unique_ptr<PdfFile>(new PdfFile(std::move(inside)));
}

int PdfFile::pages() const {
  return inside_->document->getNumPages();
}

bool PdfFile::Layout(int number, PageLayout* layout) {
  *layout = PageLayout();
  layout->number = number;
  Page* page = inside_->document->getPage(number);
  if (page == nullptr || !page->isOk()) return false;
  layout->width = page->getCropWidth();
  layout->height = page->getCropHeight();
  const int turned = page->getRotate();
  if (turned == 90 || turned == 270) std::swap(layout->width, layout->height);
  TextOutputDev device(nullptr, false, 0, false, false);
  inside_->document->displayPage(&device, number, 72, 72, 0, false, true, false);
  TextPage* text = device.takeText();
  const bool right_to_left = MostlyRightToLeft(*text);
  int flow_number = 0;
  for (const TextFlow* flow = text->getFlows(); flow != nullptr; flow = flow->getNext(), ++flow_number) {
    for (const TextBlock* block = flow->getBlocks(); block != nullptr; block = block->getNext()) {
      for (const TextLine* line = block->getLines(); line != nullptr; line = line->getNext()) {
        LayoutLine one = LineOf(*line, flow_number, right_to_left);
        if (!one.words.empty()) layout->lines.push_back(std::move(one));
      }
    }
  }
  text->decRefCnt();
  AddTicks(number, layout);
  JoinRaised(layout);
  DropLeaders(layout);
  SplitOffLabels(layout);
  SplitAtGutter(layout);
  return true;
}

}  // namespace counsel::extractor
