#include "understanding/follow_up.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

TEST(FollowUpTest, WhatContinuesOrPointsBackNeedsTheQuestionBeforeIt) {
  for (const char* question : {"And for how long?", "But who pays?", "What about the deposit?", "How about the garden?",
                               "When is it due?", "How long is it?", "Who are they?", "When does that end?",
                               "What happens after that?", "For how long?", "Why?", "Does it apply to the guarantor?",
                               "Is this in writing?", "What does that cost?", "Who signed it?", "Can she resign?"}) {
    EXPECT_TRUE(RefersBack(question)) << question;
  }
}

TEST(FollowUpTest, WhatStandsByItselfDoesNot) {
  for (const char* question :
       {"What is the rent of Alder House?", "May the tenant keep a dog?", "Is it permitted to sublet the flat?",
        "May the tenant assign his lease?", "Does the document state that copies may be made?",
        "Who signed this lease?", "What must this lessee pay?",
        "Does the NDA allow the recipient to share it with their employees?",
        "Under the lease, is it necessary to give notice?", "How long is the notice period?", ""}) {
    EXPECT_FALSE(RefersBack(question)) << question;
  }
}

TEST(FollowUpTest, WhatIsSearchedForGoesBackToTheLastThatStandsByItself) {
  const std::vector<std::string> earlier = {"Who pays the rates?", "What is the rent of Alder House?",
                                            "When is it due?"};
  EXPECT_EQ(MadeWhole("And to whom?", earlier), "What is the rent of Alder House?\nAnd to whom?");
  EXPECT_EQ(MadeWhole("May the tenant keep a dog?", earlier), "May the tenant keep a dog?");
  EXPECT_EQ(MadeWhole("And to whom?", {}), "And to whom?");
}

struct Dialogue {
  const char* first;
  const char* then;
  const char* whole;
};

TEST(FollowUpTest, WordsOfATopicThatWasLeftAreNotCarried) {
  const Dialogue all[] = {
      {"What is the rent?", "What about the break?", "What is the break?"},
      {"What is the rent?", "And the deposit?", "What is the deposit?"},
      {"What is the rent?", "Who is the landlord?", "Who is the landlord?"},
      {"What is the rent?", "And the landlord?", "Who is the landlord?"},
      {"What is the rent of Alder House?", "How about the deposit?", "What is the deposit of Alder House?"},
      {"How much is the rent under the Acme lease?", "And the service charge?",
       "What is the service charge under the Acme lease?"},
      {"What is the cap on liability?", "And the excess?", "What is the excess?"},
      {"May the tenant keep a dog?", "And a cat?", "May the tenant keep a cat?"},
      {"May the tenant keep a dog?", "What about subletting?", "What about subletting?"},
      {"When does the rent fall due?", "And the deposit?", "When does the deposit fall due?"},
      {"Who repairs the roof?", "And who insures the building?", "Who insures the building?"},
      {"How long does the Motorola NDA last?", "Does it allow copies?", "Does it allow copies?"},
      {"How long does the Motorola NDA last?", "And the Acme NDA?", "How long does the Acme NDA last?"},
      {"What is the rent?", "And under the lease of Unit 9?", "What is the rent under the lease of Unit 9?"},
      {"What is the rent under lease-7.pdf?", "And under lease-9.pdf?", "What is the rent under lease-9.pdf?"},
      {"May the landlord assign?", "And the tenant?", "May the tenant assign?"},
      {"What is Dr Byrne's salary?", "And her notice period?", "What is Dr Byrne's notice period?"},
      {"How much is the employee paid?", "And his holiday?", "What is the employee's holiday?"},
      {"What does Ann Lee owe Ben Roe?", "And her notice period?",
       "What does Ann Lee owe Ben Roe?\nAnd her notice period?"},
      {"When is the rent reviewed under the Acme lease?", "How is it paid?",
       "How is the rent paid under the Acme lease?"},
      {"Which cookies need consent under the privacy policy?", "Does it allow the sale of data?",
       "Does it allow the sale of data?"},
      {"How soon are urgent repairs begun?", "What about other repairs?", "How soon are other repairs begun?"},
      {"What does clause 5 say?", "And clause 6.1?", "What does clause 6.1 say?"},
      {"What is the rent of Flat 2?", "What about Flat 3?", "What is the rent of Flat 3?"},
      {"What is the rent of Flat 2?", "And for Flat 3?", "What is the rent of Flat 3?"},
      {"May the tenant of Flat 1 keep a dog?", "What about Flat 2?", "May the tenant of Flat 2 keep a dog?"},
      {"What is the rent of Alder House?", "And Birch House?", "What is the rent of Birch House?"},
      {"What is the rent under the lease of Unit 4?", "And Unit 9?", "What is the rent under the lease of Unit 9?"},
      {"What does Owen Tuck get under the Mallory will?", "And Sorrel?",
       "What does Sorrel get under the Mallory will?"},
      {"What is the rent of Flat 1?", "What about the rent of Flat 2?", "What is the rent of Flat 2?"},
      {"Where may the Skylark be sailed?", "What about France?", "What about France?"},
      {"What is the total of invoice HP-2207?", "And of HP-2231?", "What is the total of invoice HP-2231?"},
      {"What is the total of invoice HP-2207?", "And HP-2231?", "What is the total of invoice HP-2231?"},
      {"What is Nora Quist's salary?", "And Piet's?", "What is Piet's salary?"},
      {"What is the cap on liability?", "How can it be terminated?", "How can it be terminated?"},
      {"Who is the tenant of Flat 2?", "And Olivia Tran?", "Who is Olivia Tran?"},
  };
  for (const Dialogue& one : all) EXPECT_EQ(MadeWhole(one.then, {one.first}), one.whole) << one.then;
}

TEST(FollowUpTest, WhatHangsOnTheQuestionBeforeItKeepsItsWords) {
  const Dialogue all[] = {
      {"What is the rent?", "And in the second year?", nullptr},
      {"What is the rent?", "What about the second year?", nullptr},
      {"May the landlord charge the tenant?", "And the guarantor?", nullptr},
      {"How soon must disclosure be notified?", "How long before?", nullptr},
      {"Who repairs the roof?", "But who pays?", nullptr},
      {"What notice must the tenant give?", "And must the notice be in writing?", nullptr},
      {"What is the rent?", "How is it paid?", nullptr},
      {"May the tenant keep a dog?", "And if the landlord agrees?", nullptr},
      {"May the franchisee sell the business?", "What does that cost?", nullptr},
      {"When does the player's contract end?", "What is he paid?", nullptr},
  };
  for (const Dialogue& one : all) {
    EXPECT_EQ(MadeWhole(one.then, {one.first}), std::string(one.first) + "\n" + one.then) << one.then;
  }
}

TEST(FollowUpTest, AThingThatIsNamedLaterIsExchangedInAllOfTheQuestion) {
  const std::vector<std::string> earlier = {"What is the rent of Flat 1?", "What about Flat 2?", "And the deposit?"};
  EXPECT_EQ(MadeWhole("Who signed it?", earlier), "What is the deposit of Flat 2?\nWho signed it?");
  std::vector<std::string> more = earlier;
  more.emplace_back("Who signed it?");
  EXPECT_EQ(MadeWhole("And for Flat 1?", more), "What is the deposit of Flat 1?\nWho signed it?");
}

TEST(FollowUpTest, ADocumentThatIsNamedBeforeTheQuestionIsWhatTheNextGoesOnWith) {
  constexpr const char* kAsked = "What about the NDA - who signed it?";
  EXPECT_EQ(MadeWhole(kAsked, {}), "Who signed the NDA?");
  EXPECT_EQ(MadeWhole(kAsked, {"What is the salary of Dr Byrne?"}), "Who signed the NDA?");
  EXPECT_EQ(MadeWhole("What about the NDA \xE2\x80\x93 when does it end?", {}), "When does the NDA end?");
  EXPECT_EQ(MadeWhole("How long does it last?", {"What is the salary of Dr Byrne?", kAsked}),
            "How long does the NDA last?");
  EXPECT_EQ(MadeWhole("How is it paid?", {"Who signed the NDA about the loan?"}),
            "Who signed the NDA about the loan?\nHow is it paid?");
}

TEST(FollowUpTest, AChainGoesOnFromTheLastTopic) {
  EXPECT_EQ(MadeWhole("When is it due?", {"What is the rent?", "And the deposit?"}),
            "What is the deposit?\nWhen is it due?");
  EXPECT_EQ(MadeWhole("And the break?", {"What is the rent?", "When is it due?"}), "What is the break?");
  EXPECT_EQ(MadeWhole("And the deposit?", {}), "And the deposit?");
}

}  // namespace
}  // namespace counsel::understanding
