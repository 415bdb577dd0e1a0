// Numbers of lines, in a page's margin.
#include <algorithm>
#include <cmath>
#include <optional>

#include "extractor/page_layout.h"

namespace counsel::extractor {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Digits at the beginning: at most three.
std::optional<int> BareNumber(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), IsDigit)) return std::nullopt;
  int value = 0;
  for (char c : text) value = value * 10 + (c - '0');
  return value;
}

struct Candidate {
  MarginNumber number;
  double base = 0;
  double left = 0;
  double right = 0;
};

// The longest run of numbers that go on by one step and stand evenly below each other.
std::vector<Candidate> EvenRun(const std::vector<Candidate>& column) {
  constexpr double kUneven = 0.2;
  std::vector<Candidate> best;
  for (std::size_t begin = 0; begin + 1 < column.size();) {
    const int step = column[begin + 1].number.value - column[begin].number.value;
    const double pitch = column[begin + 1].base - column[begin].base;
    std::size_t end = begin + 1;
    while (end + 1 < column.size() && column[end + 1].number.value - column[end].number.value == step &&
           std::abs(column[end + 1].base - column[end].base - pitch) <= kUneven * pitch) {
      ++end;
    }
    const bool counts = (step == 1 || step == 5 || step == 10) && pitch > 0;
    if (counts && end - begin + 1 > best.size()) {
      best.assign(column.begin() + static_cast<std::ptrdiff_t>(begin),
                  column.begin() + static_cast<std::ptrdiff_t>(end) + 1);
    }
    begin = end;
  }
  return best;
}

// The text beside a number: what stands on its base.
std::string TextBeside(const PageLayout& page, const Candidate& number) {
  const LayoutLine& own = page.lines[number.number.line];
  if (!number.number.alone) return TextOf(own).substr(own.words.front().text.size() + 1);
  for (const LayoutLine& line : page.lines) {
    if (&line == &own || !line.upright) continue;
    const LayoutWord& first = line.words.front();
    if (std::abs(first.base - number.base) <= 0.35 * first.size) return TextOf(line);
  }
  return "";
}

}  // namespace

std::vector<MarginNumber> FindLineNumbers(const PageLayout& page) {
  constexpr std::size_t kFewest = 4;
  constexpr double kColumn = 3;  // points
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const LayoutLine& line = page.lines[i];
    const LayoutWord& first = line.words.front();
    const std::optional<int> value = line.upright ? BareNumber(first.text) : std::nullopt;
    if (!value) continue;
    const bool alone = line.words.size() == 1;
    if (!alone && line.words[1].box.left - first.box.right < 0.6 * first.size) continue;
    candidates.push_back({{i, alone, *value}, first.base, first.box.left, first.box.right});
  }
  constexpr std::size_t kMost = 500;  // lines of a page
  if (candidates.size() < kFewest || candidates.size() > kMost) return {};
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.base < b.base; });
  std::vector<Candidate> best;
  for (const Candidate& one : candidates) {
    std::vector<Candidate> column;
    for (const Candidate& other : candidates) {
      if (std::abs(other.right - one.right) <= kColumn || std::abs(other.left - one.left) <= kColumn)
        column.push_back(other);
    }
    std::vector<Candidate> run = EvenRun(column);
    if (run.size() > best.size()) best = std::move(run);
    if (best.size() * 2 > candidates.size()) break;
  }
  if (best.size() < kFewest) return {};
  // A list has numbers too, and so have the rows of a table: of lines that are numbered some begin within a sentence,
  // and most have several words.
  constexpr std::size_t kFewestWords = 4;  // on average
  bool within = false;
  std::size_t blanks = 0;
  for (std::size_t i = 0; i < best.size(); ++i) {
    const std::string text = TextBeside(page, best[i]);
    within = within || (i > 0 && !text.empty() && text.front() >= 'a' && text.front() <= 'z');
    blanks += static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  }
  if (!within || blanks < (kFewestWords - 1) * best.size()) return {};
  std::vector<MarginNumber> numbers;
  for (const Candidate& number : best) numbers.push_back(number.number);
  return numbers;
}

}  // namespace counsel::extractor
