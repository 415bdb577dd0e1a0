#include "answers/side_by_side.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

using companies_house::CompanyEntry;
using companies_house::FactKind;

CompanyEntry Acme() {
  CompanyEntry entry;
  entry.company.matter = "M";
  entry.company.number = "01234567";
  entry.company.document = "reading";
  entry.company.read_at = 1'764'115'200;  // 26 November 2025
  entry.dossier.profile.number = "01234567";
  entry.dossier.profile.name = "ACME WIDGETS LIMITED";
  entry.dossier.profile.registered_office.lines = {"12 Mill Lane", "Leeds", "LS1 4AP"};
  return entry;
}

StoredReading ReadingOf(const CompanyEntry& entry) {
  StoredReading reading;
  reading.text = companies_house::RenderEntry(entry.dossier).text.text;
  reading.name = "register entry.json";
  return reading;
}

// As CompareDocuments would find it.
DocumentDisagreement In(const CompanyEntry& entry, const std::string& name, const std::string& text) {
  const std::vector<Disagreement> found =
      FindDisagreements(entry.dossier, companies_house::RenderEntry(entry.dossier), text);
  DocumentDisagreement one;
  if (found.size() != 1) return one;
  one.what = found[0];
  one.matter = "M";
  one.citation.document = "id of " + name;
  one.citation.name = name;
  one.citation.quote = text.substr(found[0].start, found[0].end - found[0].start);
  one.citation.start = CountCodePoints(std::string_view(text).substr(0, found[0].start));
  one.citation.end = one.citation.start + CountCodePoints(one.citation.quote);
  return one;
}

const std::string kLease = "Acme Widgets Ltd, whose registered office is at 1 Old Street, London EC1V 9BD";

TEST(SideBySide, BothAreQuotedWithNumbersOfTheirOwn) {
  const CompanyEntry entry = Acme();
  Answer answer;
  answer.text = "An answer.";
  answer.passages.emplace_back().n = 2;
  answer.left_out.emplace_back().n = 3;
  PutSideBySide(entry, ReadingOf(entry), {In(entry, "lease.txt", kLease)}, 5, &answer);
  ASSERT_EQ(answer.disagreements.size(), 1U);
  EXPECT_EQ(
      answer.text,
      "An answer.\n\nlease.txt and the register do not agree on the registered office (the register as read on 26 "
      "November 2025):\n- the register: The registered office of ACME WIDGETS LIMITED (company number 01234567) is "
      "12 Mill Lane, Leeds, LS1 4AP. [4]\n- lease.txt: " +
          kLease + " [5]");
  ASSERT_EQ(answer.resolved.citations.size(), 2U);
  for (const Citation& citation : answer.resolved.citations) {
    EXPECT_EQ(answer.text.substr(citation.answer_start, citation.answer_end - citation.answer_start), citation.quote);
  }
  EXPECT_EQ(answer.passages.back().text, kLease);
  EXPECT_EQ(answer.passages.back().relevance, 0);  // of an answer that is the documents'
}

TEST(SideBySide, WhatTheStoredReadingDoesNotSayIsLeftOut) {
  const CompanyEntry entry = Acme();
  StoredReading other;
  other.text = "Another text.";
  Answer answer;
  PutSideBySide(entry, other, {In(entry, "lease.txt", kLease)}, 5, &answer);
  EXPECT_TRUE(answer.disagreements.empty());
  EXPECT_TRUE(answer.resolved.citations.empty());
  EXPECT_EQ(answer.text, "");
}

TEST(SideBySide, OnlyWhatIsAskedConcerns) {
  const CompanyEntry entry = Acme();
  const std::vector<DocumentDisagreement> found = {In(entry, "lease.txt", kLease)};
  const auto chosen = [&found](const char* question) {
    const auto asked = UnderstandQuestion(question, {KnownCompany("01234567", "ACME WIDGETS LIMITED")});
    return asked && CanBeDisputed(*asked) ? ChooseDisagreements(*asked, found).size() : 99;
  };
  EXPECT_EQ(chosen("What is the registered office of Acme Widgets?"), 1U);
  EXPECT_EQ(chosen("What is the company number of Acme Widgets?"), 0U);
  EXPECT_EQ(chosen("Who are the directors of Acme Widgets?"), 0U);
  EXPECT_EQ(chosen("Does Acme Widgets have outstanding charges?"), 99U);
}

TEST(SideBySide, OfAPersonOnlyWhatIsSaidOfThemConcerns) {
  RegisterQuestion question;
  question.kinds = {FactKind::kDirector};
  DocumentDisagreement one;
  one.what.fact = DisputedFact::kOfficer;
  one.what.kind = FactKind::kDirector;
  one.what.document_says = "Zoe Ratcliffe, director";
  EXPECT_EQ(ChooseDisagreements(question, {one}).size(), 1U);
  question.who = {"ratcliffe"};
  EXPECT_EQ(ChooseDisagreements(question, {one}).size(), 1U);
  question.who = {"smith"};
  EXPECT_EQ(ChooseDisagreements(question, {one}).size(), 0U);
  question.who.clear();
  question.past = true;
  EXPECT_EQ(ChooseDisagreements(question, {one}).size(), 0U);
}

}  // namespace
}  // namespace counsel::answers
