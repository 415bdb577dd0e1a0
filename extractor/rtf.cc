// RTF: text, headings, list numbers (as the writing program put them down), tables, footnotes, comments, tracked
// changes.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "extractor/composer.h"
#include "extractor/document.h"
#include "extractor/docx_fields.h"
#include "extractor/rtf_tokens.h"
#include "extractor/rtf_words.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kMostGroups = 1'000;  // open at a time

class RtfReader {
 public:
  explicit RtfReader(std::size_t max_text_bytes) : composer_(max_text_bytes), groups_(1) {}

  // false: more groups are open than any document has.
  bool Read(std::string_view bytes) {
    RtfTokens tokens(bytes);
    for (RtfToken token = tokens.Next(); token.kind != RtfToken::Kind::kEnd; token = tokens.Next()) {
      if (composer_.too_long()) return true;
      if (token.kind == RtfToken::Kind::kOpen) {
        Flush();
        if (groups_.size() >= kMostGroups) return false;
        groups_.push_back(groups_.back());
        Group& group = groups_.back();
        group.ends_aside = group.ends_box = false;
        group.older_way = std::exchange(group.two_ways, false);
        if (group.older_way) group.destination = Destination::kSkipped;
        skip_ = 0;
      } else if (token.kind == RtfToken::Kind::kClose) {
        CloseGroup();
      } else {
        Take(token);
      }
      star_ = token.kind == RtfToken::Kind::kSymbol && token.text == "*";
    }
    return true;
  }

  [[nodiscard]] bool too_long() const { return composer_.too_long(); }
  [[nodiscard]] int unknown_symbols() const { return unknown_symbols_; }

  Flow Finish() {
    Flush();
    EndParagraph();
    CloseTable();
    return composer_.Finish();
  }

 private:
  Group& Here() { return groups_.back(); }

  void CloseGroup() {
    Flush();
    skip_ = 0;
    EndAside();
    if (groups_.size() > 1) groups_.pop_back();
  }

  void Take(const RtfToken& token) {
    switch (token.kind) {
      case RtfToken::Kind::kText:
        Bytes(token.text);
        break;
      case RtfToken::Kind::kByte:
        Bytes(std::string_view(&token.byte, 1));
        break;
      case RtfToken::Kind::kSymbol:
        Symbol(token.text.front());
        break;
      default:
        Word(token);
    }
  }

  void Bytes(std::string_view bytes) {
    const std::size_t skipped = std::min(bytes.size(), static_cast<std::size_t>(skip_));
    skip_ -= static_cast<int>(skipped);
    pending_ += bytes.substr(skipped);
  }

  void Symbol(char c) {
    if (c == '\\' || c == '{' || c == '}') Bytes(std::string_view(&c, 1));
    if (c == '~') Character(0xA0);
    if (c == '_') Character('-');
    if (c == '\n' || c == '\r') Word("par", std::nullopt);
  }

  void Character(char32_t c) {
    std::string utf8;
    AppendUtf8(c, &utf8);
    Flush();
    Text(utf8);
  }

  // Bytes in the font's or the document's code page.
  void Flush() {
    if (pending_.empty()) return;
    const std::string bytes = std::exchange(pending_, std::string());
    const auto font = fonts_.find(Here().font);
    const bool shown = Here().destination == Destination::kText;
    Text(
        Decoded(bytes, font == fonts_.end() ? RtfFont() : font->second, charset_, shown ? &unknown_symbols_ : nullptr));
  }

  void Text(const std::string& utf8) {
    switch (Here().destination) {
      case Destination::kText:
        Body(utf8);
        break;
      case Destination::kFonts:
        if (std::string& name = fonts_[Here().font].name; name.size() < kLongestLabel) name += utf8;
        if (std::string& name = fonts_[Here().font].name; name.ends_with(';')) name.pop_back();
        break;
      case Destination::kStyles:
        styles_.Name(utf8);
        break;
      case Destination::kAuthors:
        if (author_.size() < kLongestLabel) author_ += utf8;
        if (author_.ends_with(';')) {
          author_.pop_back();
          authors_.push_back(std::exchange(author_, std::string()));
        }
        break;
      case Destination::kLabel:
        if (paragraph_.label.size() < kLongestLabel) paragraph_.label += utf8;
        break;
      case Destination::kAuthor:
        if (comment_author_.size() < kLongestLabel) comment_author_ += utf8;
        break;
      default:
        break;
    }
  }

  void Body(const std::string& utf8) {
    EnterCell();
    if (Here().hidden && !Here().deleted) {
      composer_.Hidden(utf8);
      return;
    }
    const auto by = [this](int author) {
      const bool known = author >= 0 && static_cast<std::size_t>(author) < authors_.size();
      return known && author > 0 ? ByAndWhen(authors_[static_cast<std::size_t>(author)], "") : std::string();
    };
    if (Here().deleted) {
      composer_.BeginDeletion(by(Here().deleted_by));
    } else if (Here().inserted) {
      composer_.BeginInsertion(by(Here().inserted_by));
    }
    if (Here().struck && !Here().deleted) {
      composer_.Struck(utf8);
    } else if (Here().raised) {
      composer_.Raised(utf8);
    } else if (Here().lowered) {
      composer_.Lowered(utf8);
    } else {
      composer_.Text(utf8);
    }
    composer_.EndDeletion();
    composer_.EndInsertion();
  }

  // Tables within a footnote or comment are read as paragraphs.
  void EnterCell() {
    if (!outer_.empty()) return;
    if (paragraph_.in_table == table_open_ && (!table_open_ || cell_open_)) return;
    if (!paragraph_.in_table) {
      CloseTable();
      return;
    }
    if (!table_open_) composer_.BeginTable();
    if (!cell_open_) composer_.BeginCell();
    table_open_ = cell_open_ = true;
  }

  void CloseTable() {
    if (table_open_) composer_.EndTable();
    table_open_ = cell_open_ = false;
  }

  void EndParagraph() {
    ParagraphStyle style;
    const auto heading = styles_.headings.find(paragraph_.style);
    style.heading = paragraph_.outline > 0              ? paragraph_.outline
                    : heading == styles_.headings.end() ? 0
                                                        : heading->second;
    const std::size_t first = paragraph_.label.find_first_not_of(" \t");
    if (first != std::string::npos) {
      style.label = paragraph_.label.substr(first, paragraph_.label.find_last_not_of(" \t") - first + 1);
      style.depth = paragraph_.level + 1;
      style.bullet = IsBullet(style.label);
      if (style.bullet) style.label = "\xE2\x80\xA2";
    }
    paragraph_.label.clear();
    composer_.SetStyle(std::move(style));
    composer_.EndParagraph();
  }

  void Word(const RtfToken& token) {
    Flush();
    Word(token.text, token.parameter);
  }

  void Word(std::string_view word, std::optional<std::int32_t> parameter) {
    if (word == "u") {
      Unicode(parameter.value_or(0));
      return;
    }
    if (BeginDestination(word) || Here().destination == Destination::kSkipped) return;
    if (Paragraph(word, parameter.value_or(0)) || Look(word, parameter)) return;
    if (const char* text = TextOfWord(word); text != nullptr) Text(text);
  }

  void Unicode(std::int32_t value) {
    skip_ = Here().unicode_skip;
    const std::optional<char32_t> whole = units_.Take(value);
    if (!whole) return;
    const char32_t c = *whole;
    std::string utf8;
    AppendUtf8(c, &utf8);
    const bool symbol = c >= 0xF000 && c <= 0xF0FF && Here().destination == Destination::kText;
    const auto font = fonts_.find(Here().font);
    Text(symbol && font != fonts_.end() ? WithSymbols(utf8, font->second.name, &unknown_symbols_) : utf8);
  }

  // Words that say what the group is.
  bool BeginDestination(std::string_view word) {
    const bool after_star = star_;
    Group& group = Here();
    if (word == "ud" && std::exchange(group.older_way, false)) {
      group.destination = groups_[groups_.size() - 2].destination;
      return true;
    }
    if (group.destination == Destination::kSkipped) return true;
    group.two_ways = group.two_ways || word == "upr";
    const auto become = [&group](Destination destination) {
      group.destination = destination;
      return true;
    };
    if (const std::optional<Destination> of_its_own = DestinationOf(word)) return become(*of_its_own);
    if (word == "atnauthor") {
      comment_author_.clear();
      return become(Destination::kAuthor);
    }
    if (group.destination != Destination::kText && group.destination != Destination::kShape) {
      if (after_star) return become(Destination::kSkipped);
      return false;
    }
    if (word == "shptxt") {
      EndAside();
      composer_.BeginBox();
      group.ends_box = true;
      outer_.push_back(std::exchange(paragraph_, ParagraphState()));
      return become(Destination::kText);
    }
    if (group.destination == Destination::kText && Aside(word)) return true;
    if (IsUnseen(word)) return become(Destination::kSkipped);
    // "{\*\word": to be skipped by those who do not know the word; \ud holds the text in Unicode.
    if (after_star && word != "ud") return become(Destination::kSkipped);
    return false;
  }

  void EndAside() {
    const bool box = std::exchange(Here().ends_box, false);
    if (!std::exchange(Here().ends_aside, false) && !box) return;
    EndParagraph();
    box ? composer_.EndBox() : composer_.EndAside();
    paragraph_ = std::move(outer_.back());
    outer_.pop_back();
  }

  bool Aside(std::string_view word) {
    const char* page = PageAside(word);
    if (word == "footnote") {
      const std::string number = std::to_string(++footnotes_);
      BeginAside(SpanKind::kFootnote, "Footnote " + number, number);
    } else if (word == "annotation") {
      const std::string by = ByAndWhen(comment_author_, "");
      BeginAside(SpanKind::kComment, by.empty() ? "Comment" : "Comment " + by, by);
    } else if (page != nullptr) {
      BeginAside(SpanKind::kPageHeader, page, "");
    } else {
      return false;
    }
    return true;
  }

  // A group is one aside at most.
  void BeginAside(SpanKind kind, std::string title, std::string label) {
    EndAside();
    composer_.BeginAside(kind, std::move(title), std::move(label));
    Here().ends_aside = true;
    outer_.push_back(std::exchange(paragraph_, ParagraphState()));
  }

  bool Paragraph(std::string_view word, std::int32_t value) {
    if (word == "par" && Here().deleted && outer_.empty()) {
      paragraph_.label.clear();  // the next paragraph goes on where this one ends
    } else if (word == "par" || word == "sect" || word == "page") {
      EndParagraph();
    } else if (word == "pard") {
      paragraph_.outline = 0;
      paragraph_.style = -1;
      paragraph_.level = 0;
      paragraph_.in_table = false;
    } else if (word == "s") {
      (Here().destination == Destination::kStyles ? styles_.style : paragraph_.style) = value;
    } else if (word == "outlinelevel") {
      const int level = value >= 0 && value < 9 ? value + 1 : 0;
      (Here().destination == Destination::kStyles ? styles_.outline : paragraph_.outline) = level;
    } else if (word == "ilvl") {
      paragraph_.level = std::clamp(value, 0, 8);
    } else if (word == "intbl") {
      paragraph_.in_table = true;
    } else if (word == "cell") {
      if (!outer_.empty()) {
        EndParagraph();
        return true;
      }
      paragraph_.in_table = true;
      EnterCell();
      EndParagraph();
      if (shape_.cell < shape_.goes_on.size() && shape_.goes_on[shape_.cell] != 0) composer_.ContinueCell();
      ++shape_.cell;
      composer_.EndCell();
      cell_open_ = false;
    } else if (word == "row") {
      if (outer_.empty()) composer_.EndRow();
      shape_.cell = 0;
      cell_open_ = false;
    } else if (shape_.Take(word)) {
      return true;
    } else {
      return false;
    }
    return true;
  }

  bool Look(std::string_view word, std::optional<std::int32_t> value) {
    Group& group = Here();
    if (word == "f") {
      group.font = value.value_or(0);
    } else if (word == "fcharset" && group.destination == Destination::kFonts) {
      fonts_[group.font].charset = CharsetOf(value.value_or(0));
      fonts_[group.font].symbols = value.value_or(0) == 2;
    } else if (word == "ansicpg") {
      charset_ = "cp" + std::to_string(value.value_or(1252));
    } else if (const char* charset = CharsetOfWord(word); charset != nullptr) {
      charset_ = charset;
    } else {
      return TakeLook(word, value, &group);
    }
    return true;
  }

  Composer composer_;
  std::vector<Group> groups_;
  std::string pending_;  // bytes not yet decoded
  int skip_ = 0;
  bool star_ = false;
  Utf16Units units_;
  std::string charset_ = "cp1252";
  std::map<int, RtfFont> fonts_;
  RowShape shape_;
  int unknown_symbols_ = 0;
  RtfStyles styles_;
  std::vector<std::string> authors_;
  std::string author_;
  std::string comment_author_;
  ParagraphState paragraph_;
  std::vector<ParagraphState> outer_;  // of the paragraphs around the aside being read
  int footnotes_ = 0;
  bool table_open_ = false;
  bool cell_open_ = false;
};

}  // namespace

Result<Document> ReadRtf(std::string_view bytes, const std::string& name, const Limits& limits) {
  RtfReader reader(limits.text_bytes);
  if (!reader.Read(bytes)) return Damaged(name, "RTF document");
  if (reader.too_long()) return TextTooLong(name, limits.text_bytes);
  Document document;
  document.media_type = "application/rtf";
  RETURN_IF_ERROR(TakeText(reader.Finish(), name, limits.text_bytes, &document));
  if (reader.unknown_symbols() > 0) document.unread.push_back({"a symbol", "what its font shows is not known", ""});
  return document;
}

}  // namespace counsel::extractor
