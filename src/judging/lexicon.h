// What words mean to the judge: phrases brought to one form, words of one meaning, words of opposite meaning. Pure.
//
// The lists are phrases.inc, synonyms.inc and antonyms.inc; a new line there is a new rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/words.h"

namespace counsel::judging {

using Words = std::vector<text::RawWord>;

// The words with every phrase of phrases.inc replaced. A word in capitals is an operator ("MUST", "UNLESS"): SplitWords
// makes none of its own.
[[nodiscard]] Words Rewritten(std::string_view text, Words words);
[[nodiscard]] bool IsOperator(const text::RawWord& word);

// "termination" and "terminate": a stem without the endings that make nouns of verbs. Words that a check must keep
// apart
// ("author", "authority") stay apart.
[[nodiscard]] std::string Family(std::string_view stem);

enum class Likeness { kNone, kSynonym, kFamily, kSame };
// Of two stems that are not the same and of two families.
[[nodiscard]] bool AreSynonyms(const std::string& one, const std::string& other);
[[nodiscard]] bool AreOpposites(const std::string& one, const std::string& other);

// A stem that takes back what it governs: "refus", "fail", "prohibit".
[[nodiscard]] bool IsNegative(std::string_view stem);
// Says nothing by itself in a claim or a source: "also", "nevertheless", "namely".
[[nodiscard]] bool IsLight(std::string_view stem);
// Somebody who does things: "tenant", "director", "court", "you".
[[nodiscard]] bool IsRoleNoun(std::string_view stem);
// What a document calls itself: "lease", "agreement", "licens".
[[nodiscard]] bool IsDocumentNoun(std::string_view stem);

}  // namespace counsel::judging
