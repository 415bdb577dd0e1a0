// Dates that are counted from another: "the following day", "14 days after 3 May 2024", "yesterday". Internal to this
// room.
#pragma once

#include <cstddef>
#include <optional>

#include "chronology/calendar.h"
#include "chronology/date_words.h"
#include "chronology/dates.h"

namespace counsel::chronology {

struct Bases {
  std::optional<Day> document;  // its own date
  std::optional<Day> before;    // of the last date above in the paragraph
};

struct Relative {
  std::size_t words = 0;  // 0: none
  Precision precision = Precision::kDay;
  bool unresolved = false;
  std::optional<Span> span;
  std::optional<Day> base;
};
// `read` gives the date that begins at a word, where one stands there that is whole.
using ReadDay = std::optional<Day> (*)(const Words& words, std::size_t i, const DatesContext& context);
[[nodiscard]] Relative RelativeAt(const Words& words, std::size_t i, const Bases& bases, const DatesContext& context,
                                  ReadDay read);

}  // namespace counsel::chronology
