#include "answers/passages.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

search::Hit HitAt(const std::string& document, std::int64_t start, std::int64_t end, double relevance, int page = 0) {
  search::Hit hit;
  hit.document = document;
  hit.start = start;
  hit.end = end;
  hit.page = page;
  hit.relevance = relevance;
  hit.text = "text";
  return hit;
}

TEST(Passages, NeighbouringChunksOfOneDocumentBecomeOnePassage) {
  const std::vector<Passage> passages = MergeHits(
      {HitAt("a", 500, 900, 0.9), HitAt("b", 100, 499, 0.8), HitAt("a", 100, 498, 0.7), HitAt("a", 902, 1200, 0.6)},
      0.5);
  ASSERT_EQ(passages.size(), 2U);
  EXPECT_EQ(passages[0].start, 100);
  EXPECT_EQ(passages[0].end, 1200);
  EXPECT_EQ(passages[0].n, 1);
  EXPECT_DOUBLE_EQ(passages[0].relevance, 0.9);
  EXPECT_TRUE(passages[0].text.empty());  // to be read from the document
  EXPECT_EQ(passages[1].document, "b");
  EXPECT_EQ(passages[1].text, "text");
}

TEST(Passages, PagesDistancesAndLengthKeepChunksApart) {
  EXPECT_EQ(MergeHits({HitAt("a", 0, 100, 0.9, 1), HitAt("a", 101, 200, 0.9, 2)}, 0).size(), 2U);
  EXPECT_EQ(MergeHits({HitAt("a", 0, 100, 0.9), HitAt("a", 101 + kNeighbourGap, 200, 0.9)}, 0).size(), 2U);
  EXPECT_EQ(MergeHits({HitAt("a", 0, 3000, 0.9), HitAt("a", 3001, 3001 + kMaxMergedCodePoints - 3000, 0.9)}, 0).size(),
            2U);
}

TEST(Passages, WeakHitsAreNotRead) {
  const std::vector<Passage> passages = MergeHits({HitAt("a", 0, 100, 0.9), HitAt("b", 0, 100, 0.3)}, 0.45);
  ASSERT_EQ(passages.size(), 1U);
}

TEST(Passages, BadQuestionsAreRefusedWithASentence) {
  QuestionOptions options;
  EXPECT_TRUE(CheckQuestion("Why?", options));
  EXPECT_EQ(CheckQuestion(" \n\t", options).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(CheckQuestion("\xff", options).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(CheckQuestion(std::string(kMaxQuestionBytes + 1, 'x'), options).error().code, ErrorCode::kTooLarge);
  options.max_passages = 31;
  EXPECT_EQ(CheckQuestion("Why?", options).error().code, ErrorCode::kInvalidArgument);
  options.max_passages = 15;
  options.min_relevance = 1.5;
  EXPECT_EQ(CheckQuestion("Why?", options).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace counsel::answers
