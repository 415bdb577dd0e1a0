#include "companies_house/filing_descriptions.h"

#include <filesystem>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "companies_house/register_entry.h"

namespace counsel::companies_house {
namespace {

constexpr const char* kFile = R"(---
# what filings are called
description:
    'appoint-person-director-company-with-name-date' : "**Appointment** of {officer_name} as a director on {appointment_date}"
    'accounts-with-accounts-type-full': "**Full accounts** made up to {made_up_date}" # a remark
    "resolution" : '**The company''s** resolution "as passed"'
    without-quotes: Certificate of {what} change  # a remark
    'statement-of-affairs-scotland' :  "**Statement of affairs**{form_attached}"
    'escaped' : "Says \"yes\" \\ and\nno"
    'never-ends' : "Half a
    'no text' : "a key with a blank"
    'empty' :
  # a remark
    'last': "Last"
another:
    'other' : "of another list"
not a line of it
)";

FilingDescriptions Known() {
  Result<FilingDescriptions> known = FilingDescriptions::Parse(kFile);
  EXPECT_TRUE(known);
  return known ? std::move(*known) : FilingDescriptions();
}

TEST(FilingDescriptions, ATemplateIsFilledAndItsMarksAreGone) {
  const FilingDescriptions known = Known();
  EXPECT_EQ(known.size(), 7U);
  EXPECT_EQ(known.Describe("appoint-person-director-company-with-name-date",
                           Json::parse(R"({"officer_name":"Ms Ffion Davies","appointment_date":"2019-02-03"})")),
            "Appointment of Ms Ffion Davies as a director on 3 February 2019");
  EXPECT_EQ(known.Describe("accounts-with-accounts-type-full", Json::parse(R"({"made_up_date":"2023-12-31"})")),
            "Full accounts made up to 31 December 2023");
  EXPECT_EQ(known.Describe("statement-of-affairs-scotland", Json::parse(R"({"form_attached":" with form 4"})")),
            "Statement of affairs with form 4");
}

TEST(FilingDescriptions, QuotesOfEitherKindAndNoneAreRead) {
  const FilingDescriptions known = Known();
  EXPECT_EQ(known.Describe("resolution", Json()), "The company's resolution \"as passed\"");
  EXPECT_EQ(known.Describe("without-quotes", Json::parse(R"({"what":"name"})")), "Certificate of name change");
  EXPECT_EQ(known.Describe("escaped", Json()), "Says \"yes\" \\ and no");
}

TEST(FilingDescriptions, AValueThatIsMissingLeavesThePlainWords) {
  const FilingDescriptions known = Known();
  for (const char* values : {"null", "{}", R"({"made_up_date":null})", R"({"made_up_date":[1]})", "[]", "7"}) {
    EXPECT_FALSE(known.Describe("accounts-with-accounts-type-full", Json::parse(values))) << values;
  }
  EXPECT_FALSE(known.Describe("a-key-of-tomorrow", Json()));
  Filing filing =
      ReadFiling(Json::parse(R"({"description":"accounts-with-accounts-type-full","description_values":{}})"));
  UseDescriptions(known, &filing);
  EXPECT_EQ(filing.description, "Accounts with accounts type full");
}

TEST(FilingDescriptions, WhatAValueSaysIsNoPlaceholderAndStaysOnItsLine) {
  const FilingDescriptions known = Known();
  EXPECT_EQ(known.Describe("without-quotes", Json{{"what", "{what} **x**\n\x1b[31m\u202e"}}),
            "Certificate of {what} **x** [31m change");
  const auto longest = known.Describe("without-quotes", Json{{"what", std::string(1 << 20, 'x')}});
  ASSERT_TRUE(longest);
  EXPECT_LT(longest->size(), 1'100U);
}

TEST(FilingDescriptions, AnotherFileIsRefused) {
  EXPECT_EQ(FilingDescriptions::Parse("").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(FilingDescriptions::Parse("<html>\n<body>\n").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(FilingDescriptions::Parse("other:\n  key: \"text\"\n").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(FilingDescriptions::Parse("description:\n  key: \"\xff\xfe\"\n").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(FilingDescriptions::Parse(std::string(FilingDescriptions::kLargestFile + 1, 'x')).error().code,
            ErrorCode::kTooLarge);
}

TEST(FilingDescriptions, SpoiledFilesGiveAnErrorOrAFile) {
  std::mt19937 chance(9);
  const Json values = Json::parse(R"({"officer_name":"A","appointment_date":"2020-01-01","what":"w"})");
  for (int i = 0; i < 2'000; ++i) {
    std::string text = kFile;
    for (std::size_t flips = 1 + chance() % 12; flips > 0; --flips) {
      text[chance() % text.size()] = static_cast<char>(chance() % 128);
    }
    if (chance() % 4 == 0) text.resize(chance() % text.size());
    const Result<FilingDescriptions> known = FilingDescriptions::Parse(text);
    if (!known) continue;
    EXPECT_LE(known->size(), 12U);
    for (const char* key : {"appoint-person-director-company-with-name-date", "without-quotes", "resolution"}) {
      const auto described = known->Describe(key, values);
      if (described) {
        EXPECT_EQ(described->find('\n'), std::string::npos);
      }
    }
  }
}

TEST(FilingDescriptionsFile, IsReadWhenItComesAndForgottenWhenItGoes) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "counsel-filing-descriptions-test";
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(MakePrivateDirectory(folder));
  const std::filesystem::path path = folder / FilingDescriptions::kFileName;
  FilingDescriptionsFile file(path);
  EXPECT_EQ(file.Read().descriptions->size(), 0U);
  ASSERT_TRUE(WriteFileAtomically(path, kFile));
  EXPECT_EQ(file.Read().descriptions->size(), 7U);
  EXPECT_EQ(file.Read().problem, "");
  ASSERT_TRUE(WriteFileAtomically(path, "<html>"));
  std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds(5));
  EXPECT_EQ(file.Read().descriptions->size(), 0U);
  EXPECT_NE(file.Read().problem.find("not used"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_EQ(file.Read().problem, "");
  std::filesystem::create_directory(path);
  EXPECT_EQ(file.Read().descriptions->size(), 0U);
  std::filesystem::remove_all(folder);
}

TEST(RegisterEntry, AFilingsDescriptionStaysAsItWasWhenItWasRead) {
  Dossier dossier;
  dossier.profile = *ReadProfile(Json::parse(R"({"company_number":"00000007","company_name":"ACME LIMITED"})"));
  dossier.filings.items.push_back(ReadFiling(
      Json::parse(R"({"transaction_id":"T1","date":"2024-01-02","description":"accounts-with-accounts-type-full",
"description_values":{"made_up_date":"2023-12-31"}})")));
  UseDescriptions(Known(), &dossier.filings.items.front());
  dossier.filings.total = 1;
  const Result<Dossier> again = ReadEntry(WriteEntry(dossier));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->filings.items.front().description, "Full accounts made up to 31 December 2023");
  EXPECT_EQ(RenderEntry(*again).text.text, RenderEntry(dossier).text.text);
  EXPECT_TRUE(SameFacts(*again, dossier));
}

}  // namespace
}  // namespace counsel::companies_house
