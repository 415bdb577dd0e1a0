// Days of the Gregorian calendar. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace counsel::chronology {

using Day = std::chrono::sys_days;

// First to last day, both included.
struct Span {
  Day first;
  Day last;
  friend bool operator==(const Span&, const Span&) = default;
};

[[nodiscard]] std::optional<Day> MakeDay(int year, int month, int day);
[[nodiscard]] Span MonthOf(int year, int month);
[[nodiscard]] Span YearOf(int year);
[[nodiscard]] int YearNumber(Day day);
// The same day of another month, or its last one where it is shorter.
[[nodiscard]] Day AddMonths(Day day, int months);
// "2024-03-05"
[[nodiscard]] std::string IsoDay(Day day);
[[nodiscard]] std::optional<Day> ReadIsoDay(const std::string& text);
// Of the day and month, the year that brings it nearest to `base`.
[[nodiscard]] std::optional<Day> NearestYear(int month, int day, Day base);

}  // namespace counsel::chronology
