#include "review/dates.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include "text/numbers.h"

namespace counsel::review {
namespace {

bool IsDate(int year, int month, int day) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1800 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

std::string IsoDate(int year, int month, int day) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", year, month, day);
  return text.data();
}

Value DateOf(int year, int month, int day, std::size_t first, std::size_t last) {
  Value value;
  if (year < 100) year += 2000;
  if (!IsDate(year, month, day)) return value;
  value.text = IsoDate(year, month, day);
  value.first = first;
  value.last = last;
  return value;
}

// 31/12/2025, 31.12.2025; which comes first is not told by the figures where both could be a month.
Value FiguresDate(const Wording& wording, std::size_t i) {
  if (i >= wording.size() || !wording[i].digits) return Value();
  std::array<std::optional<int>, 3> parts;
  std::size_t last = i + 1;
  const std::string_view word = Word(wording, i);
  if (std::count(word.begin(), word.end(), '.') == 2) {
    const std::size_t a = word.find('.');
    const std::size_t b = word.find('.', a + 1);
    parts = {Integer(word.substr(0, a)), Integer(word.substr(a + 1, b - a - 1)), Integer(word.substr(b + 1))};
  } else if (Sign(wording, i + 1) == '/' && Sign(wording, i + 3) == '/') {
    parts = {Integer(word), Integer(Word(wording, i + 2)), Integer(Word(wording, i + 4))};
    last = i + 5;
    if (Word(wording, i + 4).size() != 4 && Word(wording, i + 4).size() != 2) return Value();
  }
  if (!parts[0] || !parts[1] || !parts[2]) return Value();
  if (*parts[0] > 1000) return DateOf(*parts[0], *parts[1], *parts[2], i, last);
  Value day_first = DateOf(*parts[2], *parts[1], *parts[0], i, last);
  if (day_first.empty()) return DateOf(*parts[2], *parts[0], *parts[1], i, last);
  if (*parts[0] <= 12 && *parts[0] != *parts[1]) day_first.unsure = "day or month may come first";
  return day_first;
}

// "the 1st day of April 2025", "1 April 2025", "April 1, 2025", "2025-04-01"; nothing without a year.
Value WrittenDate(const Wording& wording, std::size_t i) {
  if (i < wording.size() && wording[i].digits && Word(wording, i + 1) == "day" && Word(wording, i + 2) == "of") {
    // As numbers.h reads it: "1st of April 2025".
    std::vector<text::RawWord> some = {wording[i]};
    for (std::size_t j = i + 2; j < std::min(wording.size(), i + 7); ++j) some.push_back(wording[j]);
    const text::NumberFound found = text::FindNumber(wording.text(), some, 0);
    int year = 0;
    int month = 0;
    int day = 0;
    if (std::sscanf(found.key.c_str(), "date:%d-%d-%d", &year, &month, &day) != 3) return Value();
    return DateOf(year, month, day, i, i + found.words + 1);
  }
  if (i >= wording.size()) return Value();
  const text::NumberFound found = text::FindNumber(wording.text(), wording.words(), i);
  int year = 0;
  int month = 0;
  int day = 0;
  if (std::sscanf(found.key.c_str(), "date:%d-%d-%d", &year, &month, &day) != 3) return Value();
  return DateOf(year, month, day, i, i + found.words);
}

}  // namespace

Value DateAt(const Wording& wording, std::size_t i) {
  Value figures = FiguresDate(wording, i);
  return figures.empty() ? WrittenDate(wording, i) : figures;
}

}  // namespace counsel::review
