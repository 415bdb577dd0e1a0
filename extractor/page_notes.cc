// Footnotes: small lines at a page's foot behind a mark that stands raised in the text above. They are no part of the
// sentence that goes on over the page.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "extractor/page_layout.h"

namespace counsel::extractor {
namespace {

constexpr double kSmaller = 0.93;  // than the letters of most of the page

// Of most of its letters.
double SizeOf(const LayoutLine& line) {
  constexpr std::size_t kMost = 200;  // words that are compared with each other
  if (line.words.size() > kMost) return line.words.front().size;
  std::size_t most = 0;
  double size = 0;
  for (const LayoutWord& word : line.words) {
    std::size_t letters = 0;
    for (const LayoutWord& other : line.words) {
      if (std::abs(other.size - word.size) < 0.5) letters += other.text.size();
    }
    if (letters <= most) continue;
    most = letters;
    size = word.size;
  }
  return size > 0 ? size : line.words.front().size;
}

// The size of most letters.
double BodySize(const PageLayout& page, const std::vector<bool>& left_out) {
  std::map<long, std::size_t> letters;  // of sizes in tenths of points
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    if (left_out[i] || !page.lines[i].upright) continue;
    for (const LayoutWord& word : page.lines[i].words) {
      const double size = std::clamp(word.size, 0.0, 10'000.0);
      letters[static_cast<long>(size * 10)] += word.text.size();
    }
  }
  const auto most = std::max_element(letters.begin(), letters.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == letters.end() ? 0 : static_cast<double>(most->first) / 10;
}

bool IsMark(const std::string& text) {
  const bool digits =
      text.size() <= 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !text.empty() && (digits || text == "*" || text == "**" || text == "\xE2\x80\xA0" || text == "\xE2\x80\xA1" ||
                           text == "\xC2\xA7");
}

// A mark may stand with the comma before it, or two together: "7,8".
void AddMarks(const std::string& text, std::set<std::string>* marks) {
  std::string mark;
  for (const char c : text + " ") {
    if (c >= '0' && c <= '9') {
      mark += c;
    } else {
      if (IsMark(mark)) marks->insert(mark);
      mark.clear();
    }
  }
  if (IsMark(text)) marks->insert(text);
}

}  // namespace

std::vector<PageNote> FindFootnotes(const PageLayout& page, const std::vector<bool>& left_out) {
  constexpr std::size_t kMostLines = 2'000;
  std::vector<PageNote> notes;
  if (page.lines.size() > kMostLines) return notes;
  const double body = BodySize(page, left_out);
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  std::set<std::string> raised;
  std::vector<double> sizes;
  for (const LayoutLine& line : page.lines) sizes.push_back(SizeOf(line));
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const LayoutLine& line = page.lines[i];
    if (left_out[i] || !line.upright) continue;
    const double size = sizes[i];
    const bool is_small = size <= kSmaller * body;
    (is_small ? small : large).push_back(i);
    for (const LayoutWord& word : line.words) {
      if (is_small) break;  // the mark before a note is raised too
      if (word.size <= 0.85 * size) AddMarks(word.text, &raised);
    }
  }
  // Nothing of the page's own size stands below them in their column.
  std::erase_if(small, [&](std::size_t i) {
    const LayoutLine& line = page.lines[i];
    return std::any_of(large.begin(), large.end(), [&](std::size_t k) {
      const LayoutLine& other = page.lines[k];
      const bool column = other.words.front().box.left < line.words.back().box.right &&
                          other.words.back().box.right > line.words.front().box.left;
      return column && other.words.front().base > line.words.front().base;
    });
  });
  std::stable_sort(small.begin(), small.end(), [&page](std::size_t a, std::size_t b) {
    return page.lines[a].words.front().base < page.lines[b].words.front().base;
  });
  for (const std::size_t i : small) {
    const LayoutLine& line = page.lines[i];
    const LayoutWord& mark = line.words.front();
    const std::string& first = mark.text;
    const bool is_raised = mark.size <= 0.85 * sizes[i] && mark.base < line.words.back().base;
    if (line.words.size() > 1 && IsMark(first) && (is_raised || raised.contains(first))) {
      PageNote note;
      note.mark = first;
      note.lines.push_back(i);
      notes.push_back(std::move(note));
      continue;
    }
    // The nearest note above in the same column goes on.
    for (std::size_t n = notes.size(); n-- > 0;) {
      const LayoutLine& above = page.lines[notes[n].lines.back()];
      const double step = line.words.front().base - above.words.front().base;
      const bool column = above.words.front().box.left < line.words.back().box.right &&
                          page.lines[notes[n].lines.front()].words.back().box.right > line.words.front().box.left - 2;
      if (!column || step > 2 * sizes[i]) continue;
      notes[n].lines.push_back(i);
      break;
    }
  }
  return notes;
}

}  // namespace counsel::extractor
