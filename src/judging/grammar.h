// The small words of English, after phrases.inc has brought them to one form: what each does in a sentence. Pure.
#pragma once

#include <initializer_list>
#include <string_view>

#include "judging/reading.h"
#include "text/words.h"

namespace counsel::judging {

[[nodiscard]] bool In(std::string_view word, std::initializer_list<std::string_view> words);

[[nodiscard]] bool IsModal(std::string_view key);
// Forms that make a clause of their own: "is", "has", "did".
[[nodiscard]] bool IsAuxiliary(std::string_view word);
[[nodiscard]] bool IsBe(std::string_view word);
// Says nothing by itself: articles, forms of to be.
[[nodiscard]] bool IsSoft(std::string_view word);
[[nodiscard]] bool IsArticle(std::string_view word);
[[nodiscard]] bool IsPronoun(std::string_view word);
[[nodiscard]] bool IsRelative(std::string_view word);
[[nodiscard]] bool IsPreposition(std::string_view key);
// Those whose exchange changes what is said: "before", "within", "without".
[[nodiscard]] bool IsLimit(std::string_view key);
// "and that S", "reported that S": words that a that-clause follows.
[[nodiscard]] bool IsSayingStem(std::string_view stem);
// A word of verbs.inc as it stands after a modal ("pay"), and in another form of it ("pays", "paid").
[[nodiscard]] bool IsBaseVerb(std::string_view word);
[[nodiscard]] bool IsFiniteVerb(const text::RawWord& word);

// What a word opens: "IF" a condition; nullptr: nothing.
[[nodiscard]] const ClauseKind* OpensClause(std::string_view key);

}  // namespace counsel::judging
