#include "understanding/answer_kind.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

struct Asked {
  const char* question;
  AnswerKind kind;
};

TEST(AnswerKindTest, TheKindIsThatOfWhatIsAsked) {
  const Asked all[] = {
      {"May the tenant keep a dog?", AnswerKind::kYesNo},
      {"Consider HNBA's Confidentiality Agreement; Does the document allow copies?", AnswerKind::kYesNo},
      {"Who scours the ditch?", AnswerKind::kWho},
      {"According to the lease, who insures the roof?", AnswerKind::kWho},
      {"Which party pays the costs?", AnswerKind::kWho},
      {"What is Nora Quist's salary?", AnswerKind::kHowMuch},
      {"What deposit was paid on exchange?", AnswerKind::kHowMuch},
      {"What is the service charge of Flat 1?", AnswerKind::kHowMuch},
      {"What does an on-site engineer cost?", AnswerKind::kHowMuch},
      {"What is he paid?", AnswerKind::kHowMuch},
      {"What is the rent review mechanism?", AnswerKind::kOpen},
      {"How large is the vessel?", AnswerKind::kHowMany},
      {"When does the lease end?", AnswerKind::kWhen},
      {"What is the completion date?", AnswerKind::kWhen},
      {"On what day is the rent due?", AnswerKind::kWhen},
      {"How long must a written offer be valid?", AnswerKind::kHowLong},
      {"What is the notice period?", AnswerKind::kHowLong},
      {"What is the term of the agreement?", AnswerKind::kHowLong},
      {"How much notice must be given?", AnswerKind::kHowLong},
      {"How often are the windows cleaned?", AnswerKind::kHowOften},
      {"How much holiday can be carried forward?", AnswerKind::kHowLong},
      {"How much is the rent a month?", AnswerKind::kHowMuch},
      {"What is the rent of Alder House?", AnswerKind::kHowMuch},
      {"How many directors are there?", AnswerKind::kHowMany},
      {"Where is the registered office?", AnswerKind::kWhere},
      {"Where is the Specific Performance clause", AnswerKind::kOpen},
      {"What does clause 17.3 say?", AnswerKind::kOpen},
      {"What are the Ordinary course of business covenants", AnswerKind::kOpen},
      {"I want information about the Limitations on Antitrust Efforts", AnswerKind::kOpen},
      {"", AnswerKind::kOpen},
  };
  for (const Asked& one : all)
    EXPECT_EQ(AnswerKindName(AskedKind(one.question)), AnswerKindName(one.kind)) << one.question;
}

struct Held {
  AnswerKind kind;
  const char* sentence;
  bool holds;
};

TEST(AnswerKindTest, ASentenceHoldsAnAnswerOfAKindOrDoesNot) {
  const Held all[] = {
      {AnswerKind::kHowMuch, "The rent is £48,000 a year.", true},
      {AnswerKind::kHowMuch, "Interest accrues at 4% a year.", true},
      {AnswerKind::kHowMuch, "The tenant pays the rent.", false},
      {AnswerKind::kHowMuch, "Arrears, row 4: Tenant: Idris Kaya | Flat: Flat 2 | Arrears: 1290", true},
      {AnswerKind::kHowMuch, "Arrears, row 1: Tenant | Flat | Month | Rent due | Paid", false},
      {AnswerKind::kHowMuch, "Tenant: Idris Kaya | Flat: 2 | Due date: 2024", false},
      {AnswerKind::kWhen, "Tenant | Month | Rent due | Due date", false},
      {AnswerKind::kWhen, "Rent due: 3590 | Arrears: 1940", false},
      {AnswerKind::kWhen, "Tenant: Idris Kaya | Month: October 2024 | Rent due: 1290", true},
      {AnswerKind::kHowLong, "The term is thirty (30) business days.", true},
      {AnswerKind::kHowLong, "This clause shall survive.", false},
      {AnswerKind::kHowLong, "The duty lasts indefinitely.", true},
      {AnswerKind::kHowLong, "The tenant pays £30.", false},
      {AnswerKind::kHowOften, "The sprinklers are tested weekly.", true},
      {AnswerKind::kHowOften, "The flues are scoured every six months.", true},
      {AnswerKind::kHowOften, "Instruments are sterilised after each patient.", true},
      {AnswerKind::kHowOften, "He visits the farm at least twice a year.", true},
      {AnswerKind::kHowOften, "Each partner works four days a week.", true},
      {AnswerKind::kHowOften, "Each party may end it by two months' notice.", false},
      {AnswerKind::kHowOften, "Each party keeps one copy.", false},
      {AnswerKind::kWhen, "Figures are sent by noon each Monday.", true},
      {AnswerKind::kWhen, "It ends on 24 June 2031.", true},
      {AnswerKind::kWhen, "The tenant may end it.", false},
      {AnswerKind::kWhen, "The tenant pays the rent.", false},
      {AnswerKind::kWho, "The Tenant pays.", true},
      {AnswerKind::kWho, "It is paid by Ann Archer.", true},
      {AnswerKind::kWho, "It rains.", false},
      {AnswerKind::kWhere, "Its office is at 5 Mill Lane, Leeds.", true},
      {AnswerKind::kWhere, "It rains.", false},
      {AnswerKind::kHowMany, "There are three directors.", true},
      {AnswerKind::kHowMany, "There are directors.", false},
      {AnswerKind::kYesNo, "The tenant shall not sublet.", true},
      {AnswerKind::kYesNo, "THE SCHEDULE", false},
      {AnswerKind::kOpen, "", true},
  };
  for (const Held& one : all) {
    EXPECT_EQ(HoldsAnswer(one.kind, one.sentence), one.holds) << AnswerKindName(one.kind) << ": " << one.sentence;
  }
}

TEST(AnswerKindTest, SomeAnswersAreNoValue) {
  EXPECT_TRUE(HoldsAnswer(AnswerKind::kHowOften, "The flues are scoured each spring."));
  EXPECT_TRUE(AnswersInWords(AnswerKind::kHowOften, "The flues are scoured regularly."));
  EXPECT_TRUE(AnswersInWords(AnswerKind::kHowLong, "He must do so without undue delay."));
  EXPECT_TRUE(AnswersInWords(AnswerKind::kHowMuch, "The rent is a peppercorn, if demanded."));
  EXPECT_TRUE(AnswersInWords(AnswerKind::kHowMany, "A single director may sign."));
  EXPECT_TRUE(AnswersInWords(AnswerKind::kWhen, "Rent is paid monthly in advance."));
  EXPECT_FALSE(AnswersInWords(AnswerKind::kHowLong, "The tenant scours the flues."));
  EXPECT_FALSE(AnswersInWords(AnswerKind::kHowMuch, "The tenant pays the rent."));
  EXPECT_FALSE(AnswersInWords(AnswerKind::kWho, "Each of them pays."));
}

}  // namespace
}  // namespace counsel::understanding
