// What a claim may leave out: who says it says less, not more.
#include <algorithm>

#include "judging/called.h"
#include "judging/leftovers.h"
#include "judging/lexicon.h"
#include "judging/roles.h"

namespace counsel::judging {

// "we record the title", "the title is recorded": the sentence does not say by whom.
bool Leftovers::IsAgentOfPassive(std::size_t j) const {
  const Unit& unit = c_.source.units[j];
  const bool speaker = (unit.key == "we" || unit.key == "you" || unit.key == "i") && unit.role == ActorRole::kNone;
  if ((unit.role != ActorRole::kSubject && !speaker) || unit.preposition == "BY") return false;
  return std::any_of(c_.claim.clauses.begin(), c_.claim.clauses.end(),
                     [](const Clause& clause) { return clause.passive; }) ||
         (speaker &&
          std::any_of(c_.claim.units.begin(), c_.claim.units.end(), [](const Unit& one) { return one.participle; }));
}

// "until the property is fit", "until it is fit": the property was named before.
bool Leftovers::SaidByPronoun(std::size_t j) const {
  bool before = false;
  for (std::size_t k = 0; k < j; ++k)
    before = before || (c_.source.units[k].key == c_.source.units[j].key && c_.to_claim[k] >= 0);
  return before && std::any_of(c_.claim.units.begin(), c_.claim.units.end(), [&](const Unit& unit) {
           return unit.kind == UnitKind::kPronoun &&
                  c_.clause_of[static_cast<std::size_t>(unit.clause)] == c_.source.units[j].clause;
         });
}

// "Mr Gawain Oxley", "Mr Oxley"
bool Leftovers::IsGivenName(std::size_t j) const {
  if (j + 1 >= c_.source.units.size()) return false;
  const Unit& unit = c_.source.units[j];
  const Unit& name = c_.source.units[j + 1];
  // "my niece Clara Venn"
  if ((IsKin(unit.key) || IsRoleNoun(unit.key)) && !unit.capital && !unit.possessive && name.capital &&
      name.chunk == unit.chunk && c_.to_claim[j + 1] >= 0)
    return true;
  if (j == 0) return false;
  const Unit& title = c_.source.units[j - 1];
  return unit.capital && c_.source.units[j + 1].capital && c_.to_claim[j + 1] >= 0 &&
         In(title.key, {"mr", "mrs", "ms", "dr"}) && title.chunk == unit.chunk;
}

// "It must pay": whom the sentence means stands in the one before it.
bool Leftovers::IsMeantByIt(std::size_t j) const {
  const Unit& unit = c_.source.units[j];
  return unit.role == ActorRole::kSubject && !c_.claim.units.empty() &&
         c_.claim.units.front().kind == UnitKind::kPronoun && !c_.claim.units.front().possessive &&
         unit.clause == c_.clause_of.front();
}

// "is kept by Human Resources": who does it may stay unsaid.
bool Leftovers::IsByWhom(std::size_t s, std::size_t first, std::size_t end) const {
  const Clause& clause = c_.source.clauses[s];
  if (!clause.passive || clause.negative || clause.only || Restricts(clause.kind) || clause.modal == "FORBID" ||
      clause.modal == "MAYNOT" || clause.verb < 0 || static_cast<int>(first) <= clause.verb)
    return false;
  int verb = static_cast<int>(first) - 1;
  while (verb > clause.verb && !c_.source.units[static_cast<std::size_t>(verb)].participle) --verb;
  if (verb != clause.verb) return false;  // "loss caused by fire is covered"
  for (std::size_t j = first; j < end; ++j) {
    if (c_.source.units[j].preposition != "BY" || c_.source.units[j].only) return false;
    if (c_.source.units[j].kind != UnitKind::kWord) return false;
  }
  return c_.source.units[first].capital || IsActor(c_.source, end - 1);
}

bool Leftovers::OfConflictRules(const std::string& key) {
  return In(key, {"conflict", "law",     "rul",   "principl",     "provision",   "regard",  "referenc", "effect",
                  "giv",      "choic",   "its",   "their",        "any",         "doctrin", "thereof",  "or",
                  "of",       "to",      "it",    "requir",       "application", "apply",   "appli",    "different",
                  "stat",     "another", "other", "jurisdiction", "would",       "caus",    "result"});
}

// "without regard to its conflict of laws principles": the law that governs stays the same.
bool Leftovers::IsConflictOfLaws(std::size_t first, std::size_t end) const {
  bool conflict = false;
  for (std::size_t j = first; j < end; ++j) {
    if (!OfConflictRules(c_.source.units[j].key)) return false;
    conflict = conflict || In(c_.source.units[j].key, {"conflict", "choic"});
  }
  return conflict;
}

// "Confidential Information", told as "the information", where nothing else of the document is called so. It is told.
bool Leftovers::IsOfItsTerm(std::size_t first, std::size_t end) const {
  for (std::size_t j = first; j < end; ++j) {
    if (!c_.source.units[j].termed) return false;
  }
  return end < c_.source.units.size() && c_.to_claim[end] >= 0;
}

// ", including any warranty of fitness": of what was named.
bool Leftovers::IsInclusion(std::size_t first, std::size_t end) const {
  const bool excludes = std::any_of(c_.claim.clauses.begin(), c_.claim.clauses.end(),
                                    [](const Clause& clause) { return clause.kind == ClauseKind::kExcept; });
  // "rights including, without limitation, rights in software": the second are some of the first
  while (first < end && !c_.source.units[first].word.starts_with("including") &&
         std::any_of(c_.claim.units.begin(), c_.claim.units.end(),
                     [&](const Unit& unit) { return unit.key == c_.source.units[first].key; }))
    ++first;
  if (first >= end || !c_.source.units[first].word.starts_with("including") || excludes) return false;
  return std::none_of(
      c_.source.units.begin() + static_cast<std::ptrdiff_t>(first) + 1,
      c_.source.units.begin() + static_cast<std::ptrdiff_t>(end), [](const Unit& unit) {
        return unit.only || In(unit.limit, {"WITHIN", "BEFORE", "AFTER", "DURING", "BYTIME", "SINCE", "WITHOUT"});
      });
}

// "without the necessity of posting a bond": it gives more.
bool Leftovers::IsWithoutNeed(std::size_t first, std::size_t end) const {
  const Unit& unit = c_.source.units[first];
  const Clause& clause = c_.source.clauses[static_cast<std::size_t>(unit.clause)];
  if (clause.modal != "MAY" || clause.negative || unit.limit != "WITHOUT") return false;
  return In(unit.key, {"necessity", "need", "requirement", "obligation"}) &&
         std::none_of(c_.source.units.begin() + static_cast<std::ptrdiff_t>(first),
                      c_.source.units.begin() + static_cast<std::ptrdiff_t>(end),
                      [](const Unit& one) { return one.only || one.kind == UnitKind::kValue; });
}

// "at 14 Orchard Rise": it only tells where that is.
bool Leftovers::IsAddress(std::size_t first, std::size_t end) const {
  bool number = false;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    const bool digits = unit.kind == UnitKind::kValue && unit.key.find_first_not_of("0123456789") == std::string::npos;
    if (unit.only || (!unit.capital && !digits) || !In(unit.preposition, {"AT", "OF", ""})) return false;
    number = number || digits;
  }
  return number && end - first > 2 && In(c_.source.units[first].preposition, {"AT", "OF"});
}

// The preposition over a unit of a list: "from a shed, garage or outbuilding".
std::string Leftovers::PrepositionOver(std::size_t j) const {
  const auto begins = [&](std::size_t at) {
    return std::find(c_.source.commas.begin(), c_.source.commas.end(), at) != c_.source.commas.end() ||
           std::any_of(c_.source.joints.begin(), c_.source.joints.end(),
                       [&](const Joint& joint) { return joint.at == at; });
  };
  const int clause = c_.source.units[j].clause;
  while (j > 0 && c_.source.units[j].preposition.empty() && c_.source.units[j - 1].clause == clause &&
         (begins(j) || c_.source.units[j - 1].chunk == c_.source.units[j].chunk))
    --j;
  return c_.source.units[j].preposition;
}

// "damage caused by fire, storm or flood": each of them causes it.
bool Leftovers::IsOneCause(std::size_t first, std::size_t end) const {
  const Unit& unit = c_.source.units[first];
  const Clause& clause = c_.source.clauses[static_cast<std::size_t>(unit.clause)];
  if (clause.only || clause.negative || PrepositionOver(first) != "BY") return false;
  for (std::size_t j = first; j < end; ++j) {
    if (c_.source.units[j].only || !In(c_.source.units[j].preposition, {"", "BY", "OF"})) return false;
  }
  for (std::size_t j = first; j > 0 && c_.source.units[j - 1].clause == unit.clause; --j) {
    const Unit& before = c_.source.units[j - 1];
    if (before.participle && !before.verb) return In(before.key, {"caus", "aris", "result", "occasion", "affect"});
  }
  return false;
}

// "She withheld the last instalment of £4,730": what has happened, told with less. It is told.
bool Leftovers::IsDetailOfEvent(std::size_t s, std::size_t first, std::size_t end) const {
  const Clause& clause = c_.source.clauses[s];
  if (!clause.past || !clause.modal.empty() || clause.negative || clause.only || Restricts(clause.kind)) return false;
  first = PhraseStart(first);
  if (c_.source.units[first].preposition.empty()) return false;
  if (first > 0 && c_.source.units[first - 1].chunk == c_.source.units[first].chunk) return false;
  if (end < c_.source.units.size() && c_.source.units[end].chunk == c_.source.units[end - 1].chunk) return false;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    if (unit.only || IsNegative(unit.key) || In(unit.limit, {"WITHOUT", "AGAINST", "FAVOUR"})) return false;
    if (unit.preposition == "TO" && IsBaseVerb(unit.word)) return false;  // "agreed to pay": a duty
  }
  return true;
}

// A run of units that the claim leaves out, from `first`: where it ends.
std::size_t Leftovers::RunEnd(std::size_t first) const {
  const int clause = c_.source.units[first].clause;
  std::size_t end = first;
  while (end < c_.source.units.size() && c_.source.units[end].clause == clause && c_.to_claim[end] < 0) ++end;
  return end;
}

// "supply A within 30 days and B within 90 days": each has its own.
bool Leftovers::KeptHasItsOwn(const std::string& limit, int clause) const {
  return std::any_of(c_.claim.units.begin(), c_.claim.units.end(), [&](const Unit& unit) {
    const int j = c_.to_source[static_cast<std::size_t>(&unit - c_.claim.units.data())];
    return j >= 0 && c_.source.units[static_cast<std::size_t>(j)].clause == clause &&
           c_.source.units[static_cast<std::size_t>(j)].limit == limit;
  });
}

// "consent to an assignment or transfer is required", "all costs of preserving or enforcing": each of them.
bool Leftovers::IsUnderAll(std::size_t first) const {
  const Unit& unit = c_.source.units[first];
  const Clause& clause = c_.source.clauses[static_cast<std::size_t>(unit.clause)];
  if (clause.kind != ClauseKind::kMain && clause.kind != ClauseKind::kThat) return false;
  const bool subject = clause.boundary > static_cast<int>(first);
  if (PrepositionOver(first).empty() && !subject) return false;
  if (!PrepositionOver(first).empty() && subject) return true;
  // "any breach or threatened breach", "any notice or communication shall be": each
  for (std::size_t i = first; i > 0 && c_.source.units[i - 1].clause == unit.clause; --i) {
    if (In(c_.source.units[i - 1].quantifier, {"ALL", "ANY"})) return true;
  }
  return false;
}

// "shall supply to the Lender": to whom may stay unsaid.
bool Leftovers::IsToWhom(std::size_t s, std::size_t first, std::size_t end) const {
  const Clause& clause = c_.source.clauses[s];
  // "give us clear instructions", "our liability to you": between the two of a letter or of terms
  const Unit& whom = c_.source.units[first];
  if (end == first + 1 && In(whom.key, {"we", "you"}) && !whom.possessive && !whom.only &&
      (whom.preposition == "TO" || (whom.preposition.empty() && clause.verb == static_cast<int>(first) - 1)))
    return true;
  if (clause.kind != ClauseKind::kMain || clause.negative || clause.only ||
      !In(clause.modal, {"", "MUST", "WILL", "ISTO"}) || static_cast<int>(first) < clause.boundary)
    return false;
  // "shall give the Employer two days' notice"
  if (first > 0 && end == first + 1 && end < c_.source.units.size() && clause.verb == static_cast<int>(first) - 1 &&
      In(c_.source.units[first - 1].key, {"giv", "give", "send", "pay", "provid", "grant"}) &&
      IsActor(c_.source, first) && whom.preposition.empty() && !whom.only && c_.source.units[end].preposition.empty() &&
      c_.source.units[end].chunk == whom.chunk)
    return true;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    if (unit.preposition != "TO" || unit.only || !IsActor(c_.source, j)) return false;
  }
  return true;
}

// Before a run: what says nothing in its phrase ("my", "its").
std::size_t Leftovers::PhraseStart(std::size_t first) const {
  while (first > 0 && c_.to_claim[first - 1] < 0 && !Comparison::Counts(c_.source.units[first - 1]) &&
         c_.source.units[first - 1].chunk == c_.source.units[first].chunk)
    --first;
  return first;
}

// "must insure it against fire for its full value": who must, must do so "against fire". It is told.
bool Leftovers::IsMannerOfDuty(std::size_t s, std::size_t first, std::size_t end) const {
  const Clause& clause = c_.source.clauses[s];
  if (clause.kind != ClauseKind::kMain || clause.negative || !In(clause.modal, {"MUST", "WILL", "ISTO"}) ||
      static_cast<int>(first) <= clause.boundary)
    return false;
  first = PhraseStart(first);
  // ", with interest at 8 per cent from 1 May"
  if (In(c_.source.units[first].preposition, {"WITH", "AT"}) && c_.source.units[first].kind == UnitKind::kWord &&
      c_.source.units[first].limit.empty() &&
      std::find(c_.source.commas.begin(), c_.source.commas.end(), first) != c_.source.commas.end() &&
      std::none_of(c_.source.units.begin() + static_cast<std::ptrdiff_t>(first),
                   c_.source.units.begin() + static_cast<std::ptrdiff_t>(end),
                   [](const Unit& unit) { return unit.only; }))
    return true;
  if (first == 0 || c_.source.units[first - 1].chunk == c_.source.units[first].chunk) return false;
  if (end < c_.source.units.size() && c_.source.units[end].chunk == c_.source.units[end - 1].chunk &&
      c_.source.units[end].clause == static_cast<int>(s))
    return false;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    const bool listed = j > first && unit.chunk != c_.source.units[j - 1].chunk;
    // "by a notice of the board": of what is left out
    const bool of_it = j > first && unit.preposition == "OF" && c_.source.units[first].preposition != "OF";
    if (unit.only || unit.kind == UnitKind::kValue || IsNegative(unit.key) || (unit.preposition.empty() && !listed) ||
        (unit.preposition == "OF" && !of_it) ||
        In(unit.preposition, {"WITHIN", "BEFORE", "AFTER", "DURING", "SINCE", "BYTIME", "WITHOUT"}))
      return false;
  }
  return true;
}

// "On 8 May he inspected the loft": what happened happened, wherever and whenever.
bool Leftovers::IsScene(std::size_t s, std::size_t first, std::size_t end) const {
  const Clause& clause = c_.source.clauses[s];
  const bool event = clause.past && clause.modal.empty() && !clause.negative && !clause.only &&
                     (clause.kind == ClauseKind::kMain || clause.kind == ClauseKind::kThat);
  if (!event) return false;
  for (std::size_t j = 0; j < end; ++j) {
    // "agreed to pay within ten days": a duty, not a scene
    if (c_.source.units[j].clause == static_cast<int>(s) && c_.source.units[j].preposition == "TO" &&
        IsBaseVerb(c_.source.units[j].word))
      return false;
  }
  first = PhraseStart(first);
  const auto same_chunk = [&](std::size_t a, std::size_t b) {
    return b < c_.source.units.size() && c_.source.units[a].chunk == c_.source.units[b].chunk;
  };
  if ((first > 0 && same_chunk(first - 1, first)) || same_chunk(end - 1, end)) return false;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    const bool listed = j > first && unit.chunk != c_.source.units[j - 1].chunk;
    const bool value =
        unit.kind == UnitKind::kValue && !unit.key.starts_with("date:") && !unit.key.starts_with("time:");
    if (unit.only || value || IsNegative(unit.key) || (unit.preposition.empty() && !listed) ||
        !In(unit.preposition,
            {"", "AT", "TO", "FROM", "BY", "AFTER", "BEFORE", "DURING", "ABOUT", "OVER", "INTO", "OF"}) ||
        (j == first && unit.preposition == "OF"))
      return false;
  }
  return true;
}

// "on each loan", "for each period": it restricts nothing. It is told.
bool Leftovers::IsForEach(std::size_t first, std::size_t end) const {
  bool each = false;
  for (std::size_t j = first; j < end; ++j) {
    const Unit& unit = c_.source.units[j];
    if (unit.only || unit.kind == UnitKind::kValue || !In(unit.preposition, {"FOR", "AT", "OF"})) return false;
    each = each || unit.quantifier == "ALL";
    if (j > first && unit.chunk != c_.source.units[j - 1].chunk && unit.quantifier != "ALL") return false;
  }
  return each && c_.source.units[first].quantifier == "ALL";
}

// "deliver A and B": who says "deliver A" says less, not more.
bool Leftovers::OneOfSeveral(std::size_t first, std::size_t end) const {
  while (end > first + 1 && !Comparison::Counts(c_.source.units[end - 1])) --end;
  const auto joined = [&](std::size_t at) {
    return std::any_of(c_.source.joints.begin(), c_.source.joints.end(),
                       [&](const Joint& joint) { return joint.at == at; });
  };
  while (first > 0 && !joined(first) && c_.to_claim[first - 1] < 0 &&
         c_.source.units[first - 1].clause == c_.source.units[first].clause)
    --first;
  const Unit& unit = c_.source.units[first];
  const Clause& clause = c_.source.clauses[static_cast<std::size_t>(unit.clause)];
  std::string key;
  // "to lend, to remind and to collect"
  if (std::find(c_.source.commas.begin(), c_.source.commas.end(), first) != c_.source.commas.end()) {
    for (const Joint& joint : c_.source.joints) {
      if (joint.at > first && joint.at < end && joint.clause == unit.clause) key = joint.key;
    }
  }
  // "by law, by a court or by a regulator"
  if (std::find(c_.source.commas.begin(), c_.source.commas.end(), end) != c_.source.commas.end()) {
    for (auto joint = c_.source.joints.rbegin(); joint != c_.source.joints.rend(); ++joint) {
      if (joint->at > end && joint->clause == unit.clause) key = joint->key;
    }
  }
  for (const Joint& joint : c_.source.joints) {
    if (joint.at == first || (joint.at == end && joint.clause == unit.clause)) key = joint.key;
  }
  for (std::size_t i = first; i < end; ++i) {
    const std::string& limit = c_.source.units[i].limit;
    if (!limit.empty() && limit != c_.source.units[first].limit && !KeptHasItsOwn(limit, unit.clause)) return false;
  }
  const bool forbids =
      clause.negative || clause.modal == "FORBID" || clause.modal == "MAYNOT" || clause.modal == "NOTMUST";
  if (key == "OR")
    return IsUnderAll(first) || IsOneCause(first, end) ||
           (clause.kind == ClauseKind::kIf && !clause.only && !clause.proviso) || clause.kind == ClauseKind::kExtent ||
           ((clause.kind == ClauseKind::kMain || clause.kind == ClauseKind::kThat) &&
            (forbids || clause.modal == "MAY"));
  if (key == "AND") return (clause.kind == ClauseKind::kMain || clause.kind == ClauseKind::kThat) && !forbids;
  return false;
}

// One verb more, or a word that only names a thing again: it restricts nothing, but it is told.
bool Leftovers::IsMild(std::size_t s, std::size_t first, std::size_t end) const {
  // "must clearly and legibly identify": who must do it so must do it.
  bool manner = c_.source.clauses[s].kind == ClauseKind::kMain && c_.source.clauses[s].modal == "MUST" &&
                !c_.source.clauses[s].negative;
  // "costs reasonably incurred": which costs.
  if (end < c_.source.units.size() && c_.source.units[end].participle && !c_.source.units[end].verb) manner = false;
  for (std::size_t j = first; j < end; ++j)
    manner = manner && (c_.source.units[j].adverb || c_.source.units[j].light) && !IsNegative(c_.source.units[j].key);
  if (manner) return true;
  const Unit& unit = c_.source.units[first];
  std::size_t count = 0;
  for (std::size_t j = first; j < end; ++j) count += Missing(j) ? 1U : 0U;
  if (count == 1 && unit.kind == UnitKind::kWord && unit.limit.empty() && In(unit.key, {"natur", "sum", "amount"}))
    return true;
  if (count != 1 || unit.kind != UnitKind::kWord || Restricts(c_.source.clauses[s].kind) || IsNegative(unit.key) ||
      !unit.limit.empty())
    return false;
  for (const char* key : {"sum", "amount", "natur", "discussion", "matter", "price"}) {
    if (unit.key == key) return true;
  }
  return !unit.adverb && (unit.verb || unit.participle || c_.source.clauses[s].verb == static_cast<int>(first));
}

// The clause restricts something that the claim leaves out as one of several.
bool Leftovers::HangsOnDropped(std::size_t s) const {
  for (std::size_t j = 1; j < c_.source.units.size(); ++j) {
    if (c_.source.units[j].clause == static_cast<int>(s))
      return c_.source.clauses[s].kind != ClauseKind::kIf && dropped_[j - 1];
  }
  return false;
}

}  // namespace counsel::judging
