// What a question asks for or about at its heart: the "rent" of "What is the annual rent of Flat 2?", the "resign" of
// "When did Dr Byrne resign?". A sentence that has nothing of it is no answer, however many of the other words it has.
// Pure; English.
#pragma once

#include <string>
#include <string_view>

namespace counsel::understanding {

// Of questions that ask for a value (answer_kind.h) or who somebody is; of several lines the last is what is asked. As
// asked, in small letters; "" where no single word is sure to be it.
[[nodiscard]] std::string AskedHead(std::string_view question);

// Whether a word of the question at that byte is a name: it has a capital, or is a number, is not the first of its line
// and has no "the" before it, which terms that a document defines have.
[[nodiscard]] bool IsNameAt(std::string_view question, std::size_t at);

}  // namespace counsel::understanding
