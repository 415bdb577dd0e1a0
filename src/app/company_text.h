// A company's dossier (the JSON of /api/companies/{number}) as a terminal shows it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

[[nodiscard]] std::string DossierText(const nlohmann::json& dossier);
// `disagreements` of an answer or of /api/companies/{number}/disagreements: for each what the register says, under it
// what the document says. `numbered`: with the numbers of the answer's citations.
[[nodiscard]] std::string DisagreementsText(const nlohmann::json& disagreements, bool numbered);
// Of lists: one line for each.
[[nodiscard]] std::string CompaniesText(const nlohmann::json& companies);  // of a search
[[nodiscard]] std::string OfficersText(const nlohmann::json& officers);
[[nodiscard]] std::string FilingsText(const nlohmann::json& filings);
// The whole reply of the API.
[[nodiscard]] std::string AppointmentsText(const nlohmann::json& reply);

}  // namespace counsel::app
