// Where a document says something else of a company than the register: its name, its number, its registered office, its
// officers. Pure.
//
// Neither is taken to be right. What may be another spelling, another company or another time is no disagreement: a
// false alarm is worse than silence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "companies_house/register_entry.h"

namespace counsel::answers {

enum class DisputedFact { kName, kNumber, kOffice, kOfficer };
[[nodiscard]] std::string_view DisputedFactName(DisputedFact fact);  // "registered_office"

struct Disagreement {
  Disagreement() = default;
  DisputedFact fact = DisputedFact::kName;
  // Of an officer: as what the document names somebody. Otherwise the fact's own kind.
  companies_house::FactKind kind = companies_house::FactKind::kNumber;
  bool former_name = false;  // kName: the document uses a name that the company had before; no error
  std::string register_says, document_says;
  std::size_t register_fact = 0;  // which of the entry's facts
  std::size_t start = 0;          // bytes of the document's text: what to quote
  std::size_t end = 0;
};

// `entry`: RenderEntry of the dossier. By their place in the text; what a document says twice comes once.
[[nodiscard]] std::vector<Disagreement> FindDisagreements(const companies_house::Dossier& dossier,
                                                          const companies_house::EntryText& entry,
                                                          std::string_view text);

}  // namespace counsel::answers
