// What one side has and the other lacks: unknown words of the claim, and what the source adds.
#include <algorithm>
#include <string>

#include "judging/leftovers.h"
#include "judging/lexicon.h"
#include "judging/roles.h"

namespace counsel::judging {
namespace {

std::string InWords(const Reading& reading, std::size_t first, std::size_t last) {
  std::string words;
  for (std::size_t i = first; i < last; ++i) words += (words.empty() ? "" : " ") + reading.units[i].word;
  return words;
}

}  // namespace

void Leftovers::Look() {
  LookAtClaim();
  for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
    if (c_.Used(s)) LookInside(s);
  }
  for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
    if (!c_.Used(s)) LookAtUnused(s);
  }
}

bool Leftovers::Missing(std::size_t j) const {
  return c_.to_claim[j] < 0 && Comparison::Counts(c_.source.units[j]) && !c_.source.units[j].spare && !excused_[j] &&
         !SaidByPronoun(j) && !IsAgentOfPassive(j) && !IsMeantByIt(j) && !IsGivenName(j);
}

// A word of the source that stands where the claim's unit i does: beside the same neighbour.
int Leftovers::Instead(std::size_t i) const {
  for (const int d : {-1, 1}) {
    const std::size_t beside = i + static_cast<std::size_t>(d);
    if ((d < 0 && i == 0) || beside >= c_.claim.units.size() || c_.to_source[beside] < 0) continue;
    const int j = c_.to_source[beside] - d;
    if (j < 0 || j >= static_cast<int>(c_.source.units.size()) || !Missing(static_cast<std::size_t>(j))) continue;
    if (c_.source.units[static_cast<std::size_t>(j)].kind == c_.claim.units[i].kind) return j;
  }
  return -1;
}

// "borne by the Investor", where the source has the Company
bool Leftovers::IsAnother(std::size_t i) const {
  if (!IsActor(c_.claim, i) || !IsRoleNoun(c_.claim.units[i].key)) return false;
  for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
    // "Mrs Vail submitted", "the Respondent submitted"
    const bool named =
        c_.claim.units[i].capital && c_.source.units[j].capital && c_.source.units[j].role == ActorRole::kSubject;
    if (c_.to_claim[j] < 0 && IsActor(c_.source, j) && (IsRoleNoun(c_.source.units[j].key) || named) &&
        c_.source.units[j].key != "party" &&
        (c_.source.units[j].role == c_.claim.units[i].role || c_.source.units[j].role == ActorRole::kNone) &&
        c_.Used(static_cast<std::size_t>(c_.source.units[j].clause)))
      return true;
  }
  return false;
}

bool Leftovers::IsOtherName(std::size_t i) const {
  const Unit& unit = c_.claim.units[i];
  if (!unit.capital || unit.kind != UnitKind::kWord) return false;
  for (const std::size_t beside : {i - 1, i + 1}) {
    if (beside >= c_.claim.units.size() || c_.to_source[beside] < 0) continue;
    const Unit& name = c_.claim.units[beside];
    const Unit& there = c_.source.units[static_cast<std::size_t>(c_.to_source[beside])];
    if (name.capital && name.chunk == unit.chunk && name.key != there.key &&
        there.called.find(" " + name.key + " ") != std::string::npos)
      return true;
  }
  return false;
}

bool Leftovers::IsOneMore(std::size_t i) const {
  const Unit& unit = c_.claim.units[i];
  return std::any_of(c_.claim.joints.begin(), c_.claim.joints.end(), [&](const Joint& joint) {
    if (joint.clause != unit.clause || joint.at == 0 || joint.at >= c_.claim.units.size()) return false;
    const std::size_t other = joint.at == i ? i - 1 : joint.at;
    const bool beside = joint.at == i || joint.at == i + 1;
    return beside && joint.key == "OR" && c_.to_source[other] >= 0 &&
           c_.claim.units[other].preposition == unit.preposition;
  });
}

void Leftovers::LookAtSpeaker() {
  const Unit* pronoun = nullptr;
  for (std::size_t i = 0; i < c_.claim.units.size(); ++i) {
    if (c_.to_source[i] < 0 || c_.source.units[static_cast<std::size_t>(c_.to_source[i])].key != "i") continue;
    if (c_.claim.units[i].kind != UnitKind::kPronoun) return;
    pronoun = &c_.claim.units[i];
  }
  if (pronoun != nullptr && !pronoun->possessive)
    trial_.Find(FindingKind::kOpen, "it cannot be told whom '" + pronoun->word + "' means");
}

void Leftovers::LookAtClaim() {
  LookAtSpeaker();
  for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
    if (c_.to_claim[j] < 0 && IsMeantByIt(j)) {
      trial_.Find(FindingKind::kOpen, "it cannot be told whom '" + c_.claim.units.front().word + "' means");
      break;
    }
  }
  for (std::size_t i = 0; i < c_.claim.units.size(); ++i) {
    const Unit& unit = c_.claim.units[i];
    if (c_.to_source[i] >= 0 || c_.resolved[i] || !Comparison::Counts(unit)) continue;
    if (unit.kind == UnitKind::kValue) {
      trial_.Find(FindingKind::kContradiction, "not in the source: '" + unit.word + "'");
      continue;
    }
    bool opposite = IsNegative(unit.key) || IsFraction(unit.key) || IsAnother(i) || IsOtherName(i) ||
                    (unit.possessive && In(unit.key, {"other", "another"})) || IsOneMore(i);
    for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
      opposite = opposite || (c_.to_claim[j] < 0 && AreOpposites(unit.key, c_.source.units[j].key));
    }
    if (opposite) {
      trial_.Find(FindingKind::kContradiction, "the source does not say '" + unit.word + "'");
      continue;
    }
    const int instead = Instead(i);
    if (instead >= 0 && unit.verb) {
      const Unit& other = c_.source.units[static_cast<std::size_t>(instead)];
      if (!IsNegative(other.key) && (other.verb || other.participle ||
                                     c_.source.clauses[static_cast<std::size_t>(other.clause)].verb == instead)) {
        excused_[static_cast<std::size_t>(instead)] = true;
        // "turn it off", "switch it off"; "keeps" for "forfeits" says another thing.
        const bool light = IsLightVerb(unit.key) || IsLightVerb(other.key);
        trial_.Find(light ? FindingKind::kReplaced : FindingKind::kContradiction,
                    "the sentence says '" + unit.word + "', the source '" + other.word + "'");
        continue;
      }
    }
    // A verb or an adverb may be another way of saying it; a noun names something else.
    // So may a name that is said twice.
    const bool again = std::any_of(c_.source.units.begin(), c_.source.units.end(),
                                   [&](const Unit& one) { return one.key == unit.key; });
    const bool mild = unit.verb || unit.adverb || unit.participle || again || IsAddressee(unit);
    trial_.Find(mild ? FindingKind::kUnknown : FindingKind::kStranger, "not in the source: '" + unit.word + "'",
                static_cast<int>(i));
  }
}

// "You may not use the name", "the name may not be used": whom the sentence adds.
bool Leftovers::IsAddressee(const Unit& unit) const {
  if (unit.role != ActorRole::kSubject) return false;
  const int at = c_.clause_of[static_cast<std::size_t>(unit.clause)];
  if (at < 0 || !c_.source.clauses[static_cast<std::size_t>(at)].passive) return false;
  if (In(unit.key, {"you", "we"}) || unit.word == "parties") return true;
  // "shall not be copied": nobody may copy it.
  const Clause& clause = c_.source.clauses[static_cast<std::size_t>(at)];
  return In(unit.key, {"recipient", "licensee", "tenant", "party"}) &&
         (clause.modal == "FORBID" || clause.modal == "MAYNOT") &&
         std::none_of(c_.source.units.begin(), c_.source.units.end(),
                      [&](const Unit& one) { return one.clause == at && one.preposition == "BY"; });
}

void Leftovers::LookInside(std::size_t s) {
  // It tells of what was left out: "by a notice which states the price".
  if (c_.source.clauses[s].kind == ClauseKind::kRelative && HangsOnDropped(s) &&
      std::find(c_.clause_of.begin(), c_.clause_of.end(), static_cast<int>(s)) == c_.clause_of.end())
    return;
  if (OnlyAgrees(s)) return;
  for (std::size_t j = 0; j < c_.source.units.size();) {
    if (c_.source.units[j].clause != static_cast<int>(s) || !Missing(j)) {
      ++j;
      continue;
    }
    const std::size_t end = RunEnd(j);
    if (c_.source.clauses[s].kind == ClauseKind::kAside || OneOfSeveral(j, end) || IsToWhom(s, j, end) ||
        IsScene(s, j, end) || IsByWhom(s, j, end) || IsAddress(j, end) || IsConflictOfLaws(j, end) ||
        IsInclusion(j, end) || IsWithoutNeed(j, end)) {
      for (std::size_t k = j; k < end; ++k) dropped_[k] = true;
    } else {
      if (IsMannerOfDuty(s, j, end)) {
        for (std::size_t k = j; k < end; ++k) dropped_[k] = true;
      }
      trial_.Find(IsMild(s, j, end) || IsOfItsTerm(j, end) || IsMannerOfDuty(s, j, end) || IsForEach(j, end) ||
                          IsDetailOfEvent(s, j, end)
                      ? FindingKind::kOpen
                      : FindingKind::kOmission,
                  "the source adds: '" + InWords(c_.source, j, end) + "'");
    }
    j = end;
  }
}

bool Leftovers::MoreThanActors(std::size_t s) const {
  for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
    if (c_.source.units[j].clause == static_cast<int>(s) && c_.to_claim[j] >= 0 && !IsActor(c_.source, j) &&
        !c_.source.units[j].capital)
      return true;
  }
  return false;
}

// "The claimant alleged that …": who says so belongs to it; "The chair reported that …" says it is so.
bool Leftovers::SaysThat(std::size_t s) const {
  // What is said may stand behind other things that are said: "told me that A and that B".
  const auto said_by = [&](std::size_t k) {
    int before = static_cast<int>(k);
    while (before >= 0 && c_.source.clauses[static_cast<std::size_t>(before)].kind == ClauseKind::kThat)
      before = c_.source.clauses[static_cast<std::size_t>(before)].before;
    return before == static_cast<int>(s);
  };
  bool says = false;
  for (std::size_t k = s + 1; k < c_.source.clauses.size(); ++k) {
    says = says || (c_.source.clauses[k].kind == ClauseKind::kThat && c_.Used(k) && said_by(k));
  }
  if (!says) return false;
  bool neutral_speaker = false;
  bool neutral_verb = false;
  bool spoken = false;  // "I found that": who speaks says what is so
  for (const Unit& unit : c_.source.units) {
    if (unit.clause != static_cast<int>(s)) continue;
    for (const char* key : {"chair", "secretary", "board", "party", "meet"})
      neutral_speaker = neutral_speaker || unit.key == key;
    for (const char* key : {"report", "confirm", "not", "record", "declar", "acknowledg", "agre", "agree", "resolv"})
      neutral_verb = neutral_verb || unit.key == key;
    for (const char* key : {"find", "notic", "see", "observ", "hold", "accept", "know", "establish"})
      spoken = spoken || unit.key == key;
    neutral_speaker = neutral_speaker || unit.key == "i";
  }
  if (neutral_speaker && spoken) return false;
  // "The Vendor acknowledges that", "agrees that": between parties it is so; not what somebody once agreed.
  if (!c_.source.clauses[s].past && AgreesWith(s)) return false;
  if (neutral_speaker && BelievesOnly(s)) {
    trial_.Find(FindingKind::kOpen, "the source says who believes or understands it");
    return false;
  }
  return !(neutral_speaker && neutral_verb);
}

bool Leftovers::AgreesWith(std::size_t s) const {
  bool party = false;
  bool agrees = false;
  for (const Unit& unit : c_.source.units) {
    if (unit.clause != static_cast<int>(s)) continue;
    party = party || (IsRoleNoun(unit.key) && unit.role == ActorRole::kSubject);
    agrees = agrees || (In(unit.key, {"acknowledg", "agre", "agree"}) && unit.word.ends_with('s'));
  }
  return party && agrees;
}

bool Leftovers::OnlyAgrees(std::size_t s) const {
  if (c_.source.clauses[s].past || c_.source.clauses[s].negative || !AgreesWith(s)) return false;
  for (std::size_t k = s + 1; k < c_.source.clauses.size(); ++k) {
    const Clause& clause = c_.source.clauses[k];
    if (clause.kind == ClauseKind::kThat && clause.before == static_cast<int>(s) && c_.Used(k)) return true;
  }
  return false;
}

bool Leftovers::GivesReason(std::size_t s) const {
  bool reason = false;
  for (std::size_t k = s + 1; k < c_.source.clauses.size(); ++k) {
    const Clause& clause = c_.source.clauses[k];
    reason = reason || (clause.kind == ClauseKind::kCause && clause.before == static_cast<int>(s) && c_.Used(k));
  }
  return reason && std::any_of(c_.source.units.begin(), c_.source.units.end(), [&](const Unit& unit) {
           return unit.clause == static_cast<int>(s) &&
                  In(unit.key, {"object", "oppos", "appeal", "refus", "reject", "claim", "avoid", "complain", "resist",
                                "contest", "challeng", "withhold"});
         });
}

bool Leftovers::BelievesOnly(std::size_t s) const {
  return std::any_of(c_.source.units.begin(), c_.source.units.end(), [&](const Unit& unit) {
    return unit.clause == static_cast<int>(s) && In(unit.key, {"understand", "believ", "think", "consider"});
  });
}

bool Leftovers::AnyMainUsed() const {
  bool main = false;
  for (std::size_t s = 0; s < c_.source.clauses.size(); ++s)
    main = main || (!Restricts(c_.source.clauses[s].kind) && c_.needed[s] > 0);
  if (!main) return true;  // nothing but restrictions was read: it was misread
  for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
    if (!Restricts(c_.source.clauses[s].kind) && c_.Used(s)) return true;
  }
  return false;
}

void Leftovers::LookAtUnused(std::size_t s) {
  const Clause& clause = c_.source.clauses[s];
  if (c_.needed[s] == 0) return;
  std::string words;
  bool conflict = true;  // of laws
  for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
    const Unit& unit = c_.source.units[j];
    if (unit.clause != static_cast<int>(s)) continue;
    words += (words.empty() ? "" : " ") + unit.word;
    conflict = conflict && OfConflictRules(unit.key);
  }
  if (conflict && (words.find("onflict") != std::string::npos || words.find("hoice") != std::string::npos)) return;
  const std::string adds = "the source adds: '" + words + "'";
  const bool before_used = clause.before >= 0 && c_.Used(static_cast<std::size_t>(clause.before));
  if (HangsOnDropped(s)) return;
  if (Restricts(clause.kind)) {
    const bool other = std::any_of(c_.source.clauses.begin(), c_.source.clauses.end(), [&](const Clause& next) {
      return next.before == static_cast<int>(s) && next.join == "OR" && next.kind == clause.kind &&
             c_.Used(static_cast<std::size_t>(&next - c_.source.clauses.data()));
    });
    if (other && clause.kind == ClauseKind::kIf && !clause.only && !clause.proviso) return;
    const bool alternative = clause.join == "OR" && clause.kind == ClauseKind::kIf && before_used && !clause.only &&
                             !clause.proviso && !c_.source.clauses[static_cast<std::size_t>(clause.before)].only &&
                             !c_.source.clauses[static_cast<std::size_t>(clause.before)].proviso;
    // "may disclose it to advisers, to insurers, and where the law requires it": each of them is enough.
    if (clause.kind == ClauseKind::kIf && clause.join == "AND" && before_used && !clause.only && !clause.proviso &&
        c_.source.clauses[static_cast<std::size_t>(clause.before)].kind == ClauseKind::kMain &&
        c_.source.clauses[static_cast<std::size_t>(clause.before)].modal == "MAY")
      return;
    // "…, which it may withdraw if": it hangs on what was left out.
    if (clause.before >= 0 && !before_used &&
        c_.source.clauses[static_cast<std::size_t>(clause.before)].kind == ClauseKind::kRelative)
      return;
    const bool reaches =
        before_used || clause.fronted || s + 1 == c_.source.clauses.size() || Restricts(c_.source.clauses[s + 1].kind);
    if (!alternative && reaches && AnyMainUsed()) trial_.Find(FindingKind::kOmission, adds);
  } else if (clause.kind == ClauseKind::kRelative || clause.kind == ClauseKind::kThat) {
    // "The premiums included a commission which was paid to an agent": it was, whoever got it. It is told.
    const bool event = before_used && clause.kind == ClauseKind::kRelative && [&] {
      const Clause& of = c_.source.clauses[static_cast<std::size_t>(clause.before)];
      return of.kind == ClauseKind::kMain && of.past && of.modal.empty() && !of.negative && !of.only;
    }();
    if (!clause.after_comma && before_used) trial_.Find(event ? FindingKind::kOpen : FindingKind::kOmission, adds);
  } else if (clause.kind == ClauseKind::kMain) {
    if ((clause.join == "BUT" || clause.join == "OR") && before_used) trial_.Find(FindingKind::kOmission, adds);
    if (GivesReason(s)) return trial_.Find(FindingKind::kOmission, adds);
    if (SaysThat(s)) return trial_.Find(FindingKind::kOmission, adds);
    if (c_.matched[s] * 3 >= c_.needed[s] && MoreThanActors(s)) trial_.Find(FindingKind::kOpen, adds);
  } else if (clause.kind == ClauseKind::kAside) {
    if ((clause.negative || clause.only) && before_used) trial_.Find(FindingKind::kOmission, adds);
  }
}

void CheckWords(const Trial& trial) {
  Leftovers(trial).Look();
}

}  // namespace counsel::judging
