// What changed in the register between two readings of a company. Pure.
#pragma once

#include <string>
#include <vector>

#include "companies_house/dossier.h"

namespace counsel::companies_house {

struct Change {
  Change() = default;
  // name, number, status, office, accounts, statement, business, officer_appointed, officer_resigned, officer_changed,
  // owner_notified, owner_ceased, owner_changed, charge_created, charge_satisfied, charge_changed, insolvency, filing
  std::string kind;
  std::string text;           // a sentence
  std::string before, after;  // of a value that changed; "" where there is none
};

// The weightier first. Filings that were merely not among the last ones before are no news.
[[nodiscard]] std::vector<Change> Compare(const Dossier& before, const Dossier& after);

}  // namespace counsel::companies_house
