// Whether a passage holds a place, and where it ends.
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "understanding/place.h"
#include "understanding/place_words.h"

namespace counsel::understanding {
namespace {

struct Line {
  std::size_t start = 0;  // behind white space and signs of a heading
  std::size_t end = 0;
  std::size_t next = 0;
};

Line LineAt(std::string_view text, std::size_t at) {
  Line line;
  line.end = std::min(text.find('\n', at), text.size());
  line.next = std::min(line.end + 1, text.size());
  line.start = std::min(text.find_first_not_of(" \t#*>|\r", at), line.end);
  return line;
}

// Behind a division's word: "Clause ", "SECTION ", "§".
std::size_t BehindNoun(std::string_view line, bool schedule) {
  std::size_t end = 0;
  while (end < line.size() && IsLetter(line[end])) ++end;
  if (end == 0) return line.starts_with("\xC2\xA7") ? std::min(line.find_first_not_of(' ', 2), line.size()) : 0;
  const std::string word = LowerOf(line.substr(0, end));
  const auto noun = std::find_if(kNouns.begin(), kNouns.end(), [&word](const Noun& one) { return one.word == word; });
  if (noun == kNouns.end() || (noun->kind == PlaceKind::kSchedule) != schedule || noun->kind == PlaceKind::kPage ||
      word.size() < 3) {
    return 0;
  }
  return std::min(line.find_first_not_of(" .\t\xC2\xA0", end), line.size());
}

// Whether `text` begins with exactly this label: "17.3 The", "17.3. The", "17.3(a)", not "17.30" nor "17.3.1".
bool BeginsWith(std::string_view text, std::string_view label) {
  if (LowerOf(text.substr(0, label.size())) != LowerOf(label)) return false;
  std::size_t at = label.size();
  if (at < text.size() && text[at] == '.') {
    if (at + 1 < text.size() && IsDigit(text[at + 1])) return false;
    ++at;
  }
  return at >= text.size() || (!IsDigit(text[at]) && !IsLetter(text[at]));
}

// The number at the head of a line: "17.3" of "17.3 The …" and "Clause 17.3"; "" when there is none.
std::string_view NumberOf(std::string_view line) {
  line.remove_prefix(BehindNoun(line, false));
  std::size_t at = 0;
  while (at < line.size() &&
         (IsDigit(line[at]) || (line[at] == '.' && at > 0 && at + 1 < line.size() && IsDigit(line[at + 1])))) {
    ++at;
  }
  return line.substr(0, at);
}

bool Beneath(std::string_view number, std::string_view label) {
  return number.size() > label.size() && number.starts_with(label) && number[label.size()] == '.';
}

// Where a numbered clause ends that began before `at`: at the next number that is not beneath it.
std::optional<std::size_t> EndOfClause(std::string_view text, std::size_t at, const PlaceAsked& place) {
  while (at < text.size()) {
    const Line line = LineAt(text, at);
    const std::string_view words = text.substr(line.start, line.end - line.start);
    const std::string_view number = NumberOf(words);
    const bool title = !number.empty() && number.size() < words.size() && number.size() <= 12;
    if (title && number != place.label && !Beneath(number, place.label)) {
      // "30 days": a line of running text may begin with a number.
      const std::size_t behind = static_cast<std::size_t>(number.data() - words.data()) + number.size();
      const std::size_t word = words.find_first_not_of(" .)\t", behind);
      if (word != kNone && !(words[word] >= 'a' && words[word] <= 'z')) return line.start;
    }
    if (BehindNoun(words, true) > 0 && place.kind == PlaceKind::kClause) return line.start;
    at = line.next;
  }
  return std::nullopt;
}

std::size_t TrimmedEnd(std::string_view text, std::size_t start, std::size_t end) {
  while (end > start &&
         (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\t' || text[end - 1] == '\r'))
    --end;
  return end;
}

std::optional<Held> FindClause(const PlaceAsked& place, const Stored& passage) {
  const std::string_view text = passage.text;
  const int roman = RomanValue(place.label);
  const std::string number = roman > 0 ? std::to_string(roman) : "";
  for (std::size_t at = 0; at < text.size();) {
    const Line line = LineAt(text, at);
    const std::string_view words = text.substr(line.start, line.end - line.start);
    const std::size_t behind = BehindNoun(words, false);
    const std::string_view labelled = words.substr(behind);
    // "[47]", "(47)": a judgment's paragraphs.
    const bool bracket = labelled.size() > 1 && (labelled[0] == '[' || labelled[0] == '(');
    const std::string_view label = bracket ? labelled.substr(1) : labelled;
    const bool same = BeginsWith(label, place.label) || (behind > 0 && !number.empty() && BeginsWith(label, number));
    // A bare number needs words behind it that begin one: "17 Notices", not "17 days".
    const std::size_t word = label.find_first_not_of(" .)]\t\xC2\xA0", place.label.size());
    const bool running = behind == 0 && same && word != kNone && word < label.size() && label[word] >= 'a' &&
                         label[word] <= 'z' && place.label.find('.') == kNone && label[place.label.size()] == ' ';
    if (same && !running) {
      Held held;
      held.start = line.start;
      const std::optional<std::size_t> end = EndOfClause(text, line.next, place);
      held.goes_on = !end;
      held.end = TrimmedEnd(text, held.start, end.value_or(text.size()));
      // Into the clause: "(1)", then "(b)".
      std::size_t from = held.start;
      for (const std::string& inner : place.within) {
        const std::string lower = LowerOf(text.substr(from, held.end - from));
        const std::size_t found = lower.find(inner);
        if (found == kNone) break;
        from += found;
      }
      held.start = from;
      return held;
    }
    at = line.next;
  }
  return std::nullopt;
}

std::optional<Held> FindSchedule(const PlaceAsked& place, const Stored& passage) {
  const std::string_view text = passage.text;
  for (std::size_t at = 0; at < text.size();) {
    const Line line = LineAt(text, at);
    const std::string_view words = text.substr(line.start, line.end - line.start);
    const std::size_t behind = BehindNoun(words, true);
    if (behind > 0 && LowerOf(words.substr(0, place.noun.size())) == place.noun &&
        BeginsWith(words.substr(behind), place.label) && words.size() < 160) {
      Held held;
      held.start = line.start;
      held.end = TrimmedEnd(text, held.start, text.size());
      held.goes_on = true;
      // "Schedule 2 applies …" is a mention.
      const std::size_t word = words.find_first_not_of(" .:-\t", behind + place.label.size());
      if (word == kNone || !(words[word] >= 'a' && words[word] <= 'z')) return held;
    }
    at = line.next;
  }
  return std::nullopt;
}

// Whether a line goes on with what a definition says: "(b) …", "and …", not "“Cause” means" nor the next heading.
bool GoesOnWith(std::string_view line) {
  return !line.empty() && (line[0] == '(' || (line[0] >= 'a' && line[0] <= 'z'));
}

bool OpensQuote(std::string_view line) {
  return std::any_of(kQuotes.begin(), kQuotes.end(),
                     [line](const Quote& quote) { return line.starts_with(quote.open); });
}

// Where a definition ends that is under way at `at`.
std::optional<std::size_t> EndOfDefinition(std::string_view text, std::size_t at) {
  for (bool first = true; at < text.size(); first = false) {
    const Line line = LineAt(text, at);
    const std::string_view words = text.substr(line.start, line.end - line.start);
    if (!first && !words.empty() && (OpensQuote(words) || !GoesOnWith(words))) return line.start;
    at = line.next;
  }
  return std::nullopt;
}

// The paragraph around a position, and the lines that go on with it.
Held ParagraphAround(std::string_view text, std::size_t at) {
  Held held;
  const std::size_t before = at == 0 ? kNone : text.rfind('\n', at - 1);
  held.start = before == kNone ? 0 : before + 1;
  held.start = std::min(text.find_first_not_of(" \t", held.start), at);
  const std::optional<std::size_t> end = EndOfDefinition(text, at);
  held.end = TrimmedEnd(text, held.start, end.value_or(text.size()));
  held.goes_on = !end;
  return held;
}

// What a definition says after the term.
bool Defines(std::string_view behind) {
  const std::string lower = LowerOf(behind.substr(0, 60));
  for (const std::string_view verb :
       {" means", " shall mean", " mean ", " has the meaning", " shall have the meaning", " have the meaning",
        " is defined", " includes", " shall include", " refers to"}) {
    const std::size_t at = lower.find(verb);
    if (at != kNone && at <= 30) return true;
  }
  return lower.starts_with(":") || lower.starts_with(" -");
}

std::optional<Held> FindDefinition(const PlaceAsked& place, const Stored& passage) {
  const std::string lower = LowerOf(passage.text);
  const std::string term = LowerOf(place.label);
  std::optional<Held> inline_one;
  for (std::size_t at = lower.find(term); at != std::string::npos; at = lower.find(term, at + 1)) {
    const std::size_t end = at + term.size();
    bool quoted = false;
    std::size_t behind = end;
    std::size_t begin = at;
    for (const Quote& quote : kQuotes) {
      // The comma of American typesetting stands within the quotes.
      const std::size_t comma = passage.text.substr(end, 1) == "," ? 1 : 0;
      if (at < quote.open.size() || passage.text.substr(at - quote.open.size(), quote.open.size()) != quote.open ||
          passage.text.substr(end + comma, quote.close.size()) != quote.close) {
        continue;
      }
      quoted = true;
      behind = end + comma + quote.close.size();
      begin = at - quote.open.size();
    }
    const bool at_line_start = begin == 0 || passage.text.substr(0, begin).find_last_not_of(" \t") == kNone ||
                               passage.text[passage.text.substr(0, begin).find_last_not_of(" \t")] == '\n';
    if ((quoted || at_line_start) && Defines(passage.text.substr(behind))) {
      Held held = ParagraphAround(passage.text, begin);
      // Several definitions in one paragraph: this one begins here, and ends where the next does.
      held.start = begin;
      for (std::size_t next = passage.text.find("means", behind + 40); next != kNone && next < held.end;
           next = passage.text.find("means", next + 1)) {
        const std::size_t open = passage.text.rfind("\xE2\x80\x9C", next);
        const std::size_t close = passage.text.rfind("\xE2\x80\x9D", next);
        if (open == kNone || close == kNone || close < open || open < behind || next - close > 8) continue;
        held.end = TrimmedEnd(passage.text, held.start, open);
        held.goes_on = false;
        break;
      }
      return held;
    }
    // (the "Term")
    const bool brackets = quoted && lower.compare(behind, 1, ")") == 0;
    if (brackets && !inline_one) {
      inline_one = ParagraphAround(passage.text, begin);
      inline_one->sure = false;
    }
  }
  return inline_one;
}

std::optional<Held> FindRecital(const PlaceAsked& place, const Stored& passage) {
  if (!passage.first) return std::nullopt;
  const std::string bracketed = "(" + LowerOf(place.label) + ")";
  const std::string stopped = LowerOf(place.label) + ".";
  for (std::size_t at = 0; at < passage.text.size();) {
    const Line line = LineAt(passage.text, at);
    const std::string words = LowerOf(passage.text.substr(line.start, line.end - line.start));
    if (words.starts_with(bracketed) || words.starts_with(stopped)) {
      Held held;
      held.start = line.start;
      held.end = line.end;
      return held;
    }
    at = line.next;
  }
  return std::nullopt;
}

Held Whole(const Stored& passage) {
  Held held;
  held.end = passage.text.size();
  return held;
}

bool HasAny(std::string_view text, std::initializer_list<std::string_view> words) {
  const std::string lower = LowerOf(text);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return lower.find(word) != kNone; });
}

// From the line that begins them, for what stands above it is the document's text: "Signed by …", "Yours sincerely",
// "From: …" of a memorandum.
std::optional<Held> FindSignatures(const Stored& passage) {
  const std::string lower = LowerOf(passage.text);
  for (std::size_t at = 0; at < lower.size();) {
    const Line line = LineAt(lower, at);
    const std::string_view text = std::string_view(lower).substr(line.start, line.end - line.start);
    for (const std::string_view begins :
         {"in witness whereof", "signed", "executed ", "executed:", "signature", "by:", "yours ", "kind regards",
          "regards", "best wishes", "with best wishes", "sincerely", "from:", "dictated by"}) {
      if (!text.starts_with(begins)) continue;
      Held held;
      held.start = line.start;
      held.end = begins == "from:" ? line.end : passage.text.size();
      return held;
    }
    if (line.next <= at) break;
    at = line.next;
  }
  if (HasAny(passage.text, {"in witness whereof", "signed by", "executed as a deed", "by:"})) return Whole(passage);
  return std::nullopt;
}

}  // namespace

std::optional<Held> FindPlace(const PlaceAsked& place, const Stored& passage) {
  switch (place.kind) {
    case PlaceKind::kClause:
      return FindClause(place, passage);
    case PlaceKind::kSchedule:
      return FindSchedule(place, passage);
    case PlaceKind::kDefinition:
      return FindDefinition(place, passage);
    case PlaceKind::kRecital:
      return FindRecital(place, passage);
    case PlaceKind::kPage:
      if (std::to_string(passage.page) == place.label) return Whole(passage);
      return std::nullopt;
    case PlaceKind::kParties:
      if (passage.first && HasAny(passage.text, {"between", "parties", "among"})) return Whole(passage);
      return std::nullopt;
    case PlaceKind::kSignatures:
      return passage.last ? FindSignatures(passage) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Held> GoesOnIn(const PlaceAsked& place, const Stored& passage) {
  if (place.kind == PlaceKind::kDefinition) {
    const Line line = LineAt(passage.text, std::min(passage.text.find_first_not_of(" \n\t"), passage.text.size()));
    if (!GoesOnWith(passage.text.substr(line.start, line.end - line.start))) return std::nullopt;
    const std::optional<std::size_t> end = EndOfDefinition(passage.text, line.start);
    Held more;
    more.end = TrimmedEnd(passage.text, 0, end.value_or(passage.text.size()));
    more.goes_on = !end;
    return more;
  }
  if (place.kind != PlaceKind::kClause) return std::nullopt;
  const std::size_t end = EndOfClause(passage.text, 0, place).value_or(passage.text.size());
  Held held;
  held.goes_on = end == passage.text.size();
  held.end = TrimmedEnd(passage.text, 0, end);
  if (held.end == 0) return std::nullopt;
  return held;
}

std::string PhraseOf(const PlaceAsked& place) {
  switch (place.kind) {
    case PlaceKind::kSchedule:
      return place.noun + " " + place.label;
    case PlaceKind::kClause:
    case PlaceKind::kDefinition:
    case PlaceKind::kRecital:
      return place.label;
    case PlaceKind::kPage:
    case PlaceKind::kParties:
    case PlaceKind::kSignatures:
      return "";
  }
  return "";
}

}  // namespace counsel::understanding
