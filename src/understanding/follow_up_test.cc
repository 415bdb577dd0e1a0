#include "understanding/follow_up.h"

#include <gtest/gtest.h>

namespace counsel::understanding {
namespace {

TEST(FollowUpTest, WhatContinuesOrPointsBackNeedsTheQuestionBeforeIt) {
  for (const char* question :
       {"And for how long?", "But who pays?", "What about the deposit?", "How about the garden?", "When is it due?",
        "How long is it?", "Who are they?", "When does that end?", "What happens after that?", "For how long?", "Why?",
        "Does it apply to the guarantor?", "Is this in writing?", "Who signed it?", "Can she resign?"}) {
    EXPECT_TRUE(RefersBack(question)) << question;
  }
}

TEST(FollowUpTest, WhatStandsByItselfDoesNot) {
  for (const char* question :
       {"What is the rent of Alder House?", "May the tenant keep a dog?", "Is it permitted to sublet the flat?",
        "May the tenant assign his lease?", "Does the document state that copies may be made?",
        "Who signed this lease?", "Does the NDA allow the recipient to share it with their employees?",
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

}  // namespace
}  // namespace counsel::understanding
