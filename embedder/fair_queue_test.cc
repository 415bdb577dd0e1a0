#include "fair_queue.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::embedder {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Queue = FairQueue<std::string>;

std::vector<std::string> PopAll(Queue* queue) {
  std::vector<std::string> popped;
  while (auto job = queue->Pop()) popped.push_back(*job);
  return popped;
}

TEST(FairQueueTest, TheRequestWithTheFewestJobsLeftComesFirstAndEveryFourthJobIsTheOldests) {
  Queue queue(100);
  ASSERT_TRUE(queue.Push(1, {"a1", "a2", "a3", "a4"}));
  ASSERT_TRUE(queue.Push(2, {"b1", "b2", "b3"}));
  ASSERT_TRUE(queue.Push(3, {"c1", "c2", "c3"}));
  EXPECT_THAT(PopAll(&queue), ElementsAre("b1", "b2", "b3", "a1", "a2", "a3", "a4", "c1", "c2", "c3"));
}

TEST(FairQueueTest, AQuestionDoesNotWaitForABatchThatCameBefore) {
  Queue queue(2000);
  ASSERT_TRUE(queue.Push(1, std::vector<std::string>(1000, "batch")));
  EXPECT_EQ(queue.Pop(), "batch");
  ASSERT_TRUE(queue.Push(2, {"question"}));
  EXPECT_EQ(queue.Pop(), "question");
}

TEST(FairQueueTest, ADocumentGoesOnWhileQuestionsKeepComing) {
  Queue queue(2000);
  ASSERT_TRUE(queue.Push(1, std::vector<std::string>(100, "batch")));
  int of_the_batch = 0;
  for (RequestId i = 2; i < 402; ++i) {
    ASSERT_TRUE(queue.Push(i, {"question"}));
    if (queue.Pop() == "batch") ++of_the_batch;
  }
  EXPECT_EQ(of_the_batch, 100);
}

TEST(FairQueueTest, RefusesARequestThatDoesNotFitAndKeepsTheOthers) {
  Queue queue(3);
  ASSERT_TRUE(queue.Push(1, {"a1", "a2"}));
  EXPECT_FALSE(queue.Push(2, {"b1", "b2"}));
  EXPECT_TRUE(queue.Push(3, {"c1"}));
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_THAT(PopAll(&queue), ElementsAre("c1", "a1", "a2"));
}

TEST(FairQueueTest, DropTakesOutOneRequestAndMakesRoom) {
  Queue queue(4);
  ASSERT_TRUE(queue.Push(1, {"a1", "a2"}));
  ASSERT_TRUE(queue.Push(2, {"b1", "b2"}));
  EXPECT_EQ(queue.Pop(), "a1");
  EXPECT_THAT(queue.Drop(1), ElementsAre("a2"));
  EXPECT_THAT(queue.Drop(1), IsEmpty());
  EXPECT_TRUE(queue.Push(3, {"c1", "c2"}));
  EXPECT_THAT(PopAll(&queue), ElementsAre("b1", "b2", "c1", "c2"));
}

}  // namespace
}  // namespace counsel::embedder
