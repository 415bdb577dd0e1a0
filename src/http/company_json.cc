#include "http/company_json.h"

#include <utility>

namespace counsel::http {
namespace {

using namespace companies_house;  // NOLINT(google-build-using-namespace): all of it is that room's

Json AddressJson(const Address& address) {
  return address.lines.empty() ? Json(nullptr) : Json(address.OneLine());
}

Json TextJson(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json BirthJson(int month, int year) {
  if (year == 0) return nullptr;
  return {{"month", month == 0 ? Json(nullptr) : Json(month)}, {"year", year}};
}

Json ProvenanceJson(const Provenance& provenance) {
  if (provenance.source.empty()) return nullptr;
  return {{"source", provenance.source},
          {"read_at", provenance.read_at},
          {"stale", provenance.stale},
          {"problem", TextJson(provenance.problem)}};
}

Json ProfileJson(const CompanyProfile& profile) {
  Json names = Json::array();
  for (const FormerName& former : profile.former_names) {
    names.push_back({{"name", former.name}, {"from", TextJson(former.from)}, {"until", TextJson(former.until)}});
  }
  return {{"number", profile.number},
          {"name", profile.name},
          {"status", profile.status},
          {"status_detail", TextJson(profile.status_detail)},
          {"type", profile.type},
          {"jurisdiction", TextJson(profile.jurisdiction)},
          {"created", TextJson(profile.created)},
          {"ceased", TextJson(profile.ceased)},
          {"registered_office", AddressJson(profile.registered_office)},
          {"sic_codes", profile.sic_codes},
          {"former_names", std::move(names)},
          {"accounts",
           {{"made_up_to", TextJson(profile.accounts_made_up_to)},
            {"next_due", TextJson(profile.accounts_next_due)},
            {"overdue", profile.accounts_overdue}}},
          {"confirmation_statement",
           {{"made_up_to", TextJson(profile.statement_made_up_to)},
            {"next_due", TextJson(profile.statement_next_due)},
            {"overdue", profile.statement_overdue}}},
          {"raw", profile.raw}};
}

Json OfficerJson(const Officer& officer) {
  return {{"name", officer.name},
          {"role", officer.role},
          {"appointed_on", TextJson(officer.appointed_on)},
          {"resigned_on", TextJson(officer.resigned_on)},
          {"nationality", TextJson(officer.nationality)},
          {"occupation", TextJson(officer.occupation)},
          {"country", TextJson(officer.country)},
          {"born", BirthJson(officer.birth_month, officer.birth_year)},
          {"address", AddressJson(officer.address)},
          {"registration_number", TextJson(officer.registration_number)},
          {"appointments", TextJson(officer.appointments)},
          {"raw", officer.raw}};
}

Json OwnerJson(const Owner& owner) {
  return {{"kind", owner.kind},
          {"name", TextJson(owner.name)},
          {"statement", TextJson(owner.statement)},
          {"notified_on", TextJson(owner.notified_on)},
          {"ceased_on", TextJson(owner.ceased_on)},
          {"natures_of_control", owner.natures_of_control},
          {"nationality", TextJson(owner.nationality)},
          {"country", TextJson(owner.country)},
          {"born", BirthJson(owner.birth_month, owner.birth_year)},
          {"registration_number", TextJson(owner.registration_number)},
          {"address", AddressJson(owner.address)},
          {"raw", owner.raw}};
}

Json ChargeJson(const Charge& charge) {
  return {{"code", charge.code},
          {"status", charge.status},
          {"outstanding", charge.outstanding()},
          {"created_on", TextJson(charge.created_on)},
          {"satisfied_on", TextJson(charge.satisfied_on)},
          {"description", TextJson(charge.description)},
          {"particulars", TextJson(charge.particulars)},
          {"holders", charge.holders},
          {"raw", charge.raw}};
}

Json CaseJson(const InsolvencyCase& insolvency) {
  Json events = Json::array();
  for (const InsolvencyCase::Event& event : insolvency.events) {
    events.push_back({{"type", event.type}, {"date", TextJson(event.date)}});
  }
  return {{"number", insolvency.number},
          {"type", insolvency.type},
          {"events", std::move(events)},
          {"practitioners", insolvency.practitioners},
          {"raw", insolvency.raw}};
}

template <class T>
Json PartJson(const Part<T>& part, Json (*item_json)(const T&)) {
  Json items = Json::array();
  for (const T& item : part.items) items.push_back(item_json(item));
  return {{"items", std::move(items)}, {"total", part.total}, {"read", ProvenanceJson(part.provenance)}};
}

}  // namespace

Json SearchHitJson(const SearchHit& hit) {
  return {{"number", hit.number},
          {"name", hit.name},
          {"status", hit.status},
          {"type", hit.type},
          {"created", TextJson(hit.created)},
          {"ceased", TextJson(hit.ceased)},
          {"address", TextJson(hit.address)},
          {"sic_codes", hit.sic_codes},
          {"raw", hit.raw}};
}

Json AppointmentJson(const Appointment& appointment) {
  return {{"company",
           {{"number", appointment.company_number},
            {"name", appointment.company_name},
            {"status", TextJson(appointment.company_status)}}},
          {"role", appointment.role},
          {"appointed_on", TextJson(appointment.appointed_on)},
          {"resigned_on", TextJson(appointment.resigned_on)},
          {"nationality", TextJson(appointment.nationality)},
          {"occupation", TextJson(appointment.occupation)},
          {"address", AddressJson(appointment.address)},
          {"raw", appointment.raw}};
}

Json AppointedPersonJson(const AppointedPerson& person) {
  return {{"name", person.name},
          {"born", BirthJson(person.birth_month, person.birth_year)},
          {"corporate", person.corporate},
          {"raw", person.raw}};
}

Json RecordsJson(std::string_view part, const std::vector<Json>& items, const FilingDescriptions& descriptions) {
  Json records = Json::array();
  for (const Json& item : items) {
    if (part == "officers") records.push_back(OfficerJson(ReadOfficer(item)));
    if (part == "owners" || part == "owner-statements") records.push_back(OwnerJson(ReadOwner(item)));
    if (part == "charges") records.push_back(ChargeJson(ReadCharge(item)));
    if (part == "insolvency") records.push_back(CaseJson(ReadInsolvencyCase(item)));
    if (part == "filings") {
      Filing filing = ReadFiling(item);
      UseDescriptions(descriptions, &filing);
      records.push_back(FilingJson(filing));
    }
  }
  for (Json& record : records) record.erase("raw");
  return records;
}

Json FilingJson(const Filing& filing) {
  return {{"transaction", filing.transaction},
          {"category", filing.category},
          {"type", filing.type},
          {"date", TextJson(filing.date)},
          {"description", filing.description},
          {"pages", filing.pages},
          {"document", TextJson(filing.document)},
          {"raw", filing.raw}};
}

Json DossierJson(const Dossier& dossier) {
  Json company = ProfileJson(dossier.profile);
  company["read"] = ProvenanceJson(dossier.profile_provenance);
  return {{"company", std::move(company)},
          {"remarks", dossier.remarks},
          {"officers", PartJson(dossier.officers, &OfficerJson)},
          {"owners", PartJson(dossier.owners, &OwnerJson)},
          {"owner_statements", PartJson(dossier.owner_statements, &OwnerJson)},
          {"charges", PartJson(dossier.charges, &ChargeJson)},
          {"insolvency", PartJson(dossier.insolvency, &CaseJson)},
          {"filings", PartJson(dossier.filings, &FilingJson)},
          {"requests", dossier.requests}};
}

Json ProvenanceJson(const FilingProvenance& provenance) {
  return {{"company", provenance.company},
          {"company_name", provenance.company_name},
          {"filing", provenance.filing},
          {"category", provenance.category},
          {"type", provenance.type},
          {"date", provenance.date},
          {"description", provenance.description},
          {"source", provenance.source},
          {"read_at", provenance.read_at}};
}

Json MatterCompanyJson(const MatterCompany& company) {
  return {{"matter", company.matter},     {"number", company.number},
          {"name", company.name},         {"document", TextJson(company.document)},
          {"added_at", company.added_at}, {"read_at", company.read_at}};
}

Json IngestOutcomeJson(const IngestOutcome& outcome) {
  Json filings = Json::array();
  for (const IngestedFiling& filing : outcome.filings) {
    filings.push_back({{"transaction", filing.transaction},
                       {"category", filing.category},
                       {"type", filing.type},
                       {"date", TextJson(filing.date)},
                       {"description", filing.description},
                       {"document", TextJson(filing.document)},
                       {"already_there", filing.already_there},
                       {"reason", TextJson(filing.reason)}});
  }
  return {{"company_name", outcome.company_name},
          {"filings", std::move(filings)},
          {"stopped", outcome.stopped ? ErrorJson(*outcome.stopped)["error"] : Json(nullptr)}};
}

tl::unexpected<Error> RegisterFailed(Error error) {
  if (error.code == ErrorCode::kUnauthenticated) error.code = ErrorCode::kUnavailable;
  return Fail(std::move(error));
}

}  // namespace counsel::http
