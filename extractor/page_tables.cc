#include "extractor/page_tables.h"

#include <algorithm>
#include <cmath>

#include "extractor/page_grid.h"

namespace counsel::extractor {
namespace {

using Cell = PageTable::Cell;
using Line = Grid::Line;
using CellLine = Grid::CellLine;

double Middle(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

std::vector<Line> LinesOf(const std::vector<PageItem>& items) {
  std::vector<LinePiece> pieces;
  for (const PageItem& item : items) pieces.insert(pieces.end(), item.pieces.begin(), item.pieces.end());
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const LinePiece& a, const LinePiece& b) { return a.base < b.base; });
  std::vector<Line> lines;
  for (LinePiece& piece : pieces) {
    const bool same =
        !lines.empty() && piece.base - lines.back().front().base < 0.3 * std::max(lines.back().front().size, 4.0);
    if (!same) lines.emplace_back();
    lines.back().push_back(std::move(piece));
  }
  for (Line& line : lines) {
    std::stable_sort(line.begin(), line.end(),
                     [](const LinePiece& a, const LinePiece& b) { return a.box.left < b.box.left; });
  }
  return lines;
}

// ---- is it a table? ----

struct ColumnLook {
  ColumnLook() = default;
  std::size_t pieces = 0;
  std::size_t words = 0;
  std::size_t labels = 0;
  std::vector<double> lefts;
  std::vector<double> rights;
  std::vector<double> widths;

  // Its pieces begin, end or have their middle at one place.
  [[nodiscard]] bool Aligned() const {
    constexpr double kNear = 2.5;  // points
    std::vector<double> middles;
    for (std::size_t i = 0; i < lefts.size(); ++i) middles.push_back((lefts[i] + rights[i]) / 2);
    std::size_t most = 0;
    for (const std::vector<double>* places : {&lefts, &rights, const_cast<const std::vector<double>*>(&middles)}) {
      const double middle = Middle(*places);
      const auto near = std::count_if(places->begin(), places->end(),
                                      [middle](double place) { return std::abs(place - middle) <= kNear; });
      most = std::max(most, static_cast<std::size_t>(near));
    }
    return 5 * most >= 3 * pieces;
  }
  [[nodiscard]] double WordsEach() const { return static_cast<double>(words) / static_cast<double>(pieces); }
  // As full as lines of prose.
  [[nodiscard]] bool IsProse(std::size_t lines) const {
    const double widest = *std::max_element(widths.begin(), widths.end());
    return 10 * pieces >= 9 * lines && WordsEach() >= 5 && Middle(widths) >= 0.85 * widest;
  }
};

enum class Kind {
  kNone,
  kFigures,
  kText,      // names and sentences,
  kSentences  // or sentences in several columns: only where white across all of them begins each row
};

Kind KindOf(const std::vector<CellLine>& lines, std::size_t columns) {
  constexpr double kFewWords = 4.5;  // of a cell's line, on average
  std::vector<ColumnLook> looks(columns);
  std::size_t full = 0;  // lines with two cells and more
  std::size_t leaders = 0;
  std::size_t figures = 0;
  std::size_t money = 0;
  for (const CellLine& line : lines) {
    const bool two = line.front().column != line.back().column;
    full += two ? 1U : 0U;
    leaders += line.back().piece.after_leader ? 1U : 0U;
    const LinePiece& last = line.back().piece;
    figures += two && last.has_digit && last.words.size() <= 4 ? 1U : 0U;
    money += two && last.is_sum ? 1U : 0U;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Cell& cell = line[i];
      ColumnLook& look = looks[cell.column];
      if (i > 0 && line[i - 1].column == cell.column) {  // words set wide: one piece all the same
        look.words += cell.piece.words.size();
        look.widths.back() += cell.piece.box.right - look.rights.back();
        look.rights.back() = cell.piece.box.right;
        continue;
      }
      ++look.pieces;
      look.words += cell.piece.words.size();
      look.labels += cell.piece.is_label ? 1U : 0U;
      look.lefts.push_back(cell.piece.box.left);
      look.rights.push_back(cell.piece.box.right);
      look.widths.push_back(cell.piece.box.right - cell.piece.box.left);
    }
  }
  if (leaders > 0 && leaders == full) return Kind::kFigures;
  std::size_t wordy = 0;
  std::size_t lasting = 0;  // columns of several lines
  for (const ColumnLook& look : looks) {
    if (look.pieces == 0 || (look.pieces > 1 && !look.Aligned())) return Kind::kNone;
    wordy += look.WordsEach() > kFewWords ? 1U : 0U;
    lasting += look.pieces > 1 ? 1U : 0U;
  }
  // A line that is set wide has white at places where others have none.
  if (lasting < std::min<std::size_t>(columns, 3) || 2 * lasting <= columns) return Kind::kNone;
  const std::size_t fewest = money == full ? 2 : 4;
  const ColumnLook& names = looks.front();
  const bool few_names =
      names.WordsEach() <= kFewWords && 3 * names.pieces <= 2 * lines.size() && 2 * names.labels <= names.pieces;
  if (columns == 2) {
    if (full >= fewest && 5 * figures >= 4 * full && 2 * full >= lines.size() && wordy <= 1) return Kind::kFigures;
    const bool sentences = looks.back().WordsEach() > kFewWords && 4 * looks.back().pieces >= 3 * lines.size();
    return few_names && sentences && full >= 3 ? Kind::kText : Kind::kNone;
  }
  if (full < (columns > 3 ? 2U : 3U)) return Kind::kNone;
  if (wordy > 1) return few_names ? Kind::kSentences : Kind::kNone;
  if (looks.front().IsProse(lines.size()) || looks.back().IsProse(lines.size())) return Kind::kNone;
  return Kind::kFigures;
}

// ---- rows ----

// Which lines begin a row: behind more white than between the lines of a cell, where there are both; else where the
// first column says something, or a figure stands, which no line of a cell begins with.
class RowFinder {
 public:
  RowFinder(const std::vector<CellLine>& lines, std::size_t columns)
      : lines_(lines), figures_(columns), rights_(columns) {
    std::vector<std::size_t> pieces(columns);
    for (const CellLine& line : lines) {
      for (const Cell& cell : line) {
        ++pieces[cell.column];
        rights_[cell.column] = std::max(rights_[cell.column], cell.piece.box.right);
        figures_[cell.column] += cell.piece.has_digit && cell.piece.words.size() <= 2 ? 1U : 0U;
      }
    }
    for (std::size_t i = 0; i < columns; ++i) figures_[i] = 2 * figures_[i] > pieces[i] && pieces[i] > 0 ? 1 : 0;
    std::vector<double> gaps;
    for (std::size_t i = 1; i < lines.size(); ++i) gaps.push_back(Gap(i));
    if (gaps.empty()) return;
    std::sort(gaps.begin(), gaps.end());
    // The step between what is close and what is not.
    const double close = gaps[gaps.size() / 20];
    double widest_step = 0;
    for (std::size_t i = 1; i < gaps.size(); ++i) {
      const double before = std::max(gaps[i - 1], 0.8 * Size());
      if (before > 1.4 * std::max(close, 0.8 * Size())) break;
      if (gaps[i] / before > std::max(1.12, widest_step)) {
        widest_step = gaps[i] / before;
        wide_ = (before + gaps[i]) / 2;
        wide_count_ = gaps.size() - i;
        close_count_ = i;
      }
    }
  }

  // Nearly every line that the first column begins stands behind white.
  [[nodiscard]] bool NamesStandApart() const {
    std::size_t names = 0;
    std::size_t apart = 0;
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      if (lines_[i].front().column != 0 || lines_[i].size() < 2) continue;
      ++names;
      apart += TwoSteps() && Gap(i) > wide_ ? 1U : 0U;
    }
    return names >= 2 && 5 * apart >= 4 * names;
  }

  [[nodiscard]] bool Begins(std::size_t i) const {
    if (i == 0) return true;
    if (Gap(i) < 0.75 * Size()) return false;  // beside each other, in cells that are set in the middle
    const CellLine& line = lines_[i];
    const bool fits_above = std::all_of(line.begin(), line.end(), [&](const Cell& cell) {
      return figures_[cell.column] == 0 && Filled(i - 1, cell.column);
    });
    if (TwoSteps()) return Gap(i) > wide_ || (!fits_above && !WrapsInto(i));
    const bool first = line.front().column == 0;
    return first || !fits_above;
  }

 private:
  [[nodiscard]] double Size() const { return std::max(lines_.front().front().piece.size, 4.0); }
  [[nodiscard]] double Gap(std::size_t i) const {
    return lines_[i].front().piece.base - lines_[i - 1].front().piece.base;
  }
  [[nodiscard]] bool TwoSteps() const { return wide_ > 0 && close_count_ >= 1 && 3 * wide_count_ >= close_count_; }
  // The row so far is but the first lines of its longest cell, which goes on in this one: the others are set in the
  // middle of their height, or at its foot. A title of several rows would have had room for the next word.
  [[nodiscard]] bool WrapsInto(std::size_t i) const {
    for (std::size_t at = i; at > 0 && Gap(at) <= wide_; --at) {
      for (const Cell& cell : lines_[at - 1]) {
        const auto next = std::find_if(lines_[at].begin(), lines_[at].end(),
                                       [&cell](const Cell& one) { return one.column == cell.column; });
        if (figures_[cell.column] != 0 || next == lines_[at].end()) return false;
        const Box& word = next->piece.words.front();
        const double with_it = cell.piece.box.right + 0.2 * cell.piece.size + word.right - word.left;
        if (with_it <= rights_[cell.column]) return false;
      }
    }
    return true;
  }
  // By the row so far: a cell's lines may pause where another cell's stand between.
  [[nodiscard]] bool Filled(std::size_t i, std::size_t column) const {
    for (std::size_t back = 0; back < 3 && back <= i; ++back) {
      const CellLine& line = lines_[i - back];
      if (std::any_of(line.begin(), line.end(), [column](const Cell& cell) { return cell.column == column; }))
        return true;
      if (i - back == 0 || Gap(i - back) >= 0.75 * Size()) return false;
    }
    return false;
  }

  const std::vector<CellLine>& lines_;
  std::vector<std::size_t> figures_;  // columns that are mostly figures
  std::vector<double> rights_;        // of the columns
  double wide_ = 0;
  std::size_t wide_count_ = 0;
  std::size_t close_count_ = 0;
};

PageTable TableOf(const std::vector<CellLine>& lines, std::size_t columns, Kind kind) {
  PageTable table;
  table.is_text = kind == Kind::kText;
  const RowFinder finder(lines, columns);
  if (kind != Kind::kFigures && !finder.NamesStandApart()) return table;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (table.rows.empty() || finder.Begins(i)) table.rows.emplace_back();
    table.rows.back().insert(table.rows.back().end(), lines[i].begin(), lines[i].end());
  }
  for (std::vector<Cell>& row : table.rows) {
    std::stable_sort(row.begin(), row.end(), [](const Cell& a, const Cell& b) { return a.column < b.column; });
  }
  return table;
}

}  // namespace

std::vector<PageTable> FindTables(const std::vector<PageItem>& items) {
  constexpr double kFarthest = 3.5;  // times its letters: a line from the next
  constexpr std::size_t kMostSteps = 100'000;
  std::size_t steps = 0;
  std::vector<PageTable> tables;
  const std::vector<Line> lines = LinesOf(items);
  for (std::size_t begin = 0; begin < lines.size() && steps < kMostSteps;) {
    Grid grid;
    std::size_t end = begin;
    double widest = 0;  // white between its lines
    if (lines[begin].size() >= 2) {
      for (; end < lines.size(); ++end, ++steps) {
        const double gap = end == begin ? 0 : lines[end].front().base - lines[end - 1].front().base;
        const double size = std::max(lines[end].front().size, 4.0);
        const bool near = gap <= kFarthest * size && (end - begin < 4 || gap <= std::max(2.2 * size, 1.6 * widest));
        if (!near || !grid.Take(lines[end])) break;
        widest = std::max(widest, gap);
      }
    }
    // What stands under the first column alone is no part of it any more.
    while (end > begin && lines[end - 1].size() < 2 && grid.lines().back().size() < 2 &&
           grid.Cells().back().front().column == 0) {
      grid.DropLast();
      --end;
    }
    grid.JoinHeads();
    const std::vector<CellLine> cells = grid.Cells();
    const Kind kind = end - begin >= 1 && grid.columns() >= 2 ? KindOf(cells, grid.columns()) : Kind::kNone;
    PageTable table = kind == Kind::kNone ? PageTable() : TableOf(cells, grid.columns(), kind);
    begin = table.rows.empty() ? begin + 1 : end;
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace counsel::extractor
