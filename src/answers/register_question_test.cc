#include "answers/register_question.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

using companies_house::Fact;
using companies_house::FactKind;

const std::vector<KnownCompany>& Two() {
  static const std::vector<KnownCompany> companies = {{"01234567", "ACME WIDGETS LIMITED"},
                                                      {"SC012345", "GLEN & SONS LIMITED"}};
  return companies;
}

TEST(RegisterQuestion, UnderstandsTopicAndCompany) {
  const auto asked = UnderstandQuestion("Who are Acme's directors and since when?", Two());
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->company, 0U);
  EXPECT_EQ(asked->kinds, std::vector<FactKind>{FactKind::kDirector});
  EXPECT_TRUE(asked->who.empty());
  const auto by_number = UnderstandQuestion("Does sc12345 have outstanding charges?", Two());
  ASSERT_TRUE(by_number);
  EXPECT_EQ(by_number->company, 1U);
  EXPECT_EQ(by_number->kinds, std::vector<FactKind>{FactKind::kCharge});
}

TEST(RegisterQuestion, OneWordTooManyIsLeftToTheDocuments) {
  for (const char* question : {"Must the registered office of Acme be notified of the breach?",
                               "What does clause 5 say of Acme's accounts?", "Are charges of Acme payable monthly?"}) {
    EXPECT_FALSE(UnderstandQuestion(question, Two())) << question;
  }
}

TEST(RegisterQuestion, NoCompanyIsGuessed) {
  EXPECT_FALSE(UnderstandQuestion("Who are the directors?", Two()));
  EXPECT_FALSE(UnderstandQuestion("What is the registered office of 07654321?", Two()));
  EXPECT_FALSE(
      UnderstandQuestion("What is the status of Acme Limited?", {{"1", "ACME WIDGETS LIMITED"}, {"2", "B LTD"}}));
  EXPECT_TRUE(UnderstandQuestion("Does it have charges?", {{"01234567", "ACME WIDGETS LIMITED"}}));
}

TEST(RegisterQuestion, WhatTheRegisterDoesNotTellIsKnown) {
  const auto asked = UnderstandQuestion("What was the turnover of Acme Widgets in 2023?", Two());
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->beyond, "turnover");
}

TEST(RegisterQuestion, APersonMustBeNamedInOneWay) {
  std::vector<Fact> facts(3);
  facts[0].kind = facts[1].kind = facts[2].kind = FactKind::kDirector;
  facts[0].who = "Jane SMITH";
  facts[1].who = "John SMITH";
  facts[2].who = "Ana GARCÍA";
  const auto one = UnderstandQuestion("Since when has Ana Garcia been a director of Acme?", Two());
  ASSERT_TRUE(one);
  EXPECT_EQ(ChooseFacts(*one, facts).size(), 1U);
  const auto two = UnderstandQuestion("Is Smith a director of Acme?", Two());
  ASSERT_TRUE(two);
  EXPECT_TRUE(ChooseFacts(*two, facts).empty());
}

}  // namespace
}  // namespace counsel::answers
