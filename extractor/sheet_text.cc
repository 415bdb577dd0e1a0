#include "extractor/sheet_text.h"

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

void SheetText::Row(std::size_t number, std::vector<std::string> cells, bool hidden) {
  std::string apart;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!hidden_ && !hidden && !hidden_columns_.contains(i)) continue;
    if (!cells[i].empty()) apart += (apart.empty() ? "" : " | ") + ColumnLetters(i) + ": " + cells[i];
    cells[i].clear();
  }
  table_.Row(number, cells);
  into_->Append(std::exchange(visible_, Flow()), "\n\n");
  if (apart.empty()) return;
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
