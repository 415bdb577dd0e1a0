// Where two sentences state different values of one thing: "The rent is £1,450 a month", "The rent is £1,500 a month".
// Pure; English only.
//
// A false alarm is worse than silence: both must say plainly what the value is of, without a condition, in the same
// words and the same measure. Neither is taken to be right: one may be older, or change the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::judging {

struct StatedValue {
  StatedValue() = default;
  struct Word {
    std::string key, family;
    std::string preposition;  // that governs it; "" of the thing itself
  };
  std::vector<Word> about;
  std::string name;     // "annual rent", as written
  std::string key;      // "1450 pound"
  std::string bound;    // "ATLEAST"
  std::string measure;  // "month": of a sum a month
  std::string says;     // "£1,450 a month", as written
};

// What a sentence says that something is, in figures.
[[nodiscard]] std::vector<StatedValue> ValuesStated(std::string_view sentence);
// The same thing, and another value.
[[nodiscard]] bool Disagree(const StatedValue& one, const StatedValue& other);

}  // namespace counsel::judging
