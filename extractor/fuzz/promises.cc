#include "extractor/fuzz/promises.h"

#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "documents/extractor_answer.h"

namespace counsel::fuzz {
namespace {

bool OnlyPlainCharacters(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') return false;
  }
  return true;
}

}  // namespace

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "The reader broke a promise: %s.\n", what);
  std::abort();
}

extractor::Limits SmallLimits() {
  extractor::Limits limits;
  limits.text_bytes = std::size_t{1} << 20;
  limits.unpacked_bytes = std::uint64_t{4} << 20;
  limits.embedded_files = 20;
  limits.pages = 20;
  return limits;
}

Answer::Answer(std::string_view bytes) : file_(std::make_shared<const FileDescriptor>(::memfd_create("fuzz", 0))) {
  Require(::write(file_->get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "there is memory");
}

void CheckDocument(const Result<extractor::Document>& document) {
  const extractor::Limits limits = SmallLimits();
  if (!document) {
    Require(!document.error().message.empty() && ValidUtf8(document.error().message), "an error is a sentence");
    return;
  }
  if (document->old_word) return;
  Require(!document->text.empty() || !document->needs_ocr.empty(), "a document has text, or a scan, or is an error");
  Require(document->text.size() <= limits.text_bytes, "the text stays within its limit");
  Require(ValidUtf8(document->text), "the text is UTF-8");
  Require(OnlyPlainCharacters(document->text), "no control characters");
  Require(document->embedded.size() <= limits.embedded_files, "the files inside are as few as they may be");
  std::string framed = extractor::Frame(document);
  for (const extractor::Embedded& file : document->embedded) framed += file.bytes;
  documents::ExtractionLimits allowed;
  allowed.text_bytes = limits.text_bytes;
  allowed.unpacked_bytes = limits.unpacked_bytes;
  allowed.embedded_files = limits.embedded_files;
  const Result<documents::ExtractedText> taken = documents::ReadAnswer(Answer(framed).file(), "input", allowed);
  Require(taken.has_value(), "the daemon takes what the reader says");
  Require(taken->text == document->text && taken->structure.size() == document->structure.size(), "nothing gets lost");
}

}  // namespace counsel::fuzz
