// What one side has and the other lacks, and what of it may be left out. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "judging/grammar.h"
#include "judging/rules.h"

namespace counsel::judging {

class Leftovers {
 public:
  explicit Leftovers(const Trial& trial)
      : trial_(trial),
        c_(trial.comparison),
        excused_(c_.source.units.size(), false),
        dropped_(c_.source.units.size(), false) {}
  void Look();

 private:
  [[nodiscard]] bool Missing(std::size_t j) const;
  // "Mr Gawain Oxley", "Mr Oxley"
  [[nodiscard]] bool IsGivenName(std::size_t j) const;
  // "It must pay": whom the sentence means stands in the one before it.
  [[nodiscard]] bool IsMeantByIt(std::size_t j) const;
  // "we record the title", "the title is recorded": the sentence does not say by whom.
  [[nodiscard]] bool IsAgentOfPassive(std::size_t j) const;
  // "until the property is fit", "until it is fit": the property was named before.
  [[nodiscard]] bool SaidByPronoun(std::size_t j) const;
  // A word of the source that stands where the claim's unit i does: beside the same neighbour.
  [[nodiscard]] int Instead(std::size_t i) const;
  // "He surveyed it", "I surveyed it": one man among others.
  // "half of the shares", where the source has all of them
  static bool IsFraction(const std::string& key) { return In(key, {"half", "third", "quarter", "majority", "doubl"}); }
  // A verb that says little beside its object: "take it to court", "hold a training".
  static bool IsLightVerb(const std::string& key) {
    return In(key, {"make", "tak",   "take",   "giv",     "give",   "receiv",  "turn",    "switch", "put",
                    "set",  "carry", "hold",   "conduct", "arrang", "organiz", "perform", "bring",  "go",
                    "pass", "allow", "permit", "use",     "operat", "seek",    "form"});
  }
  // "to receive, run or modify it", where the source has the first two
  [[nodiscard]] bool IsOneMore(std::size_t i) const;
  // "borne by the Investor", where the source has the Company
  [[nodiscard]] bool IsAnother(std::size_t i) const;
  // "Tobias Venn", where the source speaks of Agnes Venn as "my sister"
  [[nodiscard]] bool IsOtherName(std::size_t i) const;
  void LookAtSpeaker();
  void LookAtClaim();
  // "You may not use the name", "the name may not be used": whom the sentence adds.
  [[nodiscard]] bool IsAddressee(const Unit& unit) const;
  // "is kept by Human Resources": who does it may stay unsaid.
  [[nodiscard]] bool IsByWhom(std::size_t s, std::size_t first, std::size_t end) const;
  // "without regard to its conflict of laws principles": the law that governs stays the same.
  [[nodiscard]] static bool OfConflictRules(const std::string& key);
  [[nodiscard]] bool IsConflictOfLaws(std::size_t first, std::size_t end) const;
  // "Confidential Information", told as "the information", where nothing else of the document is called so. It is told.
  [[nodiscard]] bool IsOfItsTerm(std::size_t first, std::size_t end) const;
  // ", including any warranty of fitness": of what was named.
  [[nodiscard]] bool IsInclusion(std::size_t first, std::size_t end) const;
  // "without the necessity of posting a bond": it gives more.
  [[nodiscard]] bool IsWithoutNeed(std::size_t first, std::size_t end) const;
  // "at 14 Orchard Rise": it only tells where that is.
  [[nodiscard]] bool IsAddress(std::size_t first, std::size_t end) const;
  // The preposition over a unit of a list: "from a shed, garage or outbuilding".
  [[nodiscard]] std::string PrepositionOver(std::size_t j) const;
  // "damage caused by fire, storm or flood": each of them causes it.
  [[nodiscard]] bool IsOneCause(std::size_t first, std::size_t end) const;
  // "She withheld the last instalment of £4,730": what has happened, told with less. It is told.
  [[nodiscard]] bool IsDetailOfEvent(std::size_t s, std::size_t first, std::size_t end) const;
  // A run of units that the claim leaves out, from `first`: where it ends.
  [[nodiscard]] std::size_t RunEnd(std::size_t first) const;
  // "supply A within 30 days and B within 90 days": each has its own.
  [[nodiscard]] bool KeptHasItsOwn(const std::string& limit, int clause) const;
  // "consent to an assignment or transfer is required", "all costs of preserving or enforcing": each of them.
  [[nodiscard]] bool IsUnderAll(std::size_t first) const;
  // "shall supply to the Lender": to whom may stay unsaid.
  [[nodiscard]] bool IsToWhom(std::size_t s, std::size_t first, std::size_t end) const;
  // Before a run: what says nothing in its phrase ("my", "its").
  [[nodiscard]] std::size_t PhraseStart(std::size_t first) const;
  // "must insure it against fire for its full value": who must, must do so "against fire". It is told.
  [[nodiscard]] bool IsMannerOfDuty(std::size_t s, std::size_t first, std::size_t end) const;
  // "On 8 May he inspected the loft": what happened happened, wherever and whenever.
  [[nodiscard]] bool IsScene(std::size_t s, std::size_t first, std::size_t end) const;
  // "on each loan", "for each period": it restricts nothing. It is told.
  [[nodiscard]] bool IsForEach(std::size_t first, std::size_t end) const;
  // "deliver A and B": who says "deliver A" says less, not more.
  [[nodiscard]] bool OneOfSeveral(std::size_t first, std::size_t end) const;
  // One verb more, or a word that only names a thing again: it restricts nothing, but it is told.
  [[nodiscard]] bool IsMild(std::size_t s, std::size_t first, std::size_t end) const;
  void LookInside(std::size_t s);
  // The clause restricts something that the claim leaves out as one of several.
  [[nodiscard]] bool HangsOnDropped(std::size_t s) const;
  [[nodiscard]] bool MoreThanActors(std::size_t s) const;
  // "The claimant alleged that …": who says so belongs to it; "The chair reported that …" says it is so.
  [[nodiscard]] bool SaysThat(std::size_t s) const;
  // "The Vendor acknowledges that": it says so itself.
  [[nodiscard]] bool AgreesWith(std::size_t s) const;
  // "The Tenant agrees that it shall": what it agrees to is used.
  [[nodiscard]] bool OnlyAgrees(std::size_t s) const;
  // "The council objected on the ground that the road was unsafe": the council says that it was.
  [[nodiscard]] bool GivesReason(std::size_t s) const;
  [[nodiscard]] bool BelievesOnly(std::size_t s) const;
  [[nodiscard]] bool AnyMainUsed() const;
  void LookAtUnused(std::size_t s);

  const Trial& trial_;
  const Comparison& c_;
  std::vector<bool> excused_;  // another word of the claim stands for it
  std::vector<bool> dropped_;  // one of several, left out
};

}  // namespace counsel::judging
