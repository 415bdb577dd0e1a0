// Who goes first, and deleting many at once.
#include <algorithm>

#include "ingest/ingest_fixture.h"

namespace counsel::ingest {
namespace {

using documents::Priority;

class Queueing : public Ingesting {
 protected:
  // The documents that are ready, in the order in which they became so, from Start on.
  void StartListening() {
    Start();
    listening_ = pipeline_->Subscribe([this](const Progress& progress) {
      if (progress.state == DocumentState::kReady) ready_.push_back(progress.document);
    });
  }
  std::vector<std::string> ready_;
  std::shared_ptr<void> listening_;
};

TEST_F(Queueing, AFileThatIsWaitedForGoesBeforeTheRestOfAFolder) {
  embedder_.hold = true;
  StartListening();
  std::vector<std::string> folder;
  for (int i = 0; i < 10; ++i) {
    folder.push_back(Add("File " + std::to_string(i) + ".", "/" + std::to_string(i), "general", Priority::kOneOfMany));
  }
  // As many as may be ahead are.
  RunUntil([&] { return embedder_.most_running == 2 && Get(folder[4]).state == DocumentState::kEmbedding; });
  const std::string wanted = Add("The one that is wanted.", "/wanted");
  RunUntil([&] { return Get(wanted).state == DocumentState::kEmbedding; });
  embedder_.hold = false;
  RunUntil([&] { return ready_.size() == 11; });
  // Two of the folder's were with the embedder already, and one is beside it.
  EXPECT_LE(std::find(ready_.begin(), ready_.end(), wanted) - ready_.begin(), 3);
}

TEST_F(Queueing, AFileThatIsWaitedForIsEmbeddedBetweenTwoRequestsOfALongOne) {
  embedder_.hold = true;
  StartListening();
  const std::string book = Add(Long(3000), "/book", "general", Priority::kOneOfMany);
  RunUntil([&] { return embedder_.running == 2; });
  const std::string wanted = Add("The one that is wanted.", "/wanted");
  RunUntil([&] { return Get(wanted).state == DocumentState::kEmbedding; });
  embedder_.hold = false;
  RunUntil([&] { return ready_.size() == 2; });
  EXPECT_THAT(ready_, testing::ElementsAre(wanted, book));
}

TEST_F(Queueing, WhatIsFoundInsideADocumentIsAsUrgentAsThatIs) {
  const std::string folder_file = Add("One.", "/1", "general", Priority::kOneOfMany);
  const Result<void> added = Write([&](store::Connection& db) {
    const Result<Document> parent = documents::GetDocument(db, folder_file);
    return documents::AddEmbedded(db, *parent, 0, "inside.txt", std::string(64, 'a'), 3);
  });
  ASSERT_TRUE(added) << added.error().ToString();
  const std::string wanted = Add("Wanted.", "/wanted");
  const auto next = Read([](store::Connection& db) { return documents::NextQueued(db); });
  EXPECT_EQ((*next)->id, wanted);
}

TEST_F(Queueing, AddedAgainForItselfADocumentOfAFolderIsWaitedFor) {
  const std::string first = Add("One.", "/1", "general", Priority::kOneOfMany);
  const std::string second = Add("Two.", "/2", "general", Priority::kOneOfMany);
  EXPECT_EQ(Add("Two.", "/2"), second);
  const auto next = Read([](store::Connection& db) { return documents::NextQueued(db); });
  EXPECT_EQ((*next)->id, second);
  EXPECT_EQ(Get(first).priority, Priority::kOneOfMany);
}

TEST_F(Queueing, ADeletedMatterLeavesNoWordOfItsOwnAndAllOfTheOthers) {
  Start();
  const std::string theirs = Add("The quorvian deed.", "/a", "Theirs");
  const std::string also_theirs = Add("Another quorvian deed.", "/b", "Theirs");
  const std::string ours = Add("The lease of ours.", "/a", "Ours");
  for (const std::string& id : {theirs, also_theirs, ours}) ASSERT_EQ(WaitFor(id)->state, DocumentState::kReady);
  ASSERT_FALSE(Holding("quorvian").empty());
  const Result<documents::Matter> deleted = *Run(pipeline_->DeleteMatter("Theirs"));
  ASSERT_TRUE(deleted) << deleted.error().ToString();
  EXPECT_EQ(deleted->documents, 2);
  EXPECT_THAT(Holding("quorvian"), testing::IsEmpty());
  EXPECT_THAT(Holding("Theirs"), testing::IsEmpty());
  EXPECT_THAT(FoundIn("lease"), testing::ElementsAre(ours));
  EXPECT_EQ((*Run(pipeline_->DeleteMatter("Theirs"))).error().code, ErrorCode::kNotFound);
}

TEST_F(Queueing, AMatterThatIsBeingReadIsDeletedWithAllThatWaits) {
  embedder_.hold = true;
  Start();
  for (int i = 0; i < 8; ++i) {
    Add("The quorvian file " + std::to_string(i), "/" + std::to_string(i), "Theirs", Priority::kOneOfMany);
  }
  RunUntil([&] { return embedder_.running == 2; });
  const std::string ours = Add("The lease of ours.", "/a", "Ours");
  ASSERT_TRUE(*Run(pipeline_->DeleteMatter("Theirs")));
  embedder_.hold = false;
  EXPECT_EQ(WaitFor(ours)->state, DocumentState::kReady);
  RunUntil([&] { return pipeline_->pending() == 0; });
  EXPECT_EQ(Counts().documents, 1);
  EXPECT_THAT(Holding("quorvian"), testing::IsEmpty());
}

TEST_F(Queueing, AHiddenMatterIsThereForNobodyAndTheNextStartDeletesIt) {
  Start();
  const std::string theirs = Add("The quorvian deed.", "/a", "Theirs");
  const std::string ours = Add("The lease of ours.", "/a", "Ours");
  for (const std::string& id : {theirs, ours}) ASSERT_EQ(WaitFor(id)->state, DocumentState::kReady);
  Stop();
  // Killed after the first step.
  ASSERT_TRUE(Write([&](store::Connection& db) -> Result<void> {
    if (Result<documents::Matter> hidden = documents::HideMatter(db, "Theirs"); !hidden) return Fail(hidden.error());
    return search::RequestPurge(db);
  }));
  const auto get = [&](store::Connection& db) { return documents::GetDocument(db, theirs); };
  EXPECT_EQ(Read(get).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Read([](store::Connection& db) { return documents::MatterId(db, "Theirs"); }).error().code,
            ErrorCode::kNotFound);
  const auto visible = Read([](store::Connection& db) { return documents::VisibleMatters(db, {}); });
  const auto our_matter = Read([](store::Connection& db) { return documents::MatterId(db, "Ours"); });
  EXPECT_THAT(*visible, testing::ElementsAre(*our_matter));
  // Its name is free.
  const std::string again = Add("A new beginning.", "/b", "Theirs");
  Start();
  EXPECT_EQ(WaitFor(again)->state, DocumentState::kReady);
  RunUntil([&] { return Holding("quorvian").empty() && !pipeline_->purging(); });
  EXPECT_EQ(Counts().documents, 2);
  EXPECT_TRUE(Read([](store::Connection& db) { return documents::VisibleMatters(db, {}); })->empty());
}

TEST_F(Queueing, WordsThatACrashLeftInTheFilesAreGoneAfterTheNextStart) {
  Start();
  const std::string id = Add("The quorvian deed.", "/a");
  ASSERT_EQ(WaitFor(id)->state, DocumentState::kReady);
  Stop();
  // Killed after the rows were deleted.
  ASSERT_TRUE(Write([&](store::Connection& db) -> Result<void> {
    if (Result<void> removed = search::RemoveDocument(db, id); !removed) return removed;
    if (Result<void> deleted = documents::DeleteDocument(db, id); !deleted) return deleted;
    return search::RequestPurge(db);
  }));
  ASSERT_FALSE(Holding("quorvian").empty());
  Start();
  RunUntil([&] { return Holding("quorvian").empty() && !pipeline_->purging(); });
  EXPECT_FALSE(*Read([](store::Connection& db) { return search::PurgeRequested(db); }));
}

}  // namespace
}  // namespace counsel::ingest
