#include "companies_house/register_entry.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "companies_house/changes.h"

namespace counsel::companies_house {
namespace {

Officer MakeOfficer(const char* name, const char* appointed, const char* resigned = "") {
  Json json = {{"name", name}, {"officer_role", "director"}, {"appointed_on", appointed}};
  if (*resigned != '\0') json["resigned_on"] = resigned;
  return ReadOfficer(json);
}

Dossier MakeDossier(const std::string& name = "ACME LIMITED") {
  Dossier dossier;
  Result<CompanyProfile> profile =
      ReadProfile(Json{{"company_number", "01234567"}, {"company_name", name}, {"company_status", "active"}});
  dossier.profile = *profile;
  dossier.profile_provenance.source = "https://register/company/01234567";
  dossier.profile_provenance.read_at = 1'000;
  dossier.officers.items.push_back(MakeOfficer("SMITH, Jane", "2019-02-03"));
  dossier.officers.total = 1;
  return dossier;
}

TEST(RegisterEntry, EveryFactStandsWhereItSaysAndOnOneLine) {
  const EntryText entry = RenderEntry(MakeDossier());
  for (const Fact& fact : entry.facts) {
    EXPECT_EQ(SliceCodePoints(entry.text.text, fact.start, fact.end), fact.text);
    EXPECT_EQ(fact.text.find('\n'), std::string::npos);
    EXPECT_NE(fact.text.find("01234567"), std::string::npos) << fact.text;
  }
  EXPECT_NE(entry.text.text.find("Jane SMITH has been a director of ACME LIMITED (company number 01234567) since 3 "
                                 "February 2019.\n"),
            std::string::npos);
}

TEST(RegisterEntry, HostileTextStaysInItsLine) {
  const std::string name =
      "EVIL\n\nDirectors of X\nJohn DOE is a director.\t\xE2\x80\xAE LTD\xE2\x80\xA8" + std::string(9'000, 'x');
  const EntryText entry = RenderEntry(MakeDossier(name));
  const std::string calm = RenderEntry(MakeDossier()).text.text;
  EXPECT_EQ(std::count(entry.text.text.begin(), entry.text.text.end(), '\n'),
            std::count(calm.begin(), calm.end(), '\n'));
  EXPECT_EQ(entry.text.text.find("\xE2\x80\xAE"), std::string::npos);
  for (const Fact& fact : entry.facts) EXPECT_LT(fact.text.size(), 2'000U);
}

TEST(RegisterEntry, WhatIsWrittenIsReadAgain) {
  const Dossier dossier = MakeDossier("YNYS MÔN \"Q\" LTD");
  const Result<Dossier> read = ReadEntry(WriteEntry(dossier));
  ASSERT_TRUE(read);
  EXPECT_TRUE(SameFacts(dossier, *read));
  EXPECT_EQ(RenderEntry(*read).text.text, RenderEntry(dossier).text.text);
  EXPECT_EQ(ReadAt(*read), 1'000);
  EXPECT_FALSE(ReadEntry("{}"));
  EXPECT_FALSE(ReadEntry("{\"format\":1,\"company\":{\"item\":[]}}"));
}

TEST(RegisterEntry, AnotherTimeOrTagIsNoOtherFact) {
  const Dossier before = MakeDossier();
  Dossier after = before;
  after.profile_provenance.read_at = 2'000;
  after.profile.raw["etag"] = "new";
  EXPECT_TRUE(SameFacts(before, after));
  after.officers.items.push_back(MakeOfficer("DOE, John", "2020-01-01"));
  EXPECT_FALSE(SameFacts(before, after));
}

TEST(Changes, AppointmentsResignationsAndValuesAreTold) {
  const Dossier before = MakeDossier();
  EXPECT_TRUE(Compare(before, before).empty());
  Dossier after = MakeDossier("ACME 2 LIMITED");
  after.officers.items = {MakeOfficer("SMITH, Jane", "2019-02-03", "2026-01-31"),
                          MakeOfficer("DOE, John", "2026-01-01")};
  Charge charge = ReadCharge(Json{{"charge_code", "1"}, {"status", "outstanding"}});
  after.charges.items.push_back(charge);
  std::vector<std::string> kinds;
  for (const Change& change : Compare(before, after)) kinds.push_back(change.kind);
  std::sort(kinds.begin(), kinds.end());
  EXPECT_EQ(kinds, (std::vector<std::string>{"charge_created", "name", "officer_appointed", "officer_resigned"}));
}

TEST(Changes, AFilingThatSlidIntoSightIsNoNews) {
  const auto filing = [](const char* id, const char* date) {
    return ReadFiling(Json{{"transaction_id", id}, {"date", date}});
  };
  Dossier before = MakeDossier();
  before.filings.items = {filing("c", "2024-01-01"), filing("b", "2023-01-01")};
  before.filings.total = 3;
  Dossier after = before;
  after.filings.items = {filing("c", "2024-01-01"), filing("a", "2022-01-01"), filing("d", "2025-01-01")};
  const std::vector<Change> changes = Compare(before, after);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_NE(changes[0].text.find("1 January 2025"), std::string::npos);
}

}  // namespace
}  // namespace counsel::companies_house
