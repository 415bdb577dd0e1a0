// What kind of answer a question asks for, and whether a sentence holds one. Pure; English.
//
// A cheap test of form, not of truth: "When does the lease end?" wants a date or a span of time, and a sentence without
// either is no answer, however near its words are.
#pragma once

#include <string_view>

namespace counsel::understanding {

enum class AnswerKind {
  kOpen,      // "What does clause 5 say?": any sentence
  kYesNo,     // "May the tenant …?": one that allows, forbids, obliges or states
  kWho,       // a person, company or role
  kWhen,      // a date, a day, an event
  kHowLong,   // a span of time
  kHowOften,  // a frequency: "weekly", "every six months", "after each use"; two months' notice is none
  kHowMuch,   // a sum, rate or share
  kHowMany,   // a number
  kWhere,     // a place
};

// "how_much"
[[nodiscard]] std::string_view AnswerKindName(AnswerKind kind);

// Of what the question asks last: in "Consider the NDA between A and B; how long …" of what follows the semicolon.
[[nodiscard]] AnswerKind AskedKind(std::string_view question);

// Whether the sentence holds something of that kind. Always for kOpen.
[[nodiscard]] bool HoldsAnswer(AnswerKind kind, std::string_view sentence);

// Whether it answers in words that are no value: "promptly", "regularly", "a peppercorn", "free of charge". Of the
// kinds that want a value; false for others.
[[nodiscard]] bool AnswersInWords(AnswerKind kind, std::string_view sentence);

// A sentence without one is no answer at all, whatever else it says: kinds whose answer is a value.
[[nodiscard]] bool WantsValue(AnswerKind kind);

}  // namespace counsel::understanding
