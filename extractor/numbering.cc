#include "extractor/numbering.h"

#include <algorithm>
#include <utility>

namespace counsel::extractor {
namespace {

std::string Roman(int number) {
  constexpr std::array<std::pair<int, const char*>, 13> kDigits = {{{1000, "m"},
                                                                    {900, "cm"},
                                                                    {500, "d"},
                                                                    {400, "cd"},
                                                                    {100, "c"},
                                                                    {90, "xc"},
                                                                    {50, "l"},
                                                                    {40, "xl"},
                                                                    {10, "x"},
                                                                    {9, "ix"},
                                                                    {5, "v"},
                                                                    {4, "iv"},
                                                                    {1, "i"}}};
  std::string text;
  for (const auto& [value, digits] : kDigits) {
    for (; number >= value; number -= value) text += digits;
  }
  return text;
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

const char* OrdinalEnding(int number) {
  const int ten = number % 100 / 10;
  const int one = number % 10;
  return ten == 1 ? "th" : one == 1 ? "st" : one == 2 ? "nd" : one == 3 ? "rd" : "th";
}

// 21 → "twenty-one", "twenty-first"; figures beyond 999.
std::string InWords(int number, bool ordinal) {
  constexpr std::array<const char*, 20> kSmall = {
      "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
      "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr std::array<const char*, 20> kSmallOrdinals = {
      "zeroth",     "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
      "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
      "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
  constexpr std::array<const char*, 10> kTens = {"",      "",      "twenty",  "thirty", "forty",
                                                 "fifty", "sixty", "seventy", "eighty", "ninety"};
  if (number < 0 || number > 999) return std::to_string(number) + (ordinal ? OrdinalEnding(number) : "");
  const auto rest = static_cast<std::size_t>(number % 100);
  std::string text;
  if (number >= 100) text = std::string(kSmall[static_cast<std::size_t>(number / 100)]) + " hundred";
  if (number >= 100 && rest == 0) return text + (ordinal ? "th" : "");
  if (number >= 100) text += " ";
  if (rest < 20) return text + (ordinal ? kSmallOrdinals[rest] : kSmall[rest]);
  const std::string tens = kTens[rest / 10];
  if (rest % 10 == 0) return text + (ordinal ? tens.substr(0, tens.size() - 1) + "ieth" : tens);
  return text + tens + "-" + (ordinal ? kSmallOrdinals[rest % 10] : kSmall[rest % 10]);
}

// Numbers beyond this nobody reads, and counting on from them must not run over.
constexpr int kFarthest = 1'000'000'000;

}  // namespace

std::string FormatNumber(int number, std::string_view format) {
  constexpr int kMostRoman = 3'999;
  constexpr int kMostLetters = 26 * 20;
  if (format == "none" || format == "bullet") return "";
  const bool letter = format.ends_with("Letter") && number >= 1 && number <= kMostLetters;
  const bool roman = format.ends_with("Roman") && number >= 1 && number <= kMostRoman;
  std::string text = std::to_string(number);
  // As word processors do: z, then aa, bb, …
  if (letter)
    text = std::string(static_cast<std::size_t>((number - 1) / 26 + 1), static_cast<char>('a' + (number - 1) % 26));
  if (roman) text = Roman(number);
  if ((letter || roman) && format.starts_with("upper")) text = Upper(std::move(text));
  if (format == "decimalZero" && number < 10) text.insert(text.begin(), '0');
  if (format == "ordinal") text += OrdinalEnding(number);
  if (format == "cardinalText" || format == "ordinalText") {
    text = InWords(number, format == "ordinalText");
    if (!text.empty()) text.front() = Upper(text.substr(0, 1)).front();
  }
  return text;
}

void ListCounters::Restart(const std::string& key, int level, int start) {
  if (level < 0 || level >= kListLevels) return;
  State& state = states_[key];
  state.number[static_cast<std::size_t>(level)] = std::clamp(start, -kFarthest, kFarthest) - 1;
  state.begun[static_cast<std::size_t>(level)] = true;
}

std::string ListCounters::Next(const std::string& key, const List& list, int level) {
  const auto here = static_cast<std::size_t>(std::clamp(level, 0, kListLevels - 1));
  State& state = states_[key];
  for (std::size_t i = 0; i <= here; ++i) {
    if (state.begun[i]) continue;
    state.begun[i] = true;
    // A level that was skipped counts as begun.
    const int start = std::clamp(list[i].start, -kFarthest, kFarthest);
    state.number[i] = i == here ? start - 1 : start;
  }
  state.number[here] = std::min(state.number[here] + 1, kFarthest);
  for (std::size_t i = here + 1; i < kListLevels; ++i) {
    const int restart = list[i].restart;
    if (restart < 0 || static_cast<int>(here) < restart) state.begun[i] = false;
  }
  const ListLevel& own = list[here];
  if (own.format == "bullet") return "\xE2\x80\xA2";
  std::string label;
  for (std::size_t i = 0; i < own.text.size(); ++i) {
    const bool place =
        own.text[i] == '%' && i + 1 < own.text.size() && own.text[i + 1] >= '1' && own.text[i + 1] <= '9';
    if (!place) {
      label += own.text[i];
      continue;
    }
    const auto of = static_cast<std::size_t>(own.text[++i] - '1');
    if (of <= here) label += FormatNumber(state.number[of], own.all_decimal ? "decimal" : list[of].format);
  }
  while (!label.empty() && label.back() == ' ') label.pop_back();
  return label;
}

}  // namespace counsel::extractor
