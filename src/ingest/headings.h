// Which lines of a document are headings, and which headings stand above a place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::ingest {

// White space as chunks see it: Unicode's, and the byte order mark.
[[nodiscard]] bool IsSpace(char32_t c);

// A line and what is around it.
struct LineContext {
  std::string_view line;     // without its end
  std::string_view next;     // the line after it
  bool after_blank = false;  // also: the first of the text or of a page
  bool markdown = false;
};

// 1 (outermost) to 6; 0: no heading. Markdown: '#'. Elsewhere a line of capitals, "Section 5. Fees", "2.1 Term": short,
// after a blank line, not the beginning of a wrapped sentence. Looks at no more than a few hundred bytes.
[[nodiscard]] int HeadingLevel(const LineContext& context);

// "(a) …", "1. …", "- …": such a line begins a paragraph of its own.
[[nodiscard]] bool IsListItem(std::string_view line);

// The headings above the current place.
class HeadingPath {
 public:
  // `clause_depth`: of its number, 2 of "5.2 Payment"; 0: it has none.
  void Enter(int level, std::string_view line, std::size_t clause_depth = 0);
  // A clause of that depth begins: headings that are numbered as deep, or deeper, end.
  void EndNumbered(std::size_t clause_depth);
  // "A > B"; "" above the first heading. At most 300 bytes.
  [[nodiscard]] const std::string& text() const { return text_; }
  // The lowest; "" above the first.
  [[nodiscard]] std::string_view last() const {
    return headings_.empty() ? std::string_view() : std::string_view(headings_.back().title);
  }

 private:
  struct Heading {
    int level = 0;
    std::size_t clause_depth = 0;
    std::string title;
  };
  void RenewText();

  std::vector<Heading> headings_;  // levels ascend
  std::string text_;
};

}  // namespace counsel::ingest
