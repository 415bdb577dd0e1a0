// ODS (OpenDocument spreadsheets): each row as it is shown, which the file keeps beside the values.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "extractor/office.h"
#include "extractor/sheet_text.h"
#include "extractor/xml.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "OpenDocument spreadsheet";
constexpr std::size_t kMostColumns = SheetText::kMostColumns;

class SheetsPart : public XmlWalk {
 public:
  SheetsPart(std::size_t max_text_bytes, Flow* into) : max_text_bytes_(max_text_bytes), into_(into) {}

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "style") {
      style_ = attributes["name"];
    } else if (name == "table-properties" && attributes["display"] == "false") {
      hidden_styles_[style_] = true;
    } else if (name == "table") {
      BeginSheet(attributes["name"], attributes["style-name"]);
    } else if (name == "table-column") {
      const std::size_t count = Repeated(attributes["number-columns-repeated"]);
      const std::size_t end = std::min(columns_ + count, kMostColumns);
      for (std::size_t i = columns_; sheet_ && IsHidden(attributes) && i < end; ++i) sheet_->HideColumn(i);
      columns_ = std::max(columns_, end);
    } else if (name == "table-row") {
      rows_ = Repeated(attributes["number-rows-repeated"]);
      hidden_row_ = IsHidden(attributes);
      cells_.clear();
      column_ = 0;
    } else if (name == "table-cell" || name == "covered-table-cell") {
      repeated_ = Repeated(attributes["number-columns-repeated"]);
      if (const std::size_t rows = Repeated(attributes["number-rows-spanned"]); sheet_ && rows > 1)
        sheet_->Merge(column_, row_ + 1, row_ + rows);
      in_cell_ = true;
      text_.clear();
    } else if (name == "annotation") {
      in_comment_ = true;
      comment_.clear();
      author_.clear();
    } else if (name == "creator") {
      in_author_ = true;
    } else if (name == "date" && in_comment_) {
      in_date_ = true;
    } else if (name == "p" || name == "s" || name == "tab" || name == "line-break") {
      std::string& text = in_comment_ ? comment_ : text_;
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else if (name == "object" || name == "image") {
      ++drawings;
    }
  }

  void End(std::string_view name) override {
    if (name == "creator") in_author_ = false;
    if (name == "date") in_date_ = false;
    if (name == "annotation") EndComment();
    if (name == "table-cell" || name == "covered-table-cell") EndCell();
    if (name == "table-row") EndRow();
  }

  void Text(std::string_view utf8) override {
    if (in_author_) {
      if (author_.size() < kLongestLabel) author_ += utf8;
    } else if (in_comment_) {
      if (!in_date_) comment_ += utf8;
    } else if (in_cell_) {
      text_ += utf8;
    }
  }
  [[nodiscard]] bool Enough() const override { return into_->text().size() > max_text_bytes_; }

  int drawings = 0;

 private:
  static std::size_t Repeated(const std::string& count) {
    return std::clamp<std::size_t>(std::strtoul(count.c_str(), nullptr, 10), 1, 2'000'000);
  }
  static bool IsHidden(const Attributes& attributes) {
    const std::string visibility = attributes["visibility"];
    return visibility == "collapse" || visibility == "filter";
  }

  void BeginSheet(const std::string& name, const std::string& style) {
    columns_ = 0;
    row_ = 0;
    sheet_.emplace(name, hidden_styles_.contains(style), into_);
  }

  void EndCell() {
    in_cell_ = false;
    const bool filled = HasText(text_);
    for (std::size_t i = 0; filled && i < repeated_ && column_ + i < kMostColumns; ++i) {
      if (cells_.size() <= column_ + i) cells_.resize(column_ + i + 1);
      cells_[column_ + i] = text_;
    }
    column_ = std::min(column_ + repeated_, kMostColumns);
  }

  void EndRow() {
    if (!sheet_) return;
    // A row that is repeated and says something is one as often as it stands there; empty ones only count.
    const std::size_t times = cells_.empty() ? 1 : rows_;
    for (std::size_t i = 0; i < times && !Enough(); ++i) sheet_->Row(row_ + i + 1, cells_, hidden_row_);
    row_ += rows_;
    for (Flow& comment : comments_) into_->Append(std::move(comment), "\n\n");
    comments_.clear();
  }

  void EndComment() {
    in_comment_ = false;
    const std::string place = ColumnLetters(column_) + std::to_string(row_ + 1);
    comments_.push_back(SheetComment(sheet_ ? sheet_->name() : "", place, author_, comment_));
  }

  const std::size_t max_text_bytes_;
  Flow* into_;
  std::optional<SheetText> sheet_;
  std::string style_;
  std::map<std::string, bool> hidden_styles_;
  std::vector<std::string> cells_;
  std::vector<Flow> comments_;  // of the row being read
  std::string text_;
  std::string comment_;
  std::string author_;
  std::size_t columns_ = 0;
  std::size_t column_ = 0;
  std::size_t row_ = 0;
  std::size_t rows_ = 1;
  std::size_t repeated_ = 1;
  bool hidden_row_ = false;
  bool in_cell_ = false;
  bool in_comment_ = false;
  bool in_author_ = false;
  bool in_date_ = false;
};

}  // namespace

Result<Document> ReadOds(Package& package, const std::string& name) {
  const Package::Entry* content = package.Find("content.xml");
  if (content == nullptr) return Damaged(name, kWhat);
  const std::size_t most = package.limits().text_bytes;
  Flow text;
  SheetsPart sheets(most, &text);
  if (Result<void> walked = WalkPart(package, *content, name, kWhat, &sheets); !walked) {
    return Fail(std::move(walked.error()));
  }
  if (sheets.Enough()) return TextTooLong(name, most);
  Document document;
  document.media_type = "application/vnd.oasis.opendocument.spreadsheet";
  for (int i = 0; i < std::min(sheets.drawings, 100); ++i) {
    document.unread.push_back({"a chart or picture", "what it shows is not looked at", ""});
  }
  if (Result<void> taken = TakeText(std::move(text), name, most, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  return document;
}

}  // namespace counsel::extractor
