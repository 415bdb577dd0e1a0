// Words that a hyphen of an old line cuts in the middle of a line: "confi-dence". Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace counsel::judging {

// Of a text, in lower case.
void AddWords(std::string_view text, std::unordered_set<std::string>* words);

// "take rea-sonable steps": "take reasonable steps", where "reasonable" is among the words and its pieces are not.
[[nodiscard]] std::string Rejoined(std::string_view text, const std::unordered_set<std::string>& words,
                                   bool full_of_cuts);
// Several of its words are cut: then so are those of which nothing else tells it.
[[nodiscard]] bool IsFullOfCuts(std::string_view text, const std::unordered_set<std::string>& words);

}  // namespace counsel::judging
