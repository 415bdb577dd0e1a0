#include "judging/comparison.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "judging/grammar.h"

namespace counsel::judging {
namespace {

struct Candidate {
  int claim = 0;
  int source = 0;
  double score = 0;
};

double Base(Likeness likeness) {
  switch (likeness) {
    case Likeness::kSame:
      return 1;
    case Likeness::kFamily:
      return 0.9;
    case Likeness::kSynonym:
      return 0.75;
    case Likeness::kNone:
      break;
  }
  return 0;
}

// Of whom a text speaks before its unit `end`: the first subject. Each of those who are named goes into `all`.
std::string FirstSubject(const Reading& reading, std::size_t end, std::set<std::string>* all) {
  std::string subject;
  for (std::size_t k = 0; k < end; ++k) {
    const Unit& unit = reading.units[k];
    if (unit.kind != UnitKind::kWord || !IsRoleNoun(unit.key)) continue;
    all->insert(unit.key);
    if (subject.empty() && unit.role == ActorRole::kSubject) subject = unit.key;
  }
  return subject;
}

// The pronoun `j` of the source stands for somebody else than `key`, as far as can be told: several are named before
// it.
bool MeansAnother(const Reading& source, std::size_t j, const Reading* before, const std::string& key) {
  std::set<std::string> all;
  std::string subject = FirstSubject(source, j, &all);
  if (before != nullptr) {
    const std::string first = FirstSubject(*before, before->units.size(), &all);
    if (subject.empty()) subject = first;
  }
  return all.size() > 1 && !subject.empty() && subject != key;
}

}  // namespace

bool SameUnit(const Unit& one, const Unit& other, Likeness* likeness) {
  *likeness = Likeness::kNone;
  // "either of us", "either party"
  const auto side = [](const Unit& unit) {
    return unit.kind == UnitKind::kPronoun || unit.key == "we" || unit.key == "party";
  };
  if (one.quantifier == other.quantifier && (one.quantifier == "EITHER" || one.quantifier == "BOTH") && side(one) &&
      side(other)) {
    *likeness = Likeness::kSynonym;
    return true;
  }
  if (other.key == "i" && other.kind == UnitKind::kWord) {
    const bool called = one.kind == UnitKind::kWord && other.called.find(" " + one.key + " ") != std::string::npos;
    if (called || In(one.key, {"he", "she", "him", "her", "his", "himself", "herself"})) {
      *likeness = Likeness::kSynonym;
      return true;
    }
    if (!other.called.empty() && one.key != "i") return false;
  }
  // "the insurer", where the source has "we"; not for "our", where it is no possessive
  if (other.key != "i" && !other.called.empty() && one.kind == UnitKind::kWord && other.kind == UnitKind::kWord &&
      (one.capital || IsRoleNoun(one.key)) && (!other.light || one.possessive || one.preposition == "OF") &&
      other.called.find(" " + one.key + " ") != std::string::npos) {
    *likeness = Likeness::kSynonym;
    return true;
  }
  if (one.kind != other.kind) return false;
  // "you may close it" is not proved by "your account".
  if (Comparison::Counts(one) && !Comparison::Counts(other) && In(one.key, {"you", "we", "i"})) return false;
  if (one.kind == UnitKind::kWord) {
    if (one.key == other.key) {
      *likeness = Likeness::kSame;
    } else if (one.family == other.family) {
      *likeness = Likeness::kFamily;
    } else if (AreSynonyms(one.key, other.key)) {
      *likeness = Likeness::kSynonym;
    }
  } else if (one.key == other.key) {
    *likeness = Likeness::kSame;
  }
  return *likeness != Likeness::kNone;
}

Comparison::Comparison(const Reading& claim_in, const Reading& source_in, const Reading* before)
    : claim(claim_in),
      source(source_in),
      to_source(claim_in.units.size(), -1),
      to_claim(source_in.units.size(), -1),
      resolved(claim_in.units.size(), false),
      clause_of(claim_in.clauses.size(), -1),
      matched(source_in.clauses.size(), 0),
      needed(source_in.clauses.size(), 0) {
  Align();
  MapClauses();
  Resolve(before);
}

// Greedy, best first: a pair gains from neighbours that pair near it. Each unit is used once.
void Comparison::Align() {
  const int n = static_cast<int>(claim.units.size());
  std::vector<std::vector<Candidate>> of(claim.units.size());
  for (int i = 0; i < n; ++i) {
    const Unit& unit = claim.units[static_cast<std::size_t>(i)];
    for (std::size_t j = 0; j < source.units.size(); ++j) {
      Likeness likeness = Likeness::kNone;
      if (SameUnit(unit, source.units[j], &likeness))
        of[static_cast<std::size_t>(i)].push_back({i, static_cast<int>(j), Base(likeness)});
    }
  }
  std::vector<Candidate> all;
  for (int i = 0; i < n; ++i) {
    for (Candidate candidate : of[static_cast<std::size_t>(i)]) {
      const Unit& here = claim.units[static_cast<std::size_t>(i)];
      const Unit& there = source.units[static_cast<std::size_t>(candidate.source)];
      candidate.score += (here.possessive == there.possessive ? 0.1 : 0.0) + (here.word == there.word ? 0.1 : 0.0);
      // A condition is laid beside a condition: "an injunction against such breach" is none.
      const auto kind = [](const Reading& of, const Unit& unit) {
        return of.clauses[static_cast<std::size_t>(unit.clause)].kind;
      };
      if (Restricts(kind(claim, here)) && Restricts(kind(source, there))) candidate.score += 0.15;
      constexpr int kReach = 4;
      for (int d = -kReach; d <= kReach; ++d) {
        if (d == 0 || i + d < 0 || i + d >= n) continue;
        const auto& near = of[static_cast<std::size_t>(i + d)];
        const bool beside = std::any_of(near.begin(), near.end(), [&](const Candidate& other) {
          return other.source != candidate.source && std::abs(other.source - candidate.source) <= kReach;
        });
        const bool in_order = std::any_of(near.begin(), near.end(),
                                          [&](const Candidate& other) { return other.source - candidate.source == d; });
        candidate.score += (beside ? 0.2 : 0.0) / std::abs(d) + (in_order ? 0.2 : 0.0) / std::abs(d);
      }
      all.push_back(candidate);
    }
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(-a.score, a.claim, a.source) < std::make_tuple(-b.score, b.claim, b.source);
  });
  for (const Candidate& pair : all) {
    int& there = to_source[static_cast<std::size_t>(pair.claim)];
    int& back = to_claim[static_cast<std::size_t>(pair.source)];
    if (there >= 0 || back >= 0) continue;
    there = pair.source;
    back = pair.claim;
  }
}

void Comparison::MapClauses() {
  std::vector<std::map<int, double>> votes(claim.clauses.size());
  for (std::size_t i = 0; i < claim.units.size(); ++i) {
    if (to_source[i] < 0) continue;
    const Unit& unit = claim.units[i];
    const Unit& other = source.units[static_cast<std::size_t>(to_source[i])];
    votes[static_cast<std::size_t>(unit.clause)][other.clause] += unit.verb ? 1.5 : 1.0;
  }
  for (std::size_t c = 0; c < votes.size(); ++c) {
    double best = 0;
    for (const auto& [clause, count] : votes[c]) {
      if (count > best) {
        best = count;
        clause_of[c] = clause;
      }
    }
  }
  for (std::size_t j = 0; j < source.units.size(); ++j) {
    if (!Counts(source.units[j])) continue;
    const auto clause = static_cast<std::size_t>(source.units[j].clause);
    ++needed[clause];
    matched[clause] += to_claim[j] >= 0 ? 1 : 0;
  }
}

// "copy it": what "it" stands for was named before.
void Comparison::Resolve(const Reading* before) {
  for (std::size_t i = 0; i < claim.units.size(); ++i) {
    if (to_source[i] >= 0 || claim.units[i].kind != UnitKind::kWord) continue;
    // "Dermot Ashwick": both names are those of the one who says "I".
    for (const int d : {-1, 1}) {
      for (std::size_t beside = i + static_cast<std::size_t>(d); beside < claim.units.size();
           beside += static_cast<std::size_t>(d)) {
        if (to_source[beside] < 0 && claim.units[beside].chunk == claim.units[i].chunk) continue;
        if (to_source[beside] < 0) break;
        const Unit& speaker = source.units[static_cast<std::size_t>(to_source[beside])];
        resolved[i] = resolved[i] || speaker.called.find(" " + claim.units[i].key + " ") != std::string::npos;
        break;
      }
    }
    if (resolved[i]) continue;
    const int clause = clause_of[static_cast<std::size_t>(claim.units[i].clause)];
    for (std::size_t j = 0; j < source.units.size() && !resolved[i]; ++j) {
      if (to_claim[j] >= 0 || source.units[j].kind != UnitKind::kPronoun || source.units[j].key.ends_with("self") ||
          source.units[j].key.ends_with("selves") || source.units[j].clause != clause)
        continue;
      const auto named = [&](const Unit& unit) {
        return unit.kind == UnitKind::kWord && unit.key == claim.units[i].key;
      };
      // "She shall pay" behind "The Consultant may send another if the Client agrees": the Consultant shall.
      if (IsRoleNoun(claim.units[i].key) && MeansAnother(source, j, before, claim.units[i].key)) continue;
      resolved[i] = std::any_of(source.units.begin(), source.units.begin() + static_cast<std::ptrdiff_t>(j), named) ||
                    (before != nullptr && std::any_of(before->units.begin(), before->units.end(), named));
    }
  }
}

bool Comparison::Used(std::size_t clause) const {
  if (matched[clause] == 0) return false;
  if (matched[clause] * 2 >= needed[clause]) return true;
  // "of this agreement" counts for nothing, and stands there too.
  int all = 0;
  for (std::size_t j = 0; j < source.units.size(); ++j)
    all += source.units[j].clause == static_cast<int>(clause) && to_claim[j] >= 0 ? 1 : 0;
  if (std::find(clause_of.begin(), clause_of.end(), static_cast<int>(clause)) != clause_of.end() && all > 1)
    return true;
  const int verb = source.clauses[clause].verb;
  return verb >= 0 && to_claim[static_cast<std::size_t>(verb)] >= 0;
}

}  // namespace counsel::judging
