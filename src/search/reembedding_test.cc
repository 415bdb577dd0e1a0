#include "search/reembedding.h"

#include <gmock/gmock.h>

#include "search/search_fixture.h"

namespace counsel::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReembeddingTest : public SearchTest {
 protected:
  template <class Work>
  auto Write(Work work) {
    return store::InTransaction(*db_, true, work);
  }

  void Begin(const std::string& model) {
    const Result<bool> begun = Write([&](store::Connection& db) { return BeginReembedding(db, model); });
    ASSERT_TRUE(begun && *begun);
  }

  // Embeds the next `count` passages along one axis.
  std::size_t EmbedNext(const std::string& model, std::size_t count, std::size_t axis = 1) {
    const Result<std::vector<PassageText>> next = NextToReembed(*db_, 0, count);
    EXPECT_TRUE(next);
    std::vector<std::int64_t> chunks;
    std::vector<float> vectors;
    for (const PassageText& passage : *next) {
      chunks.push_back(passage.chunk);
      const std::vector<float> vector = Axis(axis, kNextDimensions);
      vectors.insert(vectors.end(), vector.begin(), vector.end());
    }
    const Result<void> added = Write([&](store::Connection& db) { return AddNextVectors(db, model, chunks, vectors); });
    EXPECT_TRUE(added) << added.error().ToString();
    return chunks.size();
  }

  bool Switch() {
    const Result<bool> switched = Write([](store::Connection& db) { return SwitchVectors(db); });
    EXPECT_TRUE(switched) << switched.error().ToString();
    return switched && *switched;
  }

  void ForgetAll() {
    for (bool more = true; more;) {
      const Result<bool> forgotten = Write([](store::Connection& db) { return ForgetVectors(db, 1); });
      ASSERT_TRUE(forgotten) << forgotten.error().ToString();
      more = *forgotten;
    }
  }

  std::int64_t Rows(const std::string& table) {
    Result<store::Statement> count = db_->Prepare("SELECT count(*) FROM " + table);
    EXPECT_TRUE(count && count->Step());
    return count->Int(0);
  }

  static constexpr std::size_t kNextDimensions = 4;
};

TEST_F(ReembeddingTest, TheOldVectorsServeUntilEveryPassageHasANewOne) {
  Add("d", 1, {"rent", "notice", "repair"});
  Begin("next");
  EXPECT_EQ(EmbedNext("next", 2), 2U);
  EXPECT_FALSE(Switch());
  EXPECT_THAT(*ModelsWithVectors(*db_), ElementsAre("model"));
  const std::vector<float> old = Axis(0, kDimensions);
  EXPECT_EQ(Find(Ask("", old)).size(), 3U);

  EXPECT_EQ(EmbedNext("next", 2), 1U);
  const Result<Reembedding> found = FindReembedding(*db_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->model, "next");
  EXPECT_EQ(found->done, 3);
  EXPECT_EQ(found->passages, 3);
  EXPECT_TRUE(Switch());
  EXPECT_THAT(*ModelsWithVectors(*db_), ElementsAre("next"));
  const std::vector<float> vector = Axis(1, kNextDimensions);
  Query query = Ask("", vector);
  query.embedding_model = "next";
  const std::vector<Hit> hits = Find(query);
  ASSERT_EQ(hits.size(), 3U);
  EXPECT_NEAR(hits[0].cosine, 1, 1e-6);
  EXPECT_EQ(Rows("next_vectors"), 3);
  ForgetAll();
  EXPECT_EQ(Rows("next_vectors"), 0);
  EXPECT_EQ(Rows("vectors"), 3);
}

TEST_F(ReembeddingTest, WhatIsAddedMeanwhileIsServedAndThenReembeddedToo) {
  Add("d", 1, {"rent"});
  Begin("next");
  EmbedNext("next", 10);
  Add("e", 1, {"notice"});
  EXPECT_FALSE(Switch());
  EXPECT_EQ(EmbedNext("next", 10), 1U);
  EXPECT_TRUE(Switch());
}

TEST_F(ReembeddingTest, WhatIsDeletedMeanwhileIsInNeitherTable) {
  Add("d", 1, {"rent", "notice"});
  Add("e", 1, {"repair"});
  Begin("next");
  EmbedNext("next", 2);
  const Result<std::vector<PassageText>> next = NextToReembed(*db_, 0, 10);
  ASSERT_TRUE(next);
  Remove("d");
  Remove("e");
  EXPECT_EQ(Rows("next_vectors"), 0);
  // Embedded while it was deleted.
  const std::vector<std::int64_t> chunks = {(*next)[0].chunk};
  const std::vector<float> vector = Axis(0, kNextDimensions);
  ASSERT_TRUE(Write([&](store::Connection& db) { return AddNextVectors(db, "next", chunks, vector); }));
  EXPECT_EQ(Rows("next_vectors"), 0);
  EXPECT_TRUE(Switch());
}

TEST_F(ReembeddingTest, ADocumentThatWasEmbeddedByTheModelBeforeIsRefusedAfterTheSwitch) {
  Add("d", 1, {"rent"});
  Begin("next");
  EmbedNext("next", 1);
  EXPECT_TRUE(Switch());
  const std::vector<float> old = Axis(0, kDimensions);
  const Result<void> added =
      Write([&](store::Connection& db) { return IndexDocument(db, "late", 1, ChunksOf({"notice"}), "model", old); });
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kUnavailable);
  // And back again.
  ForgetAll();
  Begin("model");
  const std::vector<float> vector = Axis(2, kDimensions);
  const std::vector<std::int64_t> chunks = {NextToReembed(*db_, 0, 1)->at(0).chunk};
  ASSERT_TRUE(Write([&](store::Connection& db) { return AddNextVectors(db, "model", chunks, vector); }));
  EXPECT_TRUE(Switch());
  EXPECT_TRUE(
      Write([&](store::Connection& db) { return IndexDocument(db, "late", 1, ChunksOf({"notice"}), "model", old); }));
}

TEST_F(ReembeddingTest, OneForAnotherModelIsGivenUpAndItsVectorsForgottenFirst) {
  Add("d", 1, {"rent", "notice"});
  Begin("next");
  EmbedNext("next", 1);
  Result<bool> begun = Write([](store::Connection& db) { return BeginReembedding(db, "other"); });
  ASSERT_TRUE(begun);
  EXPECT_FALSE(*begun);
  const std::vector<std::int64_t> chunks = {1};
  const std::vector<float> vector = Axis(0, kNextDimensions);
  const Result<void> late = Write([&](store::Connection& db) { return AddNextVectors(db, "next", chunks, vector); });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kCancelled);
  ForgetAll();
  Begin("other");
  EXPECT_EQ(FindReembedding(*db_)->done, 0);
  EXPECT_EQ(EmbedNext("other", 10), 2U);
}

TEST_F(ReembeddingTest, VectorsThatAreNoUnitVectorsAreRefused) {
  Add("d", 1, {"rent"});
  Begin("next");
  const std::vector<std::int64_t> chunks = {NextToReembed(*db_, 0, 1)->at(0).chunk};
  const std::vector<float> vector(kNextDimensions, 3.0F);
  const Result<void> added = Write([&](store::Connection& db) { return AddNextVectors(db, "next", chunks, vector); });
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Rows("next_vectors"), 0);
}

}  // namespace
}  // namespace counsel::search
