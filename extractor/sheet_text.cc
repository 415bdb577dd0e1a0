#include "extractor/sheet_text.h"

#include <algorithm>
#include <utility>

#include "extractor/composer.h"

namespace counsel::extractor {

SheetText::SheetText(const std::string& name, bool hidden, Flow* into)
    : name_(name.substr(0, kLongestSheetName)), hidden_(hidden), into_(into), table_(name_ + ", row ", &visible_) {
  Flow heading;
  heading.Write(name_ + (hidden_ ? " (hidden sheet)" : ""));
  heading.Mark(SpanKind::kHeading, 1, 0, heading.size());
  into_->Append(std::move(heading), "\n\n");
}

void SheetText::Merge(std::size_t column, std::size_t first, std::size_t last) {
  constexpr std::size_t kMost = 100'000;
  if (last <= first || column >= kMostColumns || merges_.size() >= kMost) return;
  Merged merged;
  merged.column = column;
  merged.last = last;
  merges_.emplace(first, std::move(merged));
}

void SheetText::FillMerged(std::size_t number, std::vector<std::string>* cells) {
  std::erase_if(open_, [number](const Merged& merged) { return merged.last < number; });
  const bool filled = std::any_of(cells->begin(), cells->end(), [](const std::string& cell) { return !cell.empty(); });
  for (const Merged& merged : open_) {
    if (!filled) break;
    if (cells->size() <= merged.column) cells->resize(merged.column + 1);
    std::string& cell = (*cells)[merged.column];
    if (cell.empty()) cell = merged.text;
  }
  const auto [first, end] = merges_.equal_range(number);
  for (auto merge = first; merge != end; ++merge) {
    Merged merged = merge->second;
    if (merged.column < cells->size()) merged.text = (*cells)[merged.column].substr(0, kLongestLabel);
    if (!merged.text.empty() && merged.text.size() < kLongestLabel) open_.push_back(std::move(merged));
  }
}

void SheetText::Row(std::size_t number, std::vector<std::string> cells, bool hidden) {
  FillMerged(number, &cells);
  std::string apart;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!hidden_ && !hidden && !hidden_columns_.contains(i)) continue;
    if (!cells[i].empty()) apart += (apart.empty() ? "" : " | ") + ColumnLetters(i) + ": " + cells[i];
    cells[i].clear();
  }
  table_.Row(number, cells);
  into_->Append(std::exchange(visible_, Flow()), "\n\n");
  if (apart.empty()) return;
  table_.Pass(number);
  Flow content;
  content.Write(name_ + ", row " + std::to_string(number) + ": " + apart);
  content.JoinLines();
  into_->Append(BracketedAside(SpanKind::kHidden, "Hidden text", "", content), "\n\n");
}

void SheetText::Comment(const std::string& place, const std::string& author, const std::string& text) {
  into_->Append(SheetComment(name_, place, author, text), "\n\n");
}

Flow SheetComment(const std::string& sheet, const std::string& place, const std::string& author,
                  const std::string& text) {
  if (!HasText(text)) return {};
  const std::string by = ByAndWhen(author, "");
  const std::string where = "on " + sheet + ", " + place;
  Flow content;
  content.Write(text);
  content.JoinLines();
  return BracketedAside(SpanKind::kComment, "Comment " + (by.empty() ? where : by + ", " + where), by, content);
}

std::string FormulasNote(int formulas) {
  return std::to_string(formulas) + (formulas == 1 ? " cell is" : " cells are") +
         " computed by formulas: what it shows is as the file was last saved.";
}

}  // namespace counsel::extractor
