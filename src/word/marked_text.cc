#include "word/marked_text.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace counsel::word {
namespace {

std::size_t SizeOf(const Json& json, std::string_view name) {
  const Json& number = Member(json, name);
  return number.is_number_unsigned() || (number.is_number_integer() && number.get<std::int64_t>() >= 0)
             ? number.get<std::size_t>()
             : 0;
}

// Without "[2]" and "**", which say in a text what footnotes and styles say here.
std::string WithoutMarks(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("**")) {
      ++at;
      continue;
    }
    if (text[at] == '[') {
      std::size_t end = at + 1;
      while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 ||
                                   (end > at + 1 && (text[end] == ',' || text[end] == ' ')))) {
        ++end;
      }
      if (end > at + 1 && end < text.size() && text[end] == ']') {
        while (!plain.empty() && plain.back() == ' ') plain.pop_back();
        at = end;
        continue;
      }
    }
    plain += text[at];
  }
  return plain;
}

bool Blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

const Json& Member(const Json& json, std::string_view name) {
  static const Json kNone;
  if (!json.is_object()) return kNone;
  const auto it = json.find(std::string(name));
  return it == json.end() ? kNone : *it;
}

std::string StringOf(const Json& json, std::string_view name) {
  const Json& member = Member(json, name);
  return member.is_string() ? member.get<std::string>() : "";
}

std::string TextIn(const Json& text) {
  return text.is_string() ? text.get<std::string>() : StringOf(text, "text");
}

std::string TextOf(const Json& json, std::string_view name) {
  return TextIn(Member(json, name));
}

std::string Flowing(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  return line;
}

std::string FootnoteOf(const Json& place) {
  std::string text = TextOf(place, "name");
  if (text.empty()) text = "a document";
  if (const std::string inside = TextOf(place, "inside"); !inside.empty()) text += " in " + inside;
  if (const std::string heading = TextOf(place, "heading"); !heading.empty()) text += ", under “" + heading + "”";
  if (const std::size_t page = SizeOf(place, "page"); page > 0) text += ", page " + std::to_string(page);
  text += ", characters " + std::to_string(SizeOf(place, "start")) + "–" + std::to_string(SizeOf(place, "end"));
  return text + ": “" + Flowing(TextOf(place, "quote")) + "”";
}

void MarkedText::Mark(const Json& sentences) {
  for (const Json& one : sentences) {
    Sentence sentence;
    sentence.start = std::min(SizeOf(one, "start"), text_.size());
    sentence.end = std::min(SizeOf(one, "end"), text_.size());
    if (sentence.start >= sentence.end || (!sentences_.empty() && sentence.start < sentences_.back().end)) continue;
    const Json& claims = Member(one, "needs_support");
    const std::string grade = StringOf(one, "grade");
    if (!claims.is_boolean() || claims.get<bool>()) {
      if (grade == "near") sentence.look = Look::kNear;
      if (grade == "unsupported") sentence.look = Look::kUnsupported;
    }
    for (const Json& difference : Member(one, "differences")) {
      sentence.why_not += (sentence.why_not.empty() ? "" : "; ") + TextIn(difference);
    }
    if (sentence.why_not.empty()) sentence.why_not = TextOf(one, "why_not");
    sentences_.push_back(std::move(sentence));
  }
}

std::size_t MarkedText::Unsupported() const {
  const auto unsupported = [](const Sentence& sentence) { return sentence.look == Look::kUnsupported; };
  return static_cast<std::size_t>(std::count_if(sentences_.begin(), sentences_.end(), unsupported));
}

// Pieces of one line; "# " at its beginning makes it a heading.
void MarkedText::Flow(std::string_view text, Look look) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line_.empty()) {
      line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
      if (line.starts_with('#')) {
        kind_ = Kind::kSubheading;
        line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
      }
    }
    if (const std::string plain = WithoutMarks(line); !plain.empty()) line_.emplace_back(plain, look);
    if (end == std::string_view::npos) return;
    EndLine();
    text.remove_prefix(end + 1);
  }
}

void MarkedText::EndLine() {
  const auto says = [](const Piece& piece) { return !Blank(piece.text) && piece.text != "- " && piece.text != "* "; };
  if (std::any_of(line_.begin(), line_.end(), says)) paper_->Add(Paragraph(kind_, std::move(line_)));
  line_.clear();
  kind_ = Kind::kBody;
}

// Footnotes of what supports [start, end), behind what was written last.
void MarkedText::AddNotes(const Sentence& sentence, std::vector<bool>* used) {
  if (citations_ == nullptr || sentence.look == Look::kUnsupported) return;
  for (std::size_t i = 0; i < citations_->size(); ++i) {
    const Json& citation = (*citations_)[i];
    const std::size_t start = SizeOf(citation, "answer_start");
    if ((*used)[i] || start < sentence.start || start >= sentence.end) continue;
    (*used)[i] = true;
    const bool near = sentence.look == Look::kNear && !sentence.why_not.empty();
    Piece mark;
    mark.footnote =
        paper_->AddFootnote(near ? "Near (" + sentence.why_not + "): " + FootnoteOf(citation) : FootnoteOf(citation));
    if (line_.empty()) line_.emplace_back("");
    if (line_.back().footnote == 0) {
      line_.back().footnote = mark.footnote;
    } else {
      line_.push_back(std::move(mark));
    }
  }
}

void MarkedText::WriteSentence(const Sentence& sentence) {
  std::string_view said = text_.substr(sentence.start, sentence.end - sentence.start);
  Flow(said, sentence.look);
  if (sentence.look != Look::kUnsupported) return;
  line_.emplace_back(" [Not supported" + (sentence.why_not.empty() ? "" : ": " + sentence.why_not) + "]",
                     Look::kUnsupported);
}

std::size_t MarkedText::Write(bool checked_only) {
  std::vector<bool> used(citations_ == nullptr ? 0 : citations_->size());
  std::size_t left_out = 0;
  std::size_t at = 0;
  for (const Sentence& sentence : sentences_) {
    const std::string_view before = text_.substr(at, sentence.start - at);
    at = sentence.end;
    if (checked_only && sentence.look == Look::kUnsupported) {
      // What stands between two sentences goes along, but for the end of a line.
      if (before.find('\n') != std::string_view::npos) Flow("\n", Look::kPlain);
      ++left_out;
      continue;
    }
    Flow(before, Look::kPlain);
    WriteSentence(sentence);
    AddNotes(sentence, &used);
  }
  // What is no sentence that was judged: an answer of quotes, each with its source.
  for (std::size_t i = 0; i < used.size(); ++i) {
    Sentence cited;
    cited.start = std::max(SizeOf((*citations_)[i], "answer_start"), at);
    cited.end = std::min(SizeOf((*citations_)[i], "answer_end"), text_.size());
    if (used[i] || cited.start >= cited.end) continue;
    Flow(text_.substr(at, cited.end - at), Look::kPlain);
    at = cited.end;
    AddNotes(cited, &used);
  }
  Flow(text_.substr(at), Look::kPlain);
  EndLine();
  return left_out;
}

}  // namespace counsel::word
