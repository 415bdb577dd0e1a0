// What a sentence also says: the smaller statements that it is made of, each true where the sentence is. Pure.
//
// "A must do X and, if C happens, must do Y" says "A must do X" and "if C happens, A must do Y". A condition, exception
// or time limit stays with everything that it may restrict; where that cannot be told, no statement is made.
#pragma once

#include <string_view>
#include <vector>

#include "judging/lexicon.h"

namespace counsel::judging {

// `words` are of `text`, rewritten (lexicon.h), and so are those of the statements: they keep their places in it.
[[nodiscard]] std::vector<Words> StatementsOf(std::string_view text, const Words& words);

// "the Claimant ("Larkmoor") claims": "Larkmoor claims". Empty where nobody is called anything.
[[nodiscard]] Words ByShortName(std::string_view text, const Words& words);
// Its parts, when all of them together say what the whole says; empty where that is not sure.
[[nodiscard]] std::vector<Words> PartsOf(std::string_view text, const Words& words);

// The same in other words: "needs consent to copy it" for "must not copy it without consent".
[[nodiscard]] std::vector<Words> RestatementsOf(std::string_view text, const Words& words);

}  // namespace counsel::judging
