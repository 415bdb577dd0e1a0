// The rules of the judge: each looks at a claim laid beside a stretch of a source and says what it finds. Pure.
//
// A new rule is a function, a line in the table of rules.cc, and a test in rules_test.cc.
#pragma once

#include <string>
#include <vector>

#include "judging/comparison.h"

namespace counsel::judging {

enum class FindingKind {
  kContradiction,  // the source says otherwise
  kOmission,       // the source restricts what the claim leaves out
  kUnknown,        // a word of the claim without a counterpart
  kStranger,       // such a noun: it names something that the source does not
  kReplaced,       // a verb of the claim stands where the source has another
  kOpen,           // cannot be told: one of these alone leaves a claim near
};

struct Finding {
  FindingKind kind = FindingKind::kOpen;
  std::string text;  // "not in the source: 'structural'"
  int unit = -1;     // of the claim, where it is one
};

// What stands on both sides, and what the rules before have found.
struct Trial {
  const Comparison& comparison;
  std::vector<Finding>* findings;
  void Find(FindingKind kind, std::string text, int unit = -1) const {
    findings->push_back({kind, std::move(text), unit});
  }
};

struct Rule {
  const char* name;
  void (*look)(const Trial& trial);
};
[[nodiscard]] const std::vector<Rule>& Rules();

void CheckWords(const Trial& trial);  // and what the source adds
void CheckValues(const Trial& trial);
void CheckModals(const Trial& trial);
void CheckVerbs(const Trial& trial);
void CheckClauses(const Trial& trial);
void CheckExcepted(const Trial& trial);
void CheckJoints(const Trial& trial);
void CheckActors(const Trial& trial);
void CheckPrepositions(const Trial& trial);
void CheckOrder(const Trial& trial);
void CheckQuantifiers(const Trial& trial);
void CheckSentences(const Trial& trial);
void CheckSides(const Trial& trial);

}  // namespace counsel::judging
