// The dates of a text: what each says, and what it leaves open. Pure.
//
// Nothing is guessed silently: a date whose day and month may be changed about, whose year is not stated, or that
// depends on another one says so (Mark), and has a Span only where the text gives what it takes. Numbers that are no
// dates (clauses, fractions, versions, years of statutes, references) give none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chronology/calendar.h"

namespace counsel::chronology {

// What the text says of the date. kBefore: that day included or not ("by", "before", "no later than").
enum class Kind : std::uint8_t { kOn, kFrom, kUntil, kBefore, kAfter, kBetween, kRelative };
[[nodiscard]] std::string_view KindName(Kind kind);

enum class Precision : std::uint8_t { kDay, kMonth, kQuarter, kSeason, kYear };
[[nodiscard]] std::string_view PrecisionName(Precision precision);

// What a reader must know before relying on it; several may hold.
enum Mark : std::uint8_t {
  kAmbiguous = 1,     // 03/04/2024 where the document does not settle which is the day
  kYearInferred = 2,  // the year is not stated: the one nearest to `base`
  kNoYear = 4,        // the year is not stated, and nothing gives it
  kResolved = 8,      // counted from `base`
  kUnresolved = 16,   // counted from something that has no date here
  kAbout = 32,        // "early March", "about", "winter"
};
// "ambiguous", "year inferred", …
[[nodiscard]] std::string_view MarkName(Mark mark);

struct DateFound {
  DateFound() = default;
  std::size_t start = 0;  // bytes of the text
  std::size_t end = 0;
  Kind kind = Kind::kOn;
  Precision precision = Precision::kDay;
  std::uint8_t marks = 0;
  std::optional<Span> span;   // nothing: kNoYear, kAmbiguous, kUnresolved
  std::optional<Span> other;  // of kAmbiguous: month first; `first_reading` is day first
  std::optional<Span> first_reading;
  std::optional<Day> base;  // of kYearInferred and kResolved
  int month = 0;            // of kNoYear
  int day = 0;              // of kNoYear; 0: a month
};

// What is known of a document before a piece of its text is read, and carried on from piece to piece.
struct DatesContext {
  std::optional<Day> document;  // its own date: of a letter, mail, minutes, agreement
  enum class Order : std::uint8_t { kNotKnown, kDayFirst, kMonthFirst, kBoth };
  Order order = Order::kNotKnown;
  bool begun = false;  // a piece has been read
};

// Numeric dates that can be read in one way only settle the order of a document's others. Over every piece, in turn.
void SettleOrder(std::string_view text, DatesContext* context);

// In the order of the text. `text` begins and ends at a paragraph's; valid UTF-8. Updates `context`.
[[nodiscard]] std::vector<DateFound> FindDates(std::string_view text, DatesContext* context);

}  // namespace counsel::chronology
