#include "answers/table_rows.h"

#include <algorithm>
#include <cstddef>

#include "base/utf8.h"
#include "understanding/row_cells.h"

namespace counsel::answers {
namespace {

constexpr std::string_view kDigits = "0123456789";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

std::vector<std::string_view> CellTexts(std::string_view row) {
  row = Trimmed(row);
  if (row.starts_with('|')) row.remove_prefix(1);
  if (row.ends_with('|')) row.remove_suffix(1);
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t end = row.find('|');
    cells.push_back(Trimmed(row.substr(0, end)));
    if (end == std::string_view::npos) return cells;
    row.remove_prefix(end + 1);
  }
}

// "£310", "42,500.00", "17 March 2024"; "2024" and "Year 1" may head a column.
bool IsValue(std::string_view cell) {
  if (cell.find_first_of(kDigits) == std::string_view::npos) return false;
  const auto digits = std::count_if(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool year = cell.size() == 4 && digits == 4;
  const bool letters = cell.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == 0;
  return !year && !(letters && digits <= 2);
}

bool HeadsColumns(std::string_view row) {
  const std::vector<std::string_view> cells = CellTexts(row);
  const auto empty = std::count(cells.begin(), cells.end(), std::string_view());
  return cells.size() > 1 && empty <= 1 && std::none_of(cells.begin(), cells.end(), IsValue);
}

bool IsMarkdown(std::string_view row) {
  return row.starts_with('|');
}

struct Line {
  std::string_view text;
  std::int64_t start = 0;
};

// The first of the lines that begin with '|' above the sentence, without a gap.
Line FirstMarkdownRow(const Passage& passage, const Citation& sentence) {
  const std::string_view text = passage.text;
  Line first;
  std::int64_t position = passage.start;
  for (std::size_t line = 0; line < text.size() && position <= sentence.start;) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::string_view here = text.substr(line, end - line);
    if (!IsMarkdown(Trimmed(here))) {
      first = Line();
    } else if (first.text.empty()) {
      first.text = here;
      first.start = position;
    }
    position += CountCodePoints(here) + 1;
    line = end + 1;
  }
  return first;
}

Line FirstSpan(const Passage& passage, const Citation& sentence) {
  constexpr std::int64_t kBetweenRows = 2;  // code points: a blank line
  const documents::StructureSpan* first = nullptr;
  std::int64_t end = 0;
  for (const documents::StructureSpan& span : passage.structure) {
    if (span.kind != "table_row" || span.start < passage.start || span.start > sentence.start) continue;
    if (first == nullptr || span.start > end + kBetweenRows) first = &span;
    end = span.end;
  }
  Line line;
  if (first == nullptr) return line;
  line.start = first->start;
  line.text = SliceCodePoints(passage.text, first->start - passage.start, first->end - passage.start);
  return line;
}

}  // namespace

std::optional<TableRow> RowOf(const Citation& sentence, const std::vector<Passage>& passages) {
  const bool span = std::any_of(sentence.stands_in.begin(), sentence.stands_in.end(),
                                [](const documents::Part& part) { return part.whole && part.kind == "table_row"; });
  const bool markdown = IsMarkdown(sentence.quote);
  if (!span && !markdown) return std::nullopt;
  TableRow row;
  row.table = sentence.start;
  for (const Passage& passage : passages) {
    if (passage.document != sentence.document || passage.start > sentence.start || sentence.end > passage.end) continue;
    const Line first = span ? FirstSpan(passage, sentence) : FirstMarkdownRow(passage, sentence);
    if (first.text.empty()) break;
    row.table = first.start;
    const bool heads = HeadsColumns(first.text);
    const bool itself = first.start + CountCodePoints(first.text) > sentence.start;
    row.heads = itself && heads;
    if (!itself && heads) row.header = first.text;
    break;
  }
  return row;
}

std::vector<Column> ColumnsOf(std::string_view header, std::string_view row) {
  std::vector<Column> columns;
  const std::vector<understanding::Cell> labelled = understanding::CellsOf(row);
  const std::vector<std::string_view> labels = header.empty() ? std::vector<std::string_view>() : CellTexts(header);
  const bool of_sheet =
      labelled.size() > 1 && !labelled[1].label.empty() && row.find(", row ") != std::string_view::npos;
  if (of_sheet) {
    for (const understanding::Cell& cell : labelled) {
      Column& column = columns.emplace_back();
      column.label = cell.label;
      column.value = cell.value;
    }
    // Of a sheet's row the empty cells are left out.
    for (std::string_view label : labels) {
      if (const std::size_t place = label.rfind(": "); place != std::string_view::npos) label.remove_prefix(place + 2);
      const auto same = [label](const Column& column) { return column.label == label; };
      if (!label.empty() && std::none_of(columns.begin(), columns.end(), same)) columns.emplace_back().label = label;
    }
    return columns;
  }
  const std::vector<std::string_view> cells = CellTexts(row);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Column& column = columns.emplace_back();
    if (labels.size() == cells.size()) column.label = labels[i];
    column.value = cells[i];
  }
  return columns;
}

std::string Labelled(std::string_view header, std::string_view row) {
  if (header.empty() || row.find(", row ") != std::string_view::npos) return std::string(row);
  std::string text;
  for (const Column& column : ColumnsOf(header, row)) {
    if (column.value.empty()) continue;
    text += (text.empty() ? "" : " | ") + (column.label.empty() ? "" : column.label + ": ") + column.value;
  }
  return text;
}

}  // namespace counsel::answers
