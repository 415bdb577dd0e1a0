#include "extractor/page_layout.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "extractor/page_order.h"
#include "extractor/page_pieces.h"
#include "extractor/typography.h"

namespace counsel::extractor {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

Box BoxOf(const LayoutLine& line) {
  Box box = line.words.front().box;
  for (const LayoutWord& word : line.words) {
    box.left = std::min(box.left, word.box.left);
    box.top = std::min(box.top, word.box.top);
    box.right = std::max(box.right, word.box.right);
    box.bottom = std::max(box.bottom, word.box.bottom);
  }
  return box;
}

bool IsRaised(const LayoutWord& word, const LayoutWord& largest) {
  return word.size < 0.85 * largest.size && word.base < largest.base - 0.1 * largest.size;
}

// What of the page stands in which order, before it is written.
struct Plan {
  Plan() = default;
  std::vector<bool> left_out;
  std::vector<std::optional<std::size_t>> label;  // of each line: the line that hangs left of it
  std::vector<std::optional<int>> number;         // in its margin
  std::vector<bool> without_first;                // its first word is that number, or a note's mark
  std::vector<OrderedItem> order;                 // without what is left out
};

std::vector<PageItem> ItemsOf(const PageLayout& page, const Plan& plan) {
  std::vector<PageItem> items;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const LayoutLine& line = page.lines[i];
    if (plan.left_out[i] || !line.upright) continue;
    PageItem item;
    item.line = i;
    item.box = BoxOf(line);
    if (plan.label[i]) item.box.left = std::min(item.box.left, BoxOf(page.lines[*plan.label[i]]).left);
    item.base = LargestWord(line).base;
    item.size = LargestWord(line).size;
    item.words = line.words.size() + (plan.label[i] ? 1 : 0);
    item.flow = line.flow;
    item.ends_sentence = EndsSentence(TextOf(line));
    item.pieces = PiecesOf(line, i, plan.without_first[i]);
    if (plan.label[i] && !item.pieces.empty()) {
      item.pieces.front().box.left = item.pieces.front().words.front().left = item.box.left;
    }
    if (!item.pieces.empty()) items.push_back(std::move(item));
  }
  return items;
}

// Lines that are written another way stand behind the others.
std::vector<OrderedItem> OrderOfPage(const PageLayout& page, const Plan& plan) {
  std::vector<OrderedItem> order = OrderOf(ItemsOf(page, plan));
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    if (plan.left_out[i] || page.lines[i].upright) continue;
    OrderedItem one;
    one.line = i;
    one.flow = -1 - page.lines[i].flow;
    order.push_back(one);
  }
  return order;
}

// The lines that hang left of others.
void FindLabels(const PageLayout& page, Plan* plan) {
  constexpr double kFarthest = 110;  // points
  constexpr int kMost = 2'000;       // each is compared with every line
  int labels = 0;
  const std::set<std::size_t> in_tables = LinesOfTables(ItemsOf(page, *plan));
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const LayoutLine& label = page.lines[i];
    // A row's first cell may be a number without a stop.
    if (in_tables.contains(i) && IsDigit(label.words.back().text.back())) continue;
    if (plan->left_out[i] || !label.upright || label.words.size() > 2 || !IsHangingLabel(TextOf(label))) continue;
    if (++labels > kMost) return;
    const Box box = BoxOf(label);
    const LayoutWord& own = LargestWord(label);
    std::optional<std::size_t> nearest;
    double distance = kFarthest;
    for (std::size_t j = 0; j < page.lines.size(); ++j) {
      const LayoutLine& line = page.lines[j];
      if (j == i || plan->left_out[j] || !line.upright || plan->label[j]) continue;
      const double gap = line.words.front().box.left - box.right;
      if (gap < -1 || gap > distance || std::abs(LargestWord(line).base - own.base) > 0.35 * own.size) continue;
      nearest = j;
      distance = gap;
    }
    if (!nearest) continue;
    // Figures in columns are no clauses.
    const std::string text = TextOf(page.lines[*nearest]);
    const bool figure = IsDigit(text.front()) && text.find(' ') == std::string::npos;
    if (IsDigit(text.front()) && !IsHangingLabel(text)) continue;
    if (figure && TextOf(label) == "-") continue;
    plan->label[*nearest] = i;
    plan->left_out[i] = true;
  }
}

class Writer {
 public:
  Writer(const PageLayout& page, const Plan& plan) : page_(page), plan_(plan) {}

  void Line(const OrderedItem& item) {
    using Role = OrderedItem::Role;
    const std::size_t i = item.line;
    const std::string first = Preview(i, item.first);
    if (first.empty()) return;
    if (item.role != Role::kRow && item.role != Role::kLine) {
      Cell(item, first);
      return;
    }
    EndRow();
    if (item.role == Role::kRow) {
      if (!out_.placed.text.empty()) Put("\n\n");
      row_start_ = characters_;
      for (std::size_t column = 0; column < item.column; ++column) Put("| ");
      Begin(item);
      Write(i, item.first, item.end);
      return;
    }
    const bool begun = !out_.placed.text.empty();
    const bool goes_on = plan_.number[i] && last_number_ && *plan_.number[i] > *last_number_;
    const bool same_flow = item.flow == flow_ || goes_on;
    if (begun && same_flow && !HasLabel(item) && OnSameBase(item)) {
      Put(" ");  // wide gaps tear a justified line into several
    } else if (begun && (!same_flow || (HasLabel(item) && !goes_on))) {
      Put("\n\n");
    } else if (begun) {
      EndLine(first);
    }
    Begin(item);
    const std::int64_t start = characters_;
    Write(i, item.first, item.end);
    if (plan_.number[i] && item.first == 0) out_.numbered.push_back({start, characters_, *plan_.number[i]});
  }

  [[nodiscard]] bool EndsSentence() const {
    return !out_.notes.empty() || out_.placed.text.empty() || extractor::EndsSentence(out_.placed.text);
  }

  // A footnote behind the text: "[Footnote 2: …]".
  void Note(const PageNote& note) {
    EndRow();
    if (!out_.placed.text.empty()) Put("\n\n");
    const std::int64_t start = characters_;
    Put("[Footnote " + note.mark + ": ");
    bool first = true;
    for (const std::size_t i : note.lines) {
      const std::string preview = Preview(i);
      if (preview.empty()) continue;
      if (!std::exchange(first, false)) EndLine(preview);
      Write(i);
    }
    Put("]");
    out_.notes.push_back({start, characters_, note.mark});
  }

  ComposedPage Take() {
    EndRow();
    return std::move(out_);
  }

 private:
  void Begin(const OrderedItem& item) {
    flow_ = item.flow;
    last_ = item.line;
    last_end_ = item.end;
    column_ = item.column;
    last_number_ = plan_.number[item.line];
  }

  void Cell(const OrderedItem& item, const std::string& first) {
    if (item.role == OrderedItem::Role::kCell) {
      // One for each cell: which of them are empty tells what the others are.
      for (std::size_t column = column_; column < item.column; ++column) Put(" | ");
    } else if (EndsInHyphen(out_.placed.text)) {
      EndLine(first);
    } else {
      Put(" ");
    }
    Begin(item);
    Write(item.line, item.first, item.end);
  }

  void EndRow() {
    if (row_start_) out_.rows.push_back({*row_start_, characters_, ""});
    row_start_.reset();
  }

  [[nodiscard]] bool HasLabel(const OrderedItem& item) const {
    return plan_.label[item.line].has_value() && item.first == 0;
  }

  // What the line, or its piece that begins with that word, will begin with.
  std::string Preview(std::size_t i, std::size_t first = 0) const {
    if (plan_.label[i] && first == 0) return Preview(*plan_.label[i]);
    const LayoutLine& line = page_.lines[i];
    first = std::max<std::size_t>(first, plan_.without_first[i] ? 1 : 0);
    return first < line.words.size() ? line.words[first].text : std::string();
  }

  // Right of the line before.
  [[nodiscard]] bool OnSameBase(const OrderedItem& item) const {
    const LayoutLine& last = page_.lines[last_];
    const LayoutLine& line = page_.lines[item.line];
    const LayoutWord& before = last_end_ > 0 ? last.words[last_end_ - 1] : last.words.back();
    const LayoutWord& first = line.words[item.first];
    return last.upright && line.upright && std::abs(before.base - first.base) < 0.2 * first.size &&
           std::abs(before.size - first.size) < 0.1 * first.size && first.box.left > before.box.right;
  }

  void Put(std::string_view text) {
    out_.placed.text += text;
    characters_ += CountCodePoints(text);
  }

  void EndLine(std::string_view next) {
    std::string& text = out_.placed.text;
    if (EndsInHyphen(text) && words_.empty()) {
      // In the order of reading: the second half of a divided word is no word.
      std::string all;
      for (const OrderedItem& item : plan_.order) all += TextOf(page_.lines[item.line]) + "\n";
      AddWords(all, &words_);
    }
    const std::size_t line_at = text.rfind('\n') + 1;  // 0 when there is none
    const LineEnd end = LineEndOf(std::string_view(text).substr(line_at), next, words_);
    if (end == LineEnd::kBreak) Put("\n");
    if (end != LineEnd::kDropHyphen) return;
    const std::size_t keep = line_at + WithoutHyphen(std::string_view(text).substr(line_at)).size();
    text.erase(keep);
    --characters_;
    if (!out_.placed.words.empty()) {
      PlacedWord& last = out_.placed.words.back();
      last.end = std::min(last.end, characters_);
      if (last.end <= last.start) out_.placed.words.pop_back();
    }
  }

  // All of the line, or its words [first, end).
  void Write(std::size_t i, std::size_t first = 0, std::size_t end = 0) {
    if (plan_.label[i] && first == 0) {
      Write(*plan_.label[i]);
      Put(" ");
    }
    const LayoutLine& line = page_.lines[i];
    const LayoutWord& largest = LargestWord(line);
    end = end == 0 ? line.words.size() : end;
    for (std::size_t w = std::max<std::size_t>(first, plan_.without_first[i] ? 1 : 0); w < end; ++w) {
      const LayoutWord& word = line.words[w];
      const bool raised = line.upright && IsRaised(word, largest);
      std::string text = raised ? Raised(out_.placed.text, word.text) : word.text;
      if (raised && text != word.text && text.starts_with(' ')) {
        Put(" ");
        text.erase(0, 1);
      }
      const std::int64_t start = characters_;
      Put(text);
      PlacedWord placed;
      placed.start = start;
      placed.end = characters_;
      placed.box = word.box;
      placed.confidence = 100;
      if (placed.end > placed.start) out_.placed.words.push_back(placed);
      // A mark at a note's beginning stands close to its words.
      const bool apart = raised && text.ends_with(']');
      const bool first_mark = raised && w == 0 && !text.empty() && IsDigit(text.back());
      if (w + 1 < end && (word.space_after || first_mark || (apart && Joins(line.words[w + 1].text)))) Put(" ");
    }
  }

  static bool Joins(std::string_view next) {
    return !next.empty() && std::string_view(".,;:!?)]").find(next.front()) == std::string_view::npos;
  }

  const PageLayout& page_;
  const Plan& plan_;
  ComposedPage out_;
  WordSet words_;
  std::int64_t characters_ = 0;
  int flow_ = -1;
  std::size_t last_ = 0;      // the line that was written last,
  std::size_t last_end_ = 0;  // up to this word; all of it when 0
  std::size_t column_ = 0;    // of a table, that was written last
  std::optional<int> last_number_;
  std::optional<std::int64_t> row_start_;
};

}  // namespace

std::string TextOf(const LayoutLine& line) {
  std::string text;
  for (std::size_t i = 0; i < line.words.size(); ++i) {
    text += line.words[i].text;
    if (line.words[i].space_after && i + 1 < line.words.size()) text += ' ';
  }
  return text;
}

bool EndsSentence(std::string_view text) {
  return !text.empty() && std::string_view(".!?:;").find(text.back()) != std::string_view::npos;
}

ComposedPage ComposePage(const PageLayout& page, const std::vector<const PageLayout*>& around) {
  Plan plan;
  plan.left_out.resize(page.lines.size());
  plan.label.resize(page.lines.size());
  plan.number.resize(page.lines.size());
  plan.without_first.resize(page.lines.size());
  const std::vector<int> furniture = FindFurniture(page, around);
  std::vector<std::pair<std::pair<double, double>, std::size_t>> taken;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    plan.left_out[i] = furniture[i] != 0;
    const Box box = BoxOf(page.lines[i]);
    if (furniture[i] != 0) taken.push_back({{std::round(box.top / 3), box.left}, i});
  }
  for (const MarginNumber& number : FindLineNumbers(page)) {
    if (plan.left_out[number.line]) continue;
    if (!number.alone) {
      plan.number[number.line] = number.value;
      plan.without_first[number.line] = true;
      continue;
    }
    plan.left_out[number.line] = true;
    const LayoutWord& own = page.lines[number.line].words.front();
    for (std::size_t j = 0; j < page.lines.size(); ++j) {
      const LayoutWord& other = page.lines[j].words.front();
      if (j == number.line || plan.left_out[j] || std::abs(other.base - own.base) > 0.35 * other.size) continue;
      plan.number[j] = number.value;
    }
  }
  const std::vector<PageNote> notes = FindFootnotes(page, plan.left_out);
  for (const PageNote& note : notes) {
    for (const std::size_t i : note.lines) plan.left_out[i] = true;
    plan.without_first[note.lines.front()] = true;
  }
  FindLabels(page, &plan);
  plan.order = OrderOfPage(page, plan);
  Writer writer(page, plan);
  for (const OrderedItem& item : plan.order) writer.Line(item);
  std::vector<std::pair<std::string, std::string>> later;
  for (const PageNote& note : notes) {
    if (writer.EndsSentence()) {
      writer.Note(note);
      continue;
    }
    Writer apart(page, plan);
    apart.Note(note);
    const std::string text = apart.Take().placed.text;
    const std::size_t begin = text.find(": ") + 2;
    later.emplace_back(note.mark, text.substr(begin, text.size() - begin - 1));
  }
  ComposedPage composed = writer.Take();
  composed.later_notes = std::move(later);
  std::sort(taken.begin(), taken.end());
  for (const auto& [place, i] : taken) {
    (furniture[i] == 1 ? composed.headers : composed.footers).push_back(TextOf(page.lines[i]));
  }
  return composed;
}

}  // namespace counsel::extractor
