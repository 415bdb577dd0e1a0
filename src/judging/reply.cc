#include "judging/reply.h"

#include <algorithm>

#include "judging/lexicon.h"

namespace counsel::judging {

void CheckReply(const Lead& lead, const Reading& claim, std::vector<Finding>* findings) {
  if (lead.reply == Reply::kNone || claim.clauses.empty()) return;
  const Clause& main = claim.clauses.front();
  const bool forbids =
      main.modal == "FORBID" || main.modal == "MAYNOT" || main.modal == "COULDNOT" || main.modal == "NOTMUST";
  const bool negative = forbids != main.negative;
  if (lead.reply == Reply::kYes && negative && main.kind == ClauseKind::kMain)
    findings->push_back({FindingKind::kContradiction, "'yes' stands before a sentence that denies", -1});
  const bool denies = std::any_of(claim.units.begin(), claim.units.end(),
                                  [](const Unit& unit) { return IsNegative(unit.key) || unit.negated; });
  const bool limits = denies || std::any_of(claim.clauses.begin(), claim.clauses.end(), [](const Clause& clause) {
                        return clause.negative || clause.only || Restricts(clause.kind) || clause.modal == "FORBID" ||
                               clause.modal == "COULDNOT" || clause.modal == "MAYNOT" || clause.modal == "NOTMUST";
                      });
  if (lead.reply == Reply::kNo && !negative && !limits)
    findings->push_back({main.modal == "MAY" ? FindingKind::kContradiction : FindingKind::kOpen,
                         "'no' stands before a sentence that denies nothing", -1});
}

}  // namespace counsel::judging
