#include "judging/rules.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "judging/grammar.h"

namespace counsel::judging {
namespace {

std::string Quoted(std::string_view words) {
  return "'" + std::string(words) + "'";
}

// What a clause allows or demands, with its negation in it: "no sample may be copied" forbids.
std::string Force(const Clause& clause) {
  std::string force = clause.modal;
  if (force == "ISTO") force = "MUST";
  if (!clause.negative) return force.empty() ? "" : force;
  if (force == "MAY" || force == "MUST") return "FORBID";
  if (force == "FORBID") return "MAY";
  if (force == "NOTMUST") return "MUST";
  return force + "not";
}

bool Denies(const Clause& clause) {
  const std::string force = Force(clause);
  return force.ends_with("not") || In(force, {"FORBID", "MAYNOT", "COULDNOT", "NOTMUST"});
}

// `told`: the claim is a sentence and no fragment ("cause the files to carry notices").
bool SameForce(const Clause& claim, const Clause& source, bool somebody, bool told) {
  const std::string one = Force(claim);
  const std::string other = Force(source);
  if (one == other) return true;
  const auto both = [&](std::string_view a, std::string_view b) {
    return (one == a && other == b) || (one == b && other == a);
  };
  // "shall be reviewed", "is reviewed", "will be reviewed"
  const bool stated = In(claim.modal, {"", "WILL", "ISTO"}) || In(source.modal, {"", "WILL", "ISTO"});
  if (both("", "WILL") || both("not", "WILLnot")) return true;
  // "The costs are borne by the company", where they shall be; what must be done has not been done.
  if (told && one.empty() && other == "MUST" && !claim.past) return true;
  if (one == "not" && other == "FORBID" && !claim.past && claim.passive) return true;
  if (stated && (both("MUST", "WILL") || both("FORBID", "WILLnot"))) return true;
  if ((claim.modal == "ISTO" || source.modal == "ISTO") && both("", "MUST")) return true;
  // "This limit may not apply" forbids nothing: somebody must be forbidden.
  if (both("FORBID", "MAYNOT") || both("WILLnot", "MAYNOT")) return somebody;
  if (both("COULDNOT", "COULDnot") || both("COULDNOT", "FORBID") || both("COULD", "MAY")) return true;
  return false;
}

std::string ForceInWords(const Clause& clause) {
  const std::string force = Force(clause);
  if (force == "MUST") return "must";
  if (force == "MAY" || force == "COULD") return "may";
  if (force == "FORBID" || force == "MAYNOT" || force == "COULDNOT") return "must not";
  if (force == "NOTMUST") return "need not";
  if (force == "not") return "not";
  if (force.empty()) return "is";
  std::string words;
  for (const char c : force) words += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return words;
}

bool HasSubject(const Reading& reading, std::size_t clause) {
  return std::any_of(reading.units.begin(), reading.units.end(),
                     [&](const Unit& unit) {
                       return unit.clause == static_cast<int>(clause) &&
                              (unit.role == ActorRole::kSubject || unit.kind == UnitKind::kPronoun);
                     }) ||
         reading.clauses[clause].join == "AND";
}

// "The obligations last for two years": the source's verb, behind a subject.
bool SaysItsVerb(const Comparison& c, std::size_t claim_clause, std::size_t clause) {
  const int verb = c.source.clauses[clause].verb;
  if (verb < 0 || c.to_claim[static_cast<std::size_t>(verb)] < 1) return false;
  const auto unit = static_cast<std::size_t>(c.to_claim[static_cast<std::size_t>(verb)]);
  return c.claim.units[unit].clause == static_cast<int>(claim_clause) && !c.claim.units[unit].participle &&
         c.claim.units[unit - 1].clause == static_cast<int>(claim_clause);
}

// "may be used only for", "must use only for"
bool OnlyOnBothSides(const Comparison& c) {
  const auto only = [](const Unit& unit) { return unit.only; };
  return std::any_of(c.claim.units.begin(), c.claim.units.end(), only) &&
         std::any_of(c.source.units.begin(), c.source.units.end(), only);
}

}  // namespace

// Negation and modals: "must", "may", "must not", "need not" are four things.
void CheckModals(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t i = 0; i < c.claim.clauses.size(); ++i) {
    const Clause& clause = c.claim.clauses[i];
    if (c.clause_of[i] < 0) continue;
    // "the money that was paid" describes; what it says has no force of its own.
    if (clause.modal.empty() && !clause.negative &&
        (clause.kind == ClauseKind::kThat || clause.kind == ClauseKind::kRelative))
      continue;
    // Where the verb's counterpart stands counts; a clause in which no verb is seen, where most of it stands.
    auto at = static_cast<std::size_t>(c.clause_of[i]);
    if (clause.verb >= 0 && c.to_source[static_cast<std::size_t>(clause.verb)] >= 0)
      at = static_cast<std::size_t>(
          c.source.units[static_cast<std::size_t>(c.to_source[static_cast<std::size_t>(clause.verb)])].clause);
    const Clause& other = c.source.clauses[at];
    if (clause.kind == ClauseKind::kConcession || other.kind == ClauseKind::kConcession ||
        SameForce(clause, other, clause.passive || other.passive || HasSubject(c.source, at),
                  clause.boundary >= 0 || HasSubject(c.claim, i)) ||
        (Force(clause).empty() && Force(other) == "MUST" && SaysItsVerb(c, i, at)))
      continue;
    // "It was resolved that she be appointed", "she was appointed"
    if (c.source.resolved && clause.past && Force(clause).empty() && In(Force(other), {"", "MUST"})) continue;
    if (OnlyOnBothSides(c) && Force(clause) == "MAY" && Force(other) == "MUST") continue;
    // A clause without a verb of its own takes that of the one before: "and payments of less by one director".
    const bool verbless = (other.boundary < 0 && other.modal.empty() && !other.negative) ||
                          (clause.boundary < 0 && clause.modal.empty() && !clause.negative);
    const bool polarity =
        (Force(clause).ends_with("not") || In(Force(clause), {"FORBID", "MAYNOT", "COULDNOT", "NOTMUST"})) !=
        (Force(other).ends_with("not") || In(Force(other), {"FORBID", "MAYNOT", "COULDNOT", "NOTMUST"}));
    if (verbless && !polarity && (clause.modal.empty() || other.kind != ClauseKind::kMain)) continue;
    // "The committee meets six times a year": in rules it must. It is told.
    const bool rule = Force(clause) == "MUST" && other.modal.empty() && !other.negative && !other.past &&
                      !clause.negative && other.kind == ClauseKind::kMain;
    const bool done = clause.past && clause.modal.empty() && In(other.modal, {"MUST", "MAY", "WILL", "ISTO"});
    trial.Find(polarity || done || (!clause.modal.empty() && !rule) ? FindingKind::kContradiction : FindingKind::kOpen,
               "the sentence says " + Quoted(ForceInWords(clause)) + ", the source " + Quoted(ForceInWords(other)));
  }
}

// "and does not seek": each verb of the source keeps its "not", whichever clause of the claim has it.
void CheckVerbs(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t j = 0; j < c.source.units.size(); ++j) {
    const Clause& there = c.source.clauses[static_cast<std::size_t>(c.source.units[j].clause)];
    if (c.to_claim[j] < 0 || there.boundary < 0 ||
        (there.verb != static_cast<int>(j) && c.source.units[j].modal.empty()))
      continue;
    const Unit& unit = c.claim.units[static_cast<std::size_t>(c.to_claim[j])];
    const Clause& here = c.claim.clauses[static_cast<std::size_t>(unit.clause)];
    if (here.kind == ClauseKind::kConcession || there.kind == ClauseKind::kConcession) continue;
    if (Denies(here) != Denies(there))
      trial.Find(FindingKind::kContradiction, "'not' at " + Quoted(unit.word) + " stands on one side only");
  }
}

// Conditions stay conditions, exceptions exceptions, and "only" stays.
void CheckClauses(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t i = 0; i < c.claim.clauses.size(); ++i) {
    const Clause& clause = c.claim.clauses[i];
    if (c.clause_of[i] < 0) continue;
    const Clause& other = c.source.clauses[static_cast<std::size_t>(c.clause_of[i])];
    const bool one = Restricts(clause.kind);
    const bool two = Restricts(other.kind);
    // "a party that breaches", "if a party breaches"
    const auto describes = [](const Clause& of) {
      return of.kind == ClauseKind::kThat || (of.kind == ClauseKind::kRelative && !of.after_comma);
    };
    const bool described =
        (clause.kind == ClauseKind::kIf && describes(other)) || (other.kind == ClauseKind::kIf && describes(clause));
    const auto excepts = [](const Clause& of) {
      return of.kind == ClauseKind::kExcept || of.kind == ClauseKind::kUnless;
    };
    const bool conceded = other.kind == ClauseKind::kExcept && other.boundary >= 0 &&
                          (clause.kind == ClauseKind::kConcession || clause.join == "BUT");
    const bool inner = (clause.kind == ClauseKind::kThat || clause.kind == ClauseKind::kRelative) &&
                       clause.before >= 0 && c.clause_of[static_cast<std::size_t>(clause.before)] == c.clause_of[i];
    const bool time = clause.kind == ClauseKind::kTime || other.kind == ClauseKind::kTime;
    if (described || conceded || inner || time || (excepts(clause) && excepts(other))) {
      // The same in other words.
    } else if (one != two) {
      // A condition that only the sentence has makes it say less.
      trial.Find(two ? FindingKind::kContradiction : FindingKind::kOpen,
                 two ? "what the source says under a condition, the sentence says without it"
                     : "the sentence makes a condition of what the source says");
    } else if (one && clause.kind != other.kind) {
      trial.Find(FindingKind::kContradiction, "the sentence and the source restrict it in different ways");
    }
    // "if" for "provided that" says less, "if" for "only if" says another thing.
    if ((clause.only && !other.only && !other.proviso) ||
        (other.only && !clause.only && !clause.proviso && other.kind == ClauseKind::kIf))
      trial.Find(FindingKind::kContradiction, "'only' is not in the source");
    if (!clause.join.empty() && !other.join.empty() && (clause.join == "OR") != (other.join == "OR")) {
      trial.Find(FindingKind::kContradiction,
                 "the sentence joins by '" + std::string(clause.join == "OR" ? "or" : "and") +
                     "' what the source joins by '" + std::string(other.join == "OR" ? "or" : "and") + "'");
    }
  }
}

// "the building, but not the goods": what is excepted is not included.
void CheckExcepted(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t s = 0; s < c.source.clauses.size(); ++s) {
    if (c.source.clauses[s].kind != ClauseKind::kExcept || c.needed[s] == 0 || c.matched[s] < c.needed[s]) continue;
    const bool kept = std::any_of(c.claim.units.begin(), c.claim.units.end(), [&](const Unit& unit) {
      const int j = c.to_source[static_cast<std::size_t>(&unit - c.claim.units.data())];
      const Clause& clause = c.claim.clauses[static_cast<std::size_t>(unit.clause)];
      const bool here = j >= 0 && c.source.units[static_cast<std::size_t>(j)].clause == static_cast<int>(s);
      return here && (Restricts(clause.kind) || clause.kind == ClauseKind::kConcession || clause.negative ||
                      clause.join == "BUT" || unit.negated || Denies(clause));
    });
    if (!kept) trial.Find(FindingKind::kContradiction, "the sentence includes what the source excepts");
  }
}

// "and" and "or" between units.
void CheckJoints(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (const Joint& joint : c.claim.joints) {
    if (joint.at == 0 || joint.at >= c.claim.units.size()) continue;
    const int left = c.to_source[joint.at - 1];
    const int right = c.to_source[joint.at];
    if (left < 0 || right < 0 || left == right) continue;
    const auto low = static_cast<std::size_t>(std::min(left, right));
    const auto high = static_cast<std::size_t>(std::max(left, right));
    const Unit& first = c.source.units[low];
    const Unit& second = c.source.units[high];
    std::string key;
    for (const Joint& other : c.source.joints) {
      if (other.at > low && other.at <= high) key = other.key;
    }
    if (key.empty() && first.clause == second.clause) {
      // "A, B and C": the comma between A and B means "and".
      for (auto other = c.source.joints.rbegin(); other != c.source.joints.rend(); ++other) {
        if (other->at > high && other->clause == second.clause) key = other->key;
      }
    }
    if (key.empty() && first.clause != second.clause)
      key = c.source.clauses[static_cast<std::size_t>(second.clause)].join;
    // "must not remove A or B": A and B must not be removed
    const Clause& here = c.claim.clauses[static_cast<std::size_t>(c.claim.units[joint.at].clause)];
    if (key == "OR" && joint.key == "AND" && here.passive && Denies(here) &&
        static_cast<int>(joint.at) < here.boundary && Denies(c.source.clauses[static_cast<std::size_t>(second.clause)]))
      continue;
    if (key == joint.key ||
        (key != "OR" && joint.key != "OR" && key != "ANDOR" && joint.key != "ANDOR" && !key.empty()) ||
        (key.empty() && joint.key == "AND" && first.clause != second.clause))
      continue;
    if (key.empty()) {
      trial.Find(FindingKind::kOpen, "the source does not join " + Quoted(first.word) + " and " + Quoted(second.word));
    } else {
      trial.Find(FindingKind::kContradiction, "the sentence has '" + std::string(joint.key == "OR" ? "or" : "and") +
                                                  "' between " + Quoted(first.word) + " and " + Quoted(second.word) +
                                                  ", the source '" + std::string(key == "OR" ? "or" : "and") + "'");
    }
  }
}

// Before and after, within and without: the preposition that limits a phrase.
void CheckPrepositions(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
    if (c.to_source[i] < 0) continue;
    const Unit& unit = c.claim.units[i];
    const Unit& other = c.source.units[static_cast<std::size_t>(c.to_source[i])];
    if (unit.limit == other.limit || unit.light) continue;
    // An actor "from" or "against" whom: CheckActors looks at these.
    const bool value = unit.kind == UnitKind::kValue;
    const bool time = In(unit.limit, {"BEFORE", "AFTER", "WITHIN", "DURING", "SINCE", "BYTIME"}) ||
                      In(other.limit, {"BEFORE", "AFTER", "WITHIN", "DURING", "SINCE", "BYTIME"});
    const bool opposed =
        (unit.limit == "BEFORE" && other.limit == "AFTER") || (unit.limit == "AFTER" && other.limit == "BEFORE") ||
        (unit.limit == "ABOVE" && other.limit == "BELOW") || (unit.limit == "BELOW" && other.limit == "ABOVE") ||
        (unit.limit == "WITHOUT") != (other.limit == "WITHOUT");
    const bool strong = opposed || (value && time);
    const auto name = [](const std::string& key) {
      std::string word;
      for (const char letter : key.empty() ? std::string("nothing") : key)
        word += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
      return "'" + word + "'";
    };
    // "after a request by the discloser", "after the discloser requests": only what both sides govern is compared.
    if (!strong && (unit.limit.empty() || other.limit.empty())) continue;
    trial.Find(
        strong ? FindingKind::kContradiction : FindingKind::kOpen,
        "before " + Quoted(unit.word) + " the sentence has " + name(unit.limit) + ", the source " + name(other.limit));
  }
}

// Words of one phrase keep their order; whole phrases may move.
void CheckOrder(const Trial& trial) {
  const Comparison& c = trial.comparison;
  int strays = 0;
  for (std::size_t i = 0; i + 1 < c.claim.units.size(); ++i) {
    const Unit& one = c.claim.units[i];
    const Unit& two = c.claim.units[i + 1];
    if (one.chunk != two.chunk || c.to_source[i] < 0 || c.to_source[i + 1] < 0) continue;
    const Unit& first = c.source.units[static_cast<std::size_t>(c.to_source[i])];
    const Unit& second = c.source.units[static_cast<std::size_t>(c.to_source[i + 1])];
    const bool far = first.clause != second.clause;
    if (!far && !one.verb && !two.verb && !one.participle && !two.participle && one.kind == UnitKind::kWord &&
        two.kind == UnitKind::kWord && std::abs(c.to_source[i] - c.to_source[i + 1]) > 5)
      trial.Find(FindingKind::kOpen, Quoted(one.word + " " + two.word) + " does not stand together in the source");
    strays += far && !one.verb && !two.verb ? 1 : 0;
    if (!far && first.chunk == second.chunk && c.to_source[i] == c.to_source[i + 1] + 1 && !one.verb && !two.verb &&
        !first.verb && !second.verb && !first.participle && !second.participle && !two.participle && !one.adverb &&
        !two.adverb && one.key == first.key && two.key == second.key && !one.possessive && !first.possessive &&
        !second.possessive) {
      trial.Find(FindingKind::kContradiction,
                 Quoted(one.word + " " + two.word) + " stands in the source in another order");
    }
  }
  if (strays > 1) trial.Find(FindingKind::kOpen, "its words stand in different places of the source");
}

// "all", "some", "only", "both", "either".
void CheckQuantifiers(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
    if (c.to_source[i] < 0) continue;
    const Unit& unit = c.claim.units[i];
    const Unit& other = c.source.units[static_cast<std::size_t>(c.to_source[i])];
    if (unit.negated != other.negated)
      trial.Find(FindingKind::kContradiction, "'not' before " + Quoted(unit.word) + " stands on one side only");
    const std::string& one = unit.quantifier;
    const std::string& two = other.quantifier;
    if (one == two) continue;
    // "one of": as "a"
    if (one == "ONE" && In(two, {"", "ANY"})) continue;
    if (two == "ONE" && In(one, {"", "ANY"})) continue;
    const bool plain = In(one, {"", "ANY", "ALL"}) && In(two, {"", "ANY", "ALL"});
    const bool pair = In(one, {"", "ANY", "ALL", "EITHER", "BOTH"}) && In(two, {"", "ANY", "ALL", "EITHER", "BOTH"});
    // "Neither party may", "may not be done by either party"
    if (pair && In(one, {"", "EITHER", "ANY"}) && In(two, {"", "EITHER", "ANY"}) &&
        Denies(c.claim.clauses[static_cast<std::size_t>(unit.clause)]) &&
        Denies(c.source.clauses[static_cast<std::size_t>(other.clause)]))
      continue;
    // "may be used to complete any deal", where it is "the deal"
    const Clause& of = c.claim.clauses[static_cast<std::size_t>(unit.clause)];
    if (one == "ANY" && two.empty() && of.modal == "MAY" && !of.negative && of.kind == ClauseKind::kMain &&
        other.article && unit.kind == UnitKind::kWord)
      trial.Find(FindingKind::kContradiction, "'any' before " + Quoted(unit.word) + " is not in the source");
    if (plain && (!(one == "ALL" && two.empty()) || unit.verb || unit.participle)) continue;
    // "if the parties have not agreed, either of them may"
    if (std::any_of(c.source.units.begin(), c.source.units.end(),
                    [&](const Unit& any) { return any.kind == UnitKind::kPronoun && any.quantifier == one; }))
      continue;
    if (plain) {
      // "all": more than the source says, or its plural.
      if (unit.word.ends_with('s')) continue;
      trial.Find(FindingKind::kOpen, "'all' before " + Quoted(unit.word) + " is not in the source");
    } else {
      const bool contrary = !pair || (one == "EITHER") != (two == "EITHER");
      trial.Find(contrary ? FindingKind::kContradiction : FindingKind::kOpen,
                 "how many " + Quoted(unit.word) + " is said in another way");
    }
  }
  const auto only = [](const Reading& reading) {
    return std::count_if(reading.units.begin(), reading.units.end(), [](const Unit& unit) { return unit.only; });
  };
  if (only(c.claim) > only(c.source)) trial.Find(FindingKind::kContradiction, "'only' is not in the source");
  for (std::size_t j = 0; j < c.source.units.size(); ++j) {
    if (c.source.units[j].only && c.to_claim[j] >= 0 && only(c.claim) == 0)
      trial.Find(FindingKind::kOmission, "the source adds: 'only'");
  }
}

const std::vector<Rule>& Rules() {
  static const std::vector<Rule> rules = {
      {"words", CheckWords},       {"values", CheckValues},           {"modals", CheckModals},
      {"verbs", CheckVerbs},       {"clauses", CheckClauses},         {"joints", CheckJoints},
      {"excepted", CheckExcepted}, {"actors", CheckActors},           {"limits", CheckPrepositions},
      {"order", CheckOrder},       {"quantifiers", CheckQuantifiers}, {"sentences", CheckSentences},
      {"sides", CheckSides},
  };
  return rules;
}

}  // namespace counsel::judging
