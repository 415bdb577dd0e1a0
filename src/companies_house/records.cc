#include "companies_house/records.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/json_bounds.h"

namespace counsel::companies_house {
namespace {

const Json kNothing;

const Json& Member(const Json& json, const char* name) {
  if (!json.is_object()) return kNothing;
  const auto found = json.find(name);
  return found == json.end() ? kNothing : *found;
}

std::string Text(const Json& json, const char* name) {
  const Json& member = Member(json, name);
  if (member.is_string()) return member.get<std::string>();
  if (member.is_number_integer()) return std::to_string(member.get<std::int64_t>());
  return "";
}

bool Truth(const Json& json, const char* name) {
  const Json& member = Member(json, name);
  return member.is_boolean() && member.get<bool>();
}

std::optional<std::int64_t> Number(const Json& json, const char* name) {
  const Json& member = Member(json, name);
  if (member.is_number_unsigned() &&
      member.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  if (!member.is_number_integer()) return std::nullopt;
  return member.get<std::int64_t>();
}

// Of the advanced search's "hits" the register's own pages say that it is a string.
std::optional<std::int64_t> NumberInText(const Json& json, const char* name) {
  const Json& member = Member(json, name);
  if (!member.is_string()) return std::nullopt;
  const std::string& text = member.get_ref<const std::string&>();
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

int Small(const Json& json, const char* name, int most) {
  const std::int64_t value = Number(json, name).value_or(0);
  return value > 0 && value <= most ? static_cast<int>(value) : 0;
}

std::vector<std::string> Texts(const Json& json, const char* name) {
  std::vector<std::string> texts;
  const Json& member = Member(json, name);
  if (!member.is_array()) return texts;
  for (const Json& item : member) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

// Is there a list behind this link?
bool Links(const Json& json, const char* name) {
  return Member(Member(json, "links"), name).is_string();
}

void ReadBirth(const Json& json, int* month, int* year) {
  const Json& birth = Member(json, "date_of_birth");
  *month = Small(birth, "month", 12);
  *year = Small(birth, "year", 9999);
}

}  // namespace

Result<Json> ParseReply(std::string_view body) {
  const auto corrupt = [](const char* what) {
    return Fail(ErrorCode::kCorrupt, std::string("The register's reply ") + what + ".", "Try again later.");
  };
  if (!JsonFits(body)) return corrupt("is too large or nested too deep");
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return corrupt("is not JSON");
  if (!json.is_object()) return corrupt("is not what it should be");
  return json;
}

std::string Address::OneLine() const {
  std::string line;
  for (const std::string& part : lines) line += (line.empty() ? "" : ", ") + part;
  return line;
}

Address ReadAddress(const Json& json) {
  Address address;
  for (const char* name : {"care_of", "po_box", "premises", "address_line_1", "address_line_2", "locality", "region",
                           "postal_code", "country"}) {
    std::string text = Text(json, name);
    if (!text.empty()) address.lines.push_back(std::move(text));
  }
  return address;
}

Result<CompanyProfile> ReadProfile(const Json& json) {
  CompanyProfile profile;
  profile.number = Text(json, "company_number");
  if (profile.number.empty()) {
    return Fail(ErrorCode::kCorrupt, "The register's reply is no company profile.", "Try again later.");
  }
  profile.name = Text(json, "company_name");
  profile.status = Text(json, "company_status");
  profile.status_detail = Text(json, "company_status_detail");
  profile.type = Text(json, "type");
  profile.jurisdiction = Text(json, "jurisdiction");
  profile.created = Text(json, "date_of_creation");
  profile.ceased = Text(json, "date_of_cessation");
  profile.registered_office = ReadAddress(Member(json, "registered_office_address"));
  profile.office_in_dispute = Truth(json, "registered_office_is_in_dispute");
  profile.office_undeliverable = Truth(json, "undeliverable_registered_office_address");
  profile.sic_codes = Texts(json, "sic_codes");
  if (const Json& names = Member(json, "previous_company_names"); names.is_array()) {
    for (const Json& item : names) {
      FormerName former;
      former.name = Text(item, "name");
      former.from = Text(item, "effective_from");
      former.until = Text(item, "ceased_on");
      profile.former_names.push_back(std::move(former));
    }
  }
  const Json& accounts = Member(json, "accounts");
  const Json& next = Member(accounts, "next_accounts");
  profile.accounts_made_up_to = Text(Member(accounts, "last_accounts"), "made_up_to");
  profile.accounts_next_due = Text(next, "due_on");
  if (profile.accounts_next_due.empty()) profile.accounts_next_due = Text(accounts, "next_due");
  profile.accounts_overdue = Truth(accounts, "overdue") || Truth(next, "overdue");
  const Json& statement = Member(json, "confirmation_statement");
  profile.statement_made_up_to = Text(statement, "last_made_up_to");
  profile.statement_next_due = Text(statement, "next_due");
  profile.statement_overdue = Truth(statement, "overdue");
  profile.been_liquidated = Truth(json, "has_been_liquidated");
  profile.has_officers = Links(json, "officers");
  profile.has_owners = Links(json, "persons_with_significant_control");
  profile.has_owner_statements = Links(json, "persons_with_significant_control_statements");
  profile.has_charges = Truth(json, "has_charges") || Links(json, "charges");
  profile.has_insolvency = Truth(json, "has_insolvency_history") || Links(json, "insolvency");
  profile.has_filings = Links(json, "filing_history");
  profile.raw = json;
  return profile;
}

Officer ReadOfficer(const Json& json) {
  Officer officer;
  officer.name = Text(json, "name");
  officer.role = Text(json, "officer_role");
  officer.appointed_on = Text(json, "appointed_on");
  if (officer.appointed_on.empty()) officer.appointed_on = Text(json, "appointed_before");
  officer.resigned_on = Text(json, "resigned_on");
  officer.nationality = Text(json, "nationality");
  officer.occupation = Text(json, "occupation");
  officer.country = Text(json, "country_of_residence");
  ReadBirth(json, &officer.birth_month, &officer.birth_year);
  officer.address = ReadAddress(Member(json, "address"));
  const Json& identification = Member(json, "identification");
  officer.registered_as = Text(identification, "legal_form");
  officer.registration_number = Text(identification, "registration_number");
  officer.appointments = Text(Member(Member(json, "links"), "officer"), "appointments");
  officer.raw = json;
  return officer;
}

Appointment ReadAppointment(const Json& json) {
  Appointment appointment;
  const Json& company = Member(json, "appointed_to");
  appointment.company_number = Text(company, "company_number");
  appointment.company_name = Text(company, "company_name");
  appointment.company_status = Text(company, "company_status");
  appointment.role = Text(json, "officer_role");
  appointment.appointed_on = Text(json, "appointed_on");
  appointment.resigned_on = Text(json, "resigned_on");
  appointment.nationality = Text(json, "nationality");
  appointment.occupation = Text(json, "occupation");
  appointment.address = ReadAddress(Member(json, "address"));
  appointment.raw = json;
  return appointment;
}

AppointedPerson ReadAppointedPerson(const Json& json) {
  AppointedPerson person;
  person.name = Text(json, "name");
  ReadBirth(json, &person.birth_month, &person.birth_year);
  person.corporate = Truth(json, "is_corporate_officer");
  person.raw = json;
  return person;
}

Owner ReadOwner(const Json& json) {
  Owner owner;
  owner.kind = Text(json, "kind");
  owner.name = Text(json, "name");
  owner.statement = Text(json, "statement");
  owner.notified_on = Text(json, "notified_on");
  owner.ceased_on = Text(json, "ceased_on");
  owner.nationality = Text(json, "nationality");
  owner.country = Text(json, "country_of_residence");
  owner.registration_number = Text(Member(json, "identification"), "registration_number");
  ReadBirth(json, &owner.birth_month, &owner.birth_year);
  owner.natures_of_control = Texts(json, "natures_of_control");
  owner.address = ReadAddress(Member(json, "address"));
  owner.raw = json;
  return owner;
}

Charge ReadCharge(const Json& json) {
  Charge charge;
  charge.code = Text(json, "charge_code");
  if (charge.code.empty()) charge.code = Text(json, "charge_number");
  charge.status = Text(json, "status");
  charge.created_on = Text(json, "created_on");
  charge.delivered_on = Text(json, "delivered_on");
  charge.satisfied_on = Text(json, "satisfied_on");
  charge.description = Text(Member(json, "classification"), "description");
  charge.particulars = Text(Member(json, "particulars"), "description");
  if (const Json& holders = Member(json, "persons_entitled"); holders.is_array()) {
    for (const Json& holder : holders) {
      std::string name = Text(holder, "name");
      if (!name.empty()) charge.holders.push_back(std::move(name));
    }
  }
  charge.raw = json;
  return charge;
}

InsolvencyCase ReadInsolvencyCase(const Json& json) {
  InsolvencyCase read;
  read.number = Text(json, "number");
  read.type = Text(json, "type");
  if (const Json& dates = Member(json, "dates"); dates.is_array()) {
    for (const Json& item : dates) {
      InsolvencyCase::Event event;
      event.type = Text(item, "type");
      event.date = Text(item, "date");
      read.events.push_back(std::move(event));
    }
  }
  if (const Json& people = Member(json, "practitioners"); people.is_array()) {
    for (const Json& person : people) {
      std::string name = Text(person, "name");
      if (!name.empty()) read.practitioners.push_back(std::move(name));
    }
  }
  read.raw = json;
  return read;
}

Filing ReadFiling(const Json& json) {
  Filing filing;
  filing.transaction = Text(json, "transaction_id");
  filing.category = Text(json, "category");
  filing.type = Text(json, "type");
  filing.date = Text(json, "date");
  filing.description = DescribeFiling(Text(json, "description"), Member(json, "description_values"));
  filing.document = DocumentId(Text(Member(json, "links"), "document_metadata"));
  filing.pages = std::max<std::int64_t>(0, Number(json, "pages").value_or(0));
  filing.raw = json;
  return filing;
}

SearchHit ReadSearchHit(const Json& json) {
  SearchHit hit;
  hit.number = Text(json, "company_number");
  hit.name = Text(json, "title");
  if (hit.name.empty()) hit.name = Text(json, "company_name");
  hit.status = Text(json, "company_status");
  hit.type = Text(json, "company_type");
  hit.created = Text(json, "date_of_creation");
  hit.ceased = Text(json, "date_of_cessation");
  hit.address = Text(json, "address_snippet");
  if (hit.address.empty()) hit.address = ReadAddress(Member(json, "registered_office_address")).OneLine();
  hit.sic_codes = Texts(json, "sic_codes");
  hit.raw = json;
  return hit;
}

Result<DocumentMetadata> ReadDocumentMetadata(const Json& json) {
  DocumentMetadata metadata;
  metadata.company_number = Text(json, "company_number");
  metadata.category = Text(json, "category");
  metadata.filename = Text(json, "filename");
  metadata.created_at = Text(json, "created_at");
  metadata.pages = std::max<std::int64_t>(0, Number(json, "pages").value_or(0));
  metadata.id = DocumentId(Text(Member(json, "links"), "self"));
  const Json& resources = Member(json, "resources");
  if (resources.is_object()) {
    for (const auto& [media_type, resource] : resources.items()) {
      DocumentMetadata::Form form;
      form.media_type = media_type;
      form.bytes =
          static_cast<std::uint64_t>(std::max<std::int64_t>(0, Number(resource, "content_length").value_or(0)));
      metadata.forms.push_back(std::move(form));
    }
  }
  if (metadata.forms.empty()) {
    return Fail(ErrorCode::kCorrupt, "The register offers no form of this document.", "Try again later.");
  }
  metadata.raw = json;
  return metadata;
}

Result<ListPage> ReadListPage(const Json& json) {
  ListPage page;
  const Json& items = Member(json, "items").is_array() ? Member(json, "items") : Member(json, "cases");
  for (const char* name : {"total_results", "total_count", "hits", "unfiletered_count", "unfiltered_count"}) {
    page.total = Number(json, name);
    if (!page.total) page.total = NumberInText(json, name);
    if (page.total) break;
  }
  if (!items.is_array()) {
    // Some lists leave their items out when there are none.
    if (page.total == 0) return page;
    return Fail(ErrorCode::kCorrupt, "The register's reply is no list.", "Try again later.");
  }
  page.items.assign(items.begin(), items.end());
  page.start = Number(json, "start_index");
  return page;
}

std::string Words(std::string_view key) {
  std::string words(key);
  std::replace(words.begin(), words.end(), '-', ' ');
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string DescribeFiling(std::string_view key, const Json& values) {
  if (key == "legacy") {
    std::string text = Text(values, "description");
    return text.empty() ? "Legacy filing" : text;
  }
  std::string sentence = Words(key);
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z') {
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  }
  std::string told;
  if (values.is_object()) {
    for (const auto& [name, value] : values.items()) {
      if (!value.is_string()) continue;
      told += (told.empty() ? "" : "; ") + Words(name) + ": " + value.get<std::string>();
    }
  }
  return told.empty() ? sentence : sentence + " (" + told + ")";
}

std::string DocumentId(std::string_view link) {
  constexpr std::string_view kBefore = "/document/";
  const std::size_t at = link.rfind(kBefore);
  if (at == std::string_view::npos) return "";
  link.remove_prefix(at + kBefore.size());
  const std::string_view id = link.substr(0, link.find_first_of("/?#"));
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  return plain && id.size() <= 200 ? std::string(id) : "";
}

}  // namespace counsel::companies_house
