// HTML and XHTML, iXBRL included (libxml2's HTML parser, which forgives what browsers forgive).
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <libxml/HTMLparser.h>

#include "extractor/composer.h"
#include "extractor/document.h"
#include "extractor/encoding.h"
#include "extractor/html_styles.h"
#include "extractor/numbering.h"
#include "extractor/xml.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kHead = 4'096;  // bytes in which marks are looked for

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

template <std::size_t n>
bool OneOf(std::string_view name, const std::array<std::string_view, n>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 33> kBlocks = {
    "p",       "div",     "section", "article", "header", "footer",     "main",    "nav",    "aside",
    "pre",     "ul",      "ol",      "dl",      "dt",     "dd",         "hr",      "form",   "fieldset",
    "figure",  "li",      "address", "center",  "body",   "blockquote", "caption", "legend", "figcaption",
    "details", "summary", "dialog",  "menu",    "hgroup", "textarea"};
// ix:header holds an iXBRL file's facts that nobody sees.
constexpr std::array<std::string_view, 7> kUnseen = {"script", "style", "template", "ix:header",
                                                     "object", "svg",   "math"};
// Of inline XBRL, whatever it is called in a file.
constexpr std::string_view kInlineXbrl = "inlineXBRL";

class HtmlWalk {
 public:
  // `white_page`: nothing on it has a ground of its own.
  HtmlWalk(std::size_t max_text_bytes, bool white_page) : composer_(max_text_bytes), white_page_(white_page) {}

  using Attributes = const xmlChar**;

  void Start(std::string_view name, Attributes attributes) {
    if (unseen_ > 0 || Unseen(name, attributes)) {
      in_style_ = name == "style";
      ++unseen_;
      return;
    }
    if (hidden_ > 0 || HiddenByStyle(attributes)) {
      if (hidden_++ == 0) Break();
    }
    if (name == "head") in_head_ = true;
    if (name == "title") in_title_ = in_head_;
    if (IsHeading(name) || OneOf(name, kBlocks)) Break();
    if (IsHeading(name)) style_.heading = name[1] - '0';
    if (name == "title") style_.heading = 1;
    if (name == "pre") ++pre_;
    if (name == "br") Put("\n");
    if (name == "sup") ++raised_;
    if (name == "sub") ++lowered_;
    if (name == "q") Put("\xE2\x80\x9C");
    if (name == "input") Input(attributes);
    if (name == "select") options_.emplace();
    if (name == "option" && options_) options_->push_back({Has(attributes, "selected"), ""});
    if (name == "ol" || name == "ul") OpenList(name == "ol", attributes);
    if (name == "li") Item(attributes);
    if (name == "ins") composer_.BeginInsertion(ByAndWhen("", Value(attributes, "datetime")));
    if (name == "del" || name == "s" || name == "strike") {
      composer_.BeginDeletion(ByAndWhen("", Value(attributes, "datetime")));
    }
    TableStart(name, attributes);
  }

  void End(std::string_view name) {
    if (unseen_ > 0) {
      if (in_style_) AddHiddenClasses(Lower(std::exchange(sheet_, std::string())), &hidden_classes_);
      in_style_ = false;
      --unseen_;
      return;
    }
    if (IsHeading(name) || OneOf(name, kBlocks) || name == "title") Break();
    if (hidden_ > 0 && --hidden_ == 0) {
      composer_.Hidden(" ");
      Break();
    }
    if (name == "sup") raised_ = std::max(raised_ - 1, 0);
    if (name == "sub") lowered_ = std::max(lowered_ - 1, 0);
    if (name == "q") Put("\xE2\x80\x9D");
    if (name == "select") Choose();
    if (name == "head") in_head_ = false;
    if (name == "title") in_title_ = false;
    if (name == "pre") pre_ = std::max(pre_ - 1, 0);
    if ((name == "ol" || name == "ul") && !lists_.empty()) lists_.pop_back();
    if (name == "ins") composer_.EndInsertion();
    if (name == "del" || name == "s" || name == "strike") composer_.EndDeletion();
    if (name == "td" || name == "th") {
      Break();
      composer_.EndCell();
    }
    if (name == "tr") composer_.EndRow();
    if (name == "table") composer_.EndTable();
  }

  void Text(std::string_view utf8) {
    if (in_style_ && sheet_.size() < kLongestSheet) sheet_ += utf8;
    if (unseen_ > 0 || (in_head_ && !in_title_)) return;
    if (options_) {
      if (!options_->empty() && options_->back().text.size() < kLongestLabel) options_->back().text += utf8;
      return;
    }
    if (pre_ > 0) {
      Put(utf8);
      return;
    }
    std::string collapsed;
    bool space = composer_.EndsInSpace();
    for (char c : utf8) {
      const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
      if (!blank || !space) collapsed += blank ? ' ' : c;
      space = blank;
    }
    Put(collapsed);
  }

  [[nodiscard]] bool too_long() const { return composer_.too_long(); }
  Flow Finish() {
    Break();
    return composer_.Finish();
  }

 private:
  struct ListState {
    ListState() = default;
    bool ordered = false;
    std::string format;
    int number = 0;
  };

  struct Option {
    bool selected = false;
    std::string text;
  };

  static bool IsHeading(std::string_view name) {
    return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
  }

  static std::string Value(Attributes attributes, std::string_view name) {
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
      if (reinterpret_cast<const char*>(attributes[0]) != name) continue;
      return attributes[1] == nullptr ? std::string() : reinterpret_cast<const char*>(attributes[1]);
    }
    return "";
  }

  static bool Has(Attributes attributes, std::string_view name) {
    for (; attributes != nullptr && attributes[0] != nullptr; attributes += 2) {
      if (reinterpret_cast<const char*>(attributes[0]) == name) return true;
    }
    return false;
  }

  // Namespaces are told by their addresses; what they are called is the file's own choice.
  bool Unseen(std::string_view name, Attributes attributes) {
    bool xbrl_here = false;
    for (Attributes at = attributes; at != nullptr && at[0] != nullptr; at += 2) {
      const std::string_view key = reinterpret_cast<const char*>(at[0]);
      if (!key.starts_with("xmlns") || at[1] == nullptr) continue;
      const bool xbrl = std::string_view(reinterpret_cast<const char*>(at[1])).ends_with(kInlineXbrl);
      if (key == "xmlns") xbrl_here = xbrl;
      if (xbrl && key.size() > 6 && xbrl_names_.size() < 100) xbrl_names_.insert(Lower(key.substr(6)));
    }
    if (OneOf(name, kUnseen)) return true;
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return xbrl_here && name == "header";
    return name.substr(colon + 1) == "header" && xbrl_names_.contains(std::string(name.substr(0, colon)));
  }

  [[nodiscard]] bool HiddenByClass(Attributes attributes) const {
    if (hidden_classes_.empty()) return false;
    const std::string classes = Lower(Value(attributes, "class")) + " ";
    for (std::size_t at = 0; at < classes.size();) {
      const std::size_t end = classes.find_first_of(" \t\n", at);
      if (hidden_classes_.contains(classes.substr(at, end - at))) return true;
      at = end + 1;
    }
    return false;
  }

  [[nodiscard]] bool HiddenByStyle(Attributes attributes) const {
    if (Has(attributes, "hidden") || HiddenByClass(attributes)) return true;
    std::string style = Lower(Value(attributes, "style"));
    std::erase(style, ' ');
    return HidesText(style) || (white_page_ && IsWhite(style));
  }

  void Put(std::string_view utf8) {
    if (hidden_ > 0) {
      composer_.Hidden(utf8);
    } else if (raised_ > 0) {
      composer_.Raised(utf8);
    } else if (lowered_ > 0) {
      composer_.Lowered(utf8);
    } else {
      composer_.Text(utf8);
    }
  }

  // What a form shows: ticks, and what is filled in.
  void Input(Attributes attributes) {
    const std::string type = Lower(Value(attributes, "type"));
    if (type == "hidden" || type == "image" || type == "file" || type == "password") return;
    if (type == "checkbox" || type == "radio") {
      Put(Has(attributes, "checked") ? "\xE2\x98\x92 " : "\xE2\x98\x90 ");
      return;
    }
    Put(Value(attributes, "value") + " ");
  }

  // Of a list the entry that is chosen is shown: the first, where none is.
  void Choose() {
    if (!options_) return;
    const std::vector<Option> options = std::move(*options_);
    options_.reset();
    bool shown = false;
    for (const Option& option : options) {
      if (!option.selected) continue;
      Text(std::string(shown ? ", " : "") + option.text);
      shown = true;
    }
    if (!shown && !options.empty()) Text(options.front().text);
    Text(" ");
  }

  // Ends the paragraph, if there is any.
  void Break() {
    if (composer_.AtParagraphStart()) return;
    composer_.SetStyle(std::exchange(style_, ParagraphStyle()));
    composer_.EndParagraph();
  }

  void OpenList(bool ordered, Attributes attributes) {
    ListState list;
    list.ordered = ordered;
    const std::string type = Value(attributes, "type");
    list.format = type == "a"   ? "lowerLetter"
                  : type == "A" ? "upperLetter"
                  : type == "i" ? "lowerRoman"
                  : type == "I" ? "upperRoman"
                                : "decimal";
    const std::string start = Value(attributes, "start");
    list.number = start.empty() ? 0 : std::atoi(start.c_str()) - 1;
    lists_.push_back(std::move(list));
  }

  void Item(Attributes attributes) {
    style_ = ParagraphStyle();
    style_.depth = static_cast<int>(std::max<std::size_t>(lists_.size(), 1));
    style_.bullet = lists_.empty() || !lists_.back().ordered;
    style_.label = "\xE2\x80\xA2";
    if (style_.bullet) return;
    const std::string value = Value(attributes, "value");
    ListState& list = lists_.back();
    list.number = value.empty() ? list.number + 1 : std::atoi(value.c_str());
    style_.label = FormatNumber(list.number, list.format) + ".";
  }

  void TableStart(std::string_view name, Attributes attributes) {
    if (name == "table") {
      Break();
      composer_.BeginTable();
    }
    if (name == "tr") composer_.BeginRow();
    if (name != "td" && name != "th") return;
    composer_.BeginCell();
    if (const int rows = std::atoi(Value(attributes, "rowspan").c_str()); rows > 1) composer_.SpanRows(rows - 1);
    composer_.SpanColumns(std::atoi(Value(attributes, "colspan").c_str()));
  }

  Composer composer_;
  const bool white_page_;
  ParagraphStyle style_;  // of the next paragraph that has text
  std::vector<ListState> lists_;
  std::optional<std::vector<Option>> options_;  // of the list being read
  std::set<std::string> xbrl_names_;            // prefixes of inline XBRL
  static constexpr std::size_t kLongestSheet = std::size_t{256} << 10;
  std::set<std::string> hidden_classes_;
  std::string sheet_;  // the style sheet being read
  bool in_style_ = false;
  int unseen_ = 0;
  int hidden_ = 0;
  int raised_ = 0;
  int lowered_ = 0;
  int pre_ = 0;
  bool in_head_ = false;
  bool in_title_ = false;
};

std::string_view View(const xmlChar* text) {
  return reinterpret_cast<const char*>(text);
}
void OnStart(void* walk, const xmlChar* name, const xmlChar** attributes) {
  static_cast<HtmlWalk*>(walk)->Start(View(name), attributes);
}
void OnEnd(void* walk, const xmlChar* name) {
  static_cast<HtmlWalk*>(walk)->End(View(name));
}
void OnText(void* walk, const xmlChar* text, int size) {
  static_cast<HtmlWalk*>(walk)->Text(View(text).substr(0, static_cast<std::size_t>(size)));
}

// What <meta charset=…>, its older form or an XML declaration says.
}  // namespace

std::string DeclaredCharset(std::string_view bytes) {
  const std::string head = Lower(bytes.substr(0, kHead));
  for (std::string_view key : {"charset=", "encoding="}) {
    std::size_t at = head.find(key);
    if (at == std::string::npos) continue;
    at += key.size();
    while (at < head.size() && (head[at] == '"' || head[at] == '\'' || head[at] == ' ')) ++at;
    const std::size_t end = head.find_first_of("\"' >;/?", at);
    if (end != std::string::npos && end > at && end - at < 40) return head.substr(at, end - at);
  }
  return "";
}

bool LooksLikeHtml(std::string_view bytes) {
  std::string head = Lower(bytes.substr(0, kHead));
  std::erase(head, '\0');  // UTF-16
  std::size_t at = std::min(head.find_first_not_of(" \t\r\n\xEF\xBB\xBF\xFE\xFF"), head.size());
  while (head.compare(at, 4, "<!--") == 0) {
    const std::size_t end = head.find("-->", at);
    if (end == std::string::npos) return false;
    at = std::min(head.find_first_not_of(" \t\r\n", end + 3), head.size());
  }
  const std::string_view rest = std::string_view(head).substr(at);
  if (rest.starts_with("<?xml")) return rest.find("<html") != std::string_view::npos;
  return rest.starts_with("<!doctype html") || rest.starts_with("<html") || rest.starts_with("<head") ||
         rest.starts_with("<body");
}

Result<Flow> HtmlText(const std::string& utf8, const std::string& name, std::size_t max_text_bytes) {
  if (utf8.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return TextTooLong(name, max_text_bytes);
  const std::string small = Lower(utf8);
  const bool colored = small.find("background") != std::string::npos || small.find("bgcolor") != std::string::npos;
  HtmlWalk walk(max_text_bytes, !colored);
  htmlSAXHandler handler = {};
  handler.startElement = OnStart;
  handler.endElement = OnEnd;
  handler.characters = OnText;
  handler.ignorableWhitespace = OnText;
  handler.cdataBlock = OnText;
  BeginXml();
  const std::unique_ptr<htmlParserCtxt, void (*)(htmlParserCtxtPtr)> parser(htmlNewParserCtxt(), htmlFreeParserCtxt);
  if (!parser) return Damaged(name, "HTML page");
  *parser->sax = handler;
  parser->userData = &walk;
  const htmlDocPtr tree = htmlCtxtReadMemory(
      parser.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr, "UTF-8",
      HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_COMPACT);
  if (tree != nullptr) xmlFreeDoc(tree);
  EndXml();
  if (walk.too_long()) return TextTooLong(name, max_text_bytes);
  return walk.Finish();
}

Result<Document> ReadHtml(std::string_view bytes, const std::string& name, const Limits& limits) {
  Document document;
  Result<std::string> html = Decode(bytes, name, DeclaredCharset(bytes), &document.notes);
  if (!html) return Fail(std::move(html.error()));
  Result<Flow> text = HtmlText(*html, name, limits.text_bytes);
  if (!text) return Fail(std::move(text.error()));
  const bool xhtml = html->compare(0, 5, "<?xml") == 0;
  document.media_type = xhtml ? "application/xhtml+xml" : "text/html";
  Result<void> taken = TakeText(std::move(*text), name, limits.text_bytes, &document);
  if (!taken) return Fail(std::move(taken.error()));
  return document;
}

}  // namespace counsel::extractor
