// A page of a PDF as words with places, and its text made of them: what is put together by geometry alone. Pure.
//
// Lines come in the reading order that poppler found. What belongs to no sentence is taken out of them: headers and
// footers, which stand at the same place of the pages around, and the numbers of lines. A number that hangs left of its
// clause begins the clause's line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extractor/ocr.h"

namespace counsel::extractor {

struct LayoutWord {
  LayoutWord() = default;
  std::string text;  // UTF-8
  Box box;           // points, from the top left corner of the page as it is shown
  double base = 0;   // of its line, from the top
  double size = 0;   // of its letters, points
  bool space_after = false;
  bool after_leader = false;  // a row of dots, which is left out, leads to it
};

struct LayoutLine {
  LayoutLine() = default;
  std::vector<LayoutWord> words;  // never empty, in the order of speech
  int flow = 0;                   // lines of one flow follow each other as text does
  bool upright = true;
};

struct PageLayout {
  PageLayout() = default;
  int number = 0;  // from 1
  double width = 0;
  double height = 0;
  std::vector<LayoutLine> lines;
};

// A line that has a number in the margin: code points [start, end) of the page's text.
struct NumberedLine {
  std::int64_t start = 0;
  std::int64_t end = 0;
  int number = 0;
};

// A part of the page's text: code points [start, end).
struct PagePart {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string label;
};

struct ComposedPage {
  ComposedPage() = default;
  PlacedText placed;  // no white space at the end of the text
  std::vector<NumberedLine> numbered;
  std::vector<PagePart> rows;   // of tables
  std::vector<PagePart> notes;  // footnotes, in brackets behind the text, where that ends with a sentence;
  std::vector<std::pair<std::string, std::string>> later_notes;  // else (mark, text): the sentence goes on first
  std::vector<std::string> headers;                              // from the top, as they stand there
  std::vector<std::string> footers;
};

// Raised words that stand in lines of their own, a little above others, move into the lines that they belong to.
void JoinRaised(PageLayout* page);

// A number that hangs left of the next column's text, and was taken for the end of a line beside it, is a line of its
// own.
void SplitOffLabels(PageLayout* page);

// Lines of two narrowly set columns, taken for one, are two.
void SplitAtGutter(PageLayout* page);

// Dots that lead from a name to its figure at the right are left out.
void DropLeaders(PageLayout* page);

// How many pages before and after tell what is header and footer: two, since left and right pages may differ.
inline constexpr int kPagesAround = 2;

// `around`: the pages up to kPagesAround before and after; the page itself may be among them.
[[nodiscard]] ComposedPage ComposePage(const PageLayout& page, const std::vector<const PageLayout*>& around);

// ---- its parts, for tests ----

// A footnote: its mark, and its lines from the top.
struct PageNote {
  PageNote() = default;
  std::string mark;
  std::vector<std::size_t> lines;
};
[[nodiscard]] std::vector<PageNote> FindFootnotes(const PageLayout& page, const std::vector<bool>& left_out);

// The lines of `page` that are headers (1) or footers (2); 0 for others.
[[nodiscard]] std::vector<int> FindFurniture(const PageLayout& page, const std::vector<const PageLayout*>& around);
// The number in the margin of each line that has one, and which line of `page` it stands in: its own, or that line's
// first word.
struct MarginNumber {
  std::size_t line = 0;  // where the number is
  bool alone = false;    // the line is nothing else
  int value = 0;
};
[[nodiscard]] std::vector<MarginNumber> FindLineNumbers(const PageLayout& page);
// "1.", "2.3", "(a)", "iv)", a bullet: what hangs left of a paragraph.
[[nodiscard]] bool IsHangingLabel(std::string_view text);

[[nodiscard]] std::string TextOf(const LayoutLine& line);
[[nodiscard]] bool EndsSentence(std::string_view text);

}  // namespace counsel::extractor
