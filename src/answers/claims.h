// What a sentence of an answer claims, and about which passages: citation marks and quotes are read and taken off.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "answers/citations.h"
#include "text/sentences.h"
#include "text/tokens.h"

namespace counsel::answers {

using text::Token;

inline constexpr std::size_t kMinQuotedWords = 4;

// The answer with marks, quotation marks and Markdown signs blanked out; positions stay the same.
[[nodiscard]] std::string BlankOutSigns(std::string_view answer);

// Numbers in [n] marks of the text: "[1][3]", "[1, 3]", "[1-3]".
[[nodiscard]] std::vector<int> MarksOf(std::string_view text);
// Quotations of kMinQuotedWords words or more, each as its words in lower case, separated by one space.
[[nodiscard]] std::vector<std::string> QuotesOf(std::string_view text);
// A text as QuotesOf gives quotations, with a space at both ends.
[[nodiscard]] std::string WordsOnly(std::string_view text);

// No claim: a heading, a question, or talk about the answer itself ("Here is what I found:").
[[nodiscard]] bool IsTalk(const std::vector<Token>& tokens);

}  // namespace counsel::answers
