// What the readers of PDF pages share: text (pdf.cc), words and pictures (pdf_page.cc).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "extractor/pdf_file.h"

namespace counsel::extractor {

// Pages one after the other, each with those around it; five are kept at most.
class PdfPages {
 public:
  explicit PdfPages(PdfFile& file) : file_(file) {}
  // Its lines; asked for ascending pages. Empty when it is damaged.
  [[nodiscard]] const PageLayout& Layout(int page);
  [[nodiscard]] bool Damaged(int page);
  [[nodiscard]] ComposedPage Compose(int page);

 private:
  struct Kept {
    Kept() = default;
    PageLayout layout;
    bool damaged = false;
  };
  Kept& Get(int page);

  PdfFile& file_;
  std::vector<Kept> kept_;  // by number, ascending
};

// A page with fewer letters than this is looked at: the rest of it may be a picture.
inline constexpr std::size_t kFewLetters = 100;
// Code points that are no white space.
[[nodiscard]] std::size_t CountLetters(std::string_view text);
// A text layer that nobody can read: its fonts do not tell which characters they show.
[[nodiscard]] bool IsJunk(std::string_view text);

}  // namespace counsel::extractor
