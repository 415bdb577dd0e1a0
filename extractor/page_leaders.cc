// Dots that lead from a name to its figure: "Search fees ........ £120", "2. Rent . . . . . 14".
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "extractor/page_layout.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kFewestDots = 5;
constexpr std::size_t kMostWords = 4;  // of the figure

bool IsDots(std::string_view text) {
  return !text.empty() && text.find_first_not_of('.') == std::string_view::npos;
}

// "(1).......£120" is three words.
std::vector<LayoutWord> Apart(const LayoutWord& word) {
  const std::string dots(kFewestDots, '.');
  const std::size_t begin = word.text.find(dots);
  if (begin == std::string::npos || IsDots(word.text)) return {word};
  const std::size_t end = std::min(word.text.find_first_not_of('.', begin), word.text.size());
  // A dot is about half as wide as another letter.
  const auto width = [&word](std::size_t from, std::size_t to) {
    double all = 0;
    for (std::size_t i = from; i < to; ++i) all += word.text[i] == '.' ? 1 : 2;
    return all;
  };
  const double unit = (word.box.right - word.box.left) / std::max(width(0, word.text.size()), 1.0);
  std::vector<LayoutWord> words;
  const auto add = [&](std::size_t from, std::size_t to) {
    if (from == to) return;
    LayoutWord part = word;
    part.text = word.text.substr(from, to - from);
    part.box.left = word.box.left + unit * width(0, from);
    part.box.right = word.box.left + unit * width(0, to);
    part.space_after = to == word.text.size() && word.space_after;
    words.push_back(std::move(part));
  };
  add(0, begin);
  add(begin, end);
  add(end, word.text.size());
  return words;
}

// The words [first, end) of a line that are dots, the last such.
struct Leader {
  std::size_t line = 0;
  std::size_t first = 0;
  std::size_t end = 0;
};
std::optional<Leader> FindLeader(const LayoutLine& line, std::size_t number) {
  std::size_t end = line.words.size();
  while (end > 0 && !IsDots(line.words[end - 1].text)) --end;
  Leader leader;
  leader.line = number;
  leader.first = leader.end = end;
  std::size_t dots = 0;
  while (leader.first > 0 && IsDots(line.words[leader.first - 1].text)) dots += line.words[--leader.first].text.size();
  if (dots < kFewestDots) return std::nullopt;
  return leader;
}

bool IsFigure(const std::vector<LayoutWord>& words, std::size_t from) {
  if (from >= words.size() || words.size() - from > kMostWords) return false;
  return std::any_of(words.begin() + static_cast<std::ptrdiff_t>(from), words.end(), [](const LayoutWord& word) {
    return std::any_of(word.text.begin(), word.text.end(), [](char c) { return c >= '0' && c <= '9'; });
  });
}

}  // namespace

void DropLeaders(PageLayout* page) {
  constexpr std::size_t kMost = 500;  // of a page; each is compared with every line
  std::vector<Leader> leaders;
  for (std::size_t i = 0; i < page->lines.size(); ++i) {
    LayoutLine& line = page->lines[i];
    const bool any = line.upright && std::any_of(line.words.begin(), line.words.end(), [](const LayoutWord& word) {
                       return word.text.find('.') != std::string::npos;
                     });
    if (!any || leaders.size() >= kMost) continue;
    std::vector<LayoutWord> words;
    for (const LayoutWord& word : line.words) {
      for (LayoutWord& part : Apart(word)) words.push_back(std::move(part));
    }
    LayoutLine apart;
    apart.words = std::move(words);
    if (const std::optional<Leader> leader = FindLeader(apart, i)) {
      line.words = std::move(apart.words);
      leaders.push_back(*leader);
    }
  }
  for (const Leader& leader : leaders) {
    LayoutLine& line = page->lines[leader.line];
    LayoutLine* figure = &line;
    std::size_t at = leader.end;
    const LayoutWord dots = line.words[leader.end - 1];
    const auto on_base = [&dots](const LayoutLine& other) {
      return !other.words.empty() && other.upright &&
             std::abs(other.words.front().base - dots.base) < 0.3 * std::max(dots.size, 4.0);
    };
    bool named = leader.first > 0;
    for (LayoutLine& other : page->lines) {
      if (&other == &line || !on_base(other)) continue;
      named = named || other.words.back().box.right <= line.words[leader.first].box.left + 1;
      const bool right = leader.end == line.words.size() && other.words.front().box.left >= dots.box.right - 1;
      if (!right || (at == 0 && figure->words.front().box.left < other.words.front().box.left)) continue;
      figure = &other;
      at = 0;
    }
    if (!named || !IsFigure(figure->words, at)) continue;
    figure->words[at].after_leader = true;
    const auto begin = line.words.begin();
    line.words.erase(begin + static_cast<std::ptrdiff_t>(leader.first),
                     begin + static_cast<std::ptrdiff_t>(leader.end));
    if (leader.first > 0) line.words[leader.first - 1].space_after = leader.first < line.words.size();
  }
  std::erase_if(page->lines, [](const LayoutLine& line) { return line.words.empty(); });
}

}  // namespace counsel::extractor
