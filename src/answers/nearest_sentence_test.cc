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

documents::StructureSpan Row(std::int64_t start, std::int64_t end) {
  documents::StructureSpan span;
  span.kind = "table_row";
  span.start = start;
  span.end = end;
  return span;
}

TEST(NearestSentenceTest, ARowIsComparedWithTheFirstRowOfItsTable) {
  //                              100            115             131           146        157
  Passage passage =
      At(1, 100, "Period | Rent\n\nYear one | £5\n\nYear two | £7\n\nThe rent is paid each quarter by the tenant.");
  passage.structure = {Row(100, 113), Row(115, 128), Row(130, 143)};
  const std::vector<Citation> sentences = QuotableSentences({passage}, 10);
  ASSERT_EQ(sentences.size(), 4U) << "short rows are quoted";
  EXPECT_EQ(sentences[2].quote, "Year two | £7");
  EXPECT_EQ(ComparedText(sentences[0], {passage}), "Period | Rent");
  EXPECT_EQ(ComparedText(sentences[1], {passage}), "Period | Rent\nYear one | £5");
  EXPECT_EQ(ComparedText(sentences[2], {passage}), "Period | Rent\nYear two | £7");
  EXPECT_EQ(ComparedText(sentences[3], {passage}), "The rent is paid each quarter by the tenant.");
}

TEST(NearestSentenceTest, ARowOfAnotherTableHasThatOnesFirstRow) {
  Passage passage = At(1, 0, "Period | Rent\n\nAnd now the excesses.\n\nPeril | Excess\n\nFlood | £9,000");
  passage.structure = {Row(0, 13), Row(38, 52), Row(54, 68)};
  const std::vector<Citation> sentences = QuotableSentences({passage}, 10);
  EXPECT_EQ(ComparedText(sentences.back(), {passage}), "Peril | Excess\nFlood | £9,000");
}

}  // namespace
}  // namespace counsel::answers
