// A company's dossier (the JSON of /api/companies/{number}) as a terminal shows it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

[[nodiscard]] std::string DossierText(const nlohmann::json& dossier);
// Of a search: one line for each company.
[[nodiscard]] std::string CompaniesText(const nlohmann::json& companies);

}  // namespace counsel::app
