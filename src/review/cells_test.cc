#include "review/cells.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::review {
namespace {

using judging::Grade;
using ::testing::HasSubstr;

Column ColumnOf(const std::string& type, const std::string& rest) {
  const std::string toml = "[[column]]\nname = \"X\"\nquestion = \"What is it?\"\ntype = \"" + type + "\"\n" + rest;
  return ReadColumns(toml, "test").value().columns.front();
}
Cell Fill(const std::string& type, const std::string& rest, const std::string& text) {
  const Wording wording(text);
  return FillCell(ColumnOf(type, rest), wording);
}
Cell Rent(const std::string& text) {
  return Fill("sum", "about = [\"rent\"]\nnot_about = [\"deposit\"]\n", text);
}

TEST(CellsTest, AValueThatTheWordsSayIsSupportedByItsSentence) {
  const std::string text = "1. The term is five years. The Rent is £12,000 per annum. Nothing else.";
  const Cell cell = Rent(text);
  EXPECT_EQ(cell.value, "GBP 12000 per year");
  EXPECT_EQ(cell.grade, Grade::kSupported) << cell.why;
  EXPECT_EQ(cell.quote.Of(text), "The Rent is £12,000 per annum.");
  EXPECT_EQ(cell.place.Of(text), "£12,000 per annum");
}

TEST(CellsTest, WhatMayBeAnotherValueIsNotSupported) {
  for (const char* text : {
           "The tenant pays the rent by standing order and a premium of £12,000.",
           "The rent was £12,000.",
           "Under the former lease the rent is £12,000.",
           "If the review fails the rent is £12,000.",
           "The rent is £12,000 until 2026.",
           "The rent is not £12,000.",
           "The rent is £12,000. In clause 9 the rent is £13,000.",
           "The rent is twelve thousand pounds (£13,000).",
           "The rent is €1.250.",
       }) {
    const Cell cell = Rent(text);
    EXPECT_NE(cell.grade, Grade::kSupported) << text << " gave " << cell.value;
    EXPECT_FALSE(cell.why.empty()) << text;
  }
  EXPECT_EQ(Rent("The rent deposit is £12,000.").value, "");
  EXPECT_EQ(Rent("The Tenant shall pay.").value, "");
}

TEST(CellsTest, AnEmptyCellSaysWhatWasSearchedAndShowsTheNearest) {
  const std::string text = "The keys are with the agent. The rent is agreed between the parties each spring.";
  const Cell cell = Rent(text);
  EXPECT_EQ(cell.value, "");
  EXPECT_THAT(cell.why, HasSubstr("searched"));
  EXPECT_EQ(cell.quote.Of(text), "The rent is agreed between the parties each spring.");
}

TEST(CellsTest, DeletedTextSaysNothing) {
  const std::string text = "The rent is £12,000. The term is a year.";
  const Wording wording(text, {Range(0, 21)});
  EXPECT_EQ(FillCell(ColumnOf("sum", "about = [\"rent\"]\n"), wording).value, "");
}

TEST(CellsTest, YesAndNoFollowTheSentence) {
  const std::string forms = "yes = [\"may * underlet\"]\nno = [\"not * underlet\"]\n";
  EXPECT_EQ(Fill("yes/no", forms, "The tenant may underlet the whole.").value, "yes");
  EXPECT_EQ(Fill("yes/no", forms, "The tenant may underlet the whole.").grade, Grade::kSupported);
  EXPECT_EQ(Fill("yes/no", forms, "The tenant may not underlet the whole.").value, "no");
  EXPECT_EQ(Fill("yes/no", forms, "The tenant may underlet if the landlord agrees.").grade, Grade::kNear);
  EXPECT_EQ(Fill("yes/no", forms, "The tenant may underlet. It must not underlet a part.").grade, Grade::kNear);
  EXPECT_EQ(Fill("yes/no", "about = [\"underlet\"]\n", "The tenant may underlet.").grade, Grade::kNear);
}

TEST(CellsTest, ACellReadBadlyIsNotSupported) {
  const std::string text = "The rent is £12,000.";
  const Wording wording(text);
  const Cell cell = FillCell(ColumnOf("sum", "about = [\"rent\"]\n"), wording, {Range(0, text.size())});
  EXPECT_EQ(cell.grade, Grade::kNear);
  EXPECT_THAT(cell.why, HasSubstr("OCR"));
}

TEST(CellsTest, APartyIsFoundByItsRole) {
  const std::string forms = "about = [\"landlord\"]\n";
  EXPECT_EQ(Fill("party", forms, "(1) ALPHA LIMITED (the \"Landlord\")").value, "ALPHA LIMITED");
  EXPECT_EQ(Fill("party", forms, "Landlord: Ann Archer\nTenant: Bea Quill").value, "Ann Archer");
  EXPECT_EQ(Fill("party", forms, "The Landlord's solicitor is Ann Archer.").value, "");
  EXPECT_NE(Fill("party", forms, "(a subsidiary of Alpha Limited (the Landlord's agent))").grade, Grade::kSupported);
}

TEST(CellsTest, WhatPointsElsewhereOrIsBlankIsNotSupported) {
  const std::string forms = "about = [\"governed by the law of {}\", \"for the purpose of {}\"]\n";
  const Cell whole = Fill("text", forms, "It is governed by the law of Delaware without regard to conflicts of law.");
  EXPECT_EQ(whole.value, "Delaware");
  EXPECT_EQ(whole.grade, Grade::kSupported);
  EXPECT_EQ(Fill("text", forms, "It is governed by the law of [state].").grade, Grade::kNear);
  EXPECT_EQ(Fill("text", forms, "It is used for the purpose of this agreement.").grade, Grade::kNear);
}

}  // namespace
}  // namespace counsel::review
