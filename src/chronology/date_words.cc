#include "chronology/date_words.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/utf8.h"

namespace counsel::chronology {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
// Letters beyond ASCII are letters: "Zoë".
bool IsLetter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80U;
}

// The code point at `at`, where it is white space, a dash or a quote; bytes it takes.
struct Sign {
  char as = 0;  // ' ', '-' or '\''; 0: none of these
  std::size_t bytes = 1;
};
Sign SignAt(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') return {' ', 1};
  if (static_cast<unsigned char>(c) < 0x80U) return {};
  std::size_t next = at;
  const char32_t point = NextCodePoint(text, &next);
  const std::size_t bytes = next - at;
  if (point == 0xA0 || point == 0x202F || point == 0x2009) return {' ', bytes};
  if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212) return {'-', bytes};
  if (point == 0x2018 || point == 0x2019) return {'\'', bytes};
  if (point == 0x201C || point == 0x201D || point == 0x2022 || point == 0xA3 || point == 0xA7 || point == 0xB6) {
    return {'"', bytes};
  }
  return {};
}

bool IsOrdinalEnd(std::string_view low) {
  return low == "st" || low == "nd" || low == "rd" || low == "th";
}

int PlainNumber(std::string_view digits) {
  if (digits.empty() || digits.size() > 4) return -1;
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

struct Named {
  std::string_view name;
  int value;
};
template <std::size_t N>
int ValueOf(const std::array<Named, N>& names, std::string_view name) {
  for (const Named& one : names) {
    if (one.name == name) return one.value;
  }
  return 0;
}

constexpr std::array<Named, 20> kOrdinals = {
    {{"first", 1},      {"second", 2},       {"third", 3},       {"fourth", 4},      {"fifth", 5},
     {"sixth", 6},      {"seventh", 7},      {"eighth", 8},      {"ninth", 9},       {"tenth", 10},
     {"eleventh", 11},  {"twelfth", 12},     {"thirteenth", 13}, {"fourteenth", 14}, {"fifteenth", 15},
     {"sixteenth", 16}, {"seventeenth", 17}, {"eighteenth", 18}, {"nineteenth", 19}, {"twentieth", 20}}};
constexpr std::array<Named, 19> kUnits = {{{"one", 1},
                                           {"two", 2},
                                           {"three", 3},
                                           {"four", 4},
                                           {"five", 5},
                                           {"six", 6},
                                           {"seven", 7},
                                           {"eight", 8},
                                           {"nine", 9},
                                           {"ten", 10},
                                           {"eleven", 11},
                                           {"twelve", 12},
                                           {"thirteen", 13},
                                           {"fourteen", 14},
                                           {"fifteen", 15},
                                           {"sixteen", 16},
                                           {"seventeen", 17},
                                           {"eighteen", 18},
                                           {"nineteen", 19}}};
constexpr std::array<Named, 8> kTens = {{{"twenty", 20},
                                         {"thirty", 30},
                                         {"forty", 40},
                                         {"fifty", 50},
                                         {"sixty", 60},
                                         {"seventy", 70},
                                         {"eighty", 80},
                                         {"ninety", 90}}};

// "twenty-four", "twelve": 1 to 99.
Count SpelledAt(const Words& words, std::size_t i) {
  if (const int unit = ValueOf(kUnits, words[i].low); unit > 0) return {unit, 1};
  const int tens = ValueOf(kTens, words[i].low);
  if (tens == 0) return {};
  const std::size_t next = words.Is(i + 1, "-") ? i + 2 : i + 1;
  const int unit = ValueOf(kUnits, words[next].low);
  if (unit > 0 && unit < 10) return {tens + unit, next + 1 - i};
  return {tens, 1};
}

}  // namespace

std::vector<Word> SplitDateWords(std::string_view text) {
  std::vector<Word> words;
  bool gap = true;
  int lines = 2;
  for (std::size_t at = 0; at < text.size();) {
    const Sign sign = SignAt(text, at);
    if (sign.as == ' ') {
      gap = true;
      if (text[at] == '\n') ++lines;
      at += sign.bytes;
      continue;
    }
    Word word;
    word.start = at;
    word.gap = gap;
    word.line = lines > 0;
    word.blank = lines > 1;
    if (sign.as != 0) {
      word.low = sign.as;
      at += sign.bytes;
    } else if (IsDigit(text[at])) {
      word.type = Word::Type::kNumber;
      while (at < text.size() && IsDigit(text[at])) word.low += text[at++];
      std::string letters;
      std::size_t end = at;
      while (end < text.size() && IsLetter(text[end]) && SignAt(text, end).as == 0) {
        letters += static_cast<char>(std::tolower(static_cast<unsigned char>(text[end++])));
      }
      if (IsOrdinalEnd(letters) && word.low.size() <= 2) {
        word.ordinal = true;
        at = end;
      } else if (!letters.empty()) {
        word.type = Word::Type::kMixed;
        word.low += letters;
        at = end;
      }
    } else if (IsLetter(text[at])) {
      word.type = Word::Type::kWord;
      word.capital = std::isupper(static_cast<unsigned char>(text[at])) != 0;
      while (at < text.size() && (IsLetter(text[at]) || IsDigit(text[at])) && SignAt(text, at).as == 0) {
        word.low += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at++])));
      }
    } else {
      word.low = text[at++];
    }
    word.end = at;
    words.push_back(std::move(word));
    gap = false;
    lines = 0;
  }
  return words;
}

bool Words::IsOneOf(std::size_t i, std::initializer_list<std::string_view> words) const {
  return i < words_.size() && std::find(words.begin(), words.end(), words_[i].low) != words.end();
}

int MonthNamed(std::string_view low) {
  static constexpr std::array<Named, 24> months = {
      {{"january", 1},  {"jan", 1},    {"february", 2},  {"feb", 2},  {"march", 3},     {"mar", 3},
       {"april", 4},    {"apr", 4},    {"may", 5},       {"june", 6}, {"jun", 6},       {"july", 7},
       {"jul", 7},      {"august", 8}, {"aug", 8},       {"sept", 9}, {"september", 9}, {"sep", 9},
       {"october", 10}, {"oct", 10},   {"november", 11}, {"nov", 11}, {"december", 12}, {"dec", 12}}};
  return ValueOf(months, low);
}

int WeekdayNamed(std::string_view low) {
  static constexpr std::array<Named, 17> days = {{{"monday", 1},
                                                  {"mon", 1},
                                                  {"tuesday", 2},
                                                  {"tue", 2},
                                                  {"tues", 2},
                                                  {"wednesday", 3},
                                                  {"wed", 3},
                                                  {"weds", 3},
                                                  {"thursday", 4},
                                                  {"thu", 4},
                                                  {"thur", 4},
                                                  {"thurs", 4},
                                                  {"friday", 5},
                                                  {"fri", 5},
                                                  {"saturday", 6},
                                                  {"sat", 6},
                                                  {"sunday", 7}}};
  return low == "sun" ? 7 : ValueOf(days, low);
}

Count DayAt(const Words& words, std::size_t i) {
  if (words.Number(i)) {
    const int day = words[i].low.size() <= 2 ? PlainNumber(words[i].low) : -1;
    return day >= 1 && day <= 31 ? Count{day, 1} : Count{};
  }
  if (const int day = ValueOf(kOrdinals, words[i].low); day > 0) return {day, 1};
  const bool twenty = words.Is(i, "twenty");
  if (!twenty && !words.Is(i, "thirty")) return words.Is(i, "thirtieth") ? Count{30, 1} : Count{};
  const std::size_t next = words.Is(i + 1, "-") ? i + 2 : i + 1;
  const int unit = ValueOf(kOrdinals, words[next].low);
  if (unit < 1 || unit > (twenty ? 9 : 1)) return {};
  return {(twenty ? 20 : 30) + unit, next + 1 - i};
}

Count YearAt(const Words& words, std::size_t i) {
  if (words.Number(i) && words[i].low.size() == 4 && !words[i].ordinal) {
    const int year = PlainNumber(words[i].low);
    return year >= 1600 && year < 2200 ? Count{year, 1} : Count{};
  }
  if (words.Is(i, "'") && words.Number(i + 1) && words.Tight(i + 1) && words[i + 1].low.size() == 2) {
    const int year = PlainNumber(words[i + 1].low);
    return {year + (year < 70 ? 2000 : 1900), 2};
  }
  if (!words.Is(i, "two") || !words.Is(i + 1, "thousand")) return {};
  const std::size_t rest = words.Is(i + 2, "and") ? i + 3 : i + 2;
  const Count spelled = SpelledAt(words, rest);
  return spelled.words == 0 ? Count{} : Count{2000 + spelled.value, rest + spelled.words - i};
}

Count CountAt(const Words& words, std::size_t i) {
  Count count;
  if (words.Number(i) && words[i].low.size() <= 3 && !words[i].ordinal) {
    count = {PlainNumber(words[i].low), 1};
  } else if (words.Is(i, "a") || words.Is(i, "an")) {
    return {1, 1};
  } else {
    count = SpelledAt(words, i);
  }
  if (count.words == 0 || count.value == 0) return {};
  const std::size_t next = i + count.words;
  if (words.Is(next, "(") && words.Number(next + 1) && words.Is(next + 2, ")")) count.words += 3;
  return count;
}

}  // namespace counsel::chronology
