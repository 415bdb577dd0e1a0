// A sentence as the judge reads it: units (content words and values) in clauses, each with what governs it. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "judging/lexicon.h"

namespace counsel::judging {

enum class UnitKind {
  kWord,     // a content word; key is its stem
  kValue,    // a number with its unit: "10 day", "48000 pound", "date:2025-4-1", "time:14:30"
  kPronoun,  // "it", "they", "she"
};

// What an actor is to the verb of its clause.
enum class ActorRole { kNone, kSubject, kObject, kOf, kFrom };

struct Unit {
  Unit() = default;
  UnitKind kind = UnitKind::kWord;
  std::string key;
  std::string family;  // lexicon.h
  std::string word;    // as written
  std::size_t start = 0, end = 0;
  int sentence = 0;  // of those that were appended
  int clause = 0;
  int chunk = 0;            // a run of units with nothing between them that separates phrases
  std::string preposition;  // that governs its chunk; "" for none
  std::string limit;        // the nearest preposition of time, source or lack above it: "AFTER", "WITHIN", "WITHOUT"
  std::string modal;        // directly before it: it is that modal's verb
  std::string quantifier;   // "ALL", "ANY", "SOME", "EITHER", "BOTH"
  std::string bound;        // of a value: "ATLEAST", "ATMOST", "MORETHAN", "LESSTHAN"
  std::string called;       // of "I": what others call the speaker (speaker.h)
  bool negated = false;     // by a "not" of its own: "an expert and not as an arbitrator"
  bool only = false;
  bool light = false;  // may be left out or added
  bool spare = false;  // may be left out, not added: "at any time"
  bool possessive = false;
  bool capital = false;
  bool article = false;     // "the", "a" stand before it in its chunk
  bool participle = false;  // "held"
  bool verb = false;        // as far as can be seen: after a modal, a form of to be, to have, to do
  bool adverb = false;
  bool termed = false;  // of a term that the document defines, before its last word: "Confidential" Information
  ActorRole role = ActorRole::kNone;
  int head = -1;  // of an actor that is kOf: the unit it belongs to; else its verb
};

enum class ClauseKind {
  kMain,
  kIf,
  kUnless,
  kExcept,
  kUntil,
  kSubject,
  kExtent,
  kWhile,
  kCause,
  kConcession,
  kRelative,
  kTime,  // "before it is signed"
  kThat,  // "confirmed that …", "a sum that is due"
  kWhether,
  kAside
};

struct Clause {
  Clause() = default;
  ClauseKind kind = ClauseKind::kMain;
  std::string join;       // "AND", "OR": how it is joined to the clause before it
  int before = -1;        // that clause
  std::string modal;      // "MUST", "MAY", "FORBID", "NOTMUST", "WILL", …; "" for none
  bool negative = false;  // "no consent is needed"
  bool only = false;
  bool proviso = false;  // "provided that"
  bool passive = false;
  bool past = false;         // "was", "had", or a verb in the past
  bool after_comma = false;  // a relative clause after a comma adds and does not restrict
  bool fronted = false;      // stands before what it restricts
  int verb = -1;             // unit
  int boundary = -1;         // the first unit after its modal or auxiliary; -1: it has none
};

struct Joint {
  std::size_t at = 0;  // between units at - 1 and at
  std::string key;     // "AND", "OR", "ANDOR"
  int clause = 0;
};

struct Reading {
  std::vector<Unit> units;
  std::vector<Clause> clauses;
  std::vector<Joint> joints;
  std::vector<std::size_t> commas;  // before these units
  bool resolved = false;            // "It was resolved that …"
  bool doubt = false;               // a statement that leaves something of its sentence out (statements.h)
};

[[nodiscard]] Reading Read(std::string_view text, std::size_t start, std::size_t end);
// Of words that are rewritten (lexicon.h).
[[nodiscard]] Reading Read(std::string_view text, Words words);
// The second one after the first.
void Append(const Reading& more, Reading* to);

// A clause that may not be left out: without it the rest says more.
[[nodiscard]] bool Restricts(ClauseKind kind);

}  // namespace counsel::judging
