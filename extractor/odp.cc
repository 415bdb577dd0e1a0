// ODP (OpenDocument presentations): slide by slide, its words in the order of the file, then its speaker's notes.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "extractor/composer.h"
#include "extractor/office.h"
#include "extractor/slide_text.h"
#include "extractor/xml.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "OpenDocument presentation";

class SlidesPart : public XmlWalk {
 public:
  SlidesPart(std::size_t max_text_bytes, Document* document, Flow* into)
      : max_text_bytes_(max_text_bytes),
        document_(document),
        into_(into),
        slide_(max_text_bytes),
        notes_(max_text_bytes) {}

  void Start(std::string_view name, const Attributes& attributes) override {
    if (name == "style") style_ = attributes["name"];
    if (name == "drawing-page-properties" && attributes["visibility"] == "hidden") hidden_styles_[style_] = true;
    if (name == "page") {
      ++number_;
      hidden_ = hidden_styles_.contains(attributes["style-name"]);
      in_page_ = true;
    }
    if (!in_page_) return;
    if (name == "notes") in_notes_ = true;
    if (name == "frame" || name == "custom-shape") kinds_.push_back(attributes["class"]);
    if (name == "p" || name == "h") ++paragraphs_;
    if (name == "annotation") {
      in_comment_ = true;
      comment_.clear();
      author_.clear();
    }
    in_author_ = in_comment_ && name == "creator";
    in_date_ = in_comment_ && name == "date";
    if (name == "table") Out().BeginTable();
    if (name == "table-row") Out().BeginRow();
    if (name == "table-cell") Out().BeginCell();
    // A picture that stands for a table or an object is no second one.
    if (name == "image" && !in_notes_ && !drawn_) Note("a picture", "what it shows is not looked at");
    if (name == "object" || name == "object-ole" || name == "plugin")
      Note("a chart, diagram or embedded object", "Counsel does not read it");
    drawn_ = drawn_ || name == "object" || name == "object-ole" || name == "plugin" || name == "table";
    Blank(name, attributes);
  }

  void End(std::string_view name) override {
    in_author_ = in_date_ = false;
    if (!in_page_) return;
    if (name == "p" || name == "h") EndParagraph();
    if (name == "table-cell") Out().EndCell();
    if (name == "table-row") Out().EndRow();
    if (name == "table") Out().EndTable();
    if (name == "annotation") EndComment();
    if ((name == "frame" || name == "custom-shape") && !kinds_.empty()) kinds_.pop_back();
    if (name == "frame") drawn_ = false;
    if (name == "notes") in_notes_ = false;
    if (name == "page") EndSlide();
  }

  void Text(std::string_view utf8) override {
    if (in_author_) {
      if (author_.size() < kLongestLabel) author_ += utf8;
    } else if (in_comment_) {
      if (!in_date_) comment_ += utf8;
    } else if (in_page_ && paragraphs_ > 0 && !Furniture()) {
      // White space counts once, and not at a paragraph's beginning.
      std::string collapsed;
      bool space = Out().AtParagraphStart() || Out().EndsInSpace();
      for (char c : utf8) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank || !space) collapsed += blank ? ' ' : c;
        space = blank;
      }
      Out().Text(collapsed);
    }
  }

  [[nodiscard]] bool Enough() const override {
    return slide_.too_long() || notes_.too_long() || comment_.size() > max_text_bytes_ ||
           into_->text().size() > max_text_bytes_;
  }

 private:
  Composer& Out() { return in_notes_ ? notes_ : slide_; }
  [[nodiscard]] std::string Kind() const { return kinds_.empty() ? std::string() : kinds_.back(); }
  [[nodiscard]] bool Furniture() const {
    const std::string kind = Kind();
    return kind == "page-number" || kind == "date-time" || kind == "header" || kind == "footer";
  }
  void Note(const char* what, const char* why) {
    document_->unread.push_back({what, why, "slide " + std::to_string(number_)});
  }

  void Blank(std::string_view name, const Attributes& attributes) {
    if (paragraphs_ == 0 || in_comment_ || Furniture()) return;
    constexpr int kMostBlanks = 100;
    if (name == "s") {
      const int blanks = std::clamp(std::atoi(attributes["c"].c_str()), 1, kMostBlanks);
      Out().Text(std::string(static_cast<std::size_t>(blanks), ' '));
    }
    if (name == "tab") Out().Text("\t");
    if (name == "line-break") Out().Text("\n");
  }

  void EndParagraph() {
    paragraphs_ = std::max(paragraphs_ - 1, 0);
    if (in_comment_) {
      comment_ += ' ';
      return;
    }
    ParagraphStyle style;
    style.heading = !in_notes_ && Kind() == "title" ? 2 : 0;
    Out().SetStyle(std::move(style));
    Out().EndParagraph();
  }

  void EndComment() {
    in_comment_ = false;
    if (!HasText(comment_)) return;
    const std::string by = ByAndWhen(author_, "");
    Flow content;
    content.Write(comment_);
    content.TrimEnd();
    content.JoinLines();
    slide_.AddAside(SpanKind::kComment, by.empty() ? "Comment" : "Comment " + by, by, content);
  }

  void EndSlide() {
    AddSlide(number_, slide_.Finish(), hidden_, into_);
    AddSpeakersNotes(number_, notes_.Finish(), into_);
    slide_ = Composer(max_text_bytes_);
    notes_ = Composer(max_text_bytes_);
    kinds_.clear();
    paragraphs_ = 0;
    in_page_ = in_notes_ = in_comment_ = drawn_ = false;
  }

  const std::size_t max_text_bytes_;
  Document* document_;
  Flow* into_;
  Composer slide_;
  Composer notes_;
  std::map<std::string, bool> hidden_styles_;
  std::string style_;
  std::vector<std::string> kinds_;  // of open frames: "title", "outline", "page-number"
  std::string comment_;
  std::string author_;
  std::size_t number_ = 0;
  int paragraphs_ = 0;  // open ones
  bool hidden_ = false;
  bool in_page_ = false;
  bool in_notes_ = false;
  bool in_comment_ = false;
  bool in_author_ = false;
  bool in_date_ = false;
  bool drawn_ = false;
};

}  // namespace

Result<Document> ReadOdp(Package& package, const std::string& name) {
  const Package::Entry* content = package.Find("content.xml");
  if (content == nullptr) return Damaged(name, kWhat);
  const std::size_t most = package.limits().text_bytes;
  Document document;
  document.media_type = "application/vnd.oasis.opendocument.presentation";
  Flow text;
  SlidesPart slides(most, &document, &text);
  if (Result<void> walked = WalkPart(package, *content, name, kWhat, &slides); !walked) {
    return Fail(std::move(walked.error()));
  }
  if (slides.Enough()) return TextTooLong(name, most);
  if (Result<void> taken = TakeText(std::move(text), name, most, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  return document;
}

}  // namespace counsel::extractor
