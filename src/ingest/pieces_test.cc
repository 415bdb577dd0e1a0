// Long documents, written and removed in pieces; purges that many deletions share.
#include "ingest/ingest_fixture.h"

namespace counsel::ingest {
namespace {

class InPieces : public Ingesting {
 protected:
  InPieces() { options_.piece = std::chrono::milliseconds(0); }

  // Passages that are in the store, whether a search sees them or not.
  std::int64_t Rows() {
    return *Read([](store::Connection& db) -> Result<std::int64_t> {
      Result<store::Statement> count = db.Prepare("SELECT count(*) FROM chunks");
      if (Result<bool> row = count->Step(); !row) return Fail(row.error());
      return count->Int(0);
    });
  }
  // Of the two, in one snapshot.
  bool HalfIsWritten() {
    return *Read([](store::Connection& db) -> Result<bool> {
      Result<store::Statement> staged = db.Prepare("SELECT 1 FROM unseen WHERE leaving = 0");
      return staged->Step();
    });
  }
  bool Whole() {
    return *Read([](store::Connection& db) -> Result<bool> {
      Result<store::Statement> unseen = db.Prepare("SELECT 1 FROM unseen");
      Result<bool> row = unseen->Step();
      if (!row) return row;
      return !*row;
    });
  }
};

TEST_F(InPieces, NothingOfALongDocumentIsFoundUntilAllOfItIs) {
  Start();
  const std::string id = Add(Long(4000), "/a.txt");
  RunUntil([&] { return HalfIsWritten(); });
  int looks = 0;
  while (Get(id).state != DocumentState::kReady) {
    const auto found = FoundIn("licensee");
    // It may have become ready between the two.
    if (!found.empty()) break;
    ++looks;
    EXPECT_TRUE(Write([](store::Connection& db) { return db.Execute("DELETE FROM purges"); }))
        << "others write between";
  }
  EXPECT_GT(looks, 0);
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  EXPECT_EQ(Counts().chunks, Get(id).chunks);
  EXPECT_FALSE(FoundIn("licensee").empty());
  RunUntil([&] { return Whole(); });
}

TEST_F(InPieces, StoppedBetweenPiecesTheNextStartLeavesNothingHalf) {
  Start();
  const std::string id = Add(Long(4000), "/a.txt");
  RunUntil([&] { return HalfIsWritten(); });
  Stop();
  EXPECT_EQ(Counts().chunks, 0);
  EXPECT_TRUE(FoundIn("licensee").empty());
  Start();
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  RunUntil([&] { return Whole(); });
  EXPECT_EQ(Rows(), Get(id).chunks);
}

TEST_F(InPieces, DeletedBetweenPiecesItLeavesNothing) {
  Start();
  const std::string id = Add(Long(4000, "xylophone"), "/a.txt");
  RunUntil([&] { return HalfIsWritten(); });
  ASSERT_TRUE(*Run(pipeline_->Delete(id)));
  EXPECT_EQ(Rows(), 0);
  EXPECT_THAT(Holding("xylophone"), testing::IsEmpty());
  EXPECT_TRUE(Whole());
}

TEST_F(InPieces, ALongDocumentIsReplacedInOneMoment) {
  Start();
  const std::string old = Add(Long(4000, "tenant"), "/a.txt");
  WaitFor(old);
  const std::int64_t old_chunks = Get(old).chunks;
  ASSERT_GT(old_chunks, 200);
  const std::string successor = Add(Long(4000, "landlord"), "/a.txt");
  while (Get(successor).state != DocumentState::kReady) {
    const search::IndexCounts counts = Counts();
    EXPECT_EQ(counts.documents, 1);
    EXPECT_EQ(counts.vectors, counts.chunks);
  }
  EXPECT_TRUE(FoundIn("tenant").empty());
  EXPECT_EQ(Counts().chunks, Get(successor).chunks);
  RunUntil([&] { return Whole(); });
  EXPECT_EQ(Rows(), Get(successor).chunks);
}

TEST_F(InPieces, AFailureBetweenPiecesIsTriedAgainFromTheBeginning) {
  Start();
  bool failed = false;
  const auto listening = pipeline_->Subscribe(
      [&](const Progress& progress) { failed = failed || progress.state == DocumentState::kQueued; });
  const std::string id = Add(Long(4000), "/a.txt");
  RunUntil([&] { return HalfIsWritten(); });
  auto cap = [](store::Connection& db, const char* pages) -> Result<int> {
    Result<store::Statement> set = db.Prepare(std::string("PRAGMA max_page_count = ") + pages);
    if (!set) return Fail(set.error());
    return *set->Step() ? 1 : 0;
  };
  ASSERT_TRUE(*Run(store_->WriteOutside([&](store::Connection& db) { return cap(db, "1"); })));
  RunUntil([&] { return failed; });
  ASSERT_TRUE(*Run(store_->WriteOutside([&](store::Connection& db) { return cap(db, "1000000"); })));
  pipeline_->Wake();
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  RunUntil([&] { return Whole(); });
  EXPECT_EQ(Rows(), Get(id).chunks);
}

TEST_F(Ingesting, ThoseWhoDeleteAtTheSameTimeShareTheirPurges) {
  constexpr int kClients = 4;
  constexpr int kEach = 50;
  std::vector<std::string> ids;
  for (int i = 0; i < kClients * kEach; ++i) {
    const std::string id = Add("Bytes " + std::to_string(i), "/" + std::to_string(i) + ".txt");
    ids.push_back(id);
    const Result<void> ready = Write([&](store::Connection& db) -> Result<void> {
      search::NewChunk chunk;
      chunk.text = "qxzword" + std::to_string(i) + "z of a clause";
      const std::array<float, 2> vector = FakeEmbedding::VectorOf(chunk.text);
      if (Result<void> added = search::IndexDocument(db, id, 1, {chunk}, "fake", vector); !added) return added;
      Result<std::vector<std::string>> superseded = documents::MarkReady(db, id, 1);
      return superseded ? Result<void>() : Fail(superseded.error());
    });
    ASSERT_TRUE(ready) << ready.error().ToString();
  }
  Start();
  int deleted = 0;
  auto client = [&](int first) -> asio::awaitable<void> {
    for (int i = first; i < kClients * kEach; i += kClients) {
      const std::string id = ids[static_cast<std::size_t>(i)];
      const Result<Document> gone = co_await pipeline_->Delete(id);
      EXPECT_TRUE(gone) << gone.error().ToString();
      const std::string word = "qxzword" + std::to_string(i) + "z";
      EXPECT_THAT(i % 20 == first ? Holding(word) : std::vector<std::string>(), testing::IsEmpty());
      ++deleted;
    }
  };
  for (int i = 0; i < kClients; ++i) asio::co_spawn(io_, client(i), asio::detached);
  RunUntil([&] { return deleted == kClients * kEach; });
  EXPECT_LE(pipeline_->purges(), kClients * kEach / 2) << "each client waits for its own";
  EXPECT_EQ(Counts().chunks, 0);
}

// The text of 4,000 sentences is split in several windows, and its vectors come in a hundred requests.
TEST_F(InPieces, ALongDocumentIsEmbeddedWhileTheRestOfItIsSplit) {
  int counted = -1;
  embedder_.on_request = [&] {
    if (counted < 0) counted = embedder_.counts;
  };
  Start();
  const std::string id = Add(Long(20'000), "/a.txt");
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  EXPECT_LT(counted, embedder_.counts) << "all was counted before the first was embedded";
}

TEST_F(InPieces, PassagesOfALongDocumentAreWrittenWhileOthersAreEmbeddedAndNobodyFindsThem) {
  Start();
  const std::string id = Add(Long(20'000), "/a.txt");
  RunUntil([&] { return embedder_.texts > 0 && HalfIsWritten(); });
  const std::size_t embedded = embedder_.texts;
  EXPECT_TRUE(FoundIn("licensee").empty());
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  EXPECT_LT(embedded, embedder_.texts) << "nothing was written before the last vector";
  EXPECT_EQ(Rows(), Get(id).chunks);
  EXPECT_EQ(static_cast<std::size_t>(Get(id).chunks), embedder_.texts);
  RunUntil([&] { return Whole(); });
}

TEST_F(InPieces, AModelThatDiesAfterPassagesWereWrittenLeavesNothingAndTheNextTryIsWhole) {
  Start();
  bool failed = false;
  embedder_.on_request = [&] {
    if (!failed && embedder_.texts > 1'000) {  // 512 of them are enough to be written
      failed = true;
      embedder_.failures.emplace_back(ErrorCode::kUnavailable, "The embedder died.");
    }
  };
  const std::string id = Add(Long(20'000), "/a.txt");
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  EXPECT_TRUE(failed);
  RunUntil([&] { return Whole(); });
  EXPECT_EQ(Rows(), Get(id).chunks);
}

TEST_F(InPieces, DeletedWhileItIsStillSplitItLeavesNothing) {
  embedder_.hold = true;
  Start();
  const std::string id = Add(Long(20'000, "xylophone"), "/a.txt");
  RunUntil([&] { return embedder_.requests > 0; });
  bool deleted = false;
  asio::co_spawn(io_, pipeline_->Delete(id),
                 [&](const std::exception_ptr&, const Result<Document>& gone) { deleted = gone.has_value(); });
  embedder_.hold = false;
  RunUntil([&] { return deleted; });
  EXPECT_EQ(Rows(), 0);
  EXPECT_THAT(Holding("xylophone"), testing::IsEmpty());
}

}  // namespace
}  // namespace counsel::ingest
