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

// Names of columns: at least two, most of them words.
bool IsHeader(const std::vector<std::string>& cells) {
  std::size_t filled = 0;
  std::size_t figures = 0;
  for (const std::string& cell : cells) {
    filled += cell.empty() ? 0 : 1;
    figures += HasDigit(cell) ? 1 : 0;
  }
  return filled >= 2 && figures * 3 <= filled;
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
  const bool is_header = header_.empty() && number <= kRowsBeforeHeader && IsHeader(row);
  bool first = true;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    if (!first) line.Write(" | ");
    first = false;
    constexpr std::size_t kLongestName = 100;  // bytes, of a column's
    const bool named = filled > 1 && i < header_.size() && header_[i].size() <= kLongestName && !header_[i].empty() &&
                       header_[i] != row[i];
    line.Write(named ? header_[i] + ": " + row[i] : row[i]);
  }
  line.Mark(SpanKind::kTableRow, 1, 0, line.size(), place_ + std::to_string(number));
  into_->Append(std::move(line), "\n\n");
  if (is_header) header_ = std::move(row);
}

std::string ColumnLetters(std::size_t column) {
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

}  // namespace counsel::extractor
