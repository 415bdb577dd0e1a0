// Numbers, amounts and dates of a word list in one form: "three", "3"; "thirty (30)"; "1 May 2020", "May 1, 2020".
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/words.h"

namespace counsel::text {

struct NumberFound {
  NumberFound() = default;
  std::string key;        // "3", "1500000", "5(2)(b)", "date:2020-5-1"
  std::string unit;       // of a currency sign: "dollar"
  std::size_t words = 0;  // how many of the list it takes; 0: no number here
};

// The number that begins at words[i], if one does.
[[nodiscard]] NumberFound FindNumber(std::string_view text, const std::vector<RawWord>& words, std::size_t i);

}  // namespace counsel::text
