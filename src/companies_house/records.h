// What the register says, as types. Everything is optional: new members and values appear without notice, others are
// missing. A member of another type than expected counts as missing; values that are not known stay as they came; `raw`
// keeps all that was sent.
//
// All functions here are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace counsel::companies_house {

using Json = nlohmann::json;

// Dates are "YYYY-MM-DD" as sent, "" when missing.

struct Address {
  Address() = default;
  std::vector<std::string>
      lines;  // care of, premises, street, locality, region, postcode, country: those that there are
  [[nodiscard]] std::string OneLine() const;
};

struct FormerName {
  FormerName() = default;
  std::string name, from, until;
};

struct CompanyProfile {
  CompanyProfile() = default;
  std::string number, name, status, status_detail, type, jurisdiction;
  std::string created, ceased;
  Address registered_office;
  bool office_in_dispute = false;
  bool office_undeliverable = false;
  std::vector<std::string> sic_codes;
  std::vector<FormerName> former_names;
  std::string accounts_made_up_to, accounts_next_due;
  bool accounts_overdue = false;
  std::string statement_made_up_to, statement_next_due;
  bool statement_overdue = false;
  bool been_liquidated = false;
  // Lists that the register says exist.
  bool has_officers = false, has_owners = false, has_owner_statements = false, has_charges = false,
       has_insolvency = false, has_filings = false;
  Json raw;
};

struct Officer {
  Officer() = default;
  std::string name, role, appointed_on, resigned_on, nationality, occupation, country;
  int birth_month = 0, birth_year = 0;  // 0: not told
  Address address;
  std::string registered_as, registration_number;  // of a corporate officer
  std::string appointments;                        // "/officers/…/appointments"
  Json raw;
};

struct Appointment {
  Appointment() = default;
  std::string company_number, company_name, company_status, role, appointed_on, resigned_on, nationality, occupation;
  Address address;
  Json raw;
};

// Whose appointments a list tells: what stands beside its items.
struct AppointedPerson {
  AppointedPerson() = default;
  std::string name;
  int birth_month = 0, birth_year = 0;  // 0: not told
  bool corporate = false;
  Json raw;
};

// A person with significant control, or a statement in place of one.
struct Owner {
  Owner() = default;
  std::string kind, name, statement, notified_on, ceased_on, nationality, country, registration_number;
  int birth_month = 0, birth_year = 0;
  std::vector<std::string> natures_of_control;
  Address address;
  Json raw;
};

struct Charge {
  Charge() = default;
  std::string code, status, created_on, delivered_on, satisfied_on, description, particulars;
  std::vector<std::string> holders;
  [[nodiscard]] bool outstanding() const { return status == "outstanding" || status == "part-satisfied"; }
  Json raw;
};

struct InsolvencyCase {
  InsolvencyCase() = default;
  std::string number, type;
  struct Event {
    Event() = default;
    std::string type, date;
  };
  std::vector<Event> events;
  std::vector<std::string> practitioners;
  Json raw;
};

struct Filing {
  Filing() = default;
  std::string transaction, category, type, date;
  std::string description;  // in words: see DescribeFiling
  std::string document;     // id of its document; "" when none can be had
  std::int64_t pages = 0;
  Json raw;
};

struct SearchHit {
  SearchHit() = default;
  std::string number, name, status, type, created, ceased, address;
  std::vector<std::string> sic_codes;  // told by the advanced search alone
  Json raw;
};

struct DocumentMetadata {
  DocumentMetadata() = default;
  std::string id, company_number, category, filename, created_at;
  std::int64_t pages = 0;
  struct Form {
    Form() = default;
    std::string media_type;
    std::uint64_t bytes = 0;  // 0: not told
  };
  std::vector<Form> forms;
  Json raw;
};

// The bodies of replies are at most so large, in bytes.
inline constexpr std::uint64_t kReplyLimit = std::uint64_t{8} << 20;

// A reply's body as an object. kCorrupt when it is no JSON, no object, or nested over 64 deep.
[[nodiscard]] Result<Json> ParseReply(std::string_view body);

// kCorrupt when what makes it one is missing: the number of a company, the resources of a document.
[[nodiscard]] Result<CompanyProfile> ReadProfile(const Json& json);
[[nodiscard]] Result<DocumentMetadata> ReadDocumentMetadata(const Json& json);
[[nodiscard]] Address ReadAddress(const Json& json);
// Of an item in a list. An item that is no object gives an empty one.
[[nodiscard]] Officer ReadOfficer(const Json& json);
[[nodiscard]] Appointment ReadAppointment(const Json& json);
[[nodiscard]] AppointedPerson ReadAppointedPerson(const Json& json);  // of the list itself
[[nodiscard]] Owner ReadOwner(const Json& json);
[[nodiscard]] Charge ReadCharge(const Json& json);
[[nodiscard]] InsolvencyCase ReadInsolvencyCase(const Json& json);
[[nodiscard]] Filing ReadFiling(const Json& json);
[[nodiscard]] SearchHit ReadSearchHit(const Json& json);  // of either search

// A page of a list: `items` (insolvency: `cases`), and how many there are in all, where that is told.
struct ListPage {
  ListPage() = default;
  std::vector<Json> items;
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> start;
};
[[nodiscard]] Result<ListPage> ReadListPage(const Json& json);

// "accounts-with-accounts-type-full" with its values, as a plain sentence: "Accounts with accounts type full (made up
// date: 2023-12-31)". "legacy" has its text in a value.
[[nodiscard]] std::string DescribeFiling(std::string_view key, const Json& values);

// "ownership-of-shares-25-to-50-percent" → "ownership of shares 25 to 50 percent".
[[nodiscard]] std::string Words(std::string_view key);

// The id in a link to a document's metadata, whatever host it names: letters, digits, '-' and '_'; "" when there is
// none.
[[nodiscard]] std::string DocumentId(std::string_view link);

}  // namespace counsel::companies_house
