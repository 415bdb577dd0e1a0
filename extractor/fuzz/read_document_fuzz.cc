// One input for the readers, as libFuzzer wants it. The reader is chosen by the content, as for any document.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/utf8.h"
#include "extractor/document.h"

namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "The reader broke a promise: %s.\n", what);
  std::abort();
}

bool OnlyPlainCharacters(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  counsel::extractor::PrepareMail();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using counsel::extractor::ReadDocument;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  counsel::extractor::Limits limits;
  limits.text_bytes = kMostText;
  const auto document = ReadDocument(bytes, "input.txt", limits);
  if (!document) {
    Require(!document.error().message.empty(), "an error is a sentence");
    return 0;
  }
  Require(!document->text.empty() || !document->needs_ocr.empty(), "a document has text, or a scan, or is an error");
  Require(document->text.size() <= kMostText, "the text stays within its limit");
  Require(counsel::ValidUtf8(document->text), "the text is UTF-8");
  Require(OnlyPlainCharacters(document->text), "no control characters");
  Require(!counsel::extractor::Frame(document).empty(), "the answer can be framed");
  return 0;
}
