// The JSON shapes of /api/companies (docs/api.md).
#pragma once

#include "companies_house/dossier.h"
#include "companies_house/ingest_filings.h"
#include "companies_house/matter_companies.h"
#include "http/json.h"

namespace counsel::http {

Json DossierJson(const companies_house::Dossier& dossier);
Json SearchHitJson(const companies_house::SearchHit& hit);
Json FilingJson(const companies_house::Filing& filing);
Json AppointmentJson(const companies_house::Appointment& appointment);
Json AppointedPersonJson(const companies_house::AppointedPerson& person);
// Items of a list, `part` by its name in the API, as a dossier has them, without what the register sent.
Json RecordsJson(std::string_view part, const std::vector<Json>& items,
                 const companies_house::FilingDescriptions& descriptions);
// Of a document that is a filing: its `register`.
Json ProvenanceJson(const companies_house::FilingProvenance& provenance);
Json MatterCompanyJson(const companies_house::MatterCompany& company);
Json IngestOutcomeJson(const companies_house::IngestOutcome& outcome);

// A failure of the register as one of this daemon: a key that is missing or refused is no matter of who calls us.
[[nodiscard]] tl::unexpected<Error> RegisterFailed(Error error);

}  // namespace counsel::http
