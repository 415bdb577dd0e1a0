#include "text/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace counsel::text {
namespace {

using Words = std::vector<RawWord>;

std::string_view At(const Words& words, std::size_t i) {
  return i < words.size() ? std::string_view(words[i].text) : std::string_view();
}

std::optional<std::int64_t> SmallNumber(std::string_view word) {
  static const std::unordered_map<std::string_view, std::int64_t> numbers = {
      {"zero", 0},      {"one", 1},       {"two", 2},       {"three", 3},    {"four", 4},     {"five", 5},
      {"six", 6},       {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},     {"eleven", 11},
      {"twelve", 12},   {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17},
      {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},   {"fifty", 50},
      {"sixty", 60},    {"seventy", 70},  {"eighty", 80},   {"ninety", 90}};
  const auto it = numbers.find(word);
  if (it == numbers.end()) return std::nullopt;
  return it->second;
}

std::int64_t Scale(std::string_view word) {
  if (word == "hundred") return 100;
  if (word == "thousand") return 1000;
  if (word == "million") return 1'000'000;
  if (word == "billion") return 1'000'000'000;
  return 0;
}

int Month(std::string_view word) {
  static constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                              "may",       "june",     "july",     "august",
                                                              "september", "october",  "november", "december"};
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (word == months[i] || (word.size() == 3 && word != "may" && word == months[i].substr(0, 3)))
      return static_cast<int>(i) + 1;
  }
  return 0;
}

std::optional<int> Plain(std::string_view digits, int smallest, int largest) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < smallest || value > largest) {
    return std::nullopt;
  }
  return value;
}

std::optional<int> Day(std::string_view word) {
  if (word.size() > 2) {
    const std::string_view ending = word.substr(word.size() - 2);
    if (ending == "st" || ending == "nd" || ending == "rd" || ending == "th") word.remove_suffix(2);
  }
  return Plain(word, 1, 31);
}

// "may" is a month only when written with a capital between or beside numbers.
int MonthAt(std::string_view text, const Words& words, std::size_t i) {
  const int month = Month(At(words, i));
  return month == 5 && text[words[i].start] != 'M' ? 0 : month;
}

std::string DateKey(std::optional<int> year, int month, int day) {
  return "date:" + (year ? std::to_string(*year) : std::string()) + "-" + std::to_string(month) + "-" +
         std::to_string(day);
}

NumberFound FindDate(std::string_view text, const Words& words, std::size_t i) {
  NumberFound found;
  // 2020-05-01
  if (i + 2 < words.size() && words[i + 1].joined && words[i + 2].joined && words[i + 1].digits &&
      words[i + 2].digits) {
    const auto year = Plain(words[i].text, 1000, 2999);
    const auto month = Plain(words[i + 1].text, 1, 12);
    const auto day = Plain(words[i + 2].text, 1, 31);
    if (year && month && day) {
      found.key = DateKey(year, *month, *day);
      found.words = 3;
      return found;
    }
  }
  std::optional<int> day;
  int month = 0;
  std::size_t next = i + 2;
  if (words[i].digits && MonthAt(text, words, i + 1) != 0) {
    day = Day(words[i].text);
    month = MonthAt(text, words, i + 1);
  } else if (words[i].digits && (At(words, i + 1) == "of" || At(words, i + 1) == "OF") &&
             MonthAt(text, words, i + 2) != 0) {
    day = Day(words[i].text);
    month = MonthAt(text, words, i + 2);
    next = i + 3;
  } else if (i + 1 < words.size() && words[i + 1].digits && MonthAt(text, words, i) != 0) {
    day = Day(words[i + 1].text);
    month = MonthAt(text, words, i);
  }
  if (!day || month == 0) return found;
  std::size_t at = next;
  if (at < words.size() && words[at].punctuation == ',') ++at;
  const std::optional<int> year = at < words.size() ? Plain(words[at].text, 1000, 2999) : std::nullopt;
  found.key = DateKey(year, month, *day);
  found.words = (year ? at + 1 : next) - i;
  return found;
}

NumberFound FindWritten(const Words& words, std::size_t i) {
  NumberFound found;
  std::int64_t total = 0;
  std::int64_t group = 0;
  std::int64_t last = -1;  // the small number just read
  std::size_t at = i;
  for (; at < words.size(); ++at) {
    const std::string_view word = words[at].text;
    if (const auto small = SmallNumber(word)) {
      const bool fits = last < 0 || (last >= 20 && last % 10 == 0 && *small > 0 && *small < 10);
      if (!fits) break;
      group += *small;
      last = *small;
    } else if (const std::int64_t scale = Scale(word); scale == 100 && group > 0 && group < 100) {
      group *= 100;
      last = -1;
    } else if (scale >= 1000 && group > 0 && group < 1000) {
      total += group * scale;
      group = 0;
      last = -1;
    } else if (word == "and" && at > i && Scale(words[at - 1].text) != 0 && SmallNumber(At(words, at + 1))) {
      continue;
    } else {
      break;
    }
  }
  if (at == i) return found;
  found.key = std::to_string(total + group);
  found.words = at - i;
  return found;
}

NumberFound FindDigits(const Words& words, std::size_t i) {
  NumberFound found;
  if (i >= words.size() || !words[i].digits) return found;
  found.words = 1;
  const std::string& text = words[i].text;
  const bool plain = text.find_first_not_of("0123456789.,") == std::string::npos;
  found.key = text;
  if (!plain) return found;
  std::erase(found.key, ',');
  const std::int64_t scale = Scale(At(words, i + 1));
  double value = 0;
  const auto [end, error] = std::from_chars(found.key.data(), found.key.data() + found.key.size(), value);
  if (scale == 0 || error != std::errc() || end != found.key.data() + found.key.size()) return found;
  found.key = std::to_string(std::llround(value * static_cast<double>(scale)));
  found.words = 2;
  return found;
}

std::string_view Currency(const RawWord& word) {
  if (word.punctuation == '$' || word.text == "usd") return "dollar";
  if (word.text == "\u00a3" || word.text == "gbp") return "pound";
  if (word.text == "\u20ac" || word.text == "eur") return "euro";
  return "";
}

// "thirty (30)": the same number again in brackets is part of the first.
void TakeRepetition(const Words& words, std::size_t i, NumberFound* found) {
  const std::size_t open = i + found->words;
  if (open + 2 >= words.size() || words[open].punctuation != '(') return;
  NumberFound again = FindDigits(words, open + 1);
  if (again.words == 0) again = FindWritten(words, open + 1);
  const std::size_t close = open + 1 + again.words;
  if (again.words != 0 && again.key == found->key && close < words.size() && words[close].punctuation == ')') {
    found->words = close + 1 - i;
  }
}

}  // namespace

NumberFound FindNumber(std::string_view text, const Words& words, std::size_t i) {
  NumberFound found = FindDate(text, words, i);
  if (found.words != 0) return found;
  if (const std::string_view unit = Currency(words[i]); !unit.empty()) {
    found = FindDigits(words, i + 1);
    if (found.words == 0) return found;
    found.unit = unit;
    ++found.words;
    return found;
  }
  found = words[i].digits ? FindDigits(words, i) : FindWritten(words, i);
  if (found.words != 0) TakeRepetition(words, i, &found);
  return found;
}

}  // namespace counsel::text
