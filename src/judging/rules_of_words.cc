// What one side has and the other lacks: unknown words of the claim, and what the source adds.
#include <algorithm>
#include <string>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "judging/roles.h"
#include "judging/rules.h"

namespace counsel::judging {
namespace {

std::string Words(const Reading& reading, std::size_t first, std::size_t last) {
  std::string words;
  for (std::size_t i = first; i < last; ++i) words += (words.empty() ? "" : " ") + reading.units[i].word;
  return words;
}

class Leftovers {
 public:
  explicit Leftovers(const Trial& trial)
      : trial_(trial),
        c_(trial.comparison),
        excused_(c_.source.units.size(), false),
        dropped_(c_.source.units.size(), false) {}

  void Look() {
    LookAtClaim();
    for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
      if (c_.Used(s)) LookInside(s);
    }
    for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
      if (!c_.Used(s)) LookAtUnused(s);
    }
  }

 private:
  [[nodiscard]] bool Missing(std::size_t j) const {
    return c_.to_claim[j] < 0 && Comparison::Counts(c_.source.units[j]) && !c_.source.units[j].spare && !excused_[j] &&
           !SaidByPronoun(j) && !IsAgentOfPassive(j) && !IsMeantByIt(j) && !IsGivenName(j);
  }

  // "Mr Gawain Oxley", "Mr Oxley"
  [[nodiscard]] bool IsGivenName(std::size_t j) const {
    if (j + 1 >= c_.source.units.size() || j == 0) return false;
    const Unit& unit = c_.source.units[j];
    const Unit& title = c_.source.units[j - 1];
    return unit.capital && c_.source.units[j + 1].capital && c_.to_claim[j + 1] >= 0 &&
           In(title.key, {"mr", "mrs", "ms", "dr"}) && title.chunk == unit.chunk;
  }

  // "It must pay": whom the sentence means stands in the one before it.
  [[nodiscard]] bool IsMeantByIt(std::size_t j) const {
    const Unit& unit = c_.source.units[j];
    return unit.role == ActorRole::kSubject && !c_.claim.units.empty() &&
           c_.claim.units.front().kind == UnitKind::kPronoun && !c_.claim.units.front().possessive &&
           unit.clause == c_.clause_of.front();
  }

  // "we record the title", "the title is recorded": the sentence does not say by whom.
  [[nodiscard]] bool IsAgentOfPassive(std::size_t j) const {
    const Unit& unit = c_.source.units[j];
    const bool speaker = (unit.key == "we" || unit.key == "you" || unit.key == "i") && unit.role == ActorRole::kNone;
    if ((unit.role != ActorRole::kSubject && !speaker) || unit.preposition == "BY") return false;
    return std::any_of(c_.claim.clauses.begin(), c_.claim.clauses.end(),
                       [](const Clause& clause) { return clause.passive; });
  }

  // "until the property is fit", "until it is fit": the property was named before.
  [[nodiscard]] bool SaidByPronoun(std::size_t j) const {
    bool before = false;
    for (std::size_t k = 0; k < j; ++k)
      before = before || (c_.source.units[k].key == c_.source.units[j].key && c_.to_claim[k] >= 0);
    return before && std::any_of(c_.claim.units.begin(), c_.claim.units.end(), [&](const Unit& unit) {
             return unit.kind == UnitKind::kPronoun &&
                    c_.clause_of[static_cast<std::size_t>(unit.clause)] == c_.source.units[j].clause;
           });
  }

  // A word of the source that stands where the claim's unit i does: beside the same neighbour.
  [[nodiscard]] int Instead(std::size_t i) const {
    for (const int d : {-1, 1}) {
      const std::size_t beside = i + static_cast<std::size_t>(d);
      if ((d < 0 && i == 0) || beside >= c_.claim.units.size() || c_.to_source[beside] < 0) continue;
      const int j = c_.to_source[beside] - d;
      if (j < 0 || j >= static_cast<int>(c_.source.units.size()) || !Missing(static_cast<std::size_t>(j))) continue;
      if (c_.source.units[static_cast<std::size_t>(j)].kind == c_.claim.units[i].kind) return j;
    }
    return -1;
  }

  // "He surveyed it", "I surveyed it": one man among others.
  // "half of the shares", where the source has all of them
  static bool IsFraction(const std::string& key) { return In(key, {"half", "third", "quarter", "majority", "doubl"}); }

  // "borne by the Investor", where the source has the Company
  [[nodiscard]] bool IsAnother(std::size_t i) const {
    if (!IsActor(c_.claim, i) || !IsRoleNoun(c_.claim.units[i].key)) return false;
    for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
      if (c_.to_claim[j] < 0 && IsActor(c_.source, j) && IsRoleNoun(c_.source.units[j].key) &&
          c_.source.units[j].key != "party" && c_.source.units[j].role == c_.claim.units[i].role &&
          c_.Used(static_cast<std::size_t>(c_.source.units[j].clause)))
        return true;
    }
    return false;
  }

  void LookAtSpeaker() {
    const Unit* pronoun = nullptr;
    for (std::size_t i = 0; i < c_.claim.units.size(); ++i) {
      if (c_.to_source[i] < 0 || c_.source.units[static_cast<std::size_t>(c_.to_source[i])].key != "i") continue;
      if (c_.claim.units[i].kind != UnitKind::kPronoun) return;
      pronoun = &c_.claim.units[i];
    }
    if (pronoun != nullptr && !pronoun->possessive)
      trial_.Find(FindingKind::kOpen, "it cannot be told whom '" + pronoun->word + "' means");
  }

  void LookAtClaim() {
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
      bool opposite = IsNegative(unit.key) || IsFraction(unit.key) || IsAnother(i);
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
          trial_.Find(FindingKind::kReplaced, "the sentence says '" + unit.word + "', the source '" + other.word + "'");
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
  [[nodiscard]] bool IsAddressee(const Unit& unit) const {
    if ((unit.key != "you" && unit.key != "we") || unit.role != ActorRole::kSubject) return false;
    const int clause = c_.clause_of[static_cast<std::size_t>(unit.clause)];
    return clause >= 0 && c_.source.clauses[static_cast<std::size_t>(clause)].passive;
  }

  // A run of units that the claim leaves out, from `first`: where it ends.
  [[nodiscard]] std::size_t RunEnd(std::size_t first) const {
    const int clause = c_.source.units[first].clause;
    std::size_t end = first;
    while (end < c_.source.units.size() && c_.source.units[end].clause == clause && c_.to_claim[end] < 0) ++end;
    return end;
  }

  // "supply A within 30 days and B within 90 days": each has its own.
  [[nodiscard]] bool KeptHasItsOwn(const std::string& limit, int clause) const {
    return std::any_of(c_.claim.units.begin(), c_.claim.units.end(), [&](const Unit& unit) {
      const int j = c_.to_source[static_cast<std::size_t>(&unit - c_.claim.units.data())];
      return j >= 0 && c_.source.units[static_cast<std::size_t>(j)].clause == clause &&
             c_.source.units[static_cast<std::size_t>(j)].limit == limit;
    });
  }

  // "consent to an assignment or transfer is required", "all costs of preserving or enforcing": each of them.
  [[nodiscard]] bool IsUnderAll(std::size_t first) const {
    const Unit& unit = c_.source.units[first];
    const Clause& clause = c_.source.clauses[static_cast<std::size_t>(unit.clause)];
    if (unit.preposition.empty() || clause.kind != ClauseKind::kMain) return false;
    if (clause.boundary > static_cast<int>(first)) return true;
    for (std::size_t i = first; i > 0 && c_.source.units[i - 1].clause == unit.clause; --i) {
      if (In(c_.source.units[i - 1].quantifier, {"ALL", "ANY"})) return true;
    }
    return false;
  }

  // "shall supply to the Lender": to whom may stay unsaid.
  [[nodiscard]] bool IsToWhom(std::size_t s, std::size_t first, std::size_t end) const {
    const Clause& clause = c_.source.clauses[s];
    if (clause.kind != ClauseKind::kMain || clause.negative || clause.only ||
        !In(clause.modal, {"", "MUST", "WILL", "ISTO"}) || static_cast<int>(first) < clause.boundary)
      return false;
    for (std::size_t j = first; j < end; ++j) {
      const Unit& unit = c_.source.units[j];
      if (unit.preposition != "TO" || unit.only || !IsActor(c_.source, j)) return false;
    }
    return true;
  }

  // Before a run: what says nothing in its phrase ("my", "its").
  [[nodiscard]] std::size_t PhraseStart(std::size_t first) const {
    while (first > 0 && c_.to_claim[first - 1] < 0 && !Comparison::Counts(c_.source.units[first - 1]) &&
           c_.source.units[first - 1].chunk == c_.source.units[first].chunk)
      --first;
    return first;
  }

  // "must insure it against fire for its full value": who must, must do so "against fire". It is told.
  [[nodiscard]] bool IsMannerOfDuty(std::size_t s, std::size_t first, std::size_t end) const {
    const Clause& clause = c_.source.clauses[s];
    if (clause.kind != ClauseKind::kMain || clause.negative || !In(clause.modal, {"MUST", "WILL", "ISTO"}) ||
        static_cast<int>(first) <= clause.boundary)
      return false;
    first = PhraseStart(first);
    if (first == 0 || c_.source.units[first - 1].chunk == c_.source.units[first].chunk) return false;
    if (end < c_.source.units.size() && c_.source.units[end].chunk == c_.source.units[end - 1].chunk &&
        c_.source.units[end].clause == static_cast<int>(s))
      return false;
    for (std::size_t j = first; j < end; ++j) {
      const Unit& unit = c_.source.units[j];
      const bool listed = j > first && unit.chunk != c_.source.units[j - 1].chunk;
      if (unit.only || unit.kind == UnitKind::kValue || IsNegative(unit.key) || (unit.preposition.empty() && !listed) ||
          In(unit.preposition, {"OF", "WITHIN", "BEFORE", "AFTER", "DURING", "SINCE", "BYTIME", "WITHOUT", "WITH"}))
        return false;
    }
    return true;
  }

  // "On 8 May he inspected the loft": what happened happened, wherever and whenever.
  [[nodiscard]] bool IsScene(std::size_t s, std::size_t first, std::size_t end) const {
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
  [[nodiscard]] bool IsForEach(std::size_t first, std::size_t end) const {
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
  [[nodiscard]] bool OneOfSeveral(std::size_t first, std::size_t end) const {
    while (end > first + 1 && !Comparison::Counts(c_.source.units[end - 1])) --end;
    while (first > 0 && c_.to_claim[first - 1] < 0 &&
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
      return IsUnderAll(first) || (clause.kind == ClauseKind::kIf && !clause.only && !clause.proviso) ||
             clause.kind == ClauseKind::kExtent ||
             (clause.kind == ClauseKind::kMain && (forbids || clause.modal == "MAY"));
    if (key == "AND") return clause.kind == ClauseKind::kMain && !forbids;
    return false;
  }

  // One verb more, or a word that only names a thing again: it restricts nothing, but it is told.
  [[nodiscard]] bool IsMild(std::size_t s, std::size_t first, std::size_t end) const {
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
    if (count != 1 || unit.kind != UnitKind::kWord || Restricts(c_.source.clauses[s].kind) || IsNegative(unit.key) ||
        !unit.limit.empty())
      return false;
    for (const char* key : {"sum", "amount", "natur", "discussion", "matter", "price"}) {
      if (unit.key == key) return true;
    }
    return !unit.adverb && (unit.verb || unit.participle || c_.source.clauses[s].verb == static_cast<int>(first));
  }

  void LookInside(std::size_t s) {
    for (std::size_t j = 0; j < c_.source.units.size();) {
      if (c_.source.units[j].clause != static_cast<int>(s) || !Missing(j)) {
        ++j;
        continue;
      }
      const std::size_t end = RunEnd(j);
      if (c_.source.clauses[s].kind == ClauseKind::kAside || OneOfSeveral(j, end) || IsToWhom(s, j, end) ||
          IsScene(s, j, end)) {
        for (std::size_t k = j; k < end; ++k) dropped_[k] = true;
      } else {
        if (IsMannerOfDuty(s, j, end)) {
          for (std::size_t k = j; k < end; ++k) dropped_[k] = true;
        }
        trial_.Find(IsMild(s, j, end) || IsMannerOfDuty(s, j, end) || IsForEach(j, end) ? FindingKind::kOpen
                                                                                        : FindingKind::kOmission,
                    "the source adds: '" + Words(c_.source, j, end) + "'");
      }
      j = end;
    }
  }

  // The clause restricts something that the claim leaves out as one of several.
  [[nodiscard]] bool HangsOnDropped(std::size_t s) const {
    for (std::size_t j = 1; j < c_.source.units.size(); ++j) {
      if (c_.source.units[j].clause == static_cast<int>(s))
        return c_.source.clauses[s].kind != ClauseKind::kIf && dropped_[j - 1];
    }
    return false;
  }

  [[nodiscard]] bool MoreThanActors(std::size_t s) const {
    for (std::size_t j = 0; j < c_.source.units.size(); ++j) {
      if (c_.source.units[j].clause == static_cast<int>(s) && c_.to_claim[j] >= 0 && !IsActor(c_.source, j) &&
          !c_.source.units[j].capital)
        return true;
    }
    return false;
  }

  // "The claimant alleged that …": who says so belongs to it; "The chair reported that …" says it is so.
  [[nodiscard]] bool SaysThat(std::size_t s) const {
    if (s + 1 >= c_.source.clauses.size() || c_.source.clauses[s + 1].kind != ClauseKind::kThat || !c_.Used(s + 1))
      return false;
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
    if (neutral_speaker && BelievesOnly(s)) {
      trial_.Find(FindingKind::kOpen, "the source says who believes or understands it");
      return false;
    }
    return !(neutral_speaker && neutral_verb);
  }

  [[nodiscard]] bool BelievesOnly(std::size_t s) const {
    return std::any_of(c_.source.units.begin(), c_.source.units.end(), [&](const Unit& unit) {
      return unit.clause == static_cast<int>(s) && In(unit.key, {"understand", "believ", "think", "consider"});
    });
  }

  [[nodiscard]] bool AnyMainUsed() const {
    for (std::size_t s = 0; s < c_.source.clauses.size(); ++s) {
      if (!Restricts(c_.source.clauses[s].kind) && c_.Used(s)) return true;
    }
    return false;
  }

  void LookAtUnused(std::size_t s) {
    const Clause& clause = c_.source.clauses[s];
    if (c_.needed[s] == 0) return;
    std::string words;
    for (const Unit& unit : c_.source.units) {
      if (unit.clause == static_cast<int>(s)) words += (words.empty() ? "" : " ") + unit.word;
    }
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
      // "…, which it may withdraw if": it hangs on what was left out.
      if (clause.before >= 0 && !before_used &&
          c_.source.clauses[static_cast<std::size_t>(clause.before)].kind == ClauseKind::kRelative)
        return;
      const bool reaches = before_used || clause.fronted || s + 1 == c_.source.clauses.size() ||
                           Restricts(c_.source.clauses[s + 1].kind);
      if (!alternative && reaches && AnyMainUsed()) trial_.Find(FindingKind::kOmission, adds);
    } else if (clause.kind == ClauseKind::kRelative || clause.kind == ClauseKind::kThat) {
      if (!clause.after_comma && before_used) trial_.Find(FindingKind::kOmission, adds);
    } else if (clause.kind == ClauseKind::kMain) {
      if ((clause.join == "BUT" || clause.join == "OR") && before_used) trial_.Find(FindingKind::kOmission, adds);
      if (SaysThat(s)) return trial_.Find(FindingKind::kOmission, adds);
      if (c_.matched[s] * 3 >= c_.needed[s] && MoreThanActors(s)) trial_.Find(FindingKind::kOpen, adds);
    } else if (clause.kind == ClauseKind::kAside) {
      if ((clause.negative || clause.only) && before_used) trial_.Find(FindingKind::kOmission, adds);
    }
  }

  const Trial& trial_;
  const Comparison& c_;
  std::vector<bool> excused_;  // another word of the claim stands for it
  std::vector<bool> dropped_;  // one of several, left out
};

}  // namespace

void CheckWords(const Trial& trial) {
  Leftovers(trial).Look();
}

}  // namespace counsel::judging
