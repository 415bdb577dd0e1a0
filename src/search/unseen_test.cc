// Documents that are written and removed in pieces: no search sees half of one, and none counts what it does not see.
#include "search/unseen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/passages_at.h"
#include "search/search_fixture.h"
#include "search/words_check.h"

namespace counsel::search {
namespace {

class UnseenPassages : public SearchTest {
 protected:
  // `count` passages of a document, from `next` on, in a transaction of their own.
  void StagePiece(const std::string& document, std::int64_t scope, std::int64_t next, int count) {
    Result<void> staged = store::InTransaction(*db_, true, [&](store::Connection& db) -> Result<void> {
      Result<DocumentIndexer> indexer = DocumentIndexer::Begin(db, document, scope, "model", kDimensions, "", next);
      if (!indexer) return Fail(indexer.error());
      for (int i = 0; i < count; ++i) {
        NewChunk chunk;
        chunk.text = "the rent of " + document;
        const std::vector<float> vector = RandomVector(random_, kDimensions);
        if (Result<void> added = indexer->Add(chunk, vector); !added) return added;
      }
      return indexer->Stage();
    });
    ASSERT_TRUE(staged) << staged.error().ToString();
  }
  template <class Work>
  void Write(Work work) {
    Result<void> written = store::InTransaction(*db_, true, work);
    ASSERT_TRUE(written) << written.error().ToString();
  }
  void RemoveAllHidden() {
    bool more = true;
    while (more) {
      Result<bool> removed = store::InTransaction(
          *db_, true, [](store::Connection& db) { return RemoveHidden(db, std::chrono::milliseconds(0)); });
      ASSERT_TRUE(removed) << removed.error().ToString();
      more = *removed;
      ExpectSound();
    }
  }
  // All that a search says, so that two can be compared.
  std::vector<std::string> Said(const std::vector<std::int64_t>& scopes, const std::vector<std::string>& documents) {
    Random random(7);
    const std::vector<float> vector = RandomVector(random, kDimensions);
    Query query = Ask("rent of the garden", vector);
    query.scopes = scopes;
    query.documents = documents;
    query.limit = 1000;
    std::vector<std::string> said;
    for (const Hit& hit : Find(query)) {
      said.push_back(hit.document + " " + std::to_string(hit.start) + " " + std::to_string(hit.keyword_rank) + " " +
                     std::to_string(hit.vector_rank) + " " + std::to_string(hit.bm25) + " " +
                     std::to_string(hit.coverage) + " " + std::to_string(hit.relevance));
    }
    return said;
  }
  std::vector<std::vector<std::string>> SaidWithinAnyWalls() {
    return {Said({}, {}), Said({1}, {}), Said({1, 2}, {}), Said({}, {"a", "long"}), Said({2}, {"b", "long"})};
  }
  IndexCounts Counted() { return *Count(*db_); }
  bool WordsAreWhole() {
    Result<std::unique_ptr<store::Connection>> reader = store::Connection::Open(folder_.path() / "counsel.db", true);
    const Result<bool> agree = WordsAgree(**reader);
    EXPECT_TRUE(agree) << agree.error().ToString();
    return *agree;
  }
};

TEST_F(UnseenPassages, WhatIsStagedOrLeavingChangesNothingThatASearchSays) {
  for (int i = 0; i < 5; ++i) Add("a", 1, {"The rent is due.", "A garden."});
  Add("b", 2, {"The rent of the garden is nine pounds.", "Another."});
  const std::vector<std::vector<std::string>> before = SaidWithinAnyWalls();
  ASSERT_FALSE(before[0].empty());
  for (int piece = 0; piece < 4; ++piece) {
    StagePiece("long", 1, piece * 100, 100);
    StagePiece("other", 2, piece * 50, 50);
    EXPECT_EQ(SaidWithinAnyWalls(), before);
    Add("between", 3, {"Words."});
    Remove("between");
  }
  EXPECT_EQ(Counted().documents, 2);
  EXPECT_EQ(Counted().chunks, 4);
  EXPECT_EQ(Counted().vectors, 4);
  Write([](store::Connection& db) { return ShowStaged(db, "long"); });
  EXPECT_EQ(Counted().chunks, 404);
  EXPECT_NE(SaidWithinAnyWalls(), before);
  Write([](store::Connection& db) { return HideDocument(db, "long"); });
  EXPECT_EQ(SaidWithinAnyWalls(), before);
  Write([](store::Connection& db) { return GiveUpStaged(db, "other"); });
  EXPECT_EQ(SaidWithinAnyWalls(), before);
  EXPECT_EQ(Counted().chunks, 4);
  RemoveAllHidden();
  EXPECT_EQ(SaidWithinAnyWalls(), before);
  EXPECT_TRUE(Unseen::Load(*db_)->empty());
  EXPECT_TRUE(WordsAreWhole());
}

TEST_F(UnseenPassages, WhetherAnyIsSeenIsKnownWithoutCountingThem) {
  const auto expect_any = [this](bool any) {
    EXPECT_EQ(*AnySeen(*db_), any);
    EXPECT_EQ(Counted().chunks > 0, any);
  };
  expect_any(false);
  StagePiece("first", 1, 0, 250);
  expect_any(false);
  Add("between", 1, {"The rent is due."});
  StagePiece("last", 1, 0, 250);
  expect_any(true);
  Remove("between");
  expect_any(false);
  Write([](store::Connection& db) { return ShowStaged(db, "first"); });
  expect_any(true);
  Write([](store::Connection& db) { return HideDocument(db, "first"); });
  expect_any(false);
  Write([](store::Connection& db) { return ShowStaged(db, "last"); });
  expect_any(true);
}

TEST_F(UnseenPassages, ADocumentThatIsIndexedAgainIsFoundAsItWasUntilAllOfItIsThere) {
  StagePiece("long", 1, 0, 300);
  Write([](store::Connection& db) { return ShowStaged(db, "long"); });
  const std::vector<std::string> old = Said({}, {});
  StagePiece("long", 1, 0, 150);
  StagePiece("long", 1, 150, 100);
  EXPECT_EQ(Said({}, {}), old);
  Write([](store::Connection& db) { return ShowStaged(db, "long"); });
  EXPECT_NE(Said({}, {}), old);
  EXPECT_EQ(Counted().chunks, 250);
  EXPECT_EQ(Counted().documents, 1);
  RemoveAllHidden();
  EXPECT_EQ(Counted().chunks, 250);
  EXPECT_TRUE(WordsAreWhole());
}

TEST_F(UnseenPassages, WhatACrashLeftIsTakenAway) {
  Add("a", 1, {"The rent is due."});
  StagePiece("long", 1, 0, 300);
  Write([](store::Connection& db) { return GiveUpAllStaged(db); });
  RemoveAllHidden();
  Result<store::Statement> left = db_->Prepare("SELECT (SELECT count(*) FROM chunks), (SELECT count(*) FROM vectors)");
  ASSERT_TRUE(*left->Step());
  EXPECT_EQ(left->Int(0), 1);
  EXPECT_EQ(left->Int(1), 1);
}

TEST_F(UnseenPassages, APurgeTakesHiddenWordsOutOfTheFilesWhileOthersWriteBetweenItsSteps) {
  StagePiece("qxzlongone", 1, 0, 2000);
  Write([](store::Connection& db) { return ShowStaged(db, "qxzlongone"); });
  for (int i = 0; i < 40; ++i) {  // an index that takes several steps
    std::string words;
    for (int word = 0; word < 500; ++word) words += "word" + std::to_string(i * 1000 + word) + " ";
    Add("d" + std::to_string(i), 1, {words});
  }
  Write([](store::Connection& db) -> Result<void> {
    if (Result<void> hidden = HideDocument(db, "qxzlongone"); !hidden) return hidden;
    return RequestPurge(db);
  });
  PurgeSteps steps(std::chrono::milliseconds(0));
  int taken = 0;
  for (bool done = false; !done; ++taken) {
    ASSERT_LT(taken, 10'000);
    Result<bool> next = steps.Next(*db_);
    ASSERT_TRUE(next) << next.error().ToString();
    done = *next;
    if (!done) Add("new" + std::to_string(taken), 1, {"More text."});
    if (!done) Write([](store::Connection& db) { return RequestPurge(db); });
  }
  EXPECT_GT(taken, 1);
  EXPECT_EQ(folder_.Bytes().find("qxzlongon"), std::string::npos);
  EXPECT_TRUE(*PurgeRequested(*db_)) << "one that was asked for meanwhile is still to be done";
  ExpectSound();
  EXPECT_TRUE(WordsAreWhole());
}

TEST_F(UnseenPassages, AWordTooManyOrTooFewInTheIndexIsNoticed) {
  Add("a", 1, {"The façade of the house; über-long words: ﬁne, don't."}, {}, "a name");
  Add("b", 1, {"Ünïcödé  text", "", "中文 text"});
  EXPECT_TRUE(WordsAreWhole());
  ASSERT_TRUE(db_->Execute("UPDATE chunks SET text = text || ' more' WHERE document = 'a'"));
  EXPECT_FALSE(WordsAreWhole());
  ASSERT_TRUE(db_->Execute("INSERT INTO chunk_words (chunk_words) VALUES ('rebuild')"));
  EXPECT_TRUE(WordsAreWhole());
  ASSERT_TRUE(db_->Execute("INSERT INTO chunk_words (rowid, name, heading, text) VALUES (99, '', '', 'stray')"));
  EXPECT_FALSE(WordsAreWhole());
}

}  // namespace
}  // namespace counsel::search
