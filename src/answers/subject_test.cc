#include "answers/subject.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

bool Is(const char* question, const char* text, const char* names = "") {
  return Subject(question, names).ShareIn(text) > 0;
}

TEST(SubjectTest, ASentenceIsAboutAQuestionByOneOfItsWords) {
  EXPECT_TRUE(Is("How often are the windows cleaned?", "The windows are washed every month."));
  EXPECT_FALSE(Is("How often are the windows cleaned?", "Either party may end it by two months' notice."));
  EXPECT_FALSE(Is("How long does it take to get the deposit back?", "The tenancy lasts two years."));
}

TEST(SubjectTest, HowMuchOfItIsThereIsTold) {
  EXPECT_EQ(Subject("What fingerprints are collected?", "").ShareIn("We collect your name."), 0.5);
  EXPECT_EQ(Subject("What does it say about trademarks?", "").ShareIn("No trademarks are licensed."), 1);
  EXPECT_EQ(Subject("Who is the tenant's solicitor?", "").ShareIn("The Tenant must not cause a nuisance."), 0.5);
}

TEST(SubjectTest, AnotherFormOrASynonymIsTheSameWord) {
  EXPECT_TRUE(Is("How soon must he terminate?", "Termination takes effect after a month."));
  EXPECT_TRUE(Is("What is the cost of the lift?", "The charge for it is £50."));
  EXPECT_TRUE(Is("How long is the no-shop?", "No Solicitation: for 45 days."));
}

TEST(SubjectTest, TheHeadItselfIsNoSynonym) {
  const Subject subject("What is the salary of Dr Ward?", "");
  EXPECT_TRUE(subject.HeadIsIn("Salary: £40,000 a year."));
  EXPECT_FALSE(subject.HeadIsIn("It was resolved to pay Dr Ward £40."));
}

TEST(SubjectTest, WhoIsMeantCountsWhereNothingElseIsAskedAbout) {
  EXPECT_FALSE(Is("How often must the tenant clean the windows?", "The tenant pays the rent every month."));
  EXPECT_TRUE(Is("How many tenants are there?", "There are two tenants."));
}

TEST(SubjectTest, NamesOfDocumentsAreNotWhatIsAskedAbout) {
  EXPECT_FALSE(Is("What is the car allowance of the employment contract?", "The employment contract pays £40,000.",
                  "the employment contract"));
  EXPECT_TRUE(Is("How long is it?", "The tenancy lasts two years."));
  EXPECT_TRUE(Is("What did the deed of variation change?", "The rent is £39,500 in place of £42,000.",
                 "the deed of variation"));
  EXPECT_FALSE(Is("What did the board change?", "The rent is £39,500 in place of £42,000."));
}

}  // namespace
}  // namespace counsel::answers
