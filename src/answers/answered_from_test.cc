#include "answers/answered_from.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

using Ids = std::vector<std::string>;

TEST(AnsweredFromTest, WhatWasMeantGoesBeforeWhatIsCited) {
  Answer answer;
  answer.outcome = Outcome::kQuoted;
  for (const char* document : {"b", "a", "b"}) {
    answer.resolved.citations.emplace_back();
    answer.resolved.citations.back().document = document;
  }
  EXPECT_EQ(AnsweredFrom(answer), (Ids{"a", "b"}));
  answer.meant.emplace();
  answer.meant->chosen = true;
  answer.meant->documents.emplace_back();
  answer.meant->documents.back().id = "c";
  EXPECT_EQ(AnsweredFrom(answer), Ids{"c"});
  answer.outcome = Outcome::kNoEvidence;
  EXPECT_EQ(AnsweredFrom(answer), Ids());
}

TEST(AnsweredFromTest, AConversationGoesOnFromItsLastAnswerThatStoodOnSomething) {
  LastAnsweredFrom last;
  EXPECT_EQ(last.Of("s"), Ids());
  last.Keep("s", {"a"});
  last.Keep("s", {});
  EXPECT_EQ(last.Of("s"), Ids{"a"});
  for (std::size_t i = 0; i < LastAnsweredFrom::kMost; ++i) last.Keep(std::to_string(i), {"b"});
  EXPECT_EQ(last.Of("s"), Ids());
  EXPECT_EQ(last.Of("0"), Ids{"b"});
}

}  // namespace
}  // namespace counsel::answers
