// ODT (OpenDocument text).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "extractor/composer.h"
#include "extractor/odt_lists.h"
#include "extractor/odt_styles.h"
#include "extractor/office.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "OpenDocument text";
constexpr int kMostBlanks = 100;  // of one text:s

class StylesPart : public XmlWalk {
 public:
  StylesPart(OdtLists* lists, OdtStyles* styles) : lists_(lists), styles_(styles) {}
  void Start(std::string_view name, const Attributes& attributes) override {
    lists_->Start(name, attributes);
    styles_->Start(name, attributes);
  }
  void End(std::string_view name) override {
    lists_->End(name);
    styles_->End(name);
  }
  void Text(std::string_view /*utf8*/) override {}

 private:
  OdtLists* lists_;
  OdtStyles* styles_;
};

class ContentPart : public XmlWalk {
 public:
  ContentPart(OdtLists* lists, OdtStyles* styles, std::size_t max_text_bytes)
      : lists_(lists),
        styles_(styles),
        max_text_bytes_(max_text_bytes),
        body_(max_text_bytes),
        deleted_(max_text_bytes) {}

  void Start(std::string_view name, const Attributes& attributes) override {
    if (ignored_ > 0 || Ignored(name)) {
      ++ignored_;
      return;
    }
    lists_->Start(name, attributes);
    styles_->Start(name, attributes);
    if (name == "p" || name == "h" || name == "span" || name == "section" || name == "hidden-text")
      OpenLook(name, attributes);
    if (name == "hidden-paragraph" && attributes["is-hidden"] != "false" && !looks_.empty()) HideParagraph();
    if (name == "p" || name == "h") {
      paragraphs_.push_back(name == "h" ? std::clamp(std::atoi(attributes["outline-level"].c_str()), 1, 9) : 0);
    } else if (name == "note-citation" || ((name == "creator" || name == "date") && AboutSomebody())) {
      capture_ = name == "creator" ? &author_ : name == "date" ? &date_ : &mark_;
      capture_->clear();
    } else if (!ChangeStart(name, attributes) && !TableStart(name, attributes) && !ListStart(name, attributes)) {
      InlineStart(name, attributes);
    }
  }

  void End(std::string_view name) override {
    if (ignored_ > 0) {
      --ignored_;
      return;
    }
    lists_->End(name);
    styles_->End(name);
    capture_ = nullptr;
    const bool looks = name == "p" || name == "h" || name == "span" || name == "section" || name == "hidden-text";
    if (looks && !looks_.empty()) looks_.pop_back();
    if (name == "p" || name == "h") EndParagraph();
    if (name == "list" && !open_lists_.empty()) open_lists_.pop_back();
    if (name == "table-cell") Out().EndCell();
    if (name == "table-row") Out().EndRow();
    if (name == "table") Out().EndTable();
    if (name == "table") --tables_;
    if (name == "text-box") Out().EndBox();
    if (name == "note-body" || name == "annotation") {
      if (!std::exchange(annotation_due_, false)) Out().EndAside();
      --asides_;
    }
    if (name == "changed-region") EndRegion();
    if (name == "tracked-changes") in_changes_ = false;
  }

  void Text(std::string_view utf8) override {
    if (ignored_ > 0) return;
    if (capture_ != nullptr) {
      if (capture_->size() < kLongestLabel) *capture_ += utf8;
      return;
    }
    if (paragraphs_.empty()) return;
    BeginAnnotation();
    // White space counts once, and not at a paragraph's beginning.
    std::string collapsed;
    bool space = Out().EndsInSpace();
    for (char c : utf8) {
      const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!blank || !space) collapsed += blank ? ' ' : c;
      space = blank;
    }
    const Look look = looks_.empty() ? Look() : looks_.back();
    if (look.hidden) {
      Out().Hidden(collapsed);
    } else if (look.struck) {
      Out().Struck(collapsed);
    } else if (look.raised) {
      Out().Raised(collapsed);
    } else {
      Out().Text(collapsed);
    }
  }

  [[nodiscard]] bool Enough() const override { return body_.too_long() || deleted_.too_long(); }

  Flow TakeContent() { return body_.Finish(); }

 private:
  struct Region {
    Region() = default;
    bool deletion = false;
    std::string label;
    Flow content;
  };
  // How text is shown within an element: hidden where anything around it is.
  struct Look {
    bool paragraph = false;
    bool hidden = false;
    bool raised = false;
    bool struck = false;
  };
  struct OpenList {
    OpenList() = default;
    std::string style;
    bool number_due = false;  // the next paragraph is the item's first
  };

  static bool Ignored(std::string_view name) {
    return name == "covered-table-cell" || name == "forms" || name == "annotation-end" || name == "sender-initials" ||
           name == "creator-initials" || name == "meta-creator-initials";
  }

  // The date is of a change or comment, not a field in the text.
  [[nodiscard]] bool AboutSomebody() const { return annotation_due_ || (in_changes_ && paragraphs_.empty()); }

  void OpenLook(std::string_view name, const Attributes& attributes) {
    const Look around = looks_.empty() ? Look() : looks_.back();
    Look look;
    look.paragraph = name == "p" || name == "h";
    const std::string style = attributes["style-name"];
    look.hidden =
        around.hidden || (name == "section" ? attributes["display"] == "none" || attributes["is-hidden"] == "true"
                                            : styles_->Hides(style));
    if (name == "hidden-text") look.hidden = look.hidden || attributes["is-hidden"] != "false";
    look.raised = name == "span" && (around.raised || styles_->Raises(style));
    look.struck = around.struck || styles_->Strikes(style);
    look.hidden = look.hidden || (name == "span" && tables_ == 0 && styles_->IsWhite(style));
    looks_.push_back(look);
  }

  void HideParagraph() {
    for (auto look = looks_.rbegin(); look != looks_.rend(); ++look) {
      look->hidden = true;
      if (look->paragraph) break;
    }
  }

  Composer& Out() { return in_changes_ ? deleted_ : body_; }

  bool ChangeStart(std::string_view name, const Attributes& attributes) {
    if (name == "tracked-changes") {
      in_changes_ = true;
    } else if (name == "changed-region") {
      region_id_ = attributes["id"];
      regions_[region_id_] = Region();
      author_.clear();
      date_.clear();
    } else if (name == "deletion" && in_changes_) {
      regions_[region_id_].deletion = true;
    } else if (name == "change-start") {
      const auto region = regions_.find(attributes["change-id"]);
      if (region != regions_.end() && !region->second.deletion) body_.BeginInsertion(region->second.label);
    } else if (name == "change-end") {
      body_.EndInsertion();
    } else if (name == "change") {
      const auto region = regions_.find(attributes["change-id"]);
      if (region == regions_.end() || !region->second.deletion) return true;
      const std::string& label = region->second.label;
      body_.AddAside(SpanKind::kDeletion, label.empty() ? "Deleted text" : "Deleted text, " + label, label,
                     region->second.content);
    } else {
      return false;
    }
    return true;
  }

  void EndRegion() {
    Region& region = regions_[region_id_];
    region.label = ByAndWhen(author_, date_);
    region.content = deleted_.Finish();
    deleted_ = Composer(max_text_bytes_);
  }

  bool TableStart(std::string_view name, const Attributes& attributes) {
    if (name == "table") ++tables_;
    if (name == "table") Out().BeginTable();
    if (name == "table-row") Out().BeginRow();
    if (name == "table-cell") {
      Out().BeginCell();
      if (const int rows = std::atoi(attributes["number-rows-spanned"].c_str()); rows > 1) Out().SpanRows(rows - 1);
      Out().SpanColumns(std::atoi(attributes["number-columns-spanned"].c_str()));
    }
    if (name == "text-box") Out().BeginBox();
    return name == "table" || name == "table-row" || name == "table-cell" || name == "text-box";
  }

  bool ListStart(std::string_view name, const Attributes& attributes) {
    if (name == "list") {
      OpenList list;
      list.style = attributes["style-name"];
      if (list.style.empty() && !open_lists_.empty()) list.style = open_lists_.back().style;
      const bool goes_on = attributes["continue-numbering"] == "true" || !attributes["continue-list"].empty();
      if (open_lists_.empty() && !goes_on) counters_.Forget(list.style);
      open_lists_.push_back(std::move(list));
    } else if (name == "list-item" && !open_lists_.empty()) {
      open_lists_.back().number_due = true;
      const std::string start = attributes["start-value"];
      if (!start.empty()) {
        counters_.Restart(open_lists_.back().style, static_cast<int>(open_lists_.size()) - 1, std::atoi(start.c_str()));
      }
    } else {
      return false;
    }
    return true;
  }

  void InlineStart(std::string_view name, const Attributes& attributes) {
    if (name == "s") {
      const int blanks = std::clamp(std::atoi(attributes["c"].c_str()), 1, kMostBlanks);
      Out().Text(std::string(static_cast<std::size_t>(blanks), ' '));
    } else if (name == "tab") {
      Out().Text("\t");
    } else if (name == "line-break") {
      Out().Text("\n");
    } else if (name == "note") {
      note_title_ = attributes["note-class"] == "endnote" ? "Endnote" : "Footnote";
    } else if (name == "note-body") {
      ++asides_;
      Out().BeginAside(SpanKind::kFootnote, note_title_ + (mark_.empty() ? "" : " " + mark_), mark_);
    } else if (name == "annotation") {
      // Its author and date follow.
      ++asides_;
      annotation_due_ = true;
      author_.clear();
      date_.clear();
    }
  }

  // The annotation begins when its author and date have been read.
  void BeginAnnotation() {
    if (!std::exchange(annotation_due_, false)) return;
    const std::string by = ByAndWhen(author_, date_);
    Out().BeginAside(SpanKind::kComment, by.empty() ? "Comment" : "Comment " + by, by);
  }

  void EndParagraph() {
    if (paragraphs_.empty()) return;
    ParagraphStyle style;
    style.heading = paragraphs_.back();
    paragraphs_.pop_back();
    if (asides_ == 0) Number(&style);
    Out().SetStyle(std::move(style));
    Out().EndParagraph();
  }

  void Number(ParagraphStyle* style) {
    std::string list_style;
    if (!open_lists_.empty()) {
      if (!std::exchange(open_lists_.back().number_due, false)) return;
      list_style = open_lists_.back().style;
      style->depth = static_cast<int>(open_lists_.size());
    } else if (style->heading > 0) {
      list_style = kOutline;
      style->depth = style->heading;
    } else {
      return;
    }
    const List* list = lists_->Find(list_style);
    if (list == nullptr) return;
    const int level = std::min(style->depth, kListLevels) - 1;
    style->label = counters_.Next(list_style, *list, level);
    style->bullet = (*list)[static_cast<std::size_t>(level)].format == "bullet";
    if (style->label.empty()) style->depth = 0;
  }

  OdtLists* lists_;
  OdtStyles* styles_;
  std::size_t max_text_bytes_;
  Composer body_;
  Composer deleted_;             // the text of the changed region being read
  std::vector<int> paragraphs_;  // open ones, a note's inside another: their heading levels
  std::vector<Look> looks_;      // of open elements that have one
  int ignored_ = 0;
  int asides_ = 0;
  int tables_ = 0;  // open ones
  bool in_changes_ = false;
  bool annotation_due_ = false;
  std::string* capture_ = nullptr;
  std::string author_;
  std::string date_;
  std::string mark_;
  std::string note_title_;
  std::map<std::string, Region> regions_;
  std::string region_id_;
  std::vector<OpenList> open_lists_;
  ListCounters counters_;
};

}  // namespace

Result<Document> ReadOdt(Package& package, const std::string& name, std::size_t max_text_bytes) {
  const Package::Entry* content = package.Find("content.xml");
  if (content == nullptr) return Damaged(name, kWhat);
  OdtLists lists;
  OdtStyles look;
  if (const Package::Entry* styles = package.Find("styles.xml"); styles != nullptr) {
    StylesPart part(&lists, &look);
    if (Result<void> walked = WalkPart(package, *styles, name, kWhat, &part); !walked) {
      return Fail(std::move(walked.error()));
    }
  }
  ContentPart text(&lists, &look, max_text_bytes);
  if (Result<void> walked = WalkPart(package, *content, name, kWhat, &text); !walked) {
    return Fail(std::move(walked.error()));
  }
  if (text.Enough()) return TextTooLong(name, max_text_bytes);
  Document document;
  document.media_type = "application/vnd.oasis.opendocument.text";
  if (Result<void> taken = TakeText(text.TakeContent(), name, max_text_bytes, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  return document;
}

}  // namespace counsel::extractor
