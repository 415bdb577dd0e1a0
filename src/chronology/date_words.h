// The words of a text as dates are read from them. Internal to this room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::chronology {

struct Word {
  enum class Type : unsigned char { kWord, kNumber, kMixed, kMark };
  Type type = Type::kMark;
  std::string low;        // folded; of a number its digits; every dash is "-", every single quote "'"
  std::size_t start = 0;  // bytes
  std::size_t end = 0;
  bool gap = false;      // white space, or nothing, stands before it
  bool line = false;     // it begins a line
  bool blank = false;    // it begins a paragraph
  bool capital = false;  // its first letter
  bool ordinal = false;  // "3rd"
};

[[nodiscard]] std::vector<Word> SplitDateWords(std::string_view text);

// A word list from which it is read by position; behind its end stands an empty mark.
class Words {
 public:
  explicit Words(std::vector<Word> words) : words_(std::move(words)) {}
  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const Word& operator[](std::size_t i) const { return i < words_.size() ? words_[i] : none_; }
  [[nodiscard]] bool Is(std::size_t i, std::string_view low) const { return (*this)[i].low == low; }
  [[nodiscard]] bool IsOneOf(std::size_t i, std::initializer_list<std::string_view> words) const;
  [[nodiscard]] bool Number(std::size_t i) const { return (*this)[i].type == Word::Type::kNumber; }
  // No white space between i - 1 and i.
  [[nodiscard]] bool Tight(std::size_t i) const { return i < words_.size() && !words_[i].gap; }

 private:
  std::vector<Word> words_;
  Word none_;
};

// 0: none. "march", "mar", "sept".
[[nodiscard]] int MonthNamed(std::string_view low);
// 1 Monday … 7 Sunday; 0: none.
[[nodiscard]] int WeekdayNamed(std::string_view low);

struct Count {
  int value = 0;
  std::size_t words = 0;  // 0: none
};
// "3", "3rd", "third", "twenty-first": 1 to 31.
[[nodiscard]] Count DayAt(const Words& words, std::size_t i);
// "2024", "'24", "two thousand and twenty-four".
[[nodiscard]] Count YearAt(const Words& words, std::size_t i);
// "14", "fourteen", "fourteen (14)", "a": 1 to 999.
[[nodiscard]] Count CountAt(const Words& words, std::size_t i);

}  // namespace counsel::chronology
