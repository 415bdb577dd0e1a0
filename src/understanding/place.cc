#include "understanding/place.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "understanding/name_words.h"

namespace counsel::understanding {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kMostPlaces = 3;
constexpr std::size_t kLongestTerm = 80;

struct Noun {
  std::string_view word;
  PlaceKind kind;
};
constexpr std::array kNouns = {Noun{"clause", PlaceKind::kClause},       Noun{"subclause", PlaceKind::kClause},
                               Noun{"section", PlaceKind::kClause},      Noun{"subsection", PlaceKind::kClause},
                               Noun{"article", PlaceKind::kClause},      Noun{"paragraph", PlaceKind::kClause},
                               Noun{"para", PlaceKind::kClause},         Noun{"cl", PlaceKind::kClause},
                               Noun{"sec", PlaceKind::kClause},          Noun{"art", PlaceKind::kClause},
                               Noun{"condition", PlaceKind::kClause},    Noun{"rule", PlaceKind::kClause},
                               Noun{"regulation", PlaceKind::kClause},   Noun{"s", PlaceKind::kClause},
                               Noun{"schedule", PlaceKind::kSchedule},   Noun{"annex", PlaceKind::kSchedule},
                               Noun{"appendix", PlaceKind::kSchedule},   Noun{"exhibit", PlaceKind::kSchedule},
                               Noun{"attachment", PlaceKind::kSchedule}, Noun{"page", PlaceKind::kPage},
                               Noun{"recital", PlaceKind::kRecital}};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string LowerOf(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

// ---- what is asked ----

bool IsRoman(std::string_view text) {
  return !text.empty() && text.size() <= 6 && text.find_first_not_of("IVXLC") == kNone;
}

// 0: none.
int RomanValue(std::string_view text) {
  int value = 0;
  int before = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    int now = 0;
    switch (text[i]) {
      case 'I':
        now = 1;
        break;
      case 'V':
        now = 5;
        break;
      case 'X':
        now = 10;
        break;
      case 'L':
        now = 50;
        break;
      case 'C':
        now = 100;
        break;
      default:
        return 0;
    }
    value += now < before ? -now : now;
    before = std::max(before, now);
  }
  return value;
}

// "17.3", "172(1)(b)", "4A", "IX", "(c)", "B" at `at`: where it ends, and its parts. false: no label stands there.
bool ReadLabel(std::string_view text, std::size_t at, PlaceAsked* place) {
  const std::size_t begin = at;
  while (at < text.size() && IsDigit(text[at])) {
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at + 1 < text.size() && text[at] == '.' && IsDigit(text[at + 1])) ++at;
  }
  if (at > begin) {
    if (at - begin > 12) return false;
    // "4A"
    if (at < text.size() && text[at] >= 'A' && text[at] <= 'Z' && (at + 1 == text.size() || !IsLetter(text[at + 1])))
      ++at;
  } else if (text[at] != '(') {
    std::size_t end = at;
    while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z') ++end;
    const std::string_view word = text.substr(at, end - at);
    const bool ended = end == text.size() || (!IsLetter(text[end]) && !IsDigit(text[end]));
    if (!ended || word.empty() || (word.size() > 1 && !IsRoman(word))) return false;
    at = end;
  }
  place->label = text.substr(begin, at - begin);
  while (at < text.size() && text[at] == '(') {
    const std::size_t close = text.find(')', at);
    if (close == kNone || close - at > 6 || close == at + 1) break;
    const std::string inner = LowerOf(text.substr(at, close + 1 - at));
    if (!std::all_of(inner.begin() + 1, inner.end() - 1, [](char c) { return IsDigit(c) || IsLetter(c); })) break;
    if (place->label.empty()) {
      place->label = inner.substr(1, inner.size() - 2);
    } else {
      place->within.push_back(inner);
    }
    at = close + 1;
  }
  place->end = at;
  return !place->label.empty();
}

// A noun with its label: "clause 17.3", "§ 5", "s.172(1)(b)".
void FindLabelled(std::string_view question, std::vector<PlaceAsked>* places) {
  for (const NameWord& word : SplitName(question)) {
    const auto noun =
        std::find_if(kNouns.begin(), kNouns.end(), [&word](const Noun& one) { return one.word == word.text; });
    if (noun == kNouns.end()) continue;
    std::size_t at = word.end;
    while (at < question.size() && (question[at] == ' ' || question[at] == '.')) ++at;
    if (at >= question.size() || (word.text.size() == 1 && !IsDigit(question[at]))) continue;
    PlaceAsked place;
    if (!ReadLabel(question, at, &place)) continue;
    const bool number = IsDigit(place.label[0]);
    if (noun->kind == PlaceKind::kPage && !number) continue;
    if (noun->kind == PlaceKind::kRecital && number && place.label.size() > 2) continue;
    // "Section A"? Schedules and recitals have letters, clauses only Roman numerals.
    if (noun->kind == PlaceKind::kClause && !number && !IsRoman(place.label) && question[at] != '(') continue;
    place.kind = noun->kind;
    place.noun = noun->word;
    place.start = word.start;
    place.words = question.substr(place.start, place.end - place.start);
    places->push_back(std::move(place));
  }
  constexpr std::string_view kSign = "\xC2\xA7";
  for (std::size_t at = question.find(kSign); at != kNone; at = question.find(kSign, at + 1)) {
    std::size_t label = at + kSign.size();
    while (label < question.size() && question[label] == ' ') ++label;
    PlaceAsked place;
    if (label >= question.size() || !IsDigit(question[label]) || !ReadLabel(question, label, &place)) continue;
    place.noun = "section";
    place.start = at;
    place.words = question.substr(at, place.end - at);
    places->push_back(std::move(place));
  }
}

struct Quote {
  std::string_view open;
  std::string_view close;
};
constexpr std::array kQuotes = {Quote{"\"", "\""}, Quote{"\xE2\x80\x9C", "\xE2\x80\x9D"}, Quote{"'", "'"},
                                Quote{"\xE2\x80\x98", "\xE2\x80\x99"}};

// The term at `at`: in quotes, or words that begin with capitals, or all up to the end of the question.
std::string TermAt(std::string_view text, std::size_t at, std::size_t* end) {
  while (at < text.size() && text[at] == ' ') ++at;
  for (const std::string_view lead : {"the term ", "a ", "an ", "the "}) {
    if (LowerOf(text.substr(at, lead.size())) == lead) {
      at += lead.size();
      break;
    }
  }
  for (const Quote& quote : kQuotes) {
    if (text.substr(at, quote.open.size()) != quote.open) continue;
    const std::size_t begin = at + quote.open.size();
    const std::size_t close = text.find(quote.close, begin);
    if (close == kNone || close - begin > kLongestTerm) return "";
    *end = close + quote.close.size();
    return std::string(text.substr(begin, close - begin));
  }
  std::size_t last = at;
  for (const NameWord& word : SplitName(text.substr(at))) {
    const std::string_view between = text.substr(last, at + word.start - last);
    if (last > at && between.find_first_of(",;:?.!()") != kNone) break;
    const bool joins = word.text == "of" || word.text == "and" || word.text == "or";
    if (!word.capital && !joins) break;
    if (!joins) last = at + word.end;
  }
  *end = last;
  return std::string(text.substr(at, last - at));
}

void AddDefinition(std::string_view question, std::size_t start, std::string term, std::size_t end,
                   std::vector<PlaceAsked>* places) {
  if (term.size() < 2 || term.size() > kLongestTerm) return;
  PlaceAsked place;
  place.kind = PlaceKind::kDefinition;
  place.label = std::move(term);
  place.start = start;
  place.end = end;
  place.words = question.substr(start, end - start);
  places->push_back(std::move(place));
}

// "the definition of X", "meaning of X", "define X", "what does 'X' mean", "how is X defined".
void FindDefinitions(std::string_view question, std::vector<PlaceAsked>* places) {
  const std::string lower = LowerOf(question);
  for (const std::string_view lead : {"definition of ", "definition for ", "meaning of ", "define "}) {
    const std::size_t at = lower.find(lead);
    if (at == kNone) continue;
    std::size_t end = 0;
    std::string term = TermAt(question, at + lead.size(), &end);
    AddDefinition(question, at, std::move(term), end, places);
    return;
  }
  for (const auto& [lead, behind] : {std::pair<std::string_view, std::string_view>{"what does ", " mean"},
                                     {"what do ", " mean"},
                                     {"how is ", " defined"},
                                     {"how are ", " defined"},
                                     {"what is meant by ", ""}}) {
    const std::size_t at = lower.find(lead);
    if (at == kNone) continue;
    std::size_t end = 0;
    std::string term = TermAt(question, at + lead.size(), &end);
    if (term.empty() || lower.compare(end, behind.size(), behind) != 0) continue;
    AddDefinition(question, at, std::move(term), end, places);
    return;
  }
}

void FindUnlabelled(std::string_view question, std::vector<PlaceAsked>* places) {
  const std::string lower = LowerOf(question);
  struct Phrase {
    std::string_view words;
    PlaceKind kind;
  };
  for (const Phrase& phrase :
       {Phrase{"who are the parties", PlaceKind::kParties}, Phrase{"who is it between", PlaceKind::kParties},
        Phrase{"names of the parties", PlaceKind::kParties}, Phrase{"signature block", PlaceKind::kSignatures},
        Phrase{"signature page", PlaceKind::kSignatures}, Phrase{"who signed", PlaceKind::kSignatures}}) {
    const std::size_t at = lower.find(phrase.words);
    if (at == kNone) continue;
    PlaceAsked place;
    place.kind = phrase.kind;
    place.noun = phrase.kind == PlaceKind::kParties ? "parties" : "signatures";
    place.words = question.substr(at, phrase.words.size());
    place.start = at;
    place.end = at + phrase.words.size();
    places->push_back(std::move(place));
  }
}

// ---- what a passage holds ----

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

}  // namespace

std::vector<PlaceAsked> FindPlacesAsked(std::string_view question) {
  std::vector<PlaceAsked> places;
  FindLabelled(question, &places);
  FindDefinitions(question, &places);
  FindUnlabelled(question, &places);
  std::sort(places.begin(), places.end(), [](const PlaceAsked& a, const PlaceAsked& b) { return a.start < b.start; });
  if (places.size() > kMostPlaces) places.resize(kMostPlaces);
  return places;
}

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
      if (passage.last && HasAny(passage.text, {"in witness whereof", "signed", "by:", "executed", "signature"})) {
        return Whole(passage);
      }
      return std::nullopt;
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
