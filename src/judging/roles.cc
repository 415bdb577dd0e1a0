#include "judging/roles.h"

#include <cctype>
#include <string_view>

#include "judging/lexicon.h"

namespace counsel::judging {
namespace {

bool LooksLikeVerb(const Unit& unit) {
  if (unit.kind != UnitKind::kWord || unit.capital || unit.possessive || unit.adverb) return false;
  const std::string_view word = unit.word;
  return unit.participle || (word.size() > 2 && word.ends_with('s') && !word.ends_with("ss"));
}

// Of a clause without modal or auxiliary: the first word that looks like a verb, after a subject.
void FindVerb(Reading* reading, std::size_t clause) {
  Clause& of = reading->clauses[clause];
  bool subject = of.kind == ClauseKind::kRelative || of.kind == ClauseKind::kThat;
  for (std::size_t i = 0; i < reading->units.size(); ++i) {
    const Unit& unit = reading->units[i];
    if (unit.clause != static_cast<int>(clause)) continue;
    if (subject && LooksLikeVerb(unit)) {
      of.verb = static_cast<int>(i);
      of.past = unit.participle;
      return;
    }
    subject = true;
  }
}

ActorRole RoleOf(const Reading& reading, std::size_t i) {
  const Unit& unit = reading.units[i];
  const Clause& clause = reading.clauses[static_cast<std::size_t>(unit.clause)];
  if (unit.possessive || unit.preposition == "OF") return ActorRole::kOf;
  if (unit.preposition == "FROM") return ActorRole::kFrom;
  if (unit.preposition == "BY") {
    bool done = clause.passive;
    for (std::size_t k = 0; k < i; ++k)
      done = done || (reading.units[k].participle && reading.units[k].clause == unit.clause);
    return done ? ActorRole::kSubject : ActorRole::kObject;
  }
  if (!unit.preposition.empty()) return ActorRole::kObject;
  const int boundary = clause.boundary >= 0 ? clause.boundary : clause.verb;
  if (boundary < 0) return ActorRole::kNone;
  const bool before = static_cast<int>(i) < boundary;
  if (before) return clause.passive ? ActorRole::kObject : ActorRole::kSubject;
  return ActorRole::kObject;
}

int HeadOf(const Reading& reading, std::size_t i) {
  const Unit& unit = reading.units[i];
  if (unit.role != ActorRole::kOf) return reading.clauses[static_cast<std::size_t>(unit.clause)].verb;
  if (unit.possessive) return i + 1 < reading.units.size() ? static_cast<int>(i) + 1 : -1;
  int head = static_cast<int>(i) - 1;
  while (head >= 0 && reading.units[static_cast<std::size_t>(head)].chunk == unit.chunk) --head;
  return head;
}

}  // namespace

bool IsActor(const Reading& reading, std::size_t i) {
  const Unit& unit = reading.units[i];
  if (unit.kind != UnitKind::kWord) return false;
  if (IsRoleNoun(unit.key)) {
    // "company secretary", "bank account": the last of a row is who is meant.
    const bool last = i + 1 == reading.units.size() || reading.units[i + 1].chunk != unit.chunk ||
                      reading.units[i + 1].kind != UnitKind::kWord || reading.units[i + 1].verb ||
                      reading.units[i + 1].participle || !IsRoleNoun(reading.units[i + 1].key);
    return last;
  }
  // "the Charity Commission": the last of a row of names
  if (i + 1 < reading.units.size() && unit.capital && reading.units[i + 1].capital && !unit.possessive &&
      reading.units[i + 1].chunk == unit.chunk && reading.units[i + 1].kind == UnitKind::kWord)
    return false;
  return unit.capital && !unit.article && i > 0 && std::isupper(static_cast<unsigned char>(unit.word.back())) == 0;
}

void SetRoles(Reading* reading) {
  for (std::size_t c = 0; c < reading->clauses.size(); ++c) {
    if (reading->clauses[c].verb < 0 && reading->clauses[c].boundary < 0) FindVerb(reading, c);
    Clause& clause = reading->clauses[c];
    const auto boundary = static_cast<std::size_t>(clause.boundary);
    if (clause.verb < 0 && clause.boundary >= 0 && boundary < reading->units.size() &&
        reading->units[boundary].clause == static_cast<int>(c)) {
      clause.verb = clause.boundary;
    }
  }
  for (std::size_t i = 0; i < reading->units.size(); ++i) {
    if (!IsActor(*reading, i)) continue;
    reading->units[i].role = RoleOf(*reading, i);
    reading->units[i].head = HeadOf(*reading, i);
  }
}

}  // namespace counsel::judging
