// Headers and footers: lines at a page's edge that the pages around have at the same place, the page's number apart.
#include <algorithm>
#include <cmath>
#include <optional>

#include "extractor/page_layout.h"

namespace counsel::extractor {
namespace {

constexpr double kZone = 0.2;         // of the page's height, from an edge
constexpr std::size_t kMostRows = 4;  // of a header or footer
constexpr double kSamePlace = 4;      // points

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// "iv" → 4; 0: no such number.
int Roman(std::string_view text) {
  int value = 0;
  int last = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    const std::size_t at = std::string_view("ivxlcIVXLC").find(text[i]);
    if (at == std::string_view::npos) return 0;
    constexpr int kWorth[] = {1, 5, 10, 50, 100};
    const int worth = kWorth[at % 5];
    value += worth < last ? -worth : worth;
    last = std::max(last, worth);
  }
  return value;
}

// The same words, or but for one number that goes on with the pages.
bool Same(std::string_view here, std::string_view there, int pages) {
  if (here == there) return true;
  const int roman = Roman(here);
  if (roman > 0 && roman + pages == Roman(there)) return true;
  std::size_t a = 0;
  std::size_t b = 0;
  bool counted = false;
  while (a < here.size() && b < there.size()) {
    if (!IsDigit(here[a]) || !IsDigit(there[b])) {
      if (here[a++] != there[b++]) return false;
      continue;
    }
    long first = 0;
    long second = 0;
    std::size_t digits = 0;
    for (; a < here.size() && IsDigit(here[a]) && digits < 9; ++digits) first = first * 10 + (here[a++] - '0');
    for (digits = 0; b < there.size() && IsDigit(there[b]) && digits < 9; ++digits)
      second = second * 10 + (there[b++] - '0');
    if (first == second) continue;
    if (counted || first + pages != second) return false;
    counted = true;
  }
  return a == here.size() && b == there.size();
}

struct Row {
  std::vector<std::size_t> lines;
  double top = 0;
  double bottom = 0;
  double size = 0;
};

// Of upright lines, from the page's top.
std::vector<Row> RowsOf(const PageLayout& page) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    if (page.lines[i].upright) order.push_back(i);
  }
  const auto base = [&page](std::size_t i) { return page.lines[i].words.front().base; };
  std::sort(order.begin(), order.end(), [&base](std::size_t a, std::size_t b) { return base(a) < base(b); });
  std::vector<Row> rows;
  double last = 0;
  for (std::size_t i : order) {
    const LayoutWord& first = page.lines[i].words.front();
    if (rows.empty() || base(i) - last > 3) {
      Row row;
      row.top = first.box.top;
      row.bottom = first.box.bottom;
      rows.push_back(row);
    }
    Row& row = rows.back();
    row.lines.push_back(i);
    row.top = std::min(row.top, first.box.top);
    row.bottom = std::max(row.bottom, first.box.bottom);
    row.size = std::max(row.size, first.size);
    last = base(i);
  }
  return rows;
}

// What the page around that it is compared with has there.
struct Text {
  std::string text;
  double base = 0;
  double left = 0;
  double right = 0;
};

std::vector<Text> EdgesOf(const PageLayout& page) {
  constexpr std::size_t kMost = 300;
  std::vector<Text> edges;
  for (const LayoutLine& line : page.lines) {
    const LayoutWord& first = line.words.front();
    const bool edge = first.box.top < kZone * page.height || first.box.bottom > (1 - kZone) * page.height;
    if (edges.size() >= kMost) break;
    if (line.upright && edge) edges.push_back({TextOf(line), first.base, first.box.left, line.words.back().box.right});
  }
  return edges;
}

// 0: no; 1: the very same; 2: it counts the pages.
int Repeats(const PageLayout& page, const Row& row, const std::vector<Text>& edges, int pages) {
  constexpr std::size_t kMost = 30;
  if (row.lines.size() > kMost) return 0;
  int how = 1;
  for (std::size_t i : row.lines) {
    const LayoutLine& line = page.lines[i];
    const std::string text = TextOf(line);
    const double left = line.words.front().box.left;
    const double right = line.words.back().box.right;
    const auto found = std::find_if(edges.begin(), edges.end(), [&](const Text& other) {
      const bool place = std::abs(other.left - left) < kSamePlace || std::abs(other.right - right) < kSamePlace ||
                         std::abs(other.left + other.right - left - right) < 2 * kSamePlace;
      return place && std::abs(other.base - line.words.front().base) < kSamePlace && Same(text, other.text, pages);
    });
    if (found == edges.end()) return 0;
    if (found->text != text) how = 2;
  }
  return how;
}

}  // namespace

std::vector<int> FindFurniture(const PageLayout& page, const std::vector<const PageLayout*>& around) {
  std::vector<int> furniture(page.lines.size());
  const std::vector<Row> rows = RowsOf(page);
  if (rows.size() < 2) return furniture;
  std::vector<std::pair<int, std::vector<Text>>> edges;
  for (const PageLayout* other : around) {
    if (other->number != page.number) edges.emplace_back(other->number - page.number, EdgesOf(*other));
  }
  const auto how = [&](const Row& row) {
    int best = 0;
    for (const auto& [pages, texts] : edges) best = std::max(best, Repeats(page, row, texts, pages));
    return best;
  };
  const auto look = [&](bool top) {
    std::vector<std::size_t> found;
    bool counts = false;
    for (std::size_t k = 0; k < std::min(kMostRows, rows.size()); ++k) {
      const std::size_t at = top ? k : rows.size() - 1 - k;
      const bool in_zone = top ? rows[at].top < kZone * page.height : rows[at].bottom > (1 - kZone) * page.height;
      const int repeats = in_zone ? how(rows[at]) : 0;
      if (repeats == 0) break;
      counts = counts || repeats == 2;
      found.push_back(at);
    }
    // It stands apart from the text, or tells the page: text that is the same on two pages stays. What is close to the
    // text is given back, row by row.
    while (!found.empty()) {
      const std::size_t last = found.back();
      const bool more = top ? last + 1 < rows.size() : last > 0;
      if (!more) return;
      const Row& inner = rows[top ? last + 1 : last - 1];
      const double gap = top ? inner.top - rows[last].bottom : rows[last].top - inner.bottom;
      const bool apart = gap > 0.9 * std::max(inner.size, rows[last].size);
      const bool smaller = rows[last].size < inner.size - 0.8;
      if (apart || smaller || how(rows[last]) == 2) break;
      found.pop_back();
    }
    for (std::size_t at : found) {
      for (std::size_t i : rows[at].lines) furniture[i] = top ? 1 : 2;
    }
  };
  look(true);
  look(false);
  return furniture;
}

}  // namespace counsel::extractor
