#include "companies_house/dossier.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

#include "companies_house/company_number.h"

namespace counsel::companies_house {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostItems = 5'000;  // of one list

Provenance ProvenanceOf(const Reading& reading) {
  Provenance provenance;
  provenance.source = reading.source;
  provenance.read_at = reading.read_at;
  provenance.stale = reading.stale;
  provenance.problem = reading.problem;
  return provenance;
}

// Reads a list into a part, `most` items of it.
template <class T>
asio::awaitable<Result<void>> ReadPart(ListReader& list, std::size_t most, T (*read)(const Json&), Part<T>& part) {
  ASSIGN_OR_CO_RETURN(std::vector<Json> items, co_await list.All(most));
  if (items.size() > most) items.resize(most);
  for (const Json& item : items) part.items.push_back(read(item));
  part.total = std::max(list.total().value_or(0), static_cast<std::int64_t>(part.items.size()));
  part.provenance = ProvenanceOf(list.reading());
  co_return Result<void>();
}

std::string Today() {
  const std::time_t now = Clock::to_time_t(Clock::now());
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

// "2026-11-25" → "2025-11-25".
std::string AYearBefore(std::string_view day) {
  int year = 0;
  if (day.size() != 10 || std::sscanf(std::string(day).c_str(), "%4d", &year) != 1) return "";
  char text[8];
  std::snprintf(text, sizeof text, "%04d", std::clamp(year - 1, 0, 9999));
  return text + std::string(day.substr(4));
}

std::string Count(std::size_t count, const char* one, const char* several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

std::string Since(const std::string& date) {
  return date.empty() ? "" : " since " + date;
}

bool IsDirector(const Officer& officer) {
  return officer.role.find("director") != std::string::npos || officer.role.find("llp-") == 0;
}

void RemarkOnStatus(const CompanyProfile& profile, std::vector<std::string>& remarks) {
  if (!profile.status.empty() && profile.status != "active" && profile.status != "open" &&
      profile.status != "registered") {
    remarks.push_back("The company is " + Words(profile.status) + Since(profile.ceased) + ".");
  }
  if (!profile.status_detail.empty()) remarks.push_back("The register notes: " + Words(profile.status_detail) + ".");
}

void RemarkOnDirectors(const Part<Officer>& officers, std::string_view today, std::vector<std::string>& remarks) {
  const std::string since = AYearBefore(today);
  std::size_t acting = 0;
  for (const Officer& officer : officers.items) {
    if (!IsDirector(officer)) continue;
    acting += officer.resigned_on.empty() ? 1 : 0;
    if (since.empty()) continue;
    if (officer.appointed_on > since)
      remarks.push_back(officer.name + " was appointed on " + officer.appointed_on + ".");
    if (officer.resigned_on > since) remarks.push_back(officer.name + " resigned on " + officer.resigned_on + ".");
  }
  if (acting == 0 && !officers.items.empty()) remarks.push_back("No director is in office.");
}

}  // namespace

std::vector<std::string> WhatStandsOut(const Dossier& dossier, std::string_view today) {
  const CompanyProfile& profile = dossier.profile;
  std::vector<std::string> remarks;
  RemarkOnStatus(profile, remarks);
  if (!dossier.insolvency.items.empty()) {
    remarks.push_back("There " + std::string(dossier.insolvency.items.size() == 1 ? "is " : "are ") +
                      Count(dossier.insolvency.items.size(), "insolvency case.", "insolvency cases."));
  } else if (profile.been_liquidated) {
    remarks.emplace_back("It has been liquidated in the past.");
  }
  if (profile.accounts_overdue) {
    remarks.push_back("Its accounts are overdue" +
                      (profile.accounts_next_due.empty() ? "" : ": they were due on " + profile.accounts_next_due) +
                      ".");
  }
  if (profile.statement_overdue) {
    remarks.push_back("Its confirmation statement is overdue" +
                      (profile.statement_next_due.empty() ? "" : ": it was due on " + profile.statement_next_due) +
                      ".");
  }
  const auto outstanding =
      static_cast<std::size_t>(std::count_if(dossier.charges.items.begin(), dossier.charges.items.end(),
                                             [](const Charge& charge) { return charge.outstanding(); }));
  if (outstanding > 0) {
    remarks.push_back(Count(outstanding, "charge is", "charges are") + " outstanding.");
  }
  if (profile.office_in_dispute) remarks.emplace_back("Its registered office is in dispute.");
  if (profile.office_undeliverable) remarks.emplace_back("Post to its registered office cannot be delivered.");
  if (profile.status == "active") RemarkOnDirectors(dossier.officers, today, remarks);
  if (std::string hint = PrefixHint(profile.number); !hint.empty()) remarks.push_back(std::move(hint));
  return remarks;
}

asio::awaitable<Result<Dossier>> ReadDossier(RegisterClient& client, std::string number, DossierOptions options) {
  Dossier dossier;
  // Others may use the client meanwhile, so that this can count too many of them; alone it is exact.
  const std::int64_t requests_before = client.api().requests();
  ASSIGN_OR_CO_RETURN(Reading reading, co_await client.Profile(number, options.read));
  ASSIGN_OR_CO_RETURN(CompanyProfile profile, ReadProfile(reading.json));
  dossier.profile = std::move(profile);
  dossier.profile_provenance = ProvenanceOf(reading);
  if (dossier.profile.has_officers) {
    ListReader list = client.Officers(number, options.read);
    Result<void> read = co_await ReadPart(list, kMostItems, &ReadOfficer, dossier.officers);
    if (!read) co_return Fail(std::move(read.error()));
  }
  if (dossier.profile.has_owners) {
    ListReader list = client.Owners(number, options.read);
    Result<void> read = co_await ReadPart(list, kMostItems, &ReadOwner, dossier.owners);
    if (!read) co_return Fail(std::move(read.error()));
  }
  if (dossier.profile.has_owner_statements) {
    ListReader list = client.OwnerStatements(number, options.read);
    Result<void> read = co_await ReadPart(list, kMostItems, &ReadOwner, dossier.owner_statements);
    if (!read) co_return Fail(std::move(read.error()));
  }
  if (dossier.profile.has_charges) {
    ListReader list = client.Charges(number, options.read);
    Result<void> read = co_await ReadPart(list, kMostItems, &ReadCharge, dossier.charges);
    if (!read) co_return Fail(std::move(read.error()));
  }
  if (dossier.profile.has_insolvency) {
    ListReader list = client.Insolvency(number, options.read);
    Result<void> read = co_await ReadPart(list, kMostItems, &ReadInsolvencyCase, dossier.insolvency);
    if (!read) co_return Fail(std::move(read.error()));
  }
  if (dossier.profile.has_filings && options.filings > 0) {
    const std::string all_categories;
    ListReader list = client.Filings(number, all_categories, options.filings, options.read);
    const auto most = static_cast<std::size_t>(options.filings);
    // One page is enough: it is as long as we asked, or the list is shorter.
    CO_RETURN_IF_ERROR(co_await ReadPart(list, most, &ReadFiling, dossier.filings));
    const FilingDescriptionsFile::Known known = co_await client.Descriptions();
    for (Filing& filing : dossier.filings.items) UseDescriptions(*known.descriptions, &filing);
  }
  dossier.requests = client.api().requests() - requests_before;
  dossier.remarks = WhatStandsOut(dossier, Today());
  co_return dossier;
}

}  // namespace counsel::companies_house
