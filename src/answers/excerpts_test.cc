#include "answers/excerpts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

Passage At(int n, std::int64_t start, std::string text) {
  Passage passage;
  passage.n = n;
  passage.document = "d" + std::to_string(n);
  passage.start = start;
  passage.text = std::move(text);
  passage.end = start + CountCodePoints(passage.text);
  return passage;
}

// A clause of some hundred words with one sentence that matters.
std::string Long(const std::string& sentence) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "The parties note the recital with the number " + std::to_string(i) + ". ";
  text += "The notice is written. " + sentence + " The notice is served by post. ";
  for (int i = 0; i < 12; ++i) text += "The parties note the schedule with the number " + std::to_string(i) + ". ";
  return text;
}

Quote QuoteOf(const Passage& passage, const std::string& sentence) {
  Quote quote;
  const std::size_t byte = passage.text.find(sentence);
  quote.citation = CitationOf(passage, passage.start + CountCodePoints(passage.text.substr(0, byte)), sentence);
  return quote;
}

TEST(ExcerptsTest, WhatFitsIsReadWhole) {
  const std::vector<Passage> passages = {At(1, 10, "The rent is £100."), At(2, 0, "The term is a year.")};
  EXPECT_EQ(MakeExcerpts(passages, {}, 0).passages.size(), 2U);
  const Excerpts some = MakeExcerpts(passages, {}, 500);
  EXPECT_EQ(some.passages.size(), 2U);
  EXPECT_TRUE(some.left_out.empty());
}

TEST(ExcerptsTest, OfALongPassageWhatIsQuotedIsReadWithItsNeighbours) {
  const std::string sentence = "The tenant gives “six” months' notice.";
  const Passage passage = At(1, 100, Long(sentence));
  const Excerpts excerpts = MakeExcerpts({passage}, {QuoteOf(passage, sentence)}, 100);
  ASSERT_EQ(excerpts.passages.size(), 1U);
  const Passage& part = excerpts.passages[0];
  EXPECT_EQ(part.text, "The notice is written. " + sentence + " The notice is served by post.");
  EXPECT_EQ(SliceCodePoints(passage.text, part.start - 100, part.end - 100), part.text);
}

TEST(ExcerptsTest, ThePassageWithTheBestQuoteComesFirstAndTheRestIsLeftOut) {
  const std::string sentence = "The tenant gives six months' notice.";
  const Passage far = At(1, 0, Long("Nothing."));
  const Passage near = At(2, 0, Long(sentence));
  const Excerpts excerpts = MakeExcerpts({far, near}, {QuoteOf(near, sentence)}, 100);
  ASSERT_EQ(excerpts.passages.size(), 1U);
  EXPECT_EQ(excerpts.passages[0].document, "d2");
  ASSERT_EQ(excerpts.left_out.size(), 1U);
  EXPECT_EQ(excerpts.left_out[0].document, "d1");
}

TEST(ExcerptsTest, HoweverLittleMayBeReadOneIs) {
  const Passage passage = At(1, 0, Long("Nothing."));
  EXPECT_EQ(MakeExcerpts({passage, passage}, {}, 1).passages.size(), 1U);
  EXPECT_EQ(MakeExcerpts({passage, passage}, {}, 1).left_out.size(), 1U);
}

TEST(ExcerptsTest, AModelReadsAsMuchAsItHasShownOrAsItsSizeLetsExpect) {
  models::ModelEntry model;
  models::ModelFile file;
  file.bytes = 1'000'000'000;
  model.files.push_back(file);
  EXPECT_EQ(ReadableTokens(model, 50, std::chrono::seconds(10), 2), 500U);
  EXPECT_EQ(ReadableTokens(model, 0, std::chrono::seconds(10), 2), 540U);
  EXPECT_EQ(ReadableTokens(model, 50, std::chrono::seconds(0), 2), 0U) << "as long as it takes";
  EXPECT_EQ(ReadableTokens(model, 1, std::chrono::seconds(1), 2), 200U) << "some can always be read";
  model.remote.emplace();
  EXPECT_EQ(ReadableTokens(model, 0, std::chrono::seconds(10), 2), 0U);
}

}  // namespace
}  // namespace counsel::answers
