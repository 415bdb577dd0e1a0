// PDF by poppler: page by page, in reading order.
#include "extractor/pdf.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/format.h"
#include "base/utf8.h"
#include "extractor/composer.h"
#include "extractor/document.h"
#include "extractor/page_title.h"
#include "extractor/typography.h"
#include "extractor/xml.h"

namespace counsel::extractor {
namespace {

// Of the page, how much its words cover.
double ShareOfWords(const PageLayout& page) {
  double covered = 0;
  for (const LayoutLine& line : page.lines) {
    for (const LayoutWord& word : line.words) {
      covered += (word.box.right - word.box.left) * (word.box.bottom - word.box.top);
    }
  }
  const double all = page.width * page.height;
  return all > 0 ? covered / all : 0;
}

// The values of a form's data, "name: value", each once.
class FormValues : public XmlWalk {
 public:
  void Start(std::string_view name, const Attributes& /*attributes*/) override {
    names_.emplace_back(name);
    value_.clear();
  }
  void End(std::string_view /*name*/) override {
    if (HasText(value_) && !names_.empty() && size_ < kMost) {
      values.push_back(names_.back() + ": " + value_);
      size_ += values.back().size();
    }
    value_.clear();
    if (!names_.empty()) names_.pop_back();
  }
  void Text(std::string_view utf8) override {
    if (value_.size() < kMost) value_ += utf8;
  }
  [[nodiscard]] bool Enough() const override { return size_ >= kMost; }

  std::vector<std::string> values;

 private:
  static constexpr std::size_t kMost = std::size_t{256} << 10;
  std::vector<std::string> names_;
  std::string value_;
  std::size_t size_ = 0;
};

class PdfReader {
 public:
  PdfReader(PdfFile& file, const std::string& name, const Limits& limits)
      : file_(file), pages_(file), name_(name), limits_(limits) {}

  Result<Document> Read() {
    document_.media_type = "application/pdf";
    for (PdfBookmark& bookmark : file_.Bookmarks()) {
      const int page = bookmark.page;
      bookmarks_[page].push_back(std::move(bookmark));
    }
    for (int page = 1; page <= file_.pages(); ++page) {
      Page(page);
      if (text_.text().size() > limits_.text_bytes) return TextTooLong(name_, limits_.text_bytes);
    }
    AddForm();
    document_.tail = text_.size();
    FlushAsides();
    Result<std::vector<Embedded>> files = file_.Files(name_, limits_);
    if (!files) return Fail(std::move(files.error()));
    document_.embedded = std::move(*files);
    if (text_.empty() && document_.needs_ocr.empty()) return Damaged(name_, "PDF");
    if (!damaged_.empty()) document_.notes.push_back(FormatPages(damaged_, "is damaged", "are damaged"));
    AddNotes();
    TakeStructure(std::move(text_), &document_);
    return std::move(document_);
  }

 private:
  void Page(int number) {
    ComposedPage page = pages_.Compose(number);
    const PageLayout& layout = pages_.Layout(number);
    const bool damaged = pages_.Damaged(number);
    const std::string& text = page.placed.text;
    if (damaged) damaged_.push_back(number);
    const bool reads = HasText(text);
    const bool ocr = !damaged && NeedsOcr(number, text, layout);
    if (ocr) document_.needs_ocr.push_back(number);
    const std::vector<TitleOnPage> titles = TitlesOf(number, text);
    if (reads) BeginPage(text);
    document_.pages.emplace_back(number, text_.size());
    constexpr std::size_t kMostLabels = 20'000;
    if (std::string label = document_.page_labels.size() < kMostLabels ? file_.Label(number) : std::string();
        !label.empty())
      document_.page_labels.emplace_back(number, std::move(label));
    KeepFurniture(page);
    KeepMarks(number, layout);
    if (!reads) return;
    const std::int64_t start = text_.size();
    text_.WriteClean(text);
    after_aside_ = false;
    for (const NumberedLine& line : page.numbered) {
      text_.Mark(SpanKind::kLine, 0, start + line.start, start + line.end, std::to_string(line.number));
    }
    for (const TitleOnPage& title : titles) {
      text_.Mark(SpanKind::kHeading, title.level, start + title.start, start + title.end);
    }
    for (const PagePart& row : page.rows) text_.Mark(SpanKind::kTableRow, 1, start + row.start, start + row.end);
    for (const PagePart& note : page.notes) {
      text_.Mark(SpanKind::kFootnote, 0, start + note.start, start + note.end, note.label);
    }
    after_aside_ = !page.notes.empty();
    if (!ocr && (after_aside_ || EndsSentence(text))) FlushAsides();
    KeepNotes(page);
  }

  struct TitleOnPage {
    int level = 1;
    std::int64_t start = 0;  // code points of the page's text
    std::int64_t end = 0;
  };

  // The outline's titles: where the page says them, that line is a heading; what it does not say ("Tab 4: Witness
  // statement of …" of a bundle) stands before it as one, where no sentence goes on over the page. Before the first
  // page nothing may stand: OCR puts its pages' texts together from there.
  std::vector<TitleOnPage> TitlesOf(int number, std::string_view page) {
    std::vector<TitleOnPage> titles;
    const auto found = bookmarks_.find(number);
    if (found == bookmarks_.end()) return titles;
    constexpr std::size_t kMostOfPage = 50;
    constexpr std::int64_t kHead = 400;  // code points: the court and the parties stand above a statement's title
    const bool goes_on = !after_aside_ && SentenceGoesOn(text_.text(), page);
    bool begins = false;  // a part of the document, whatever the page before ends with: a date, a name
    std::vector<const PdfBookmark*> unsaid;
    for (std::size_t i = 0; i < std::min(found->second.size(), kMostOfPage); ++i) {
      const PdfBookmark& bookmark = found->second[i];
      if (const std::optional<TextRange> line = FindTitle(page, bookmark.title)) {
        TitleOnPage title;
        title.level = bookmark.level;
        title.start = line->start;
        title.end = line->end;
        titles.push_back(title);
        begins = begins || line->start == 0 || (bookmark.at_top && !goes_on && line->start < kHead);
      } else {
        unsaid.push_back(&bookmark);
        begins = begins || !goes_on || (bookmark.at_top && bookmark.level == 1);
      }
    }
    if (document_.pages.empty() || text_.empty()) return titles;
    if (begins) EndPart(number - 1);
    if (!after_aside_ && !EndsSentence(text_.text())) return titles;
    for (const PdfBookmark* bookmark : unsaid) {
      Flow heading;
      heading.Write(bookmark->title);
      heading.Mark(SpanKind::kHeading, bookmark->level, 0, heading.size(), "bookmark");
      text_.Append(std::move(heading), "\n\n");
      after_aside_ = true;
    }
    return titles;
  }

  // What follows is no part of the sentence before. OCR puts its own text where that of `last_page` stands.
  void EndPart(int last_page) {
    if (document_.needs_ocr.empty() || document_.needs_ocr.back() != last_page) FlushAsides();
    after_aside_ = true;
  }

  // A sentence goes on over the page, and so may a word.
  void BeginPage(std::string_view page) {
    if (text_.empty()) return;
    if (after_aside_ || EndsSentence(text_.text())) {
      text_.Write("\n\n");
      return;
    }
    const std::string& text = text_.text();
    const std::string_view line = std::string_view(text).substr(text.rfind('\n') + 1);  // all where there is none
    LineEnd end = LineEnd::kBreak;
    if (EndsInHyphen(line)) {
      constexpr std::size_t kMuch = std::size_t{20} << 10;
      WordSet words;
      // As one text: halves at a line's end are no words.
      const std::string_view before = std::string_view(text).substr(text.size() - std::min(text.size(), kMuch));
      AddWords(std::string(before) + "\n" + std::string(page.substr(0, kMuch)), &words);
      end = LineEndOf(line, page.substr(0, page.find_first_of(" \n")), words);
    }
    if (end == LineEnd::kDropHyphen) text_.DropLast();
    if (end == LineEnd::kBreak) text_.Write("\n");
  }

  // What the page shows is not in its text, or hardly: a scan with a stamp, letters without a meaning.
  bool NeedsOcr(int number, std::string_view text, const PageLayout& layout) {
    constexpr double kStamp = 0.1;  // of the page: less is no page of writing
    if (CountLetters(text) < kFewLetters || IsJunk(text)) return true;
    return ShareOfWords(layout) < kStamp && file_.HasScan(number);
  }

  // Notes that stand under a sentence which goes on over the page: behind its end.
  void KeepNotes(const ComposedPage& page) {
    for (const auto& [mark, text] : page.later_notes) {
      Flow content;
      content.Write(text);
      content.JoinLines();
      asides_.push_back(BracketedAside(SpanKind::kFootnote, "Footnote " + mark, mark, content));
    }
  }

  // Each once: a page's number tells nothing more on the next.
  void KeepFurniture(const ComposedPage& page) {
    const auto keep = [this](const std::vector<std::string>& lines, const char* title) {
      for (const std::string& line : lines) {
        std::string key;
        for (char c : line) key += c >= '0' && c <= '9' ? '#' : c;
        if (CountCodePoints(line) < 4 || furniture_.size() >= kMostFurniture || !furniture_.insert(key).second)
          continue;
        Flow content;
        content.Write(line);
        asides_.push_back(BracketedAside(SpanKind::kPageHeader, title, "", content));
      }
    };
    keep(page.headers, "Page header");
    keep(page.footers, "Page footer");
  }

  void KeepMarks(int number, const PageLayout& layout) {
    for (const PdfMark& mark : file_.Marks(number, layout)) {
      if (mark.kind == PdfMark::Kind::kRedaction) {
        if (redacted_.empty() || redacted_.back() != number) redacted_.push_back(number);
        redacted_words_ = redacted_words_ || !mark.over.empty();
      } else if (mark.kind == PdfMark::Kind::kOther) {
        document_.unread.push_back(
            {mark.subtype + " annotation", "Counsel reads no sound, film or model", "page " + std::to_string(number)});
      } else if (!mark.text.empty() || (mark.kind == PdfMark::Kind::kStruckOut && !mark.over.empty())) {
        AddMark(number, mark);
      }
    }
  }

  void AddMark(int number, const PdfMark& mark) {
    const bool struck = mark.kind == PdfMark::Kind::kStruckOut;
    const std::string by = ByAndWhen(mark.author, mark.date);
    const std::string where = "on page " + std::to_string(number);
    std::string title = struck ? "Struck out" : "Comment";
    if (!by.empty()) title += " " + by + ",";
    title += " " + where;
    if (!struck && !mark.over.empty()) title += ", on \"" + mark.over.substr(0, 200) + "\"";
    Flow content;
    content.Write(struck ? mark.over : mark.text);
    if (struck && !mark.text.empty()) content.Write(content.empty() ? mark.text : " (comment: " + mark.text + ")");
    content.JoinLines();
    const std::string label = by.empty() ? where : by;
    asides_.push_back(
        BracketedAside(struck ? SpanKind::kDeletion : SpanKind::kComment, RepairUtf8(title), label, content));
  }

  void AddForm() {
    const std::string data = file_.FormData(std::size_t{4} << 20);
    if (data.empty()) return;
    FormValues values;
    const Result<void> walked = HasText(data) ? WalkXml(data, name_, "form", &values) : Result<void>();
    if (!walked || values.values.empty()) {
      document_.unread.push_back({"a form (XFA)", "its data are in a form that Counsel does not read", ""});
      return;
    }
    for (const std::string& value : values.values) {
      Flow content;
      content.Write(value);
      content.JoinLines();
      Flow line;
      line.Write("[Form field ");
      line.Append(std::move(content), "");
      line.Write("]");
      asides_.push_back(std::move(line));
    }
    document_.notes.emplace_back("It is a form (XFA): its values were read, its layout was not.");
  }

  void AddNotes() {
    if (!redacted_.empty()) {
      const std::string what = std::string(" marks of redaction that were never applied: ") +
                               (redacted_words_ ? "the words beneath are still in the file, and anybody can read them"
                                                : "what is beneath may still be in the file");
      document_.notes.push_back("Caution: " + FormatPages(redacted_, "has" + what, "have" + what));
    }
    for (const std::string& layer : file_.HiddenLayers()) {
      document_.unread.push_back({"the layer \"" + layer + "\"", "it is switched off, as the document is shown", ""});
    }
  }

  void FlushAsides() {
    for (Flow& aside : asides_) {
      text_.Append(std::move(aside), "\n\n");
      after_aside_ = true;
    }
    asides_.clear();
  }

  static constexpr std::size_t kMostFurniture = 200;
  PdfFile& file_;
  PdfPages pages_;
  const std::string& name_;
  const Limits& limits_;
  Document document_;
  Flow text_;
  bool after_aside_ = false;
  std::vector<Flow> asides_;  // to be written where a page ends with a sentence
  std::set<std::string> furniture_;
  std::map<int, std::vector<PdfBookmark>> bookmarks_;  // by page
  std::vector<int> damaged_;
  std::vector<int> redacted_;
  bool redacted_words_ = false;
};

}  // namespace

PdfPages::Kept& PdfPages::Get(int page) {
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [page](const Kept& one) { return one.layout.number == page; });
  if (found != kept_.end()) return *found;
  if (kept_.size() > 2 * kPagesAround) kept_.erase(kept_.begin());
  kept_.emplace_back();
  kept_.back().damaged = !file_.Layout(page, &kept_.back().layout);
  return kept_.back();
}

const PageLayout& PdfPages::Layout(int page) {
  return Get(page).layout;
}

bool PdfPages::Damaged(int page) {
  return Get(page).damaged;
}

ComposedPage PdfPages::Compose(int page) {
  for (int i = std::max(1, page - kPagesAround); i <= std::min(file_.pages(), page + kPagesAround); ++i) (void)Get(i);
  std::vector<const PageLayout*> around;
  for (const Kept& one : kept_) {
    if (std::abs(one.layout.number - page) <= kPagesAround) around.push_back(&one.layout);
  }
  return ComposePage(Get(page).layout, around);
}

std::size_t CountLetters(std::string_view text) {
  std::size_t letters = 0;
  for (std::size_t at = 0; at < text.size();) letters += NextCodePoint(text, &at) > U' ' ? 1U : 0U;
  return letters;
}

bool IsJunk(std::string_view text) {
  constexpr std::size_t kOneIn = 5;
  std::size_t letters = 0;
  std::size_t strange = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    letters += c > U' ' ? 1U : 0U;
    // For private use: what the font shows there, nobody knows.
    const bool private_use = (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
    strange += private_use || c == 0xFFFD ? 1U : 0U;
  }
  return strange * kOneIn > letters;
}

Result<Document> ReadPdf(std::string_view bytes, const std::string& name, const Limits& limits) {
  Result<std::unique_ptr<PdfFile>> file = PdfFile::Open(bytes, name);
  if (!file) return Fail(std::move(file.error()));
  if ((*file)->pages() > limits.pages) return TooManyPages(name, limits);
  return PdfReader(**file, name, limits).Read();
}

}  // namespace counsel::extractor
