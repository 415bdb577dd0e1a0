// Optical character recognition by tesseract.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "extractor/picture.h"

namespace tesseract {
class TessBaseAPI;
}

namespace counsel::extractor {

// A word of a page's text, code points [start, end), and where it stands.
struct PlacedWord {
  PlacedWord() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  Box box;
  double confidence = 0;  // 0 to 100; of words that were not recognised but read: 100
};

struct PlacedText {
  PlacedText() = default;
  std::string text;               // as in a Document
  std::vector<PlacedWord> words;  // by start
};

// Where the languages' data is, or nothing when none is installed. Looks at the disk: before the sandbox is closed.
[[nodiscard]] std::optional<std::filesystem::path> FindLanguageData();
// "eng", sorted.
[[nodiscard]] std::vector<std::string> InstalledLanguages();
[[nodiscard]] std::string OcrVersion();

// Run with OMP_THREAD_LIMIT=1: the sandbox allows no threads.
class Ocr {
 public:
  Ocr();
  ~Ocr();
  // `languages`: "eng" or "eng+deu", each with its data in `data`. kUnsupported names what is to be installed.
  [[nodiscard]] Result<void> Open(const std::string& languages, const std::filesystem::path& data);
  // The boxes are in pixels. `one_block`: the page is one block of text, whatever it looks like.
  [[nodiscard]] Result<PlacedText> Recognise(Pix& gray, int dots_an_inch, bool one_block = false);

 private:
  std::unique_ptr<tesseract::TessBaseAPI> engine_;
};

}  // namespace counsel::extractor
