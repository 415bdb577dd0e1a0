// How dates are written. Internal to this room.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "chronology/calendar.h"
#include "chronology/date_words.h"
#include "chronology/dates.h"

namespace counsel::chronology {

// A date as it is written at words [begin, end): what it lacks is 0.
struct Written {
  std::size_t begin = 0;
  std::size_t end = 0;  // = begin: none
  Precision precision = Precision::kDay;
  int year = 0;
  int month = 0;  // of a quarter or season its first one
  int day = 0;
  bool changed_about = false;  // numeric: day and month may be the other way round, and both are possible
  bool month_first = false;    // numeric, and only this way possible
  bool day_first = false;
  [[nodiscard]] bool found() const { return end > begin; }
};

// One or several that share a month or year: "3 and 5 May 2024", "3–5 May", "May to July 2024".
struct Dates {
  std::vector<Written> dates;
  bool range = false;  // the first to the last of two
  [[nodiscard]] std::size_t end() const { return dates.empty() ? 0 : dates.back().end; }
};
[[nodiscard]] Dates DatesAt(const Words& words, std::size_t i);

// "03/04/2024", "3.4.2024", "2024-04-03".
[[nodiscard]] Written NumericAt(const Words& words, std::size_t i);

// "3 March 2024", also without the year; without what stands before the day.
[[nodiscard]] Written DayMonthAt(const Words& words, std::size_t i);
// "March 3, 2024", "May 1st".
[[nodiscard]] Written MonthDayAt(const Words& words, std::size_t i);
// One date of any form.
[[nodiscard]] Written WholeAt(const Words& words, std::size_t i);
// "[, ]2024" behind a month; the position behind it, `at` where none stands there.
[[nodiscard]] std::size_t TakeYear(const Words& words, std::size_t at, int* year);

// What it spans; nothing where the year is missing.
[[nodiscard]] std::optional<Span> SpanOf(const Written& date);

// Whether the word before a number says that it is no date: "clause 3", "version 2", "Flat 5".
[[nodiscard]] bool NumbersSomething(const Words& words, std::size_t i);

}  // namespace counsel::chronology
