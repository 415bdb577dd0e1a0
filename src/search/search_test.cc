#include "search/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/nearest.h"
#include "search/search_fixture.h"

namespace counsel::search {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Documents(const std::vector<Hit>& hits) {
  std::vector<std::string> documents;
  for (const Hit& hit : hits) documents.push_back(hit.document);
  return documents;
}

TEST_F(SearchTest, FindsByWordsAndSaysWhy) {
  Add("lease", 1, {"The monthly rent is 900 pounds.", "The tenant keeps a cat."});
  const std::vector<Hit> hits = Find(Ask("How much is the RENT per month?"));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].document, "lease");
  EXPECT_EQ(hits[0].scope, 1);
  EXPECT_EQ(hits[0].text, "The monthly rent is 900 pounds.");
  EXPECT_EQ(hits[0].start, 0);
  EXPECT_EQ(hits[0].end, 31);
  EXPECT_EQ(hits[0].keyword_rank, 1);
  EXPECT_EQ(hits[0].vector_rank, 0);
  EXPECT_GT(hits[0].bm25, 0);
  // "month" and "monthly" have different stems.
  EXPECT_THAT(hits[0].matched_terms, ElementsAre("RENT"));
  EXPECT_NEAR(hits[0].coverage, 0.5, 0.05);
}

TEST_F(SearchTest, FindsByVectorWhereNoWordIsShared) {
  std::vector<float> vectors = Axis(0, kDimensions);
  const std::vector<float> second = Axis(1, kDimensions);
  vectors.insert(vectors.end(), second.begin(), second.end());
  Add("d", 1, {"alpha", "beta"}, vectors);
  const std::vector<Hit> hits = Find(Ask("gamma", second));
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].text, "beta");
  EXPECT_FLOAT_EQ(static_cast<float>(hits[0].cosine), 1);
  EXPECT_EQ(hits[0].vector_rank, 1);
  EXPECT_EQ(hits[0].keyword_rank, 0);
}

TEST_F(SearchTest, AddsTheScoresOfWordsAndVectors) {
  const std::vector<float> near = Axis(0, kDimensions);
  Add("both", 1, {"boiler repair"}, near);
  Add("words", 1, {"boiler boiler repair repair"}, Axis(1, kDimensions));
  Add("vector", 1, {"heating engineer"}, near);
  const std::vector<Hit> hits = Find(Ask("boiler repair", near));
  ASSERT_EQ(hits.size(), 3U);
  EXPECT_EQ(hits[0].document, "both");
  const double best = std::max({hits[0].bm25, hits[1].bm25, hits[2].bm25});
  for (const Hit& hit : hits) {
    EXPECT_DOUBLE_EQ(hit.fused, 4.5 * hit.cosine + hit.bm25 / best);
  }
}

TEST_F(SearchTest, FindsWhatTextsWriteWhereTheQuestionSaysSomethingElse) {
  Add("merger", 1, {"No Solicitation. The Company shall not solicit any proposal.", "The shop is on Mill Lane"});
  Query query = Ask("no-shop clause");
  EXPECT_EQ(Find(query).size(), 1U);
  query.beside = {"no solicitation", "shall not solicit"};
  const std::vector<Hit> hits = Find(query);
  ASSERT_EQ(hits.size(), 2U);
  // The question's own words weigh more, and the others are no strength.
  EXPECT_TRUE(hits[0].text.starts_with("The shop"));
  EXPECT_EQ(hits[1].coverage, 0);
}

TEST_F(SearchTest, PutsATableOfContentsBehindWhatItNames) {
  Add("merger", 1,
      {"Section 6.3 No Solicitation 50\nSection 6.4 Solicitation 51\nSection 6.5 Solicitation 53\n",
       "6.3 No Solicitation. From the date of this agreement on the Company shall stop all talks with others"});
  const std::vector<Hit> hits = Find(Ask("solicitation"));
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_TRUE(hits[0].text.starts_with("6.3"));
}

TEST_F(SearchTest, FindsTheNamedDocumentAmongTwins) {
  Add("a", 1, {"The offer is valid for three years."}, {}, "GPL-2");
  Add("b", 1, {"The offer is valid for three years."}, {}, "GPL-3");
  Add("c", 1, {"The offer is valid for three years."}, {}, "LGPL-3");
  const Hit hit = Find(Ask("How long is the offer valid under GPL-3?")).at(0);
  EXPECT_EQ(hit.document, "b");
  EXPECT_THAT(hit.matched_terms, UnorderedElementsAre("offer", "valid", "GPL", "3"));
  EXPECT_EQ(Find(Ask("How long is the offer valid under GPL-2?")).at(0).document, "a");
}

TEST_F(SearchTest, FindsAnIdentifierRatherThanItsParts) {
  for (int i = 0; i < 20; ++i) Add("other" + std::to_string(i), 1, {"Nothing of it."});
  // As long as the other and indexed before it: only the order of the parts tells them apart.
  Add("parts", 1, {"A tenant may appeal as 5 s 2 provides."});
  Add("whole", 1, {"A tenant may appeal as s.5(2) provides."});
  EXPECT_EQ(Find(Ask("s.5(2)")).at(0).document, "whole");
}

TEST_F(SearchTest, FindsAmericanSpellingByBritish) {
  Add("d", 1, {"This License is irrevocable."});
  const std::vector<Hit> hits = Find(Ask("Is the licence irrevocable?"));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_DOUBLE_EQ(hits[0].coverage, 1);
  EXPECT_THAT(hits[0].matched_terms, ElementsAre("licence", "irrevocable"));
}

TEST_F(SearchTest, WeighsAHeadingMoreThanText) {
  std::vector<NewChunk> chunks = ChunksOf({"Various matters and others too.", "Termination and others too."});
  chunks[0].heading = "Termination";
  std::vector<float> vectors = RandomVector(random_, 2 * kDimensions);
  for (float& value : vectors) value = 0;
  vectors[0] = vectors[kDimensions] = 1;
  ASSERT_TRUE(IndexDocument(*db_, "d", 1, chunks, "model", vectors));
  EXPECT_EQ(Find(Ask("termination")).at(0).heading, "Termination");
}

TEST_F(SearchTest, ReturnsNothingForNothing) {
  EXPECT_THAT(Find(Ask("rent")), IsEmpty());
  Add("d", 1, {"rent"});
  EXPECT_THAT(Find(Ask("")), IsEmpty());
  EXPECT_THAT(Find(Ask("what is it?")), IsEmpty());
  Query none = Ask("rent");
  none.limit = 0;
  EXPECT_THAT(Find(none), IsEmpty());
}

TEST_F(SearchTest, AnswersAQuestionOfStopWordsByVectorAlone) {
  Add("d", 1, {"rent"}, Axis(0, kDimensions));
  const std::vector<float> vector = Axis(0, kDimensions);
  const std::vector<Hit> hits = Find(Ask("what is it?", vector));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].coverage, 0);
}

TEST_F(SearchTest, SurvivesHostileQuestions) {
  Add("d", 1, {"rent and OR NEAR text"});
  std::string enormous;
  while (enormous.size() < 16 * 1024) enormous += "clause-" + std::to_string(random_()) + "(a)/\"b\" ";
  const std::vector<std::string> questions = {"\"",
                                              "\"\"\"",
                                              "rent\"",
                                              "NEAR(rent text, 5)",
                                              "rent*",
                                              "^rent",
                                              "text:rent",
                                              "(((",
                                              "rent AND",
                                              "-rent",
                                              "{text} : rent",
                                              std::string("rent\0text", 9),
                                              "rent \xC3\x28 \xFF",
                                              std::string(16 * 1024, '('),
                                              std::string(16 * 1024, 'a'),
                                              enormous,
                                              "'; DROP TABLE chunks; --",
                                              "chunk_words",
                                              "%s%n",
                                              "\xE2\x80\xAE rent"};
  for (const std::string& question : questions) {
    Result<std::vector<Hit>> hits = Search(*db_, Ask(question));
    EXPECT_TRUE(hits) << question.substr(0, 40) << ": " << hits.error().ToString();
  }
  EXPECT_THAT(Documents(Find(Ask(std::string("zzz\0rent", 8)))), ElementsAre("d"));
  ExpectSound();
}

TEST_F(SearchTest, WordsAloneDecideWhereTheIndexHasNoVectorsOfTheQuestionsModel) {
  Add("d", 1, {"rent", "notice"});
  const std::vector<float> vector = Axis(0, kDimensions);
  Query query = Ask("rent", vector);
  query.embedding_model = "other";
  const std::vector<Hit> hits = Find(query);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].vector_rank, 0);
  EXPECT_DOUBLE_EQ(hits[0].relevance, Find(Ask("rent"))[0].relevance);
}

TEST_F(SearchTest, RefusesAVectorOfAnotherSizeAndNamesBoth) {
  Add("d", 1, {"rent"});
  const std::vector<float> longer = Axis(0, kDimensions + 1);
  Result<std::vector<Hit>> hits = Search(*db_, Ask("rent", longer));
  ASSERT_FALSE(hits);
  EXPECT_EQ(hits.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(hits.error().message, HasSubstr("9 values"));
  EXPECT_THAT(hits.error().message, HasSubstr("have 8"));
}

TEST_F(SearchTest, RefusesVectorsThatAreNotOfUnitLength) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 0.0F, 3.0F}) {
    std::vector<float> vector(kDimensions, 0);
    vector[3] = bad;
    Result<std::vector<Hit>> hits = Search(*db_, Ask("rent", vector));
    ASSERT_FALSE(hits) << bad;
    EXPECT_EQ(hits.error().code, ErrorCode::kInvalidArgument);
    Result<void> added = IndexDocument(*db_, "d", 1, ChunksOf({"rent"}), "model", vector);
    ASSERT_FALSE(added) << bad;
    EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(SearchTest, RefusesVectorsThatDoNotFitTheChunks) {
  const std::vector<float> vector = Axis(0, kDimensions);
  Result<void> added = IndexDocument(*db_, "d", 1, ChunksOf({"a", "b", "c"}), "model", vector);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
  Add("d", 1, {"rent"});
  const std::vector<float> longer = Axis(0, kDimensions + 1);
  added = IndexDocument(*db_, "e", 1, ChunksOf({"rent"}), "model", longer);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(SearchTest, RefusesMoreWallsThanTheLimit) {
  Query query = Ask("rent");
  query.scopes.assign(kMaxWalls + 1, 1);
  EXPECT_EQ(Search(*db_, query).error().code, ErrorCode::kTooLarge);
  query.scopes.assign(kMaxWalls, 1);
  query.documents.assign(kMaxWalls, "x");
  EXPECT_TRUE(Search(*db_, query));
}

TEST_F(SearchTest, ReplacesADocumentThatIsIndexedAgain) {
  Add("d", 1, {"rent", "deposit"});
  Add("d", 2, {"garden"});
  EXPECT_THAT(Find(Ask("rent deposit")), IsEmpty());
  EXPECT_EQ(Find(Ask("garden")).at(0).scope, 2);
  Result<IndexCounts> counts = Count(*db_);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->documents, 1);
  EXPECT_EQ(counts->chunks, 1);
  EXPECT_EQ(counts->vectors, 1);
  ExpectSound();
}

TEST_F(SearchTest, LeavesNothingOfAnErrorInATransaction) {
  Add("d", 1, {"rent"});
  const std::vector<float> vectors = {1, 0, 0, 0, 0, 0, 0, 0, /* second, wrong */ 2, 0, 0, 0, 0, 0, 0, 0};
  Result<void> added = store::InTransaction(*db_, true, [&](store::Connection& db) {
    return IndexDocument(db, "d", 1, ChunksOf({"new", "newer"}), "model", vectors);
  });
  EXPECT_FALSE(added);
  EXPECT_THAT(Documents(Find(Ask("rent new"))), ElementsAre("d"));
  EXPECT_EQ(Count(*db_)->chunks, 1);
  ExpectSound();
}

TEST_F(SearchTest, JudgesStrengthByTheCalibrationGiven) {
  Add("d", 1, {"rent"}, Axis(0, kDimensions));
  const std::vector<float> vector = Axis(0, kDimensions);
  Query query = Ask("rent deposit", vector);
  query.calibration = {-3, 2, 1};
  const Hit hit = Find(query).at(0);
  EXPECT_NEAR(hit.relevance, 1 / (1 + std::exp(3 - 2 * hit.cosine - hit.coverage)), 1e-12);
  query.vector = {};
  const Hit by_words = Find(query).at(0);
  EXPECT_GT(by_words.relevance, 0);
  EXPECT_LT(by_words.relevance, 1);
}

TEST_F(SearchTest, WeighsRareWordsMoreInALargeStoreAndAllAlikeInATinyOne) {
  Add("first", 1, {"tenant deposit"});
  EXPECT_NEAR(Find(Ask("tenant garden")).at(0).coverage, 0.5, 0.03);
  std::vector<std::string> texts(3000, "tenant");
  Add("many", 1, texts);
  EXPECT_LT(Find(Ask("tenant garden")).at(0).coverage, 0.1);
}

}  // namespace
}  // namespace counsel::search
