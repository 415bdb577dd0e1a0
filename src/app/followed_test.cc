// What `counsel add` follows, from replies and events.
#include "app/followed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::app {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;

Json Document(const char* id, const char* state, int chunks = 0) {
  return {{"id", id}, {"state", state}, {"chunks", chunks}};
}

TEST(FollowedTest, ADocumentIsFollowedToItsEndAndThenLookedAtOnce) {
  Followed followed;
  EXPECT_TRUE(followed.Add(Document("a", "queued")));
  EXPECT_FALSE(followed.Add(Document("a", "queued")));
  EXPECT_TRUE(followed.Add(Document("b", "ready", 3)));
  EXPECT_EQ(followed.unfinished(), 1U);
  EXPECT_THAT(followed.TakeToLookAt(10), ElementsAre("b"));
  followed.Take({{"id", "a"}, {"state", "embedding"}, {"chunks_done", 2}, {"chunks", 4}});
  EXPECT_EQ(followed.unfinished(), 1U);
  EXPECT_EQ(followed.WorkWith(0).text, "1/2 documents, 5 passages");
  followed.Take({{"id", "a"}, {"state", "ready"}, {"chunks_done", 4}, {"chunks", 4}});
  EXPECT_EQ(followed.unfinished(), 0U);
  EXPECT_THAT(followed.TakeToLookAt(10), ElementsAre("a"));
  EXPECT_THAT(followed.TakeToLookAt(10), ElementsAre());
}

TEST(FollowedTest, AnEndThatWasToldBeforeTheReplyCounts) {
  Followed followed;
  followed.Take(Document("a", "ready"));
  followed.Add(Document("a", "queued"));
  EXPECT_EQ(followed.unfinished(), 0U);
  // Queued again meanwhile: its end is still to come.
  followed.Take(Document("b", "failed"));
  followed.Take(Document("b", "extracting"));
  followed.Add(Document("b", "queued"));
  EXPECT_EQ(followed.unfinished(), 1U);
}

TEST(FollowedTest, WhatTheListDoesNotNameIsAtItsEnd) {
  Followed followed;
  for (const char* id : {"a", "b", "c"}) followed.Add(Document(id, "queued"));
  followed.OnlyUnfinished({"b", "of others"});
  EXPECT_EQ(followed.unfinished(), 1U);
  EXPECT_THAT(followed.TakeToLookAt(1), ElementsAre("a"));
  EXPECT_THAT(followed.TakeToLookAt(1), ElementsAre("c"));
  followed.NotYet("c");  // queued again since
  EXPECT_EQ(followed.unfinished(), 2U);
  followed.Take(Document("c", "failed"));
  EXPECT_THAT(followed.TakeToLookAt(9), ElementsAre("c"));
}

TEST(FollowedTest, WhatIsNotReadYetIsTakenToBeAsLongAsTheOthers) {
  Followed followed;
  followed.Add(Document("a", "ready", 10));
  followed.Add(Document("b", "queued"));
  followed.Take({{"id", "b"}, {"state", "embedding"}, {"chunks_done", 0}, {"chunks", 10}, {"chunks_per_second", 5.0}});
  const Followed::Work work = followed.WorkWith(2);
  EXPECT_EQ(work.text, "1/4 documents, 10 passages, 5/s, about 6.0 s left");
  EXPECT_DOUBLE_EQ(work.share, 0.25);
}

}  // namespace
}  // namespace counsel::app
