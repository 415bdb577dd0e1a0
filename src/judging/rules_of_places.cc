// Where things stand: on which side of a verb, in which sentence.
#include <algorithm>
#include <map>

#include "judging/grammar.h"
#include "judging/rules.h"

namespace counsel::judging {

// What stands before the verb and what stands after it do not change places, in the passive the other way round.
void CheckSides(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t k = 0; k < c.claim.clauses.size(); ++k) {
    const Clause& clause = c.claim.clauses[k];
    if (c.clause_of[k] < 0 || clause.verb < 0) continue;
    const Clause& other = c.source.clauses[static_cast<std::size_t>(c.clause_of[k])];
    if (other.verb < 0 || c.to_source[static_cast<std::size_t>(clause.verb)] != other.verb) continue;
    // "may be reverse engineered": the verb is not what stands first.
    const auto next = static_cast<std::size_t>(clause.verb) + 1;
    if (next < c.claim.units.size() && c.claim.units[next].participle && !c.claim.units[next - 1].participle) continue;
    bool forward = false;
    bool back = false;
    for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
      const Unit& unit = c.claim.units[i];
      const int j = c.to_source[i];
      if (j < 0 || unit.clause != static_cast<int>(k) || static_cast<int>(i) == clause.verb ||
          !Comparison::Counts(unit) || unit.adverb)
        continue;
      const Unit& there = c.source.units[static_cast<std::size_t>(j)];
      if (there.clause != c.clause_of[k] || there.verb) continue;
      const auto bare = [](const Unit& one, const Clause& of) {
        return one.limit.empty() && (In(one.preposition, {"", "OF"}) || (one.preposition == "BY" && of.passive));
      };
      if (!bare(unit, clause) || !bare(there, other)) continue;
      const auto first = [](const Clause& of, int at, const Unit& one) {
        if (one.preposition == "BY" && of.passive) return true;
        return (at < of.verb) != of.passive;
      };
      const bool here_first = first(clause, static_cast<int>(i), unit);
      const bool there_first = first(other, j, there);
      forward = forward || (here_first && !there_first);
      back = back || (!here_first && there_first);
    }
    // In one voice nothing moves across the verb by itself.
    if ((forward && back) || ((forward || back) && clause.passive == other.passive))
      trial.Find(forward && back ? FindingKind::kContradiction : FindingKind::kOpen,
                 "what does something and what it is done to have changed places");
  }
}

namespace {
int SentenceOf(const Comparison& c, std::size_t claim_clause) {
  for (const Unit& unit : c.source.units) {
    if (unit.clause == c.clause_of[claim_clause]) return unit.sentence;
  }
  return -1;
}
}  // namespace

// A clause of the claim is not sewn together from two sentences.
void CheckSentences(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t k = 0; k < c.claim.clauses.size(); ++k) {
    std::map<int, int> of;
    for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
      if (c.claim.units[i].clause == static_cast<int>(k) && c.to_source[i] >= 0 && Comparison::Counts(c.claim.units[i]))
        ++of[c.source.units[static_cast<std::size_t>(c.to_source[i])].sentence];
    }
    const Clause& clause = c.claim.clauses[k];
    // A condition stands in the sentence of what it is a condition of.
    if (Restricts(clause.kind) && clause.before >= 0 && c.clause_of[k] >= 0 &&
        c.clause_of[static_cast<std::size_t>(clause.before)] >= 0 &&
        SentenceOf(c, k) != SentenceOf(c, static_cast<std::size_t>(clause.before)))
      trial.Find(FindingKind::kContradiction, "two sentences of the source are sewn together");
    if (of.size() < 2) continue;
    const auto most =
        std::max_element(of.begin(), of.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    int strays = 0;
    bool value = false;
    for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
      if (c.claim.units[i].clause != static_cast<int>(k) || c.to_source[i] < 0 || !Comparison::Counts(c.claim.units[i]))
        continue;
      if (c.source.units[static_cast<std::size_t>(c.to_source[i])].sentence == most->first) continue;
      ++strays;
      value = value || c.claim.units[i].kind == UnitKind::kValue;
    }
    if (value || strays > 0) trial.Find(FindingKind::kContradiction, "two sentences of the source are sewn together");
  }
}

}  // namespace counsel::judging
