// The columns that the lines of a table stand in, as far as they are known. For page_tables.cc.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "extractor/page_tables.h"

namespace counsel::extractor {

struct Column {
  double left = 0;
  double right = 0;
  std::size_t pieces = 0;
  std::size_t sums = 0;
  std::size_t words = 0;
};

class Grid {
 public:
  // Pieces on one base, from the left.
  using Line = std::vector<LinePiece>;
  using CellLine = std::vector<PageTable::Cell>;

  // Takes the line's pieces into the columns, which it may widen, or add to where nothing stood before. false: it does
  // not fit, and nothing changed.
  bool Take(const Line& line) {
    std::vector<Column> columns = columns_;
    Line pieces;
    for (const LinePiece& piece : line) {
      if (Split(piece, columns, &pieces)) continue;
      // What looked like two columns was one, set wide.
      if (!Merge(piece, &columns)) return false;
      if (!Split(piece, columns, &pieces)) return false;
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const LinePiece& piece = pieces[i];
      const std::vector<std::size_t> under = Under(piece, columns);
      if (under.size() > 1) return false;
      if (under.empty()) {
        if (pieces.size() < 2 && !columns.empty()) return false;
        const auto at = std::find_if(columns.begin(), columns.end(),
                                     [&piece](const Column& column) { return column.left > piece.box.left; });
        columns.insert(at, Column{piece.box.left, piece.box.right, 1, piece.is_sum ? 1U : 0U, piece.words.size()});
        continue;
      }
      Column& column = columns[under.front()];
      if (IsOtherThan(column, piece)) return false;
      if (i > 0 && pieces[i - 1].box.right > column.left && !GoesOn(pieces[i - 1], piece, column)) return false;
      column.left = std::min(column.left, piece.box.left);
      column.right = std::max(column.right, piece.box.right);
      ++column.pieces;
      column.sums += piece.is_sum ? 1U : 0U;
      column.words += piece.words.size();
    }
    for (std::size_t i = 1; i < columns.size(); ++i) {
      if (columns[i].left < columns[i - 1].right + kNarrowest) return false;
    }
    columns_ = std::move(columns);
    lines_.push_back(std::move(pieces));
    return true;
  }

  void DropLast() { lines_.pop_back(); }

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] std::size_t columns() const { return columns_.size(); }

  // A head at the left of its column, whose figures stand at the right, has the same column.
  void JoinHeads() {
    for (std::size_t c = 0; c + 1 < columns_.size();) {
      std::size_t below = 0;
      std::size_t heads = 0;
      std::size_t both = 0;
      for (std::size_t i = 0; i < lines_.size(); ++i) {
        const auto filled = [&](const Column& column) {
          return std::any_of(lines_[i].begin(), lines_[i].end(), [&](const LinePiece& piece) {
            return piece.box.right > column.left && piece.box.left < column.right;
          });
        };
        const bool left = filled(columns_[c]);
        const bool right = filled(columns_[c + 1]);
        both += left && right ? 1U : 0U;
        if (i == 0) heads += left || right ? 1U : 0U;
        if (i > 0) below |= (left ? 1U : 0U) | (right ? 2U : 0U);
      }
      const bool joins = both == 0 && heads == 1 && below != 3 && lines_.size() > 2;
      if (!joins) {
        ++c;
        continue;
      }
      columns_[c].right = columns_[c + 1].right;
      columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(c) + 1);
    }
  }

  [[nodiscard]] std::vector<CellLine> Cells() const {
    std::vector<CellLine> all;
    for (const Line& line : lines_) {
      CellLine& cells = all.emplace_back();
      for (const LinePiece& piece : line) {
        PageTable::Cell cell;
        const std::vector<std::size_t> under = Under(piece, columns_);
        cell.column = under.empty() ? 0 : under.front();
        cell.piece = piece;
        cells.push_back(std::move(cell));
      }
    }
    return all;
  }

 private:
  static constexpr double kNarrowest = 1.5;  // points between columns

  static std::vector<std::size_t> Under(const LinePiece& piece, const std::vector<Column>& columns) {
    std::vector<std::size_t> under;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (piece.box.right > columns[i].left && piece.box.left < columns[i].right) under.push_back(i);
    }
    return under;
  }

  // A sentence in a column of sums, a sum at the end of a column of sentences: another table begins, or none.
  static bool IsOtherThan(const Column& column, const LinePiece& piece) {
    constexpr std::size_t kSentence = 5;  // words
    if (column.pieces < 2) return false;
    if (column.sums == column.pieces) return piece.words.size() > kSentence;
    return piece.is_sum && column.words > kSentence * column.pieces && piece.box.left > column.left + 3;
  }

  // The columns that the piece stands under are one, if wherever both are filled the same line goes on with no more
  // white than wide-set words have.
  bool Merge(const LinePiece& piece, std::vector<Column>* columns) {
    const std::vector<std::size_t> under = Under(piece, *columns);
    const Column& first = (*columns)[under.front()];
    const Column& last = (*columns)[under.back()];
    if (columns->size() - under.size() < 1) return false;
    const auto within = [&](const LinePiece& one) { return one.box.right > first.left && one.box.left < last.right; };
    for (const Line& line : lines_) {
      for (std::size_t i = 1; i < line.size(); ++i) {
        const bool both = within(line[i - 1]) && within(line[i]);
        const double white = line[i].box.left - line[i - 1].box.right;
        if (both && (line[i].line != line[i - 1].line || line[i].after_leader || white > 1.6 * line[i].size))
          return false;
      }
    }
    Column one = first;
    for (std::size_t i = under.front() + 1; i <= under.back(); ++i) {
      one.right = std::max(one.right, (*columns)[i].right);
      one.pieces += (*columns)[i].pieces;
      one.sums += (*columns)[i].sums;
      one.words += (*columns)[i].words;
    }
    columns->erase(columns->begin() + static_cast<std::ptrdiff_t>(under.front()),
                   columns->begin() + static_cast<std::ptrdiff_t>(under.back()) + 1);
    columns->insert(columns->begin() + static_cast<std::ptrdiff_t>(under.front()), one);
    return true;
  }

  // Words set wide, of a column that is known to be as wide.
  static bool GoesOn(const LinePiece& before, const LinePiece& piece, const Column& column) {
    return before.line == piece.line && before.box.left >= column.left && piece.box.right <= column.right + 1;
  }

  // Cells that stand so close that they look like one: where a word ends before the white between two columns, and the
  // next begins where the column does.
  static bool Split(LinePiece piece, const std::vector<Column>& columns, Line* into) {
    constexpr double kNear = 1.5;  // points
    while (true) {
      const std::vector<std::size_t> under = Under(piece, columns);
      if (under.size() < 2) break;
      const Column& left = columns[under[0]];
      const Column& right = columns[under[1]];
      if (right.left - left.right > 2.5 * piece.size) return false;
      std::size_t cut = 0;
      for (std::size_t i = 1; i < piece.words.size() && cut == 0; ++i) {
        const double end = piece.words[i - 1].right;
        const double begin = piece.words[i].left;
        const bool fits = end <= right.left && begin >= left.right && begin - end > 0.2 * piece.size;
        if (fits && (std::abs(begin - right.left) < kNear || std::abs(piece.box.right - right.right) < kNear)) cut = i;
      }
      if (cut == 0) return false;
      LinePiece head = piece;
      head.words.resize(cut);
      head.end = head.first + cut;
      head.box.right = head.words.back().right;
      piece.words.erase(piece.words.begin(), piece.words.begin() + static_cast<std::ptrdiff_t>(cut));
      piece.first = head.end;
      piece.box.left = piece.words.front().left;
      into->push_back(std::move(head));
    }
    into->push_back(std::move(piece));
    return true;
  }

  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

}  // namespace counsel::extractor
