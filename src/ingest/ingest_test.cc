#include <cstring>

#include "ingest/ingest_fixture.h"
#include "record/hold.h"

namespace counsel::ingest {
namespace {

TEST_F(Ingesting, AQueuedDocumentBecomesSearchable) {
  Start();
  const std::string id = Add("The licensee pays within thirty days.", "/lease.txt");
  const Result<Document> document = WaitFor(id);
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(document->state, DocumentState::kReady);
  EXPECT_EQ(document->chunks, 1);
  EXPECT_EQ(document->media_type, "text/plain");
  EXPECT_THAT(FoundIn("licensee"), testing::ElementsAre(id));
}

TEST_F(Ingesting, AnEmptyQueueTouchesNoModelAndTheModelIsGivenBackAfterWork) {
  Start();
  EXPECT_EQ(embedder_.requests, 0);
  EXPECT_EQ(embedder_.releases, 0);
  WaitFor(Add("Hello there.", "/a.txt"));
  RunUntil([&] { return embedder_.releases == 1 && pipeline_->pending() == 0; });
}

TEST_F(Ingesting, RequestsHoldAtMost32TextsAndTwoRunAtATime) {
  embedder_.hold = true;  // until a second one runs beside the first
  Start();
  const std::string id = Add(Long(1000), "/a.txt");
  RunUntil([&] { return embedder_.most_running == 2; });
  embedder_.hold = false;
  const Result<Document> document = WaitFor(id);
  EXPECT_EQ(document->state, DocumentState::kReady);
  EXPECT_EQ(embedder_.texts, static_cast<std::size_t>(document->chunks));
  EXPECT_EQ(embedder_.requests, (document->chunks + 31) / 32);
  EXPECT_EQ(embedder_.most_running, 2);
}

TEST_F(Ingesting, TheNextDocumentIsReadWhileOneIsEmbedded) {
  embedder_.hold = true;
  Start();
  const std::string first = Add("The first.", "/a.txt");
  const std::string second = Add("The second.", "/b.txt");
  RunUntil([&] { return embedder_.most_running == 2; });
  EXPECT_EQ(Get(first).state, DocumentState::kEmbedding);
  EXPECT_EQ(Get(second).state, DocumentState::kEmbedding);
  embedder_.hold = false;
  EXPECT_EQ(WaitFor(second)->state, DocumentState::kReady);
}

TEST_F(Ingesting, ADocumentThatCannotBeReadFailsWithItsReasonAndTheNextGoesOn) {
  Start();
  const std::string bad = Add(std::string("\0\1\2", 3), "/bad.bin");
  const std::string good = Add("Hello there.", "/good.txt");
  EXPECT_EQ(WaitFor(good)->state, DocumentState::kReady);
  const Result<Document> failed = WaitFor(bad);
  EXPECT_EQ(failed->state, DocumentState::kFailed);
  EXPECT_THAT(failed->reason, HasSubstr("'bad.bin' is not a document that Counsel can read"));
}

TEST_F(Ingesting, AFailureOfTheModelIsTriedAgainWithTheReasonShown) {
  embedder_.failures = {{ErrorCode::kUnavailable, "The embedder died."}, {ErrorCode::kOutOfMemory, "No memory."}};
  Start();
  std::vector<std::string> reasons;
  const auto listening = pipeline_->Subscribe([&](const Progress& progress) {
    if (progress.state == DocumentState::kQueued) reasons.push_back(progress.reason);
  });
  EXPECT_EQ(WaitFor(Add("Hello there.", "/a.txt"))->state, DocumentState::kReady);
  EXPECT_THAT(reasons, testing::ElementsAre("The embedder died.", "No memory."));
}

TEST_F(Ingesting, ADocumentThatKillsTheModelFailsAfterItsTriesAndTheOthersAreReady) {
  embedder_.poison = "poison";
  Start();
  const std::string first = Add("Hello there.", "/a.txt");
  const std::string killer = Add("This is poison.", "/b.txt");
  const std::string last = Add("Hello again.", "/c.txt");
  const Result<Document> failed = WaitFor(killer);
  EXPECT_EQ(failed->state, DocumentState::kFailed);
  EXPECT_EQ(failed->reason, "The embedder died. Counsel tried 5 times.");
  EXPECT_EQ(WaitFor(first)->state, DocumentState::kReady);
  EXPECT_EQ(WaitFor(last)->state, DocumentState::kReady);
  EXPECT_GE(embedder_.requests, 5 + 2);
}

TEST_F(Ingesting, AMissingModelFileFailsTheDocumentAtOnceAndAddingItAgainRetries) {
  embedder_.failures = {{ErrorCode::kModelFileMissing, "Model file not found: x.onnx.", "Run: counsel pull x"}};
  Start();
  const std::string id = Add("Hello there.", "/a.txt");
  const Result<Document> failed = WaitFor(id);
  EXPECT_EQ(failed->state, DocumentState::kFailed);
  EXPECT_EQ(failed->reason, "Model file not found: x.onnx. Run: counsel pull x");
  EXPECT_EQ(embedder_.requests, 1);
  EXPECT_EQ(Add("Hello there.", "/a.txt"), id);
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
}

TEST_F(Ingesting, NewBytesAtAPathReplaceTheOldInTheIndex) {
  Start();
  const std::string old = Add("The rent is ninety pounds.", "/lease.txt");
  WaitFor(old);
  const std::string successor = Add("The rent is eighty pounds.", "/lease.txt");
  EXPECT_EQ(WaitFor(successor)->state, DocumentState::kReady);
  EXPECT_THAT(FoundIn("rent"), testing::ElementsAre(successor));
  EXPECT_EQ(Get(old).superseded_by, successor);
  EXPECT_EQ(*Read([&](store::Connection& db) { return documents::GetPassage(db, old, 0, 8); }), "The rent");
}

TEST_F(Ingesting, WhatACrashLeftBetweenStatesIsFinished) {
  const std::string extracting = Add("Document one.", "/a.txt");
  const std::string embedding = Add("Document two.", "/b.txt");
  Write([&](store::Connection& db) { return documents::SetState(db, extracting, DocumentState::kExtracting); });
  Write([&](store::Connection& db) { return documents::SetState(db, embedding, DocumentState::kEmbedding); });
  std::ofstream(originals_.PathOf("").parent_path() / "incoming-left") << "x";
  Start();
  EXPECT_EQ(WaitFor(extracting)->state, DocumentState::kReady);
  EXPECT_EQ(WaitFor(embedding)->state, DocumentState::kReady);
  EXPECT_EQ(Counts().documents, 2);
}

TEST_F(Ingesting, StoppedInTheMiddleItGoesOnWithTheStoredTextAfterwards) {
  embedder_.hold = true;
  Start();
  const std::string id = Add(Long(1000), "/a.txt");
  RunUntil([&] { return embedder_.running == 2; });
  embedder_.hold = false;
  Stop();
  EXPECT_EQ(Counts().chunks, 0);
  EXPECT_GT(Get(id).characters, 0);
  fs::remove(originals_.PathOf(Get(id).sha256));  // it need not be read again
  Start();
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
  EXPECT_EQ(Counts().chunks, Get(id).chunks);
}

TEST_F(Ingesting, AnExtractionDoesNotHoldUpAStop) {
  options_.extractor = folder_ / "script";
  std::ofstream(options_.extractor) << "#!/bin/sh\nwhile :; do :; done\n";
  fs::permissions(options_.extractor, fs::perms::owner_all);
  Start();
  const std::string id = Add("Hello there.", "/a.txt");
  RunUntil([&] { return Get(id).state == DocumentState::kExtracting; });
  Stop();
  EXPECT_EQ(Get(id).state, DocumentState::kExtracting);
}

TEST_F(Ingesting, ADeletedDocumentIsGoneFromIndexFilesAndOriginals) {
  Start();
  const std::string id = Add("The xylophone clause.", "/a.txt");
  WaitFor(id);
  const std::string sha256 = Get(id).sha256;
  const auto deleted = Run(pipeline_->Delete(id));
  ASSERT_TRUE(*deleted) << (*deleted).error().ToString();
  EXPECT_EQ((*deleted)->name, "a.txt");
  EXPECT_EQ(WaitFor(id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Counts().chunks, 0);
  EXPECT_FALSE(fs::exists(originals_.PathOf(sha256)));
  for (const char* file : {"counsel.db", "counsel.db-wal"}) {
    std::ifstream in(folder_ / file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find("xylophone"), std::string::npos) << file;
  }
  EXPECT_EQ((*Run(pipeline_->Delete(id))).error().code, ErrorCode::kNotFound);
}

TEST_F(Ingesting, NothingOfAMatterOnHoldIsDeletedWhoeverAsks) {
  Start();
  const std::string id = Add("The xylophone clause.", "/a.txt");
  WaitFor(id);
  const std::string matter = Get(id).matter;
  const auto hold = [&](bool held) {
    auto work = [&](store::Connection& db) { return record::SetHold(db, matter, held, "", record::Actor(), 1); };
    return *Run(store_->Write(work));
  };
  ASSERT_TRUE(hold(true));
  EXPECT_EQ((*Run(pipeline_->Delete(id))).error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ((*Run(pipeline_->DeleteMatter(matter))).error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(Get(id).state, DocumentState::kReady);
  ASSERT_TRUE(hold(false));
  EXPECT_TRUE(*Run(pipeline_->Delete(id)));
}

TEST_F(Ingesting, ADocumentDeletedWhileItIsEmbeddedLeavesNothing) {
  embedder_.hold = true;
  Start();
  const std::string id = Add(Long(1000), "/a.txt");
  RunUntil([&] { return embedder_.running == 2; });
  ASSERT_TRUE(*Run(pipeline_->Delete(id)));
  embedder_.hold = false;
  const std::string next = Add("Hello there.", "/b.txt");
  EXPECT_EQ(WaitFor(next)->state, DocumentState::kReady);
  EXPECT_EQ(Counts().documents, 1);
  EXPECT_EQ(embedder_.requests, 3) << "the rest of a deleted document is not embedded";
}

TEST_F(Ingesting, WhoWaitsForADocumentThatIsDeletedIsTold) {
  embedder_.hold = true;
  Start();
  const std::string id = Add("Hello there.", "/a.txt");
  std::optional<Result<Document>> waited;
  asio::co_spawn(io_, pipeline_->WaitFor(id),
                 [&](const std::exception_ptr&, Result<Document> outcome) { waited.emplace(std::move(outcome)); });
  RunUntil([&] { return embedder_.running == 1; });
  ASSERT_TRUE(*Run(pipeline_->Delete(id)));
  RunUntil([&] { return waited.has_value(); });
  EXPECT_EQ(waited->error().code, ErrorCode::kNotFound);
  embedder_.hold = false;
}

TEST_F(Ingesting, AFullDiskIsToldAndTheDocumentIsReadyOnceThereIsRoom) {
  options_.tries = 2;
  Start();
  WaitFor(Add("Hello there.", "/a.txt"));
  auto full = [](store::Connection& db) -> Result<int> {
    Result<store::Statement> pages = db.Prepare("PRAGMA max_page_count = 1");
    if (!pages) return Fail(pages.error());
    return *pages->Step() ? 1 : 0;
  };
  embedder_.on_request = [&] {
    asio::co_spawn(io_, store_->WriteOutside(full), asio::detached);
    embedder_.on_request = nullptr;
  };
  const std::string big = Add(Long(2000), "/big.txt");
  const Result<Document> waited = WaitFor(big);
  const std::string said = waited ? waited->reason : waited.error().message;
  EXPECT_THAT(said, HasSubstr("full"));
  auto room = [](store::Connection& db) -> Result<int> {
    Result<store::Statement> pages = db.Prepare("PRAGMA max_page_count = 1000000");
    if (!pages) return Fail(pages.error());
    return *pages->Step() ? 1 : 0;
  };
  ASSERT_TRUE(*Run(store_->WriteOutside(room)));
  EXPECT_EQ(Add(Long(2000), "/big.txt"), big);
  RunUntil([&] { return Get(big).state == DocumentState::kReady; });
  EXPECT_EQ(Counts().documents, 2);
}

TEST_F(Ingesting, ProgressIsToldStepByStepUntilTheListenerLeaves) {
  Start();
  std::vector<Progress> told;
  auto listening = pipeline_->Subscribe([&](const Progress& progress) { told.push_back(progress); });
  WaitFor(Add(Long(1000), "/a.txt"));
  ASSERT_GE(told.size(), 4U);
  EXPECT_EQ(told.front().state, DocumentState::kExtracting);
  EXPECT_EQ(told.back().state, DocumentState::kReady);
  EXPECT_EQ(told.back().chunks_done, told.back().chunks);
  EXPECT_EQ(told[told.size() - 2].name, "a.txt");
  listening.reset();
  const std::size_t before = told.size();
  WaitFor(Add("Hello there.", "/b.txt"));
  EXPECT_EQ(told.size(), before);
}

TEST_F(Ingesting, EveryPassageHasTheVectorOfItsOwnText) {
  Start();
  std::string text;
  for (int i = 0; i < 40; ++i) text += "\xC3\x89lan " + std::to_string(i) + "\n\n" + Long(20, "licens\xC3\xA9");
  const std::string id = Add(text, "/long.txt");
  ASSERT_EQ(WaitFor(id)->state, DocumentState::kReady);
  const auto different = Read([&](store::Connection& db) -> Result<std::int64_t> {
    Result<store::Statement> rows =
        db.Prepare("SELECT text, start, \"end\", vector FROM chunks JOIN vectors ON chunk = id");
    if (!rows) return Fail(std::move(rows.error()));
    std::int64_t wrong = 0;
    std::int64_t chunks = 0;
    for (Result<bool> row = rows->Step(); row && *row; row = rows->Step()) {
      const std::string passage(rows->Text(0));
      const Result<std::string> stored = documents::GetPassage(db, id, rows->Int(1), rows->Int(2));
      std::array<float, 2> vector{};
      EXPECT_EQ(rows->Blob(3).size(), sizeof(vector));
      std::memcpy(vector.data(), rows->Blob(3).data(), sizeof(vector));
      wrong += *stored == passage && vector == FakeEmbedding::VectorOf(passage) ? 0 : 1;
      ++chunks;
    }
    EXPECT_GT(chunks, 64);  // several requests
    return wrong;
  });
  EXPECT_EQ(*different, 0);
}

TEST_F(Ingesting, AModelThatCannotCountFailsOnceItsTriesAreOver) {
  embedder_.counts_nothing = true;
  Start();
  const std::string id = Add("The rent is due.", "/rent.txt");
  const Result<Document> document = WaitFor(id);
  EXPECT_EQ(document->state, DocumentState::kFailed);
  EXPECT_THAT(document->reason, HasSubstr("did not count the tokens"));
}

}  // namespace
}  // namespace counsel::ingest
