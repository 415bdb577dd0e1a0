// DOCX (WordprocessingML), as Word shows it: numbers of clauses worked out, footnotes and comments after the paragraph
// they belong to, tracked changes told apart.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "extractor/composer.h"
#include "extractor/docx_fields.h"
#include "extractor/docx_look.h"
#include "extractor/docx_parts.h"
#include "extractor/docx_things.h"
#include "extractor/office.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "Word document";

// A footnote, endnote or comment, read before the text that refers to it.
struct Note {
  Note() = default;
  std::string author;
  std::string date;
  Flow content;
};

struct Notes {
  Notes() = default;
  std::map<std::string, Note> footnotes;
  std::map<std::string, Note> endnotes;
  std::map<std::string, Note> comments;
};

class TextPart : public XmlWalk {
 public:
  // Of the main text, `notes` are what it refers to. Of the parts that hold notes, they are filled: `into`.
  TextPart(const DocxParts& parts, const Notes* notes, std::map<std::string, Note>* into, std::size_t max_text_bytes,
           const DocxThings* things = nullptr)
      : parts_(parts),
        notes_(notes),
        things_(things),
        into_(into),
        max_text_bytes_(max_text_bytes),
        composer_(max_text_bytes) {}

  void Start(std::string_view name, const Attributes& attributes) override {
    if (ignored_ > 0 || Ignored(name)) {
      ++ignored_;
      return;
    }
    if (math_.Start(name, attributes)) return;
    if (name == "p") {
      paragraphs_.emplace_back();
    } else if (name == "pPr") {
      in_properties_ = true;
    } else if (in_properties_) {
      if (!paragraphs_.empty()) paragraphs_.back().Take(name, attributes);
    } else if (name == "r") {
      runs_.emplace_back();
    } else if (name == "rPr") {
      in_run_properties_ = true;
    } else if (in_run_properties_) {
      if (!runs_.empty()) runs_.back().Take(name, attributes);
    } else if (name == "ffData" || in_form_data_) {
      in_form_data_ = true;
      fields_.FormData(name, attributes);
    } else if (name == "t" || name == "delText" || name == "instrText") {
      in_text_ = name != "instrText";
      in_code_ = name == "instrText";
    } else if (name == "sdt") {
      controls_.push_back(false);
    } else if (name == "showingPlcHdr" && !controls_.empty()) {
      controls_.back() = true;
    } else if (!Change(name, attributes) && !Table(name) && !Inline(name, attributes)) {
      NoteStart(name, attributes);
    }
  }

  void End(std::string_view name) override {
    if (ignored_ > 0) {
      --ignored_;
      return;
    }
    if (const std::optional<std::string> formula = math_.End(name)) Show(*formula);
    if (name == "p") EndParagraph();
    if (name == "pPr") in_properties_ = false;
    if (name == "rPr") in_run_properties_ = false;
    if (name == "r" && !runs_.empty()) runs_.pop_back();
    if (name == "ffData") in_form_data_ = false;
    if (name == "t" || name == "delText" || name == "instrText") in_text_ = in_code_ = false;
    if (name == "sdt" && !controls_.empty()) controls_.pop_back();
    if (name == "ins" || name == "moveTo") composer_.EndInsertion();
    if (name == "del" || name == "moveFrom") composer_.EndDeletion();
    if (name == "tc") composer_.EndCell();
    if (name == "tr") composer_.EndRow();
    if (name == "tbl") composer_.EndTable();
    if (name == "txbxContent") composer_.EndBox();
    if (name == "tbl") --tables_;
    if (name == "txbxContent") --boxes_;
    const bool note = name == "footnote" || name == "endnote" || name == "comment";
    if (note && into_ != nullptr) (*into_)[id_].content = TakeContent();
  }

  void Text(std::string_view utf8) override {
    if (ignored_ > 0) return;
    if (in_code_) fields_.Instruction(utf8);
    if (in_text_) Show(utf8);
  }

  // Symbols of fonts that are not known.
  [[nodiscard]] int unknown_symbols() const { return unknown_symbols_; }
  [[nodiscard]] int unknown_fields() const { return fields_.unknown(); }
  [[nodiscard]] bool Enough() const override { return composer_.too_long(); }
  [[nodiscard]] bool too_long() const { return composer_.too_long(); }

  Flow TakeContent() {
    Flow content = composer_.Finish();
    composer_ = Composer(max_text_bytes_);
    return content;
  }

 private:
  // What Word does not show: what an older program would show instead, and formatting before a change.
  static bool Ignored(std::string_view name) {
    return name == "Fallback" || name == "pPrChange" || name == "rPrChange" || name == "sectPr" || name == "tblPr" ||
           name == "tblGrid" || name == "delInstrText";
  }

  // Text as its run says that it is shown.
  void Show(std::string_view utf8) {
    if (!fields_.Shown()) return;
    if (math_.inside()) return math_.Text(utf8);
    const DocxRun run = runs_.empty() ? DocxRun() : runs_.back();
    const std::string paragraph_style = paragraphs_.empty() ? std::string() : paragraphs_.back().style;
    // White on white; a table, a box or the page may have another ground that is not known here.
    const bool on_white = !run.shaded && !on_color_ && tables_ == 0 && boxes_ == 0;
    const bool unseen = run.tiny || (run.white && on_white && (paragraphs_.empty() || !paragraphs_.back().shaded));
    const bool hidden = unseen || run.hidden.value_or(parts_.Hides(run.style) || parts_.Hides(paragraph_style));
    const std::string text = WithSymbols(utf8, run.font, &unknown_symbols_);
    if (hidden) {
      composer_.Hidden(text);
      return;
    }
    if (!paragraphs_.empty()) paragraphs_.back().shows = true;
    if (!controls_.empty() && controls_.back()) {
      composer_.Text("[" + text + "]");  // what is to be filled in, and is not
    } else if (run.struck.value_or(parts_.Strikes(run.style) || parts_.Strikes(paragraph_style))) {
      composer_.Struck(text);
    } else if (run.raised.value_or(parts_.Raises(run.style))) {
      composer_.Raised(text);
    } else if (run.lowered) {
      composer_.Lowered(text);
    } else {
      composer_.Text(text);
    }
  }

  bool Change(std::string_view name, const Attributes& attributes) {
    if (name == "ins" || name == "moveTo") {
      composer_.BeginInsertion(ByAndWhen(attributes["author"], attributes["date"]));
    } else if (name == "del" || name == "moveFrom") {
      composer_.BeginDeletion(ByAndWhen(attributes["author"], attributes["date"]));
    } else {
      return false;
    }
    return true;
  }

  bool Table(std::string_view name) {
    if (name == "tbl") composer_.BeginTable();
    if (name == "tr") composer_.BeginRow();
    if (name == "tc") composer_.BeginCell();
    if (name == "txbxContent") composer_.BeginBox();
    if (name == "tbl") ++tables_;
    if (name == "txbxContent") ++boxes_;
    return name == "tbl" || name == "tr" || name == "tc" || name == "txbxContent";
  }

  bool Inline(std::string_view name, const Attributes& attributes) {
    if (name == "tab") {
      composer_.Text("\t");
    } else if (name == "br" || name == "cr") {
      composer_.Text("\n");
    } else if (name == "noBreakHyphen") {
      Show("-");
    } else if (name == "sym") {
      const std::string code = attributes["char"];
      const unsigned long number = std::strtoul(code.c_str(), nullptr, 16) & 0xFFFFU;
      std::string character;  // small numbers are the font's own
      AppendUtf8(static_cast<char32_t>(number < 0x100 ? 0xF000 | number : number), &character);
      Show(WithSymbols(character, attributes["font"], &unknown_symbols_));
    } else if (name == "fldChar") {
      const std::string shown = fields_.Mark(attributes["fldCharType"]);
      if (!shown.empty()) Show(shown);
    } else if (name == "altChunk" || name == "relIds" || name == "chart") {
      Thing(name == "relIds" ? attributes["dm"] : attributes["id"]);
    } else if (name == "gridBefore") {
      for (int i = std::clamp(std::atoi(attributes["val"].c_str()), 0, 100); i > 0; --i) EmptyCell();
    } else if (name == "gridSpan") {
      composer_.SpanColumns(std::atoi(attributes["val"].c_str()));
    } else if (name == "background") {
      on_color_ = true;
    } else if (name == "vMerge") {
      if (attributes["val"] != "restart") composer_.ContinueCell();
    } else if (name == "footnoteReference") {
      Refer("Footnote", &footnotes_, notes_ == nullptr ? nullptr : &notes_->footnotes, attributes["id"]);
    } else if (name == "endnoteReference") {
      Refer("Endnote", &endnotes_, notes_ == nullptr ? nullptr : &notes_->endnotes, attributes["id"]);
    } else if (name == "commentReference") {
      ReferToComment(attributes["id"]);
    } else {
      return false;
    }
    return true;
  }

  void EmptyCell() {
    composer_.BeginCell();
    composer_.EndCell();
  }

  // What is kept in a part of its own and stands here.
  void Thing(const std::string& id) {
    if (things_ == nullptr) return;
    const auto found = things_->texts.find(id);
    if (found != things_->texts.end()) composer_.AddParagraphs(found->second);
    if (paragraphs_.empty()) composer_.EndParagraph();
  }

  void NoteStart(std::string_view name, const Attributes& attributes) {
    if (into_ == nullptr || (name != "footnote" && name != "endnote" && name != "comment")) return;
    id_ = attributes["id"];
    Note& note = (*into_)[id_];
    note.author = attributes["author"];
    note.date = attributes["date"];
  }

  void Refer(const std::string& title, int* count, const std::map<std::string, Note>* notes, const std::string& id) {
    if (notes == nullptr) return;
    const auto found = notes->find(id);
    if (found == notes->end()) return;
    const std::string number = std::to_string(++*count);
    composer_.AddAside(SpanKind::kFootnote, title + " " + number, number, found->second.content);
  }

  void ReferToComment(const std::string& id) {
    if (notes_ == nullptr) return;
    const auto found = notes_->comments.find(id);
    if (found == notes_->comments.end()) return;
    const std::string by = ByAndWhen(found->second.author, found->second.date);
    composer_.AddAside(SpanKind::kComment, by.empty() ? "Comment" : "Comment " + by, by, found->second.content);
  }

  void EndParagraph() {
    if (paragraphs_.empty()) return;
    const DocxParagraph paragraph = std::move(paragraphs_.back());
    paragraphs_.pop_back();
    if (paragraph.mark_deleted) return;
    ParagraphStyle style;
    style.heading = paragraph.outline > 0 ? paragraph.outline : parts_.HeadingOf(paragraph.style);
    std::pair<std::string, int> numbered = parts_.ListOf(paragraph.style);
    if (!paragraph.list.empty()) numbered.first = paragraph.list == "0" ? "" : paragraph.list;
    if (paragraph.level) numbered.second = *paragraph.level;
    // An empty paragraph shows a number too, and counts.
    const bool unseen = paragraph.mark_hidden && !paragraph.shows;
    if (!numbered.first.empty() && !unseen) Number(numbered.first, numbered.second, &style);
    composer_.SetStyle(std::move(style));
    composer_.EndParagraph();
  }

  void Number(const std::string& id, int level, ParagraphStyle* style) {
    const auto list = parts_.lists.find(id);
    if (list == parts_.lists.end()) return;
    level = std::clamp(level, 0, kListLevels - 1);
    if (restarted_.insert(id).second) {
      for (const auto& [at, start] : list->second.restarts) counters_.Restart(list->second.key, at, start);
    }
    style->label = counters_.Next(list->second.key, list->second.levels, level);
    style->depth = level + 1;
    style->bullet = list->second.levels[static_cast<std::size_t>(level)].format == "bullet";
  }

  const DocxParts& parts_;
  const Notes* notes_;
  const DocxThings* things_;
  std::map<std::string, Note>* into_;
  const std::size_t max_text_bytes_;
  Composer composer_;
  std::vector<DocxParagraph> paragraphs_;  // a text box's paragraphs stand inside another
  bool in_properties_ = false;
  std::vector<DocxRun> runs_;   // likewise
  std::vector<bool> controls_;  // open content controls: what they show is only a prompt
  DocxFields fields_;
  DocxMath math_;
  int tables_ = 0;  // open ones
  int boxes_ = 0;
  bool on_color_ = false;  // the page has a ground of its own
  bool in_run_properties_ = false;
  bool in_form_data_ = false;
  bool in_text_ = false;
  bool in_code_ = false;
  int unknown_symbols_ = 0;
  int ignored_ = 0;
  std::string id_;  // of the note being read
  int footnotes_ = 0;
  int endnotes_ = 0;
  ListCounters counters_;
  std::set<std::string> restarted_;
};

Result<Notes> ReadNotes(Package& package, const DocxParts& parts, const std::string& name, std::size_t max_text_bytes) {
  Notes notes;
  for (const DocxRelation& relation : parts.relations) {
    std::map<std::string, Note>* into = nullptr;
    if (relation.type == "footnotes") into = &notes.footnotes;
    if (relation.type == "endnotes") into = &notes.endnotes;
    if (relation.type == "comments") into = &notes.comments;
    const Package::Entry* entry = into == nullptr ? nullptr : package.Find(relation.target);
    if (entry == nullptr) continue;
    TextPart part(parts, nullptr, into, max_text_bytes);
    if (Result<void> walked = WalkPart(package, *entry, name, kWhat, &part); !walked) {
      return Fail(std::move(walked.error()));
    }
    if (part.too_long()) return TextTooLong(name, max_text_bytes);
  }
  return notes;
}

// What stands at the top and bottom of pages, once, after the text.
Result<void> AddHeadersAndFooters(Package& package, const DocxParts& parts, const std::string& name,
                                  std::size_t max_text_bytes, Flow* text) {
  std::set<std::string> seen;
  for (const DocxRelation& relation : parts.relations) {
    const bool header = relation.type == "header";
    const Package::Entry* entry = header || relation.type == "footer" ? package.Find(relation.target) : nullptr;
    if (entry == nullptr) continue;
    TextPart part(parts, nullptr, nullptr, max_text_bytes);
    if (Result<void> walked = WalkPart(package, *entry, name, kWhat, &part); !walked) return walked;
    Flow content = part.TakeContent();
    content.JoinLines();
    // A page number alone says nothing.
    if (CountCodePoints(content.text()) < 4 || !seen.insert(content.text()).second) continue;
    text->Append(BracketedAside(SpanKind::kPageHeader, header ? "Page header" : "Page footer", "", content), "\n\n");
  }
  return {};
}

}  // namespace

Result<Document> ReadDocx(Package& package, const std::string& name, std::size_t max_text_bytes, bool with_things) {
  Result<DocxParts> parts = ReadDocxParts(package, name);
  if (!parts) return Fail(std::move(parts.error()));
  const Package::Entry* main = package.Find(parts->main);
  if (main == nullptr) return Damaged(name, kWhat);
  Result<Notes> notes = ReadNotes(package, *parts, name, max_text_bytes);
  if (!notes) return Fail(std::move(notes.error()));
  Result<DocxThings> things = with_things ? ReadDocxThings(package, *parts, name) : Result<DocxThings>(DocxThings());
  if (!things) return Fail(std::move(things.error()));
  TextPart text(*parts, &*notes, nullptr, max_text_bytes, &*things);
  if (Result<void> walked = WalkPart(package, *main, name, kWhat, &text); !walked)
    return Fail(std::move(walked.error()));
  if (text.too_long()) return TextTooLong(name, max_text_bytes);
  Document document;
  document.media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  Flow content = text.TakeContent();
  Result<void> added = AddHeadersAndFooters(package, *parts, name, max_text_bytes, &content);
  if (!added) return Fail(std::move(added.error()));
  if (Result<void> taken = TakeText(std::move(content), name, max_text_bytes, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  document.embedded = std::move(things->files);
  document.unread = std::move(things->unread);
  if (text.unknown_fields() > 0) document.unread.push_back({"a formula (a field)", "Word keeps no text of it", ""});
  if (text.unknown_symbols() > 0) document.unread.push_back({"a symbol", "what its font shows is not known", ""});
  return document;
}

}  // namespace counsel::extractor
