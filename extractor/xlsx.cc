// XLSX (SpreadsheetML): values as the program shows them, row by row. libxml2 and libzip do it: liborcus, which others
// use, gives codes and not what is shown, and knows no hidden sheets.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "extractor/composer.h"
#include "extractor/docx_parts.h"
#include "extractor/number_format.h"
#include "extractor/office.h"
#include "extractor/sheet_text.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "spreadsheet";
constexpr std::size_t kMostColumns = SheetText::kMostColumns;

struct Sheet {
  Sheet() = default;
  std::string name;
  std::string relation;
  bool hidden = false;
};

class Workbook : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "workbookPr") from_1904 = attributes["date1904"] == "1" || attributes["date1904"] == "true";
    if (name != "sheet") return;
    Sheet sheet;
    sheet.name = attributes["name"].substr(0, kLongestSheetName);
    sheet.relation = attributes["id"];
    sheet.hidden = attributes["state"] == "hidden" || attributes["state"] == "veryHidden";
    sheets.push_back(std::move(sheet));
  }
  void End(std::string_view /*name*/) override {}
  void Text(std::string_view /*utf8*/) override {}

  std::vector<Sheet> sheets;
  bool from_1904 = false;
};

// Texts that cells refer to by number; pronunciations are none of them.
class SharedStrings : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& /*attributes*/) override {
    if (name == "si") strings.emplace_back();
    if (name == "rPh") in_sound_ = true;
    in_text_ = name == "t";
  }
  void End(std::string_view name) override {
    if (name == "rPh") in_sound_ = false;
    if (name == "t") in_text_ = false;
  }
  void Text(std::string_view utf8) override {
    if (in_text_ && !in_sound_ && !strings.empty()) strings.back() += utf8;
  }
  std::vector<std::string> strings;

 private:
  bool in_text_ = false;
  bool in_sound_ = false;
};

// The number format of each cell style.
class CellStyles : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "numFmt") codes_[std::atoi(attributes["numFmtId"].c_str())] = attributes["formatCode"];
    if (name == "cellXfs") in_cells_ = true;
    if (name == "xf" && in_cells_) formats_.push_back(std::atoi(attributes["numFmtId"].c_str()));
  }
  void End(std::string_view name) override {
    if (name == "cellXfs") in_cells_ = false;
  }
  void Text(std::string_view /*utf8*/) override {}

  [[nodiscard]] std::string_view CodeOf(std::size_t style) const {
    if (style >= formats_.size()) return "General";
    const auto own = codes_.find(formats_[style]);
    return own == codes_.end() ? BuiltInFormat(formats_[style]) : std::string_view(own->second);
  }

 private:
  std::map<int, std::string> codes_;
  std::vector<int> formats_;
  bool in_cells_ = false;
};

struct Look {
  Look() = default;
  SharedStrings strings;
  CellStyles styles;
  bool from_1904 = false;
};

// "B14" → column 1, row 14.
struct Place {
  std::size_t column = 0;
  std::size_t row = 0;
};
std::optional<Place> PlaceOf(std::string_view reference) {
  Place place;
  std::size_t at = 0;
  for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z' && at < 4; ++at) {
    place.column = place.column * 26 + static_cast<std::size_t>(reference[at] - 'A' + 1);
  }
  if (at == 0 || at == reference.size()) return std::nullopt;
  place.row = static_cast<std::size_t>(std::strtoul(std::string(reference.substr(at)).c_str(), nullptr, 10));
  --place.column;
  return place;
}

class SheetRows : public XmlWalk {
 public:
  SheetRows(const Sheet& sheet, const Look& look, std::size_t max_text_bytes, Flow* into)
      : look_(look), max_text_bytes_(max_text_bytes), into_(into), text_(sheet.name, sheet.hidden, into) {}

  // Which cells are one stands behind all rows: it is looked for before they are read.
  void TakeMerges(std::string_view xml) {
    constexpr std::string_view kMerge = "<mergeCell ";
    constexpr std::string_view kRange = "ref=\"";
    std::size_t at = xml.rfind("</sheetData>");
    for (at = xml.find(kMerge, std::min(at, xml.size())); at != std::string_view::npos; at = xml.find(kMerge, at + 1)) {
      const std::string_view element = xml.substr(at, std::min<std::size_t>(xml.find('>', at) - at, 200));
      const std::size_t begin = element.find(kRange);
      if (begin == std::string_view::npos) continue;
      const std::string_view range = element.substr(begin + kRange.size());
      const std::size_t colon = range.find(':');
      if (colon == std::string_view::npos) continue;
      const std::optional<Place> first = PlaceOf(range.substr(0, colon));
      const std::optional<Place> last = PlaceOf(range.substr(colon + 1, range.find('"') - colon - 1));
      if (first && last) text_.Merge(first->column, first->row, last->row);
    }
  }

  void Start(std::string_view name, const Attributes& attributes) override {
    constexpr int kMostRanges = 200;
    if (name == "col" && ++ranges_ <= kMostRanges && (attributes["hidden"] == "1" || attributes["hidden"] == "true")) {
      const std::size_t last =
          std::min<std::size_t>(std::strtoul(attributes["max"].c_str(), nullptr, 10), kMostColumns);
      for (std::size_t i = std::strtoul(attributes["min"].c_str(), nullptr, 10); i >= 1 && i <= last; ++i)
        text_.HideColumn(i - 1);
    } else if (name == "row") {
      const std::string number = attributes["r"];
      row_ = number.empty() ? row_ + 1 : std::strtoul(number.c_str(), nullptr, 10);
      hidden_row_ = attributes["hidden"] == "1" || attributes["hidden"] == "true";
      cells_.clear();
      next_column_ = 0;
    } else if (name == "c") {
      const std::optional<Place> place = PlaceOf(attributes["r"]);
      column_ = place ? place->column : next_column_;
      next_column_ = column_ + 1;
      type_ = attributes["t"];
      style_ = std::strtoul(attributes["s"].c_str(), nullptr, 10);
      value_.clear();
      computed_ = false;
    } else if (name == "f") {
      ++formulas;
      computed_ = true;
    }
    in_value_ = name == "v" || name == "t";
  }

  void End(std::string_view name) override {
    if (name == "v" || name == "t") in_value_ = false;
    if (name == "c") EndCell();
    if (name == "row") EndRow();
  }

  void Text(std::string_view utf8) override {
    if (in_value_) value_ += utf8;
  }
  [[nodiscard]] bool Enough() const override { return into_->text().size() > max_text_bytes_; }

  int formulas = 0;
  int unvalued = 0;   // of those, without a value in the file
  int far_cells = 0;  // beyond the columns that are read

 private:
  void EndCell() {
    // Programs that compute nothing leave it empty; a text may be.
    unvalued += computed_ && value_.empty() && type_ != "str" ? 1 : 0;
    if (value_.empty()) return;
    if (column_ >= kMostColumns) {
      ++far_cells;
      return;
    }
    if (cells_.size() <= column_) cells_.resize(column_ + 1);
    cells_[column_] = Shown();
  }

  std::string Shown() const {
    if (type_ == "s") {
      const std::size_t index = std::strtoul(value_.c_str(), nullptr, 10);
      return index < look_.strings.strings.size() ? look_.strings.strings[index] : std::string();
    }
    if (type_ == "b") return value_ == "1" ? "TRUE" : "FALSE";
    if (!type_.empty() && type_ != "n") return value_;
    char* end = nullptr;
    const double number = std::strtod(value_.c_str(), &end);
    if (end == value_.c_str()) return value_;
    return ShowWithStored(number, look_.styles.CodeOf(style_), look_.from_1904);
  }

  void EndRow() { text_.Row(row_, std::move(cells_), hidden_row_); }

  const Look& look_;
  const std::size_t max_text_bytes_;
  Flow* into_;
  SheetText text_;
  std::vector<std::string> cells_;
  std::string type_;
  std::string value_;
  std::size_t style_ = 0;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::size_t next_column_ = 0;
  int ranges_ = 0;  // of columns
  bool hidden_row_ = false;
  bool computed_ = false;
  bool in_value_ = false;
};

class Comments : public XmlWalk {
 public:
  Comments(std::string sheet, Flow* into) : sheet_(std::move(sheet)), into_(into) {}
  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "author") authors_.emplace_back();
    in_author_ = name == "author";
    in_text_ = name == "t";
    if (name != "comment") return;
    place_ = attributes["ref"];
    author_ = std::strtoul(attributes["authorId"].c_str(), nullptr, 10);
    text_.clear();
  }
  void End(std::string_view name) override {
    in_author_ = in_text_ = false;
    if (name != "comment") return;
    into_->Append(SheetComment(sheet_, place_, author_ < authors_.size() ? authors_[author_] : std::string(), text_),
                  "\n\n");
  }
  void Text(std::string_view utf8) override {
    if (in_author_ && authors_.back().size() < kLongestLabel) authors_.back() += utf8;
    if (in_text_) text_ += utf8;
  }

 private:
  std::string sheet_;
  Flow* into_;
  std::vector<std::string> authors_;
  std::size_t author_ = 0;
  std::string place_;
  std::string text_;
  bool in_author_ = false;
  bool in_text_ = false;
};

class XlsxReader {
 public:
  XlsxReader(Package& package, const std::string& name) : package_(package), name_(name) {}

  Result<Document> Read() {
    if (Result<void> read = ReadBook(); !read) return Fail(std::move(read.error()));
    for (const Sheet& sheet : book_.sheets) {
      if (Result<void> read = ReadSheet(sheet); !read) return Fail(std::move(read.error()));
    }
    if (formulas_ > 0) document_.notes.push_back(FormulasNote(formulas_));
    if (far_cells_ > 0)
      document_.unread.push_back({std::to_string(far_cells_) + " cells", "they are beyond column 2,000", ""});
    document_.media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if (Result<void> taken = TakeText(std::move(text_), name_, package_.limits().text_bytes, &document_); !taken) {
      return Fail(std::move(taken.error()));
    }
    return std::move(document_);
  }

 private:
  Result<void> Walk(const std::string& part, XmlWalk* walk) {
    const Package::Entry* entry = package_.Find(part);
    return entry == nullptr ? Result<void>() : WalkPart(package_, *entry, name_, kWhat, walk);
  }

  Result<void> ReadBook() {
    std::string main = "xl/workbook.xml";
    Result<std::vector<DocxRelation>> roots = ReadRelationsOf(package_, name_, "");
    if (!roots) return Fail(std::move(roots.error()));
    for (const DocxRelation& root : *roots) {
      if (root.type == "officeDocument") main = root.target;
    }
    if (package_.Find(main) == nullptr) return Damaged(name_, kWhat);
    if (Result<void> walked = Walk(main, &book_); !walked) return walked;
    look_.from_1904 = book_.from_1904;
    Result<std::vector<DocxRelation>> relations = ReadRelationsOf(package_, name_, main);
    if (!relations) return Fail(std::move(relations.error()));
    for (const DocxRelation& relation : *relations) {
      parts_[relation.id] = relation.target;
      XmlWalk* walk = nullptr;
      if (relation.type == "sharedStrings") walk = &look_.strings;
      if (relation.type == "styles") walk = &look_.styles;
      if (walk == nullptr) continue;
      if (Result<void> walked = Walk(relation.target, walk); !walked) return walked;
    }
    return {};
  }

  Result<void> ReadSheet(const Sheet& sheet) {
    const std::string part = parts_[sheet.relation];
    const Package::Entry* entry = package_.Find(part);
    if (entry == nullptr) return {};
    SheetRows rows(sheet, look_, package_.limits().text_bytes, &text_);
    Result<std::string> xml = package_.ReadAll(*entry);
    if (!xml) return Fail(std::move(xml.error()));
    rows.TakeMerges(*xml);
    if (Result<void> walked = WalkXml(*xml, name_, kWhat, &rows); !walked) return walked;
    if (rows.unvalued > 0) {
      const std::string cells = rows.unvalued == 1 ? " cell" : " cells";
      document_.unread.push_back(
          {std::to_string(rows.unvalued) + cells + " computed by formulas",
           "the file holds no value of them; a spreadsheet program that opens and saves it adds them",
           "sheet " + sheet.name});
    }
    if (rows.Enough()) return TextTooLong(name_, package_.limits().text_bytes);
    formulas_ += rows.formulas;
    far_cells_ += rows.far_cells;
    Result<std::vector<DocxRelation>> relations = ReadRelationsOf(package_, name_, part);
    if (!relations) return Fail(std::move(relations.error()));
    for (const DocxRelation& relation : *relations) {
      Comments comments(sheet.name, &text_);
      if (relation.type == "comments") {
        if (Result<void> walked = Walk(relation.target, &comments); !walked) return walked;
      } else if (relation.type == "drawing") {
        document_.unread.push_back({"a chart or picture", "what it shows is not looked at", "sheet " + sheet.name});
      } else if (relation.type == "pivotTable") {
        document_.unread.push_back(
            {"a pivot table", "its cells are read as they were last shown", "sheet " + sheet.name});
      } else if (relation.type == "oleObject" || relation.type == "package") {
        document_.unread.push_back({"an embedded object", "its form is the program's own", "sheet " + sheet.name});
      }
    }
    return {};
  }

  Package& package_;
  const std::string& name_;
  Workbook book_;
  Look look_;
  std::map<std::string, std::string> parts_;  // relation → part
  Document document_;
  Flow text_;
  int formulas_ = 0;
  int far_cells_ = 0;
};

}  // namespace

Result<Document> ReadXlsx(Package& package, const std::string& name) {
  return XlsxReader(package, name).Read();
}

}  // namespace counsel::extractor
