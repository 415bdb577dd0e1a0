// Values and actors: each stands beside what it stands beside in the source.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "judging/roles.h"
#include "judging/rules.h"

namespace counsel::judging {
namespace {

constexpr int kBesideUnits = 3;

// The units that say something within `reach` of unit i, in its clause.
std::vector<std::size_t> Neighbours(const Reading& reading, std::size_t i, int reach) {
  std::vector<std::size_t> near;
  for (const int d : {-1, 1}) {
    int found = 0;
    for (int k = static_cast<int>(i) + d; k >= 0 && k < static_cast<int>(reading.units.size()) && found < reach;
         k += d) {
      const Unit& unit = reading.units[static_cast<std::size_t>(k)];
      if (unit.clause != reading.units[i].clause) break;
      if (!Comparison::Counts(unit) || unit.kind != UnitKind::kWord) continue;
      near.push_back(static_cast<std::size_t>(k));
      ++found;
    }
  }
  return near;
}

std::string_view KindOf(const Unit& value) {
  const std::string_view key = value.key;
  if (key.starts_with("date:")) return "date";
  if (key.starts_with("time:")) return "time";
  const std::size_t space = key.find(' ');
  return space == std::string_view::npos ? std::string_view("number") : key.substr(space + 1);
}

const Unit* ValueBefore(const Reading& reading, std::size_t i) {
  while (i > 0 && reading.units[i - 1].clause == reading.units[i].clause) {
    --i;
    if (reading.units[i].kind == UnitKind::kValue) return &reading.units[i];
  }
  return nullptr;
}

bool SameRole(const Unit& claim, const Unit& source) {
  if (claim.role == source.role) return true;
  const auto bare = [](const Unit& unit) {
    return unit.role == ActorRole::kSubject || unit.role == ActorRole::kObject;
  };
  if ((claim.role == ActorRole::kNone && bare(source)) || (source.role == ActorRole::kNone && bare(claim))) return true;
  return false;
}

class Actors {
 public:
  explicit Actors(const Trial& trial) : trial_(trial), c_(trial.comparison) {}

  void Look() {
    LookAtPairs();
    LookAtOwners();
    for (std::size_t i = 0; i < c_.claim.units.size(); ++i) {
      if (IsActor(c_.claim, i) && c_.to_source[i] >= 0) LookAt(i);
    }
  }

 private:
  // "at our expense", "at your expense"
  void LookAtOwners() {
    const auto owner = [](const Unit& unit) { return unit.possessive && In(unit.key, {"we", "you"}); };
    for (std::size_t i = 0; i + 1 < c_.claim.units.size(); ++i) {
      const int head = c_.to_source[i + 1];
      if (!owner(c_.claim.units[i]) || head < 1) continue;
      const Unit& other = c_.source.units[static_cast<std::size_t>(head) - 1];
      if (owner(other) && other.key != c_.claim.units[i].key &&
          other.chunk == c_.source.units[static_cast<std::size_t>(head)].chunk)
        trial_.Find(FindingKind::kContradiction, "whose '" + c_.claim.units[i + 1].word + "' it is differs");
    }
  }

  // "by notice to the director appoint a company": two that have changed their prepositions.
  void LookAtPairs() {
    for (std::size_t i = 0; i < c_.claim.units.size(); ++i) {
      for (std::size_t k = i + 1; k < c_.claim.units.size(); ++k) {
        if (c_.to_source[i] < 0 || c_.to_source[k] < 0 || !IsActor(c_.claim, i) || !IsActor(c_.claim, k)) continue;
        const Unit& one = c_.claim.units[i];
        const Unit& two = c_.claim.units[k];
        const Unit& first = c_.source.units[static_cast<std::size_t>(c_.to_source[i])];
        const Unit& second = c_.source.units[static_cast<std::size_t>(c_.to_source[k])];
        if (one.role != ActorRole::kObject || two.role != ActorRole::kObject || one.preposition == two.preposition)
          continue;
        if (first.preposition == two.preposition && second.preposition == one.preposition)
          trial_.Find(FindingKind::kContradiction, "'" + one.word + "' and '" + two.word + "' have changed places");
      }
    }
  }

  void LookAt(std::size_t i) {
    const Unit& unit = c_.claim.units[i];
    const auto j = static_cast<std::size_t>(c_.to_source[i]);
    const Unit& other = c_.source.units[j];
    if (unit.role == ActorRole::kOf && other.role == ActorRole::kOf) {
      if (SameHead(unit, other)) return;
    } else if ((SameRole(unit, other) && InPlace(unit, other)) || Nominal(unit, other)) {
      return;
    }
    // Somewhere else in the source the same actor may stand in that role.
    for (std::size_t k = 0; k < c_.source.units.size(); ++k) {
      const Unit& candidate = c_.source.units[k];
      if (k == j || candidate.key != unit.key || !SameRole(unit, candidate)) continue;
      if (unit.role == ActorRole::kOf && candidate.role == ActorRole::kOf ? SameHead(unit, candidate)
                                                                          : InPlace(unit, candidate))
        return;
    }
    if (unit.role == ActorRole::kSubject && Inherits(unit)) return;
    if (unit.role == ActorRole::kOf && IsPronounThere(unit, other)) return;
    // "request from your manager", "ask your manager"; or a pronoun that may be the actor.
    const bool from = (unit.role == ActorRole::kFrom && other.role == ActorRole::kObject) ||
                      (unit.role == ActorRole::kObject && other.role == ActorRole::kFrom);
    trial_.Find(from && InPlace(unit, other) ? FindingKind::kOpen : FindingKind::kContradiction,
                "who does what to whom differs at '" + unit.word + "'");
  }

  // "the landlord's consent", "the landlord has consented": what the one belongs to is what the other does.
  [[nodiscard]] bool Nominal(const Unit& unit, const Unit& other) const {
    if ((unit.role == ActorRole::kOf) == (other.role == ActorRole::kOf)) return false;
    // "third parties' compliance", "compliance by third parties"
    if (unit.role == ActorRole::kOf && unit.head >= 0 && other.preposition == "BY") {
      const int noun = c_.to_source[static_cast<std::size_t>(unit.head)];
      const int at = static_cast<int>(&other - c_.source.units.data());
      if (noun >= 0 && noun < at && at - noun < 4 && !c_.source.units[static_cast<std::size_t>(noun)].participle &&
          c_.source.units[static_cast<std::size_t>(noun)].clause == other.clause)
        return true;
    }
    const bool here = unit.role == ActorRole::kOf;
    const int head = here ? unit.head : other.head;
    if (head < 0 || (here ? other.role : unit.role) != ActorRole::kSubject) return false;
    const int counterpart =
        here ? c_.to_source[static_cast<std::size_t>(head)] : c_.to_claim[static_cast<std::size_t>(head)];
    if (counterpart < 0) return false;
    const Reading& there = here ? c_.source : c_.claim;
    const Unit& done = there.units[static_cast<std::size_t>(counterpart)];
    const Clause& clause = there.clauses[static_cast<std::size_t>(done.clause)];
    // "if the owner has given its consent", "with the consent of the owner"
    const bool consents = In(done.key, {"consent", "approv", "approval", "permiss", "agreement", "authoris"});
    if (!consents && !done.verb && !done.participle && clause.verb != counterpart) return false;
    return done.clause == (here ? other.clause : unit.clause);
  }

  // The actor stands in the clause that the claim's clause is made of.
  [[nodiscard]] bool InPlace(const Unit& unit, const Unit& other) const {
    const int clause = c_.clause_of[static_cast<std::size_t>(unit.clause)];
    if (clause < 0 || other.clause == clause) return true;
    if (unit.head >= 0 && unit.head < static_cast<int>(c_.to_source.size())) {
      const int head = c_.to_source[static_cast<std::size_t>(unit.head)];
      if (head >= 0 && c_.source.units[static_cast<std::size_t>(head)].clause == other.clause) return true;
    }
    return false;
  }

  // "the tenant's goods", where the source has "its goods" and names nobody else before.
  [[nodiscard]] bool IsPronounThere(const Unit& unit, const Unit& other) const {
    const int head = unit.head >= 0 ? c_.to_source[static_cast<std::size_t>(unit.head)] : -1;
    if (head < 1) return false;
    const Unit& before = c_.source.units[static_cast<std::size_t>(head) - 1];
    if (before.kind != UnitKind::kPronoun || !before.possessive || &other > &before) return false;
    for (std::size_t k = 0; k < static_cast<std::size_t>(head); ++k) {
      if (IsActor(c_.source, k) && c_.source.units[k].key != unit.key && IsRoleNoun(c_.source.units[k].key))
        return false;
    }
    return true;
  }

  // "The tenant must pay … and must repay": the second clause has the subject of the first; or a pronoun stands for it.
  [[nodiscard]] bool Inherits(const Unit& unit) const {
    int clause = c_.clause_of[static_cast<std::size_t>(unit.clause)];
    for (int steps = 0; clause >= 0 && steps < 4; ++steps) {
      const Clause& at = c_.source.clauses[static_cast<std::size_t>(clause)];
      bool pronoun = false;
      bool subject = false;
      for (std::size_t k = 0; k < c_.source.units.size(); ++k) {
        const Unit& candidate = c_.source.units[k];
        if (candidate.clause != clause) continue;
        const bool before = at.boundary < 0 || static_cast<int>(k) < at.boundary;
        pronoun = pronoun || (candidate.kind == UnitKind::kPronoun && before);
        if (candidate.role != ActorRole::kSubject) continue;
        if (candidate.key == unit.key) return true;
        subject = true;
      }
      if (subject && !pronoun) return false;
      clause = at.before;
    }
    return false;
  }

  [[nodiscard]] bool SameHead(const Unit& unit, const Unit& other) const {
    if (unit.head < 0 || other.head < 0) return true;
    const int head = c_.to_source[static_cast<std::size_t>(unit.head)];
    if (head < 0) return true;
    // The head, or a word of its phrase: "the landlord's prior written consent".
    const Unit& one = c_.source.units[static_cast<std::size_t>(head)];
    const Unit& two = c_.source.units[static_cast<std::size_t>(other.head)];
    return head == other.head || one.chunk == two.chunk ||
           (one.clause == two.clause && std::abs(head - other.head) <= 2);
  }

  const Trial& trial_;
  const Comparison& c_;
};

}  // namespace

void CheckValues(const Trial& trial) {
  const Comparison& c = trial.comparison;
  for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
    const Unit& value = c.claim.units[i];
    if (value.kind != UnitKind::kValue || c.to_source[i] < 0) continue;
    const auto j = static_cast<std::size_t>(c.to_source[i]);
    const Unit& other = c.source.units[j];
    if (value.bound != other.bound)
      trial.Find(FindingKind::kContradiction, "'at least', 'at most' or the like differ at '" + value.word + "'");
    const auto same_kind = std::count_if(c.source.units.begin(), c.source.units.end(), [&](const Unit& unit) {
      return unit.kind == UnitKind::kValue && KindOf(unit) == KindOf(value);
    });
    if (same_kind < 2) continue;
    // Another value of its kind stands near: it must stand beside the same word here and there.
    const auto in_claim = std::count_if(c.claim.units.begin(), c.claim.units.end(), [&](const Unit& unit) {
      return unit.kind == UnitKind::kValue && KindOf(unit) == KindOf(value);
    });
    if (in_claim > 1 && !value.preposition.empty() && !other.preposition.empty() &&
        value.preposition != other.preposition && value.limit == other.limit)
      trial.Find(FindingKind::kContradiction, "'" + value.word + "' belongs to something else in the source");
    // "On 22 May the fee shall be paid", "the fee shall be paid on 22 May": it stands beside the verb there.
    if (i == 0 && j > 0 && other.preposition == value.preposition &&
        static_cast<int>(j) - 1 == c.source.clauses[static_cast<std::size_t>(other.clause)].verb &&
        c.to_claim[j - 1] >= 0)
      continue;
    const std::vector<std::size_t> there = Neighbours(c.source, j, in_claim > 1 ? 2 : kBesideUnits);
    int shared = 0;
    int mapped = 0;
    for (const std::size_t near : Neighbours(c.claim, i, in_claim > 1 ? 1 : 2)) {
      if (c.to_source[near] < 0) continue;
      ++mapped;
      shared +=
          std::find(there.begin(), there.end(), static_cast<std::size_t>(c.to_source[near])) != there.end() ? 1 : 0;
    }
    if (mapped > 0 && shared == 0)
      trial.Find(FindingKind::kContradiction, "'" + value.word + "' belongs to something else in the source");
  }
  // "four shares for Ann, three for Ben": each name has its own.
  for (std::size_t i = 0; i < c.claim.units.size(); ++i) {
    const Unit& name = c.claim.units[i];
    if (!name.capital || c.to_source[i] < 0 || !In(name.preposition, {"FOR", "TO"})) continue;
    const auto j = static_cast<std::size_t>(c.to_source[i]);
    if (!In(c.source.units[j].preposition, {"FOR", "TO"})) continue;
    const Unit* here = ValueBefore(c.claim, i);
    const Unit* there = ValueBefore(c.source, j);
    if (here != nullptr && there != nullptr && KindOf(*here) == KindOf(*there) && here->key != there->key)
      trial.Find(FindingKind::kContradiction, "'" + here->word + "' belongs to something else in the source");
  }
  // Two values of a kind keep what follows them: "30 % on order, 60 % on delivery".
  for (std::size_t i = 0; i + 1 < c.claim.units.size(); ++i) {
    const Unit& value = c.claim.units[i];
    if (value.kind != UnitKind::kValue || c.to_source[i] < 0 || c.to_source[i + 1] < 0) continue;
    const int after = c.to_source[i] + 1;
    if (c.to_source[i + 1] == after || c.claim.units[i + 1].clause != value.clause) continue;
    if (after >= static_cast<int>(c.source.units.size())) continue;
    // The value's own follower is taken by the other value of its kind.
    const int taker = c.to_claim[static_cast<std::size_t>(after)];
    if (taker <= 0) continue;
    const Unit& beside = c.claim.units[static_cast<std::size_t>(taker) - 1];
    if (beside.kind == UnitKind::kValue && KindOf(beside) == KindOf(value) && taker - 1 != static_cast<int>(i) &&
        beside.key != value.key)
      trial.Find(FindingKind::kContradiction, "'" + value.word + "' belongs to something else in the source");
  }
}

void CheckActors(const Trial& trial) {
  Actors(trial).Look();
}

}  // namespace counsel::judging
