// Footnote marks and powers: small words a little above a line, which poppler takes for a line of their own.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "extractor/page_layout.h"

namespace counsel::extractor {
namespace {

// Where a raised word belongs: the line, and the word that it stands behind.
struct Home {
  std::size_t line = 0;
  std::size_t word = 0;
};

std::optional<Home> HomeOf(const PageLayout& page, std::size_t own, const LayoutWord& raised) {
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const LayoutLine& line = page.lines[i];
    if (i == own || !line.upright || line.words.empty()) continue;
    for (std::size_t w = 0; w < line.words.size(); ++w) {
      const LayoutWord& word = line.words[w];
      const double above = word.base - raised.base;
      const bool close =
          raised.box.left - word.box.right < 0.35 * word.size && word.box.right - raised.box.left < 0.35 * word.size;
      if (close && raised.size <= 0.85 * word.size && above > 0.1 * word.size && above < 0.65 * word.size)
        return Home{i, w};
    }
  }
  return std::nullopt;
}

}  // namespace

void JoinRaised(PageLayout* page) {
  constexpr std::size_t kLongest = 6;  // bytes of a mark
  constexpr int kMost = 2'000;         // each is compared with every word
  int looked = 0;
  double largest = 0;
  for (const LayoutLine& line : page->lines) largest = std::max(largest, line.words.front().size);
  for (std::size_t i = 0; i < page->lines.size(); ++i) {
    const std::vector<LayoutWord>& words = page->lines[i].words;
    const bool may_be =
        page->lines[i].upright && std::all_of(words.begin(), words.end(), [largest](const LayoutWord& word) {
          return word.text.size() <= kLongest && word.size <= 0.85 * largest;
        });
    if (!may_be) continue;
    looked += static_cast<int>(words.size());
    if (looked > kMost) break;
    std::vector<std::pair<Home, LayoutWord>> moves;
    for (const LayoutWord& word : words) {
      if (const std::optional<Home> home = HomeOf(*page, i, word)) moves.emplace_back(*home, word);
    }
    if (moves.size() != words.size()) continue;
    page->lines[i].words.clear();
    // From the right, so that places further left stay.
    std::sort(moves.begin(), moves.end(),
              [](const auto& a, const auto& b) { return a.second.box.left > b.second.box.left; });
    for (auto& [home, word] : moves) {
      std::vector<LayoutWord>& line = page->lines[home.line].words;
      LayoutWord& before = line[home.word];
      word.space_after = before.space_after;
      before.space_after = false;
      line.insert(line.begin() + static_cast<std::ptrdiff_t>(home.word) + 1, std::move(word));
    }
  }
  std::erase_if(page->lines, [](const LayoutLine& line) { return line.words.empty(); });
}

void SplitOffLabels(PageLayout* page) {
  constexpr double kWider = 1.6;  // than the gaps between the line's other words
  std::vector<LayoutLine> lines;
  lines.reserve(page->lines.size());
  for (LayoutLine& line : page->lines) {
    const std::size_t count = line.words.size();
    bool splits = line.upright && count >= 3 && IsHangingLabel(line.words.back().text);
    if (splits) {
      const auto gap = [&line](std::size_t i) { return line.words[i].box.left - line.words[i - 1].box.right; };
      double widest = 0;
      for (std::size_t i = 1; i + 1 < count; ++i) widest = std::max(widest, gap(i));
      const LayoutWord& last = line.words.back();
      const bool own_base = std::abs(last.base - line.words[count - 2].base) > 0.1 * last.size &&
                            std::abs(last.size - line.words[count - 2].size) < 0.1 * last.size;
      splits = gap(count - 1) > 0.5 * last.size && (own_base || gap(count - 1) > kWider * widest);
    }
    if (!splits) {
      lines.push_back(std::move(line));
      continue;
    }
    LayoutLine label;
    label.flow = line.flow;
    label.words.push_back(std::move(line.words.back()));
    line.words.pop_back();
    line.words.back().space_after = false;
    lines.push_back(std::move(line));
    lines.push_back(std::move(label));
  }
  page->lines = std::move(lines);
}

void SplitAtGutter(PageLayout* page) {
  constexpr std::size_t kFewest = 6;  // lines
  constexpr std::size_t kMost = 3'000;
  constexpr int kWhite = 5;          // points
  constexpr double kWidest = 5'000;  // points: of a page that is looked at
  std::vector<const LayoutLine*> lines;
  for (const LayoutLine& line : page->lines) {
    if (line.upright) lines.push_back(&line);
  }
  if (lines.size() < kFewest || lines.size() > kMost || !(page->width > 0) || page->width > kWidest) return;
  const auto width = static_cast<std::size_t>(page->width);
  std::vector<std::size_t> covered(width + 2);
  for (const LayoutLine* line : lines) {
    for (const LayoutWord& word : line->words) {
      const auto at = [width](double x) {
        return static_cast<std::size_t>(std::clamp(x, 0.0, static_cast<double>(width)));
      };
      for (std::size_t x = at(word.box.left); x < at(word.box.right) + 1; ++x) ++covered[x];
    }
  }
  // The widest white of the middle that hardly a line crosses.
  std::size_t begin = 0;
  std::size_t end = 0;
  const std::size_t few = lines.size() / 10;
  for (std::size_t x = width * 3 / 10; x < width * 7 / 10;) {
    std::size_t last = x;
    while (last < width * 7 / 10 && covered[last] <= few) ++last;
    if (last - x > end - begin) {
      begin = x;
      end = last;
    }
    x = last + 1;
  }
  if (end < begin + kWhite) return;
  const double middle = static_cast<double>(begin + end) / 2;
  const auto gap_at = [middle](const LayoutLine& line) {
    for (std::size_t i = 1; i < line.words.size(); ++i) {
      if (line.words[i - 1].box.right <= middle && line.words[i].box.left >= middle) return i;
    }
    return std::size_t{0};
  };
  // Text stands on both sides, and what crosses is lines of several words on either.
  constexpr std::size_t kFewestWords = 3;
  std::size_t torn = 0;
  for (const LayoutLine* line : lines) {
    const std::size_t gap = line->upright ? gap_at(*line) : 0;
    torn += gap >= kFewestWords && line->words.size() - gap >= kFewestWords ? 1 : 0;
  }
  if (torn < 4) return;
  std::vector<LayoutLine> split;
  for (LayoutLine& line : page->lines) {
    const std::size_t gap = line.upright ? gap_at(line) : 0;
    if (gap == 0) {
      split.push_back(std::move(line));
      continue;
    }
    LayoutLine right;
    right.flow = line.flow;
    right.words.assign(std::make_move_iterator(line.words.begin() + static_cast<std::ptrdiff_t>(gap)),
                       std::make_move_iterator(line.words.end()));
    line.words.resize(gap);
    line.words.back().space_after = false;
    split.push_back(std::move(line));
    split.push_back(std::move(right));
  }
  page->lines = std::move(split);
}

}  // namespace counsel::extractor
