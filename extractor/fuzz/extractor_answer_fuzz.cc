// The daemon's side: what a reader that a document has taken over could answer.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "documents/extractor_answer.h"
#include "extractor/fuzz/promises.h"
#if defined(WITH_OCR)
#include "documents/ocr.h"
#include "documents/pages.h"
#endif

namespace counsel::fuzz {
namespace {

using documents::ExtractedText;

void CheckText(const ExtractedText& text, std::uint64_t answer_bytes) {
  Require(ValidUtf8(text.text) && text.text.find('\0') == std::string::npos, "the text is a text");
  Require(!text.text.empty() || !text.needs_ocr.empty(), "there is a text, or a scan");
  const std::int64_t characters = CountCodePoints(text.text);
  std::int64_t last = 0;
  int page = 0;
  for (const documents::PageStart& start : text.pages) {
    Require(start.page > page && start.start >= last && start.start <= characters, "pages ascend within the text");
    page = start.page;
    last = start.start;
  }
  for (const documents::StructureSpan& span : text.structure) {
    Require(span.start >= 0 && span.start < span.end && span.end <= characters, "spans are within the text");
  }
  for (const documents::EmbeddedFile& file : text.embedded) {
    Require(file.bytes > 0 && file.offset <= answer_bytes && file.bytes <= answer_bytes - file.offset,
            "files are within the answer");
  }
  Require(text.embedded.empty() || text.embedded_bytes, "where there are files there are bytes");
}

void CheckPage(const documents::PageAnswer& page) {
  const std::int64_t characters = CountCodePoints(page.text);
  std::int64_t last = 0;
  for (const documents::WordBox& word : page.placed.words) {
    Require(word.start >= last && word.start < word.end && word.end <= characters, "words ascend within the text");
    Require(word.confidence >= 0 && word.confidence <= 100, "a confidence is a share");
    last = word.end;
  }
}

#if defined(WITH_OCR)
// A page that OCR read, put into the place of what the document says.
void CheckPut(ExtractedText text, const documents::PageAnswer& page) {
  (void)documents::JoinLines(page.placed.words);
  std::map<int, documents::RecognisedPage> recognised;
  for (const int number : text.needs_ocr) {
    recognised[number].text = page.text;
    recognised[number].placed = page.placed;
  }
  if (!documents::PutPages(recognised, "input", std::size_t{1} << 20, &text)) return;
  Require(ValidUtf8(text.text), "the text stays a text");
  const std::int64_t characters = CountCodePoints(text.text);
  for (const documents::OcrPage& ocr : text.ocr) {
    Require(ocr.start >= 0 && ocr.start <= ocr.end && ocr.end <= characters, "what OCR read is within the text");
  }
  for (const documents::PageStart& start : text.pages) Require(start.start <= characters, "pages stay within");
}
#endif

}  // namespace
}  // namespace counsel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace counsel;        // NOLINT(google-build-using-namespace)
  using namespace counsel::fuzz;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  documents::ExtractionLimits limits;
  limits.text_bytes = 1 << 16;
  limits.unpacked_bytes = 1 << 16;
  limits.embedded_files = 20;
  const Answer answer(bytes);
  const Result<ExtractedText> text = documents::ReadAnswer(answer.file(), "input", limits);
  if (text) CheckText(*text, size);
  const Result<documents::PageAnswer> page = documents::ReadPageAnswer(*answer.file(), "input", 1);
  if (page) CheckPage(*page);
#if defined(WITH_OCR)
  if (text && page) CheckPut(*text, *page);
#endif
  const Result<std::string> image = documents::ReadImageAnswer(*answer.file(), "input");
  Require(!image || image->starts_with("\x89PNG"), "an image is a PNG");
  const Error refusal = documents::ReadRefusal(*answer.file(), "input");
  Require(!refusal.message.empty(), "a refusal is a sentence");
  return 0;
}
