#include "answers/nearest_sentence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

Passage At(int n, std::int64_t start, std::string text) {
  Passage passage;
  passage.n = n;
  passage.document = "d";
  passage.start = start;
  passage.text = std::move(text);
  passage.end = start + CountCodePoints(passage.text);
  return passage;
}

TEST(NearestSentenceTest, ASentenceIsCitedByItsPlaceInTheDocument) {
  const std::string document =
      "Prologue. “Ünïted” tenants pay 1,450 £ each month. The landlord repairs the roof of it.";
  const Passage passage = At(4, 10, std::string(SliceCodePoints(document, 10, CountCodePoints(document))));
  const std::vector<Citation> sentences = QuotableSentences({passage}, 10);
  ASSERT_EQ(sentences.size(), 2U);
  for (const Citation& sentence : sentences) {
    EXPECT_EQ(SliceCodePoints(document, sentence.start, sentence.end), sentence.quote);
    EXPECT_EQ(sentence.n, 4);
  }
  EXPECT_EQ(sentences[1].quote, "The landlord repairs the roof of it.");
}

TEST(NearestSentenceTest, ShortOnesAndThoseBeyondTheMostAreLeftOut) {
  const Passage passage = At(1, 0, "No. The landlord repairs the roof of it. The tenant repairs the windows of it.");
  EXPECT_EQ(QuotableSentences({passage, passage}, 10).size(), 4U);
  EXPECT_EQ(QuotableSentences({passage, passage}, 3).size(), 3U);
}

}  // namespace
}  // namespace counsel::answers
