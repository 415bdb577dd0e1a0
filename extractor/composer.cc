#include "extractor/composer.h"

#include <algorithm>
#include <utility>

#include "extractor/typography.h"

namespace counsel::extractor {
namespace {

// A row longer than this (code points) is a page laid out by a table: its cells are paragraphs.
constexpr std::int64_t kLongestRow = 2'000;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

}  // namespace

std::string ByAndWhen(std::string_view author, std::string_view date) {
  std::string text;
  if (!Trimmed(author).empty()) text = "by " + std::string(Trimmed(author));
  const std::string_view day = date.substr(0, 10);  // of 2024-03-01T10:00:00Z
  if (day.size() == 10 && day[4] == '-') text += (text.empty() ? "" : ", ") + std::string(day);
  return text;
}

Composer::Composer(std::size_t max_text_bytes) : max_text_bytes_(max_text_bytes), contexts_(1) {}

void Composer::Count(std::size_t bytes) {
  bytes_ += bytes;
  too_long_ = too_long_ || bytes_ > max_text_bytes_;
}

void Composer::Text(std::string_view utf8) {
  Count(utf8.size());
  if (too_long_) return;
  if (deletion_) {
    deleted_ += utf8;
    return;
  }
  contexts_.back().paragraph.Write(utf8);
}

void Composer::Raised(std::string_view utf8) {
  if (deletion_) {
    Text(utf8);
  } else {
    Text(extractor::Raised(contexts_.back().paragraph.text(), utf8));
  }
}

void Composer::Lowered(std::string_view utf8) {
  Flow& paragraph = contexts_.back().paragraph;
  const std::string_view before = paragraph.text();
  std::size_t at = before.size();
  for (std::string_view slash : {"/", "\xE2\x81\x84"}) {
    if (before.ends_with(slash)) at = before.size() - slash.size();
  }
  const std::size_t open = before.substr(0, at).rfind('[');
  const bool raised =
      at < before.size() && open != std::string_view::npos && at - open >= 3 && at - open <= 5 && before[at - 1] == ']';
  const std::string upper = raised ? std::string(before.substr(open + 1, at - open - 2)) : std::string();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (raised && std::all_of(upper.begin(), upper.end(), is_digit) && !utf8.empty() && is_digit(utf8.front())) {
    for (std::size_t n = upper.size() + 3; n > 0; --n) paragraph.DropLast();
    paragraph.Write(upper + "/");
  }
  Text(utf8);
}

void Composer::Struck(std::string_view utf8) {
  if (deletion_) return Text(utf8);
  BeginDeletion("");
  Text(utf8);
  EndDeletion();
}

void Composer::Hidden(std::string_view utf8) {
  Count(utf8.size());
  if (!too_long_) contexts_.back().hidden += utf8;
}

void Composer::FlushHidden() {
  const std::string hidden = std::exchange(contexts_.back().hidden, std::string());
  if (!HasText(hidden)) return;
  Flow content;
  content.Write(Trimmed(hidden));
  AddAside(SpanKind::kHidden, "Hidden text", "", content);
}

void Composer::AddParagraphs(Flow paragraphs) {
  if (!HasText(paragraphs.text())) return;
  Count(paragraphs.text().size());
  if (!too_long_) contexts_.back().after.push_back(std::move(paragraphs));
}

void Composer::SetStyle(ParagraphStyle style) {
  contexts_.back().style = std::move(style);
}

bool Composer::AtParagraphStart() const {
  return deletion_ ? deleted_.empty() : contexts_.back().paragraph.empty();
}

bool Composer::EndsInSpace() const {
  const std::string& text = deletion_ ? deleted_ : contexts_.back().paragraph.text();
  return text.empty() || text.back() == ' ' || text.back() == '\n' || text.back() == '\t';
}

void Composer::AddBlock(Flow block) {
  contexts_.back().done.Append(std::move(block), "\n\n");
}

void Composer::EndParagraph() {
  // A deletion goes on in the next paragraph.
  if (deletion_ && !deleted_.empty() && deleted_.back() != '\n') deleted_ += '\n';
  Context& context = contexts_.back();
  Flow paragraph = std::exchange(context.paragraph, Flow());
  ParagraphStyle style = std::exchange(context.style, ParagraphStyle());
  if (insertion_) {
    paragraph.Mark(SpanKind::kInsertion, 0, insertion_start_, paragraph.size(), *insertion_);
    insertion_start_ = 0;
  }
  paragraph.TrimEnd();
  if (paragraph.empty() || !HasText(paragraph.text())) {
    FlushAsides();
    return;
  }
  Flow block;
  if (!style.label.empty()) block.Write(style.label + " ");
  Count(block.text().size() + 2);
  block.Append(std::move(paragraph), "");
  if (style.heading > 0) block.Mark(SpanKind::kHeading, style.heading, 0, block.size(), style.label);
  const bool numbered = !style.label.empty() && !style.bullet;
  if (numbered) {
    block.Mark(SpanKind::kClause, std::max(style.depth, 1), 0, block.size(), style.label);
  } else if (style.depth > 0 && style.heading == 0) {
    block.Mark(SpanKind::kListItem, style.depth, 0, block.size());
  }
  AddBlock(std::move(block));
  FlushAsides();
}

void Composer::Open(Place place) {
  contexts_.emplace_back();
  contexts_.back().place = place;
}

Flow Composer::Close() {
  EndParagraph();
  while (!contexts_.back().tables.empty()) EndTable();
  Flow done = std::move(contexts_.back().done);
  contexts_.pop_back();
  return done;
}

void Composer::BeginTable() {
  if (contexts_.size() + contexts_.back().tables.size() >= kMaxNesting) {
    ++ignored_cells_;
    return;
  }
  // What precedes the table in a paragraph stands before it.
  EndParagraph();
  contexts_.back().tables.emplace_back();
}

void Composer::BeginRow() {
  if (ignored_cells_ > 0) return;
  if (contexts_.back().tables.empty()) BeginTable();
  if (contexts_.back().tables.empty()) return;
  if (contexts_.back().tables.back().row) EndRow();
  contexts_.back().tables.back().row.emplace();
}

void Composer::BeginCell() {
  if (ignored_cells_ > 0) return;
  if (contexts_.back().place == Place::kCell && contexts_.back().tables.empty()) EndCell();
  if (contexts_.back().tables.empty() || !contexts_.back().tables.back().row) BeginRow();
  FillSpanned();
  Open(Place::kCell);
}

// The cells of the row being read that go on from above, up to where the next one stands.
void Composer::FillSpanned() {
  constexpr std::size_t kMostColumns = 1'000;
  Table& table = contexts_.back().tables.back();
  for (int wide = std::exchange(table.wide, 0); wide > 0; --wide) table.row->emplace_back();
  for (auto span = table.spans.find(table.row->size()); span != table.spans.end() && table.row->size() < kMostColumns;
       span = table.spans.find(table.row->size())) {
    const std::size_t column = span->first;
    if (--span->second <= 0) table.spans.erase(span);
    Flow copy;
    if (column < table.above.size()) copy.Write(table.above[column]);
    Count(copy.text().size());
    table.row->push_back(std::move(copy));
  }
}

void Composer::ContinueCell() {
  if (ignored_cells_ == 0) contexts_.back().continues = true;
}

void Composer::SpanRows(int rows) {
  if (ignored_cells_ == 0) contexts_.back().spans = std::clamp(rows, 0, 10'000);
}

void Composer::SpanColumns(int columns) {
  if (ignored_cells_ == 0) contexts_.back().columns = std::clamp(columns, 1, 100);
}

void Composer::EndCell() {
  if (ignored_cells_ > 0) {
    EndParagraph();
    return;
  }
  const auto is_cell = [](const Context& context) { return context.place == Place::kCell; };
  if (std::none_of(contexts_.begin(), contexts_.end(), is_cell)) return;
  while (contexts_.back().place != Place::kCell) {
    contexts_.back().place == Place::kAside ? EndAside() : EndBox();
  }
  const bool continues = contexts_.back().continues;
  const int spans = contexts_.back().spans;
  const int columns = contexts_.back().columns;
  Flow cell = Close();
  Table& table = contexts_.back().tables.back();
  const std::size_t column = table.row->size();
  if (continues && cell.empty() && column < table.above.size()) {
    cell.Write(table.above[column]);
    Count(cell.text().size());
  }
  for (int i = 0; spans > 0 && i < columns; ++i) table.spans[column + static_cast<std::size_t>(i)] = spans;
  table.row->push_back(std::move(cell));
  table.wide = columns - 1;
}

void Composer::EndRow() {
  if (ignored_cells_ > 0) return;
  if (contexts_.back().place == Place::kCell && contexts_.back().tables.empty()) EndCell();
  Context& context = contexts_.back();
  if (context.tables.empty() || !context.tables.back().row) return;
  if (context.tables.back().spans.empty()) context.tables.back().wide = 0;  // nothing stands behind it
  FillSpanned();
  constexpr std::size_t kLongestLabel = 300;  // of a cell that other rows may repeat
  Table& table = context.tables.back();
  std::vector<Flow> cells = std::move(*table.row);
  table.row.reset();
  table.above.clear();
  for (const Flow& cell : cells)
    table.above.push_back(cell.text().size() <= kLongestLabel ? cell.text() : std::string());
  std::int64_t size = 0;
  for (const Flow& cell : cells) size += cell.size() + 3;
  const bool layout = size > kLongestRow ||
                      std::count_if(cells.begin(), cells.end(), [](const Flow& cell) { return !cell.empty(); }) <= 1;
  if (layout) {
    for (Flow& cell : cells) AddBlock(std::move(cell));
    EndParagraph();  // what a damaged file has between its rows
    return;
  }
  Flow row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) row.Write(" | ");
    cells[i].JoinLines();
    row.Append(std::move(cells[i]), "");
  }
  Count(3 * cells.size());
  row.TrimEnd();
  row.Mark(SpanKind::kTableRow, static_cast<int>(context.tables.size()), 0, row.size());
  AddBlock(std::move(row));
  EndParagraph();
}

void Composer::EndTable() {
  if (ignored_cells_ > 0) {
    --ignored_cells_;
    return;
  }
  if (contexts_.back().place == Place::kCell && contexts_.back().tables.empty()) EndCell();
  if (contexts_.back().tables.empty()) return;
  EndRow();
  contexts_.back().tables.pop_back();
}

void Composer::BeginInsertion(std::string label) {
  EndInsertion();
  insertion_ = std::move(label);
  insertion_start_ = contexts_.back().paragraph.size();
}

void Composer::EndInsertion() {
  if (!insertion_) return;
  Flow& paragraph = contexts_.back().paragraph;
  paragraph.Extend(SpanKind::kInsertion, insertion_start_, paragraph.size(), *insertion_);
  insertion_.reset();
}

void Composer::BeginDeletion(std::string label) {
  EndDeletion();
  deletion_ = std::move(label);
}

void Composer::EndDeletion() {
  if (!deletion_) return;
  std::string label = std::move(*deletion_);
  deletion_.reset();
  const std::string text = std::exchange(deleted_, std::string());
  Context& context = contexts_.back();
  const bool continues =
      context.deletion && context.deletion_at == context.paragraph.size() && context.deletion_label == label;
  if (!continues) {
    FlushDeletion();
    context.deletion.emplace();
    context.deletion_label = std::move(label);
    context.deletion_at = context.paragraph.size();
  }
  *context.deletion += text;
}

void Composer::FlushDeletion() {
  Context& context = contexts_.back();
  if (!context.deletion) return;
  Flow content;
  content.Write(Trimmed(*context.deletion));
  context.deletion.reset();
  const std::string label = std::move(context.deletion_label);
  AddAside(SpanKind::kDeletion, label.empty() ? "Deleted text" : "Deleted text, " + label, label, content);
}

Flow Composer::Finish() {
  EndInsertion();
  EndDeletion();
  while (contexts_.size() > 1) {
    switch (contexts_.back().place) {
      case Place::kCell:
        EndCell();
        EndRow();
        break;
      case Place::kAside:
        EndAside();
        break;
      default:
        EndBox();
    }
  }
  EndParagraph();
  while (!contexts_.back().tables.empty()) EndTable();
  return std::move(contexts_.back().done);
}

}  // namespace counsel::extractor
