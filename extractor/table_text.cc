#include "extractor/table_text.h"

#include <algorithm>

namespace counsel::extractor {
namespace {

std::string OneLine(std::string_view cell) {
  std::string line;
  for (char c : cell) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

bool HasDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool HasLetter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0; });
}

// "2024", "2023/24", "Q1", "Q1 2024", "Year 3": what a column of figures is called.
bool IsPeriod(std::string_view cell) {
  for (std::string_view word : {"Q", "H", "FY", "Year ", "Month ", "Week ", "Day "}) {
    if (cell.starts_with(word) && cell.size() > word.size()) return cell.size() <= word.size() + 7;
  }
  const bool year = cell.size() >= 4 && (cell.starts_with("19") || cell.starts_with("20"));
  return year && (cell.size() == 4 || (cell.size() == 7 && cell[4] == '/')) &&
         cell.find_first_not_of("0123456789/") == std::string_view::npos;
}

// Names of columns: at least two, most of them words.
bool IsHeader(const std::vector<std::string>& cells) {
  std::size_t filled = 0;
  std::size_t figures = 0;
  std::size_t words = 0;
  for (const std::string& cell : cells) {
    const bool figure = HasDigit(cell) && !IsPeriod(cell);
    filled += cell.empty() ? 0 : 1;
    figures += figure ? 1 : 0;
    words += !cell.empty() && !HasDigit(cell) ? 1 : 0;
  }
  return filled >= 2 && words > 0 && figures * 3 <= filled;
}

}  // namespace

void TableText::Row(std::size_t number, const std::vector<std::string>& cells) {
  constexpr std::size_t kRowsBeforeHeader = 10;
  std::vector<std::string> row;
  for (const std::string& cell : cells) row.push_back(OneLine(cell));
  const auto filled = std::count_if(row.begin(), row.end(), [](const std::string& cell) { return !cell.empty(); });
  if (filled == 0) return;
  Flow line;
  if (!place_.empty()) line.Write(place_ + std::to_string(number) + ": ");
  const bool first_header = header_.empty() && number <= kRowsBeforeHeader && IsHeader(row);
  const bool is_header = first_header || (title_ && BeginsAnother(row));
  if (is_header) header_.clear();
  bool first = true;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    if (!first) line.Write(" | ");
    first = false;
    constexpr std::size_t kLongestName = 100;  // bytes, of a column's
    // A word alone in the first column is a title or a total of its own.
    const bool in_table = filled > 1 || i > 0 || !HasLetter(row[i]);
    const bool named = in_table && i < header_.size() && header_[i].size() <= kLongestName && !header_[i].empty() &&
                       header_[i] != row[i];
    line.Write(named ? header_[i] + ": " + row[i] : row[i]);
  }
  line.Mark(SpanKind::kTableRow, 1, 0, line.size(), place_ + std::to_string(number));
  into_->Append(std::move(line), "\n\n");
  title_ = filled == 1 && number > last_ + 1;
  last_ = number;
  if (is_header) {
    header_ = std::move(row);
    figures_.assign(header_.size(), 0);
    return;
  }
  for (std::size_t i = 0; i < std::min(row.size(), figures_.size()); ++i) {
    if (!row[i].empty() && figures_[i] >= 0) figures_[i] = HasDigit(row[i]) ? figures_[i] + 1 : -1;
  }
}

// Below a title: words alone, also where the rows above have nothing but figures. They are a header of what follows.
bool TableText::BeginsAnother(const std::vector<std::string>& row) const {
  if (header_.empty() || std::any_of(row.begin(), row.end(), HasDigit) || !IsHeader(row)) return false;
  for (std::size_t i = 0; i < std::min(row.size(), figures_.size()); ++i) {
    if (!row[i].empty() && figures_[i] > 0) return true;
  }
  return false;
}

std::string ColumnLetters(std::size_t column) {
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

}  // namespace counsel::extractor
