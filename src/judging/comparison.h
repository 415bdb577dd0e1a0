// A claim laid beside a stretch of a source: which unit stands for which. Pure.
#pragma once

#include <string>
#include <vector>

#include "judging/lexicon.h"
#include "judging/reading.h"

namespace counsel::judging {

struct Comparison {
  // `before`: what stands before the source, for its pronouns; may be null.
  Comparison(const Reading& claim_in, const Reading& source_in, const Reading* before = nullptr);

  const Reading& claim;
  const Reading& source;
  std::vector<int> to_source;  // per claim unit; -1: no counterpart
  std::vector<int> to_claim;   // per source unit
  std::vector<bool> resolved;  // per claim unit without counterpart: a pronoun of the source stands for it
  std::vector<int> clause_of;  // per claim clause: the source's clause that it is mostly made of; -1
  std::vector<int> matched;    // per source clause: how many of its units have a counterpart
  std::vector<int> needed;     // per source clause: how many units it has that say something

  [[nodiscard]] bool Used(std::size_t source_clause) const;
  // A unit that must have a counterpart.
  [[nodiscard]] static bool Counts(const Unit& unit) { return !unit.light && unit.kind != UnitKind::kPronoun; }

 private:
  void Align();
  void Resolve(const Reading* before);
  void MapClauses();
};

[[nodiscard]] bool SameUnit(const Unit& one, const Unit& other, Likeness* likeness);

}  // namespace counsel::judging
