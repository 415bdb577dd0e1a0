#include "companies_house/records.h"

#include <functional>
#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "companies_house/dossier.h"
#include "companies_house/register_key.h"

namespace counsel::companies_house {
namespace {

Json Parsed(const std::string& text) {
  const Result<Json> json = ParseReply(text);
  EXPECT_TRUE(json) << text;
  return json.value_or(Json());
}

// Bodies in the register's shapes, by endpoint.
const std::map<std::string, std::string>& Bodies() {
  static const std::map<std::string, std::string> bodies = {
      {"profile",
       R"({"company_number":"SC012345","company_name":"GLEN \"&\" SONS","company_status":"active","type":"ltd",
"date_of_creation":"1921-03-01","registered_office_address":{"address_line_1":"1 Mill","locality":"Ayr"},
"accounts":{"next_accounts":{"due_on":"2024-09-30","overdue":true},"last_accounts":{"made_up_to":"2022-12-31"}},
"confirmation_statement":{"next_due":"2030-01-01","overdue":false},"has_charges":true,"sic_codes":["1","2"],
"previous_company_names":[{"name":"OLD","ceased_on":"1999-01-01"}],"tomorrow":{"x":[1]},
"links":{"officers":"/company/SC012345/officers","filing_history":"/x"}})"},
      {"officers",
       R"({"active_count":1,"resigned_count":1,"total_results":2,"start_index":0,"items":[{"name":"SMITH, Jane",
"officer_role":"director","appointed_on":"2020-01-01","date_of_birth":{"month":5,"year":1970},
"links":{"officer":{"appointments":"/officers/abc/appointments"}}},{"name":"NORDISK A/S",
"officer_role":"corporate-director","resigned_on":"2021-02-03","identification":{"registration_number":"DK 1"}}]})"},
      {"owners",
       R"({"active_count":1,"ceased_count":0,"total_results":1,"items":[{"kind":"individual-person-with-significant-control",
"name":"Mrs A","notified_on":"2016-04-06","natures_of_control":["ownership-of-shares-25-to-50-percent"]}]})"},
      {"charges",
       R"({"total_count":2,"unfiletered_count":2,"satisfied_count":1,"items":[{"charge_code":"1","status":"outstanding",
"persons_entitled":[{"name":"Bank"}],"particulars":{"description":"Land"}},{"charge_number":2,"status":"satisfied"}]})"},
      {"insolvency",
       R"({"cases":[{"number":"1","type":"creditors-voluntary-liquidation","dates":[{"type":"wound-up-on","date":"2025-02-11"}],
"practitioners":[{"name":"Ann"}]}]})"},
      {"filings",
       R"({"filing_history_status":"filing-history-available","total_count":1,"items_per_page":25,"start_index":0,"items":[
{"transaction_id":"T1","category":"accounts","type":"AA","date":"2024-09-01","description":"accounts-with-accounts-type-full",
"description_values":{"made_up_date":"2023-12-31"},"pages":12,"links":{"document_metadata":"https://old.example/document/a-B_1"}}]})"},
      {"search",
       R"({"kind":"search#companies","total_results":1,"start_index":0,"items_per_page":20,"items":[{"title":"ACME",
"company_number":"00000007","company_status":"active","address_snippet":"Leeds"}]})"},
      {"advanced search",
       R"({"kind":"search#advanced-search","hits":"1","top_hit":{"company_number":"00000007"},"items":[{"company_name":"ACME",
"company_number":"00000007","company_status":"active","sic_codes":["62012"],"registered_office_address":{"locality":"Leeds"}}]})"},
      {"appointments",
       R"({"name":"Ms A","date_of_birth":{"month":5,"year":1970},"is_corporate_officer":false,"total_results":1,"items":[{"appointed_to":{"company_number":"00000007","company_name":"ACME"},
"officer_role":"director","appointed_on":"2020-01-01"}]})"},
      {"document",
       R"({"company_number":"00000007","category":"accounts","pages":3,"created_at":"2024-01-01T00:00:00Z",
"links":{"self":"https://document.example/document/abc"},"resources":{"application/pdf":{"content_length":1234},
"application/xhtml+xml":{}}})"}};
  return bodies;
}

TEST(Records, AProfileIsRead) {
  const Result<CompanyProfile> profile = ReadProfile(Parsed(Bodies().at("profile")));
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->number, "SC012345");
  EXPECT_EQ(profile->name, "GLEN \"&\" SONS");
  EXPECT_EQ(profile->registered_office.OneLine(), "1 Mill, Ayr");
  EXPECT_TRUE(profile->accounts_overdue);
  EXPECT_EQ(profile->accounts_next_due, "2024-09-30");
  EXPECT_TRUE(profile->has_charges);
  EXPECT_TRUE(profile->has_officers);
  EXPECT_FALSE(profile->has_owners);
  EXPECT_EQ(profile->former_names.front().name, "OLD");
  EXPECT_EQ(profile->raw["tomorrow"]["x"][0], 1);  // what nobody knows yet is kept
}

TEST(Records, ListsTellTheirItemsAndHowManyThereAre) {
  const std::map<std::string, std::size_t> expected = {{"officers", 2},   {"owners", 1},         {"charges", 2},
                                                       {"insolvency", 1}, {"filings", 1},        {"appointments", 1},
                                                       {"search", 1},     {"advanced search", 1}};
  for (const auto& [name, count] : expected) {
    const Result<ListPage> page = ReadListPage(Parsed(Bodies().at(name)));
    ASSERT_TRUE(page) << name;
    EXPECT_EQ(page->items.size(), count) << name;
    if (name == "insolvency") continue;  // tells none
    EXPECT_EQ(page->total, static_cast<std::int64_t>(count)) << name;
  }
}

TEST(Records, AdvancedHitsAndAppointmentsAreRead) {
  const Json hits = Parsed(Bodies().at("advanced search"))["items"];
  EXPECT_EQ(ReadSearchHit(hits[0]).name, "ACME");
  EXPECT_EQ(ReadSearchHit(hits[0]).address, "Leeds");
  EXPECT_EQ(ReadSearchHit(hits[0]).sic_codes, std::vector<std::string>{"62012"});
  const Json list = Parsed(Bodies().at("appointments"));
  EXPECT_EQ(ReadAppointedPerson(list).name, "Ms A");
  EXPECT_EQ(ReadAppointedPerson(list).birth_year, 1970);
  EXPECT_EQ(ReadAppointment(list["items"][0]).company_name, "ACME");
}

TEST(Records, BothSpellingsOfUnfilteredAreATotal) {
  EXPECT_EQ(ReadListPage(Parsed(R"({"unfiletered_count":7,"items":[]})"))->total, 7);
  EXPECT_EQ(ReadListPage(Parsed(R"({"unfiltered_count":7,"items":[]})"))->total, 7);
}

TEST(Records, OfficersChargesAndFilingsAreRead) {
  const Json officers = Parsed(Bodies().at("officers"))["items"];
  EXPECT_EQ(ReadOfficer(officers[0]).birth_year, 1970);
  EXPECT_EQ(ReadOfficer(officers[0]).appointments, "/officers/abc/appointments");
  EXPECT_EQ(ReadOfficer(officers[1]).registration_number, "DK 1");
  const Json charges = Parsed(Bodies().at("charges"))["items"];
  EXPECT_TRUE(ReadCharge(charges[0]).outstanding());
  EXPECT_EQ(ReadCharge(charges[0]).holders.front(), "Bank");
  EXPECT_FALSE(ReadCharge(charges[1]).outstanding());
  EXPECT_EQ(ReadCharge(charges[1]).code, "2");
  const Filing filing = ReadFiling(Parsed(Bodies().at("filings"))["items"][0]);
  EXPECT_EQ(filing.document, "a-B_1");
  EXPECT_EQ(filing.description, "Accounts with accounts type full (made up date: 2023-12-31)");
}

TEST(Records, AMemberOfAnotherTypeCountsAsMissing) {
  const Officer officer = ReadOfficer(Json::parse(R"({"name":["x"],"officer_role":7,"date_of_birth":"May",
"address":[],"links":null})"));
  EXPECT_EQ(officer.name, "");
  EXPECT_EQ(officer.role, "7");
  EXPECT_EQ(officer.birth_year, 0);
  EXPECT_TRUE(officer.address.lines.empty());
  EXPECT_EQ(ReadOfficer(Json(5)).name, "");
}

TEST(Records, ALegacyFilingHasItsTextInAValue) {
  EXPECT_EQ(DescribeFiling("legacy", Json::parse(R"({"description":"New secretary appointed"})")),
            "New secretary appointed");
  EXPECT_EQ(DescribeFiling("a-key-of-tomorrow", Json()), "A key of tomorrow");
}

TEST(Records, OfADocumentsLinkOnlyTheIdIsTaken) {
  EXPECT_EQ(DocumentId("https://elsewhere.example/document/aB-9_x"), "aB-9_x");
  EXPECT_EQ(DocumentId("https://elsewhere.example/document/aB-9_x/content?y=1"), "aB-9_x");
  EXPECT_EQ(DocumentId("https://elsewhere.example/document/../../etc"), "");
  EXPECT_EQ(DocumentId("https://elsewhere.example/document/a%2f"), "");
  EXPECT_EQ(DocumentId("nothing"), "");
}

TEST(Records, NestingWithoutEndIsRefused) {
  EXPECT_FALSE(ParseReply(std::string(100'000, '[')));
  EXPECT_FALSE(ParseReply("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"));
  EXPECT_FALSE(ParseReply("[]"));
  EXPECT_FALSE(ParseReply("<html>"));
  EXPECT_TRUE(
      ParseReply(R"({"brackets in text":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})"));
}

// One body, changed as a broken or hostile register might.
std::string Mutated(std::string body, std::mt19937& chance) {
  switch (chance() % 3) {
    case 0:
      for (std::size_t flips = 1 + chance() % 8; flips > 0; --flips) {
        body[chance() % body.size()] = static_cast<char>(chance());
      }
      return body;
    case 1:
      return body.substr(0, chance() % body.size());
    default: {
      // Members go missing or are of other types.
      Json json = Json::parse(body);
      const std::function<void(Json&)> spoil = [&](Json& value) {
        static const char* const kOthers[] = {"null", "-1",   "1e300", "18446744073709551615", "\"text\"", "[]",
                                              "{}",   "true", "[[{}]]"};
        if (chance() % 6 == 0) {
          value = Json::parse(kOthers[chance() % std::size(kOthers)]);
        } else if (value.is_structured()) {
          if (value.is_object() && !value.empty() && chance() % 3 == 0) value.erase(value.begin());
          for (Json& inner : value) spoil(inner);
        }
      };
      spoil(json);
      return json.dump();
    }
  }
}

// Everything that reads, whatever the body is of: nothing but a value or an error comes out.
std::size_t ReadEverything(const std::string& body) {
  const Result<Json> json = ParseReply(body);
  if (!json) return 0;
  std::size_t read = ReadProfile(*json) ? 1 : 0;
  read += ReadDocumentMetadata(*json) ? 1 : 0;
  const Result<ListPage> page = ReadListPage(*json);
  if (!page) return read;
  Dossier dossier;
  for (const Json& item : page->items) {
    dossier.officers.items.push_back(ReadOfficer(item));
    dossier.charges.items.push_back(ReadCharge(item));
    dossier.owners.items.push_back(ReadOwner(item));
    dossier.insolvency.items.push_back(ReadInsolvencyCase(item));
    dossier.filings.items.push_back(ReadFiling(item));
    (void)ReadSearchHit(item);
    (void)ReadAppointment(item);
  }
  (void)ReadAppointedPerson(*json);
  dossier.profile.status = "active";
  (void)WhatStandsOut(dossier, "2026-11-25");
  return read + 1;
}

TEST(Records, AThousandMutatedRepliesOfEachEndpointGiveAnErrorOrAValue) {
  for (const auto& [name, body] : Bodies()) {
    std::mt19937 chance(4);
    std::size_t read = 0;
    for (int i = 0; i < 1000; ++i) read += ReadEverything(Mutated(body, chance)) > 0 ? 1 : 0;
    RecordProperty(name + "_read", static_cast<int>(read));
    EXPECT_GT(read, 100U) << name;  // tolerant, too
    EXPECT_LT(read, 1000U) << name;
  }
}

TEST(Dossier, SaysWhatStandsOut) {
  Dossier dossier;
  dossier.profile = *ReadProfile(Parsed(Bodies().at("profile")));
  const Json charges = Parsed(Bodies().at("charges"))["items"];
  for (const Json& item : charges) dossier.charges.items.push_back(ReadCharge(item));
  Officer fresh;
  fresh.name = "NEW, Ann";
  fresh.role = "director";
  fresh.appointed_on = "2026-01-01";
  dossier.officers.items.push_back(fresh);
  const std::vector<std::string> expected = {"Its accounts are overdue: they were due on 2024-09-30.",
                                             "1 charge is outstanding.", "NEW, Ann was appointed on 2026-01-01."};
  EXPECT_EQ(WhatStandsOut(dossier, "2026-11-25"), expected);
  dossier.profile.status = "dissolved";
  dossier.profile.ceased = "2021-08-17";
  EXPECT_EQ(WhatStandsOut(dossier, "2026-11-25").front(), "The company is dissolved since 2021-08-17.");
}

TEST(RegisterUrl, OnlyOneThatTheKeyMayBeSentTo) {
  EXPECT_EQ(*CheckRegisterUrl("https://api.example/"), "https://api.example");
  EXPECT_EQ(*CheckRegisterUrl("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  for (const char* url :
       {"http://api.example", "https://api.example/path", "https://k@api.example", "api.example", ""}) {
    EXPECT_FALSE(CheckRegisterUrl(url)) << url;
  }
}

TEST(RegisterKey, IsTrimmedAndPlain) {
  EXPECT_EQ(CheckKey(" abc-123\n")->view(), "abc-123");
  for (const char* text : {"", "\n", "two words", "with:colon", "k\xc3\xa9y"}) EXPECT_FALSE(CheckKey(text)) << text;
}

}  // namespace
}  // namespace counsel::companies_house
