#include "ingest/headings.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace counsel::ingest {
namespace {

constexpr std::size_t kLongestHeading = 160;  // bytes
constexpr int kMostWords = 12;
constexpr int kDeepest = 6;
constexpr std::size_t kLongestPath = 300;
constexpr std::string_view kBlanks = " \t";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}

std::string_view Trim(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

int CountWords(std::string_view line) {
  int words = 0;
  bool inside = false;
  for (char c : line) {
    const bool space = c == ' ' || c == '\t';
    if (!space && !inside) ++words;
    inside = !space;
  }
  return words;
}

int MarkdownLevel(std::string_view line) {
  const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
  const bool heading = marks >= 1 && marks <= kDeepest && marks < line.size() && line[marks] == ' ';
  return heading && !Trim(line.substr(marks)).empty() ? static_cast<int>(marks) : 0;
}

// Letters, and no small ones. A single word of capitals may be an abbreviation in a table: 4 letters at least.
bool AllCapitals(std::string_view line) {
  int letters = 0;
  for (char c : line) {
    if (IsLower(c)) return false;
    if (IsUpper(c)) ++letters;
  }
  return letters >= 4;
}

bool EqualIgnoringCase(std::string_view word, std::string_view lower) {
  return word.size() == lower.size() && std::equal(word.begin(), word.end(), lower.begin(), [](char a, char b) {
           return (IsUpper(a) ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

// "Article IV", "Section 5.": the level of the word, when a number or a single letter follows it.
int LevelOfDivision(std::string_view line) {
  struct Division {
    std::string_view word;
    int level;
  };
  constexpr std::array kDivisions = {Division{"part", 1},    Division{"title", 1},    Division{"schedule", 1},
                                     Division{"annex", 1},   Division{"appendix", 1}, Division{"exhibit", 1},
                                     Division{"chapter", 2}, Division{"article", 2},  Division{"section", 3},
                                     Division{"clause", 3},  Division{"sec.", 3},     Division{"art.", 2},
                                     Division{"\xC2\xA7", 3}};
  const std::size_t word_end = std::min(line.find_first_of(kBlanks), line.size());
  const std::string_view number = Trim(line.substr(word_end));
  const std::size_t number_end = std::min(number.find_first_of(" \t.:)"), number.size());
  const bool roman =
      number_end > 0 && number.substr(0, number_end).find_first_not_of("IVXLC") == std::string_view::npos;
  const bool numbered = !number.empty() && (IsDigit(number[0]) || roman || (number_end == 1 && IsUpper(number[0])));
  if (!numbered) return 0;
  for (const Division& division : kDivisions) {
    if (EqualIgnoringCase(line.substr(0, word_end), division.word)) return division.level;
  }
  return 0;
}

// "5. Fees", "2.1 Term": 3 and deeper.
int LevelOfNumber(std::string_view line) {
  std::size_t at = 0;
  int parts = 0;
  while (at < line.size() && IsDigit(line[at])) {
    std::size_t digits = 0;
    while (at < line.size() && IsDigit(line[at])) ++at, ++digits;
    if (digits > 3) return 0;  // a year
    ++parts;
    if (at < line.size() && (line[at] == '.' || line[at] == ')')) ++at;
  }
  if (parts == 0 || at >= line.size() || kBlanks.find(line[at]) == std::string_view::npos) return 0;
  const std::string_view title = Trim(line.substr(at));
  if (title.empty() || !IsUpper(title[0])) return 0;
  return std::min(parts + 2, kDeepest);
}

// Every word of four letters and more begins with a capital: "Term and Renewal", not "The licensee shall".
bool IsTitleCase(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    if (end - at >= 4 && IsLower(line[at])) return false;
    at = end + 1;
  }
  return true;
}

// A line that is followed at once by another is a heading only when it does not read as a sentence's first line.
bool EndsHere(std::string_view line, std::string_view next) {
  constexpr int kMostWordsAboveText = 8;
  next = Trim(next.substr(0, kLongestHeading));
  if (next.empty()) return true;
  const bool next_begins_anew = IsUpper(next[0]) || IsDigit(next[0]) || next[0] == '(' || next[0] == '"';
  const bool reads_as_title = line.back() == '.' || line.back() == ':' || IsTitleCase(line);
  return next_begins_anew && (reads_as_title || LevelOfDivision(line) > 0) && CountWords(line) <= kMostWordsAboveText;
}

}  // namespace

bool IsSpace(char32_t c) {
  if (c <= 0x20 || c == 0x7F) return true;
  if (c < 0x80) return false;
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

int HeadingLevel(const LineContext& context) {
  if (context.line.size() > kLongestHeading) return 0;
  if (context.markdown) return MarkdownLevel(context.line);
  const std::string_view line = Trim(context.line);
  if (!context.after_blank || line.empty() || CountWords(line) > kMostWords) return 0;
  if (line.back() == ',' || line.back() == ';' || !EndsHere(line, context.next)) return 0;
  if (const int level = LevelOfDivision(line); level > 0) return level;
  if (const int level = LevelOfNumber(line); level > 0) return level;
  // Several lines of capitals are a warning, not a heading.
  return AllCapitals(line) && !AllCapitals(context.next.substr(0, kLongestHeading)) ? 1 : 0;
}

bool IsListItem(std::string_view line) {
  const std::size_t first = std::min(line.find_first_not_of(kBlanks), line.size());
  line = line.substr(first, 8);
  const std::size_t mark_end = line.find_first_of(kBlanks);
  if (mark_end == std::string_view::npos || mark_end == 0) return false;
  std::string_view mark = line.substr(0, mark_end);
  if (mark == "-" || mark == "*" || mark == "+" || mark == "\xE2\x80\xA2" || mark == "\xE2\x80\x93") return true;
  if (mark.back() != '.' && mark.back() != ')') return false;
  mark.remove_suffix(1);
  if (mark.starts_with('(')) mark.remove_prefix(1);
  const bool number = !mark.empty() && mark.find_first_not_of("0123456789.") == std::string_view::npos;
  const bool roman = !mark.empty() && mark.find_first_not_of("ivx") == std::string_view::npos;
  return number || roman || (mark.size() == 1 && (IsLower(mark[0]) || IsUpper(mark[0])));
}

void HeadingPath::Enter(int level, std::string_view line, std::size_t clause_depth) {
  while (!headings_.empty() && headings_.back().level >= level) headings_.pop_back();
  std::string title;
  for (char c : Trim(line)) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (title.empty() || title.back() == ' ')) continue;
    if (c == '#' && title.empty()) continue;
    title += blank ? ' ' : c;
  }
  headings_.push_back({level, clause_depth, std::move(title)});
  RenewText();
}

void HeadingPath::EndNumbered(std::size_t clause_depth) {
  while (!headings_.empty() && headings_.back().clause_depth >= clause_depth) headings_.pop_back();
  RenewText();
}

void HeadingPath::RenewText() {
  text_.clear();
  for (const Heading& heading : headings_) {
    const std::size_t more = heading.title.size() + 3;
    if (text_.size() + more > kLongestPath) break;
    if (!text_.empty()) text_ += " > ";
    text_ += heading.title;
  }
}

}  // namespace counsel::ingest
