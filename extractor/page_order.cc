#include "extractor/page_order.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "extractor/page_tables.h"

namespace counsel::extractor {
namespace {

using Items = std::vector<PageItem>;

constexpr std::size_t kMostItems = 3'000;  // of a page that is looked at

double Middle(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

Box Around(const Items& items) {
  Box box = items.front().box;
  for (const PageItem& item : items) {
    box.left = std::min(box.left, item.box.left);
    box.right = std::max(box.right, item.box.right);
    box.top = std::min(box.top, item.box.top);
    box.bottom = std::max(box.bottom, item.box.bottom);
  }
  return box;
}

// Items on one base, from the left; the rows from the top.
std::vector<Items> RowsOf(Items items) {
  std::stable_sort(items.begin(), items.end(), [](const PageItem& a, const PageItem& b) { return a.base < b.base; });
  std::vector<Items> rows;
  for (PageItem& item : items) {
    const bool same = !rows.empty() && item.base - rows.back().front().base < 0.3 * std::max(item.size, 4.0);
    if (!same) rows.emplace_back();
    rows.back().push_back(item);
  }
  for (Items& row : rows) {
    std::stable_sort(row.begin(), row.end(),
                     [](const PageItem& a, const PageItem& b) { return a.box.left < b.box.left; });
  }
  return rows;
}

// ---- columns ----

struct Sides {
  Items left;
  Items right;
  Items across;
};

Sides SidesOf(const Items& items, double gutter) {
  Sides sides;
  for (const PageItem& item : items) {
    Items& side = item.box.right <= gutter + 1 ? sides.left : item.box.left >= gutter - 1 ? sides.right : sides.across;
    side.push_back(item);
  }
  return sides;
}

// Lines of text fill their column; cells and labels do not.
bool IsText(const Items& side) {
  constexpr std::size_t kFewest = 4;
  constexpr double kFilled = 0.6;
  constexpr std::size_t kFewestWords = 3;  // on average
  if (side.size() < kFewest) return false;
  const Box box = Around(side);
  std::vector<double> widths;
  std::size_t words = 0;
  for (const Items& row : RowsOf(side)) {
    widths.push_back(row.back().box.right - row.front().box.left);
    for (const PageItem& item : row) words += item.words;
  }
  return Middle(widths) >= kFilled * (box.right - box.left) && words >= kFewestWords * widths.size();
}

// Where the white between two columns of text is.
std::optional<double> FindGutter(const Items& items) {
  constexpr std::size_t kFewest = 8;
  constexpr double kNarrowest = 150;  // points: of the columns together
  constexpr int kWhite = 5;           // points
  if (items.size() < kFewest) return std::nullopt;
  const Box box = Around(items);
  const double width = box.right - box.left;
  if (width < kNarrowest || width > 5'000) return std::nullopt;
  std::vector<int> covered(static_cast<std::size_t>(width) + 2);
  for (const PageItem& item : items) {
    const auto at = [&](double x) { return static_cast<std::size_t>(std::clamp(x - box.left, 0.0, width)); };
    for (std::size_t x = at(item.box.left); x < at(item.box.right); ++x) ++covered[x];
  }
  const int most = *std::max_element(covered.begin(), covered.end());
  struct White {
    int covered;
    double middle;
  };
  std::vector<White> whites;
  const auto last = static_cast<std::size_t>(0.8 * width);
  for (auto x = static_cast<std::size_t>(0.2 * width); x < last;) {
    std::size_t end = x + 1;
    while (end < last && covered[end] == covered[x]) ++end;
    const bool deep = 5 * covered[x] <= 2 * most;
    if (deep && end - x >= kWhite) whites.push_back({covered[x], box.left + static_cast<double>(x + end) / 2});
    x = end;
  }
  std::stable_sort(whites.begin(), whites.end(), [](const White& a, const White& b) { return a.covered < b.covered; });
  whites.resize(std::min<std::size_t>(whites.size(), 5));
  for (const White& white : whites) {
    const Sides sides = SidesOf(items, white.middle);
    if (2 * sides.across.size() <= items.size() && IsText(sides.left) && IsText(sides.right)) return white.middle;
  }
  return std::nullopt;
}

class Order {
 public:
  static std::set<std::size_t> TableLines(const Items& items) {
    std::set<std::size_t> lines;
    for (const PageTable& table : FindTables(items)) {
      for (const std::vector<PageTable::Cell>& row : table.rows) {
        for (const PageTable::Cell& cell : row) {
          if (!table.is_text) lines.insert(cell.piece.line);
        }
      }
    }
    return lines;
  }

  std::vector<OrderedItem> Of(const Items& items) {
    Region(items, 0);
    return std::move(out_);
  }

 private:
  void Put(const PageItem& item, bool new_flow, OrderedItem::Role role = OrderedItem::Role::kLine) {
    if (new_flow || out_.empty()) ++flow_;
    OrderedItem one;
    one.line = item.line;
    one.flow = flow_;
    one.role = role;
    out_.push_back(one);
    last_ = item;
  }

  // `goes_on`: it continues what was put before.
  void Region(Items items, int depth, bool goes_on = false) {
    constexpr int kDeepest = 3;
    if (depth > 0) {
      Items sorted;
      for (const Items& row : RowsOf(items)) sorted.insert(sorted.end(), row.begin(), row.end());
      items = std::move(sorted);
    }
    TakeTables(&items);
    const std::optional<double> gutter = depth < kDeepest ? FindGutter(items) : std::nullopt;
    if (gutter) {
      Columns(SidesOf(items, *gutter), depth, goes_on);
      return;
    }
    bool first = true;
    for (const PageItem& item : items) {
      // Poppler's flows tell paragraphs where its order is kept; in a column they may be torn anywhere.
      const bool other = item.flow != last_.flow && (depth == 0 || last_.ends_sentence);
      PutAny(item, first ? !goes_on : other);
      first = false;
    }
  }

  // Between the lines that go across, the left column before the right one.
  void Columns(Sides sides, int depth, bool goes_on) {
    const auto by_top = [](const PageItem& a, const PageItem& b) { return a.box.top < b.box.top; };
    std::stable_sort(sides.across.begin(), sides.across.end(), by_top);
    std::size_t across = 0;
    while (true) {
      const double end = across < sides.across.size() ? sides.across[across].base : 1e9;
      const auto take = [end](Items* from) {
        Items above;
        for (const PageItem& item : *from) {
          if (item.base < end) above.push_back(item);
        }
        std::erase_if(*from, [end](const PageItem& item) { return item.base < end; });
        return above;
      };
      Region(take(&sides.left), depth + 1, goes_on && out_.empty());
      Region(take(&sides.right), depth + 1, !out_.empty() && !last_.ends_sentence);
      if (across == sides.across.size()) return;
      const PageItem& item = sides.across[across++];
      PutAny(item, out_.empty() || item.flow != last_.flow || last_.ends_sentence);
    }
  }

  // ---- tables ----

  void PutTable(const PageTable& table) {
    for (const std::vector<PageTable::Cell>& row : table.rows) {
      if (table.is_text || std::all_of(row.begin(), row.end(), [&row](const PageTable::Cell& cell) {
            return cell.column == row.front().column;
          })) {
        PutLines(row);
      } else {
        PutRow(row);
      }
    }
    after_table_ = true;
  }

  void PutLines(const std::vector<PageTable::Cell>& row) {
    bool begun = false;
    for (const PageTable::Cell& cell : row) PutPiece(cell, !std::exchange(begun, true), OrderedItem::Role::kLine);
  }

  void PutRow(const std::vector<PageTable::Cell>& row) {
    using Role = OrderedItem::Role;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool goes_on = i > 0 && row[i].column == row[i - 1].column;
      PutPiece(row[i], i == 0, goes_on ? Role::kGoesOn : i > 0 ? Role::kCell : Role::kRow);
    }
  }

  void PutPiece(const PageTable::Cell& cell, bool new_flow, OrderedItem::Role role) {
    PageItem item;
    item.line = cell.piece.line;
    item.ends_sentence = true;
    Put(item, new_flow, role);
    out_.back().first = cell.piece.first;
    out_.back().end = cell.piece.end;
    out_.back().column = cell.column;
  }

  // Lines of sentences on both sides of the white between two columns.
  static bool IsColumnsOfText(const PageTable& table, double gutter) {
    constexpr std::size_t kSentence = 5;  // words
    std::size_t left = 0;
    std::size_t right = 0;
    for (const std::vector<PageTable::Cell>& row : table.rows) {
      for (const PageTable::Cell& cell : row) {
        if (cell.piece.words.size() < kSentence) continue;
        left += cell.piece.box.right <= gutter + 1 ? 1U : 0U;
        right += cell.piece.box.left >= gutter - 1 ? 1U : 0U;
      }
    }
    return 6 * std::min(left, right) >= table.rows.size() && std::min(left, right) > 0;
  }

  // One item stands for all of a table, where its first is.
  void TakeTables(Items* items) {
    std::map<std::size_t, std::size_t> table_of;  // of each line
    const std::size_t before = tables_.size();
    std::vector<Items> lines;  // of each table found here
    const std::optional<double> gutter = FindGutter(*items);
    for (PageTable& table : FindTables(*items)) {
      if (gutter && IsColumnsOfText(table, *gutter)) continue;
      for (const std::vector<PageTable::Cell>& row : table.rows) {
        for (const PageTable::Cell& cell : row) table_of[cell.piece.line] = tables_.size();
      }
      tables_.push_back(std::move(table));
      lines.emplace_back();
    }
    for (const PageItem& item : *items) {
      const auto found = table_of.find(item.line);
      if (found != table_of.end()) lines[found->second - before].push_back(item);
    }
    Items rest;
    std::vector<bool> put(tables_.size());
    for (const PageItem& item : *items) {
      const auto found = table_of.find(item.line);
      if (found == table_of.end()) {
        rest.push_back(item);
      } else if (!put[found->second]) {
        put[found->second] = true;
        PageItem whole = item;
        const Items& all = lines[found->second - before];
        whole.box = Around(all);
        for (const PageItem& one : all) whole.base = std::min(whole.base, one.base);
        whole.ends_sentence = true;
        whole.table = static_cast<int>(found->second);
        rest.push_back(whole);
      }
    }
    if (tables_.size() > before) *items = std::move(rest);
  }

  void PutAny(const PageItem& item, bool new_flow) {
    if (item.table >= 0) {
      const PageTable table = tables_[static_cast<std::size_t>(item.table)];
      PutTable(table);
      return;
    }
    Put(item, new_flow || after_table_);
    after_table_ = false;
  }

 private:
  std::vector<OrderedItem> out_;
  int flow_ = 0;
  PageItem last_;
  bool after_table_ = false;
  std::vector<PageTable> tables_;
};

}  // namespace

std::vector<OrderedItem> OrderOf(const std::vector<PageItem>& items) {
  if (items.size() > kMostItems) {
    std::vector<OrderedItem> same(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      same[i].line = items[i].line;
      same[i].flow = items[i].flow;
    }
    return same;
  }
  return Order().Of(items);
}

std::set<std::size_t> LinesOfTables(const std::vector<PageItem>& items) {
  return items.size() > kMostItems ? std::set<std::size_t>() : Order::TableLines(items);
}

}  // namespace counsel::extractor
