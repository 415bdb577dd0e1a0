#include "chronology/calendar.h"

#include <charconv>
#include <cstdio>

namespace counsel::chronology {

namespace ch = std::chrono;

std::optional<Day> MakeDay(int year, int month, int day) {
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const ch::year_month_day date{ch::year(year), ch::month(static_cast<unsigned>(month)),
                                ch::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

Span MonthOf(int year, int month) {
  const ch::year_month_day_last last = ch::year(year) / ch::month(static_cast<unsigned>(month)) / ch::last;
  return {Day(ch::year(year) / ch::month(static_cast<unsigned>(month)) / 1), Day(last)};
}

Span YearOf(int year) {
  return {Day(ch::year(year) / 1 / 1), Day(ch::year(year) / 12 / 31)};
}

int YearNumber(Day day) {
  return static_cast<int>(ch::year_month_day(day).year());
}

Day AddMonths(Day day, int months) {
  const ch::year_month_day date(day);
  const ch::year_month_day moved = date + ch::months(months);
  return moved.ok() ? Day(moved) : Day(moved.year() / moved.month() / ch::last);
}

std::string IsoDay(Day day) {
  const ch::year_month_day date(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()) % 100, static_cast<unsigned>(date.day()) % 100);
  return text;
}

std::optional<Day> ReadIsoDay(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {};
  constexpr int kAt[4] = {0, 5, 8, 11};
  for (int i = 0; i < 3; ++i) {
    const char* begin = text.data() + kAt[i];
    const char* end = text.data() + kAt[i + 1] - 1;
    const auto [stopped, failed] = std::from_chars(begin, end, parts[i]);
    if (failed != std::errc() || stopped != end) return std::nullopt;
  }
  return MakeDay(parts[0], parts[1], parts[2]);
}

std::optional<Day> NearestYear(int month, int day, Day base) {
  std::optional<Day> nearest;
  for (int year = YearNumber(base) - 1; year <= YearNumber(base) + 1; ++year) {
    const std::optional<Day> one = MakeDay(year, month, day);
    if (one && (!nearest || ch::abs(*one - base) < ch::abs(*nearest - base))) nearest = one;
  }
  return nearest;
}

}  // namespace counsel::chronology
