#include "text/sentences.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace counsel::text {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}

std::size_t SkipSpace(std::string_view text, std::size_t i) {
  while (i < text.size() && IsSpace(text[i])) ++i;
  return i;
}

// Short forms after which a stop does not end a sentence. Sorted.
constexpr std::array<std::string_view, 53> kShortForms = {
    "al",   "app",  "approx", "apr",  "art", "arts", "aug", "c",    "cap", "cf",  "ch",  "cl",   "cls",   "co",
    "dec",  "dept", "dr",     "e.g",  "ed",  "eg",   "esp", "feb",  "fig", "hon", "i.e", "ie",   "jan",   "jul",
    "jun",  "mar",  "messrs", "mr",   "mrs", "ms",   "no",  "nos",  "nov", "oct", "p",   "para", "paras", "pp",
    "prof", "r",    "reg",    "regs", "s",   "sch",  "sec", "sept", "ss",  "st",  "v"};
// Those that may also end a sentence: then an upper-case sentence opener follows.
constexpr std::array<std::string_view, 14> kMayEnd = {"etc", "inc", "ltd", "plc",   "corp", "p.m", "a.m",
                                                      "co",  "u.s", "u.k", "u.s.c", "llc",  "vol", "vs"};
constexpr std::array<std::string_view, 34> kOpeners = {
    "A",    "All",  "An", "Any",    "As",      "At",   "By",    "Each",  "Every", "For",  "He",  "However",
    "If",   "In",   "It", "No",     "Nothing", "On",   "Our",   "She",   "Such",  "That", "The", "These",
    "They", "This", "To", "Unless", "We",      "When", "Where", "Which", "You",   "Your"};

std::string WordBefore(std::string_view text, std::size_t dot) {
  std::size_t from = dot;
  while (from > 0 && (IsLetter(text[from - 1]) || text[from - 1] == '.')) --from;
  std::string word(text.substr(from, dot - from));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  return word;
}

bool IsOpener(std::string_view text, std::size_t i) {
  std::size_t end = i;
  while (end < text.size() && IsLetter(text[end])) ++end;
  return std::find(kOpeners.begin(), kOpeners.end(), text.substr(i, end - i)) != kOpeners.end();
}

// "am 3. Mai", "vom 12. Januar 2024": a German day. ("May" is English: "under clause 3. May the tenant …?")
bool IsGermanDay(std::string_view text, std::size_t dot, std::size_t next) {
  std::size_t first = dot;
  while (first > 0 && IsDigit(text[first - 1])) --first;
  if (first == dot || dot - first > 2) return false;
  std::size_t end = next;
  while (end < text.size() && !IsSpace(text[end]) && text[end] != ',' && text[end] != '.') ++end;
  const std::string_view month = text.substr(next, end - next);
  constexpr std::array<std::string_view, 13> kMonths = {"Januar",  "Jänner",   "Februar", "März",   "April",
                                                        "Mai",     "Juni",     "Juli",    "August", "September",
                                                        "Oktober", "November", "Dezember"};
  return std::find(kMonths.begin(), kMonths.end(), month) != kMonths.end();
}

// "3", "K04LS219", "HC-2021-000123".
bool IsNumber(std::string_view text, std::size_t i) {
  bool digit = false;
  for (; i < text.size() && !IsSpace(text[i]); ++i) digit = digit || IsDigit(text[i]);
  return digit;
}

// Whether the stop at `dot` ends a sentence, given the first visible character after it at `next`.
bool StopEnds(std::string_view text, std::size_t dot, std::size_t next) {
  if (next >= text.size()) return true;
  if (IsGermanDay(text, dot, next)) return false;
  const std::string word = WordBefore(text, dot);
  const bool may_end = std::find(kMayEnd.begin(), kMayEnd.end(), word) != kMayEnd.end();
  if (may_end) return IsOpener(text, next);
  // "no." is a short form only before a number: "No. 3", "Claim No. K04LS219".
  if (word == "no" || word == "nos") return !IsNumber(text, next);
  if (std::find(kShortForms.begin(), kShortForms.end(), word) != kShortForms.end()) return false;
  // An initial: "J. Smith".
  const bool initial = word.size() == 1 && word != "i" && std::isupper(static_cast<unsigned char>(text[dot - 1]));
  if (initial) return IsOpener(text, next);
  return !IsLower(text[next]);
}

// After a stop: closing quotes and brackets that belong to the sentence.
std::size_t AfterClosers(std::string_view text, std::size_t i) {
  while (i < text.size()) {
    if (text[i] == '"' || text[i] == '\'' || text[i] == ')' || text[i] == ']' || text[i] == '*' || text[i] == '_') {
      ++i;
    } else if (text.substr(i, 3) == "\u201d" || text.substr(i, 3) == "\u2019") {
      i += 3;
    } else {
      break;
    }
  }
  return i;
}

std::size_t LineEnd(std::string_view text, std::size_t i) {
  const std::size_t end = text.find('\n', i);
  return end == std::string_view::npos ? text.size() : end;
}

struct Block {
  std::size_t start = 0;
  std::size_t end = 0;
  bool list_item = false;
  bool heading = false;
};

// "Signed by Ann Archer", "Signed: Ann Archer", "SIGNED as a deed by Ann Archer", "Dated 19 May 2025": such lines
// follow each other without a stop or a blank line.
bool IsSignature(std::string_view line) {
  constexpr std::array<std::string_view, 9> kBegins = {"Signed by ",        "Signed:",        "Signed for ",
                                                       "Signed on behalf ", "Signed as a ",   "SIGNED ",
                                                       "SIGNED: ",          "Executed as a ", "EXECUTED "};
  const bool dated =
      (line.substr(0, 6) == "Dated " || line.substr(0, 6) == "DATED ") && line.size() < 40 && IsNumber(line, 6);
  return dated || std::any_of(kBegins.begin(), kBegins.end(),
                              [line](std::string_view begin) { return line.substr(0, begin.size()) == begin; });
}

// "|---|:--|", between the first row of a Markdown table, each of whose rows is a line, and the others.
bool IsTableRule(std::string_view line) {
  return line.size() > 2 && line[0] == '|' && line.find_first_not_of("|-: ") == std::string_view::npos &&
         line.find('-') != std::string_view::npos;
}

std::size_t TrimEnd(std::string_view text, std::size_t start, std::size_t end) {
  while (end > start && IsSpace(text[end - 1])) --end;
  return end;
}

// The line that begins at `line`, without white space around.
std::string_view LineAt(std::string_view text, std::size_t line) {
  if (line >= text.size()) return "";
  const std::size_t end = LineEnd(text, line);
  const std::size_t first = std::min(SkipSpace(text, line), end);
  return text.substr(first, TrimEnd(text, first, end) - first);
}

bool EndsOpen(std::string_view text, const Block& block) {
  const std::size_t end = TrimEnd(text, block.start, block.end);
  if (end == block.start) return false;
  const char last = text[end - 1];
  return last != '.' && last != '!' && last != '?' && last != ':';
}

// Paragraphs, list items and headings. A paragraph that a blank line cuts in mid-sentence (a page break) is one.
// "Yours sincerely,": with the name below it one statement of who wrote.
bool IsClosing(std::string_view text, const Block& block) {
  const std::size_t end = TrimEnd(text, block.start, block.end);
  const std::string_view line = text.substr(block.start, end - block.start);
  constexpr std::array<std::string_view, 6> kWords = {"Yours",     "Kind regards", "Best regards",
                                                      "With best", "With kind",    "Regards"};
  return line.size() < 40 && line.ends_with(',') && line.find('\n') == std::string_view::npos &&
         std::any_of(kWords.begin(), kWords.end(), [line](std::string_view begin) { return line.starts_with(begin); });
}

std::vector<Block> SplitBlocks(std::string_view text) {
  std::vector<Block> blocks;
  bool after_blank = true;
  bool labelled = false;  // a line before, in this paragraph
  for (std::size_t line = 0; line < text.size(); line = LineEnd(text, line) + 1) {
    const std::size_t end = LineEnd(text, line);
    const std::size_t first = std::min(SkipSpace(text, line), end);
    if (first == end) {
      after_blank = true;
      labelled = false;
      continue;
    }
    const bool here = IsLabelled(LineAt(text, line));
    const bool one_of_several = here && (labelled || IsLabelled(LineAt(text, end + 1)));
    labelled = labelled || here;
    if (IsTableRule(LineAt(text, line))) {
      labelled = false;
      continue;
    }
    Block block;
    block.start = AfterListMarker(text, first);
    block.end = end;
    block.list_item = block.start != first;
    const std::size_t trimmed = TrimEnd(text, first, end);
    block.heading = text[first] == '#' ||
                    (trimmed - first > 4 && text.substr(first, 2) == "**" && text.find("**", first + 2) + 2 == trimmed);
    const bool heading_before = !blocks.empty() && blocks.back().heading;
    const bool goes_on = after_blank && !blocks.empty() &&
                         ((IsLower(text[first]) && EndsOpen(text, blocks.back())) || IsClosing(text, blocks.back()));
    const bool joins = !blocks.empty() && !block.list_item && !block.heading && !heading_before && !one_of_several &&
                       text[first] != '|' && !IsSignature(text.substr(first, trimmed - first));
    if (joins && (!after_blank || goes_on)) {
      blocks.back().end = end;
    } else if (block.start < end) {
      blocks.push_back(block);
    }
    after_blank = false;
  }
  return blocks;
}

void SplitBlock(std::string_view text, const Block& block, std::vector<Sentence>* out) {
  std::size_t start = SkipSpace(text, block.start);
  bool first = true;
  const std::string_view body = text.substr(0, block.end);
  const auto add = [&](std::size_t end, bool complete) {
    end = TrimEnd(body, start, end);
    if (end <= start) return;
    Sentence sentence;
    sentence.start = start;
    sentence.end = end;
    sentence.heading = block.heading;
    sentence.list_item = block.list_item && first;
    sentence.complete = complete;
    out->push_back(sentence);
    first = false;
  };
  const bool row = start < body.size() && body[start] == '|';  // a stop in a cell ends none
  for (std::size_t i = start; i < body.size() && !row; ++i) {
    if (body[i] != '.' && body[i] != '!' && body[i] != '?') continue;
    const std::size_t stop = i;
    while (i + 1 < body.size() && (body[i + 1] == '.' || body[i + 1] == '!' || body[i + 1] == '?')) ++i;
    const std::size_t closed = AfterClosers(body, i + 1);
    const std::size_t marked = AfterMarks(body, closed);
    const std::size_t next = SkipSpace(body, marked);
    if (next < body.size() && next == closed) continue;  // "5.2", "e.g.x"
    if (body[stop] == '.' && stop == i && !StopEnds(body, stop, next)) continue;
    add(marked, true);
    start = next;
    i = next == 0 ? 0 : next - 1;
  }
  add(body.size(), false);
}

bool BlankLineBetween(std::string_view text, std::size_t from, std::size_t to) {
  const std::string_view gap = text.substr(from, to - from);
  return std::count(gap.begin(), gap.end(), '\n') > 1;
}

// What stands before an item on its line, by shape: 'd' of "7.", 'l' of "(a)", '-' of a bullet; upper case when there
// is a bracket before it.
char MarkerOf(std::string_view text, const Sentence& item) {
  const std::size_t line = text.rfind('\n', item.start == 0 ? 0 : item.start - 1);
  std::size_t at = SkipSpace(text, line == std::string_view::npos || line >= item.start ? 0 : line + 1);
  const bool bracket = at < item.start && text[at] == '(';
  if (bracket) ++at;
  if (at >= item.start) return 0;
  if (IsDigit(text[at])) return bracket ? 'D' : 'd';
  if (IsLetter(text[at])) return bracket ? 'L' : 'l';
  return '-';
}

// A sentence that the item goes on with, "The tenant shall" / "(a) repair it": not the caption of a claim, which ends
// with a party.
bool RunsOnInto(std::string_view text, const Sentence& lead, const Sentence& item) {
  if (lead.complete || BlankLineBetween(text, lead.end, item.start)) return false;
  if (IsLower(text[item.start])) return true;
  std::size_t word = lead.end;
  while (word > lead.start && !IsSpace(text[word - 1])) --word;
  return IsLower(text[word]);
}

// A list item's lead-in: the sentence before the list that ends with a colon, or runs on into the first item.
void FindLeadIns(std::string_view text, std::vector<Sentence>* sentences) {
  int lead_in = -1;
  bool in_list = false;
  // An item that leads a list of its own in ("7. The Tenant shall not:"), until the next of its kind ("8."), and what
  // leads its own list in.
  char inner = 0;
  int outer = -1;
  char kind = 0;  // of the list's first item: "12." behind "(c)" is the next clause
  char inner_kind = 0;
  for (std::size_t i = 0; i < sentences->size(); ++i) {
    Sentence& sentence = (*sentences)[i];
    if (sentence.list_item) {
      const char marker = MarkerOf(text, sentence);
      if (inner != 0 && marker == inner) {
        lead_in = outer;
        inner = 0;
      }
      if (!in_list) kind = marker;
      if (inner != 0 && inner_kind == 0) inner_kind = marker;
      if (marker == 'd' && (inner != 0 ? inner_kind : kind) != 'd' && kind != 'd') {
        lead_in = -1;
        inner = 0;
        kind = marker;
      }
      sentence.lead_in = lead_in;
      in_list = true;
      const bool leads = text[sentence.end - 1] == ':' && i + 1 < sentences->size() && (*sentences)[i + 1].list_item &&
                         MarkerOf(text, (*sentences)[i + 1]) != marker;
      if (leads && inner == 0) {
        outer = lead_in;
        inner = marker;
        inner_kind = 0;
        lead_in = static_cast<int>(i);
      }
      continue;
    }
    const bool last = i + 1 == sentences->size();
    const bool before_item = !last && (*sentences)[i + 1].list_item;
    const bool colon = text[sentence.end - 1] == ':';
    const bool runs_on = before_item && RunsOnInto(text, sentence, (*sentences)[i + 1]);
    if (before_item && !sentence.heading && (colon || (!in_list && runs_on))) {
      lead_in = static_cast<int>(i);
      in_list = false;
    } else if (!in_list) {
      lead_in = -1;
    } else if (!before_item) {
      lead_in = -1;
      in_list = false;
    }
  }
}

}  // namespace

bool IsLabelled(std::string_view line) {
  constexpr std::size_t kLongestLabel = 40;
  constexpr std::ptrdiff_t kMostWords = 5;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon > kLongestLabel) return false;
  const std::string_view label = line.substr(0, colon);
  const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == ' ' || c == '-' || c == '/' || c == '&' || c == '(' || c == ')' ||
           c == '\'' || (static_cast<unsigned char>(c) & 0x80) != 0;
  });
  const bool capital = label[0] >= 'A' && label[0] <= 'Z';
  const bool value = colon + 2 < line.size() && (line[colon + 1] == ' ' || line[colon + 1] == '\t');
  return plain && capital && value && std::count(label.begin(), label.end(), ' ') < kMostWords;
}

std::size_t AfterMarks(std::string_view text, std::size_t position) {
  std::size_t end = position;
  for (std::size_t i = position;;) {
    i = SkipSpace(text, i);
    if (i >= text.size() || text[i] != '[') return end;
    std::size_t j = i + 1;
    bool digit = false;
    while (j < text.size() && (IsDigit(text[j]) || text[j] == ',' || text[j] == ' ' || text[j] == '-')) {
      digit = digit || IsDigit(text[j]);
      ++j;
    }
    if (!digit || j >= text.size() || text[j] != ']') return end;
    i = j + 1;
    // "[1]." : the stop after a mark.
    if (i < text.size() && text[i] == '.' && end != position) ++i;
    end = i;
  }
}

std::vector<Sentence> SplitSentences(std::string_view text) {
  std::vector<Sentence> sentences;
  for (const Block& block : SplitBlocks(text)) SplitBlock(text, block, &sentences);
  FindLeadIns(text, &sentences);
  return sentences;
}

}  // namespace counsel::text
