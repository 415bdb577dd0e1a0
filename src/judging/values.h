// Values of a word list with their units: "thirty (30) days", "£48,000", "2.30 p.m.", "twelve months". Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "judging/lexicon.h"

namespace counsel::judging {

struct Value {
  std::string key;        // "30 day", "48000 pound", "time:14:30", "date:2025-4-1", "7 percent", "6"
  std::size_t words = 0;  // that it takes; 0: no value here
};

// Years are counted in months and weeks in days; a working day is another unit than a day.
[[nodiscard]] Value FindValue(std::string_view text, const Words& words, std::size_t i);

}  // namespace counsel::judging
