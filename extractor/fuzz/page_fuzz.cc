// A page of a PDF or picture: its words, and the page shown with a mark. (OCR itself takes seconds a page.)
#include <cstdint>
#include <string>
#include <string_view>

#include "documents/extractor_answer.h"
#include "extractor/document.h"
#include "extractor/fuzz/promises.h"
#include "extractor/page.h"

// fontconfig keeps what it has read of the system's fonts.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using counsel::fuzz::Answer;
  using counsel::fuzz::Require;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  counsel::extractor::PageRequest request;
  request.most_pixels = 250'000;
  request.marks = {{1, 1, 30, 20}, {-5, -5, 1e9, 2}};
  const auto words = counsel::extractor::PlaceWords(bytes, "input.pdf", request);
  if (words) {
    const Answer answer(counsel::extractor::FramePage(words));
    const auto taken = counsel::documents::ReadPageAnswer(*answer.file(), "input.pdf", 1);
    Require(taken.has_value(), "the daemon takes what the reader says of a page");
    Require(taken->placed.words.size() == words->placed.words.size(), "no word gets lost");
  }
  const auto shown = counsel::extractor::ShowPage(bytes, "input.pdf", request);
  if (shown) {
    const Answer answer(counsel::extractor::FrameImage(shown));
    Require(counsel::documents::ReadImageAnswer(*answer.file(), "input.pdf") == *shown, "the image comes through");
  }
  if (counsel::extractor::IsPicture(bytes)) {
    counsel::fuzz::CheckDocument(counsel::extractor::ReadPicture(bytes, "input", counsel::fuzz::SmallLimits()));
  }
  return 0;
}
