// Numbers of lists and clauses, as a word processor shows them: "4.1", "(a)", "iv.".
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace counsel::extractor {

inline constexpr int kListLevels = 10;

struct ListLevel {
  ListLevel() = default;
  // decimal, lowerLetter, upperLetter, lowerRoman, upperRoman, ordinal, cardinalText, ordinalText, bullet, none
  std::string format = "decimal";
  std::string text;  // "%1.%2": the numbers of levels 1 and 2; for a bullet, the bullet
  int start = 1;
  int restart = -1;          // anew after a number of one of the first so many levels; 0: never, -1: of any above
  bool all_decimal = false;  // the levels above are shown as decimals, whatever their format
  std::string style;         // of paragraphs that are numbered so by their style
};
using List = std::array<ListLevel, kListLevels>;

// How far each list has come.
class ListCounters {
 public:
  // The next paragraph of the list `key` at `level` (from 0): its label, "" for none.
  [[nodiscard]] std::string Next(const std::string& key, const List& list, int level);
  // The list begins anew at `start`.
  void Restart(const std::string& key, int level, int start);
  // All its levels begin anew.
  void Forget(const std::string& key) { states_.erase(key); }

 private:
  struct State {
    std::array<int, kListLevels> number{};
    std::array<bool, kListLevels> begun{};
  };
  std::map<std::string, State> states_;
};

// 27 → "aa" in lowerLetter, 4 → "iv" in lowerRoman.
[[nodiscard]] std::string FormatNumber(int number, std::string_view format);

}  // namespace counsel::extractor
