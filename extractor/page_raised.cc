// Footnote marks and powers: small words a little above a line, which poppler takes for a line of their own.
#include <algorithm>
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

}  // namespace counsel::extractor
