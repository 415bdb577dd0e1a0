// What happened on a date: the sentence that says it, who is named in it, and whether two sentences tell the same.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chronology/dates.h"

namespace counsel::chronology {

// Bytes of a text.
struct Range {
  std::size_t start = 0;
  std::size_t end = 0;
};

// The sentences that hold the dates, in their order, one for each date; of a long one the part around the date.
[[nodiscard]] std::vector<Range> QuotesOf(std::string_view text, const std::vector<DateFound>& dates);

// "On 3 March 2024 Mr Cole inspected the roof." → "Mr Cole inspected the roof": on one line, the date left out where it
// begins or ends the sentence. `date`: bytes of the quote.
[[nodiscard]] std::string WhatOf(std::string_view quote, Range date);

// "Mr Cole", "the Landlord", "Larkmoor Limited", "I": as they are written, at most four.
[[nodiscard]] std::vector<std::string> WhoOf(std::string_view quote);

// The content words of what is told, dates left out: hashes, ascending, at most kMostWords.
inline constexpr std::size_t kMostWords = 16;
[[nodiscard]] std::vector<std::uint32_t> WordsOf(std::string_view quote, const std::vector<Range>& dates);

// Whether they tell the same event.
[[nodiscard]] bool TellTheSame(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other);
// Likewise, so surely that another date of it is a contradiction.
[[nodiscard]] bool SurelyTheSame(const std::vector<std::uint32_t>& one, const std::vector<std::uint32_t>& other);

}  // namespace counsel::chronology
