// The whole pipeline on a real store and the real extractor, with an embedder that the test scripts.
#include <deque>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/pipeline.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using documents::Document;
using documents::DocumentState;
using testing::HasSubstr;

// Answers with unit vectors, or as scripted.
class FakeEmbedding : public Embedding {
 public:
  struct Log {
    int requests = 0;
    int running = 0;
    int most_running = 0;
    int releases = 0;
    std::size_t texts = 0;
    std::deque<Error> failures;        // of the next requests
    std::function<void()> on_request;  // while it runs
    std::string poison;                // a text with it kills the model
    bool hold = false;                 // requests wait until it is false
  };
  FakeEmbedding(asio::any_io_executor io, Log& log) : io_(std::move(io)), log_(log) {}

  asio::awaitable<Result<models::Embeddings>> Embed(std::vector<std::string> texts) override {
    ++log_.requests;
    log_.texts += texts.size();
    log_.most_running = std::max(log_.most_running, ++log_.running);
    if (log_.on_request) log_.on_request();
    do {
      asio::steady_timer turn(io_, std::chrono::milliseconds(1));
      co_await turn.async_wait(asio::use_awaitable);
    } while (log_.hold);
    --log_.running;
    for (const std::string& text : texts) {
      if (!log_.poison.empty() && text.find(log_.poison) != std::string::npos) {
        co_return Fail(ErrorCode::kUnavailable, "The embedder died.");
      }
    }
    if (!log_.failures.empty()) {
      Error failure = log_.failures.front();
      log_.failures.pop_front();
      co_return Fail(std::move(failure));
    }
    models::Embeddings embeddings;
    embeddings.dimensions = 2;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      embeddings.values.push_back(1);
      embeddings.values.push_back(0);
    }
    co_return embeddings;
  }
  void Release() override { ++log_.releases; }

 private:
  asio::any_io_executor io_;
  Log& log_;
};

class Ingesting : public testing::Test {
 protected:
  Ingesting() : folder_(fs::temp_directory_path() / ("counsel-ingest-" + NewId())), originals_(folder_ / "originals") {
    fs::create_directories(folder_);
    store_ = std::move(*store::Store::Open(folder_ / "counsel.db", threads_));
    options_.extractor = fs::read_symlink("/proc/self/exe").parent_path() / "counsel-extract";
    options_.embedding_model = "fake";
    options_.first_pause = std::chrono::milliseconds(1);
    options_.longest_pause = std::chrono::milliseconds(8);
  }
  ~Ingesting() override {
    if (pipeline_) Stop();
    store_.reset();
    fs::remove_all(folder_);
  }

  void Start() {
    pipeline_ = std::make_shared<Pipeline>(io_.get_executor(), *store_, originals_,
                                           std::make_unique<FakeEmbedding>(io_.get_executor(), embedder_), options_);
    EXPECT_TRUE(*Run(pipeline_->Start()));
  }
  void Stop() {
    RunVoid(pipeline_->Stop());
    pipeline_.reset();
    // What was on its way ends now.
    io_.restart();
    io_.run();
  }

  template <class T>
  std::optional<T> Run(asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& thrown, T outcome) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(outcome));
    });
    RunUntil([&] { return result.has_value(); });
    return result;
  }
  void RunVoid(asio::awaitable<void> work) {
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr&) { done = true; });
    RunUntil([&] { return done; });
  }
  void RunUntil(const std::function<bool()>& done) {
    const auto guard = asio::make_work_guard(io_);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    io_.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(done()) << "not within a minute";
  }
  template <class Work>
  auto Write(Work work) {
    return *Run(store_->Write(work));
  }
  template <class Work>
  auto Read(Work work) {
    return *Run(store_->Read(work));
  }

  std::string Add(const std::string& bytes, const std::string& path) {
    Result<documents::Originals::Incoming> incoming = originals_.Begin(std::uint64_t{1} << 30);
    EXPECT_TRUE(incoming->Write(bytes));
    const Result<documents::Originals::Incoming::Stored> stored = incoming->Finish();
    const Result<documents::Added> added = Write([&](store::Connection& db) {
      return documents::AddDocument(db, "general", fs::path(path).filename().string(), path, stored->sha256,
                                    stored->bytes);
    });
    EXPECT_TRUE(added) << added.error().ToString();
    if (pipeline_) pipeline_->Wake();
    return added->document.id;
  }
  Result<Document> WaitFor(const std::string& id) { return *Run(pipeline_->WaitFor(id)); }
  Document Get(const std::string& id) {
    return *Read([&](store::Connection& db) { return documents::GetDocument(db, id); });
  }
  search::IndexCounts Counts() {
    return *Read([](store::Connection& db) { return search::Count(db); });
  }
  std::vector<std::string> FoundIn(const std::string& words) {
    const auto hits = Read([&](store::Connection& db) {
      search::Query query;
      query.text = words;
      return search::Search(db, query);
    });
    EXPECT_TRUE(hits) << hits.error().ToString();
    std::vector<std::string> documents;
    for (const search::Hit& hit : *hits) documents.push_back(hit.document);
    return documents;
  }

  static std::string Long(int sentences, const std::string& word = "licensee") {
    std::string text;
    for (int i = 0; i < sentences; ++i) {
      text += "The " + word + " number " + std::to_string(i) + " shall pay the fee within thirty days of notice. ";
    }
    return text;
  }

  fs::path folder_;
  asio::thread_pool threads_{2};
  asio::io_context io_{1};
  documents::Originals originals_;
  std::unique_ptr<store::Store> store_;
  IngestOptions options_;
  FakeEmbedding::Log embedder_;
  std::shared_ptr<Pipeline> pipeline_;
};

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
  RunUntil([&] { return embedder_.releases == 1; });
  EXPECT_EQ(pipeline_->pending(), 0);
}

TEST_F(Ingesting, RequestsHoldAtMost32TextsAndTwoRunAtATime) {
  Start();
  const Result<Document> document = WaitFor(Add(Long(1000), "/a.txt"));
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
  EXPECT_EQ(failed->reason, "The embedder died.");
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

// A mail with one attachment a name; its text is "words of NAME".
std::string Mail(const std::string& subject, const std::vector<std::string>& names) {
  std::string mail = "From: a@example.org\nTo: b@example.org\nSubject: " + subject +
                     "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n"
                     "Content-Type: text/plain\n\nSee what is attached.\n";
  for (const std::string& name : names) {
    mail += "--bb\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"" + name +
            "\"\n\nThe words of " + name + ".\n";
  }
  return mail + "--bb--\n";
}

class Attachments : public Ingesting {
 protected:
  std::vector<documents::EmbeddedDocument> HeldBy(const std::string& id) {
    return *Read([&](store::Connection& db) { return documents::ListEmbedded(db, id); });
  }
  std::string HeldBy(const std::string& id, const std::string& name) {
    for (const documents::EmbeddedDocument& one : HeldBy(id)) {
      if (one.name == name) return one.id;
    }
    return "none";
  }
  Result<Document> Delete(const std::string& id) { return *Run(pipeline_->Delete(id)); }
};

TEST_F(Attachments, BecomeDocumentsOfTheirOwnLinkedToTheMail) {
  Start();
  const std::string mail = Add(Mail("One", {"xylophone.txt"}), "/a.eml");
  EXPECT_EQ(WaitFor(mail)->media_type, "message/rfc822");
  const std::string attached = HeldBy(mail, "xylophone.txt");
  const Result<Document> document = WaitFor(attached);
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(document->state, DocumentState::kReady);
  EXPECT_EQ(document->matter, "general");
  EXPECT_THAT(document->parents, testing::ElementsAre(mail));
  EXPECT_THAT(FoundIn("words xylophone"), testing::Contains(attached));
}

TEST_F(Attachments, GoWithTheLastMailThatHoldsThem) {
  Start();
  const std::string first = Add(Mail("One", {"shared.txt", "only.txt"}), "/a.eml");
  WaitFor(first);
  const std::string second = Add(Mail("Two", {"shared.txt"}), "/b.eml");
  WaitFor(second);
  const std::string shared = HeldBy(first, "shared.txt");
  const std::string only = HeldBy(first, "only.txt");
  EXPECT_EQ(HeldBy(second, "shared.txt"), shared);
  WaitFor(shared);
  WaitFor(only);
  ASSERT_TRUE(Delete(first));
  EXPECT_EQ(WaitFor(only).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(WaitFor(shared));
  const std::string sha256 = Get(shared).sha256;
  ASSERT_TRUE(Delete(second));
  EXPECT_EQ(WaitFor(shared).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(originals_.PathOf(sha256)));
  EXPECT_EQ(Counts().documents, 0);
}

TEST_F(Attachments, ThatWereAlsoAddedByThemselvesStay) {
  Start();
  const std::string mail = Add(Mail("One", {"kept.txt"}), "/a.eml");
  WaitFor(mail);
  const std::string held = HeldBy(mail, "kept.txt");
  WaitFor(held);
  EXPECT_EQ(Add("The words of kept.txt.", "/kept.txt"), held);
  ASSERT_TRUE(Delete(mail));
  const Result<Document> kept = WaitFor(held);
  ASSERT_TRUE(kept) << kept.error().ToString();
  EXPECT_EQ(kept->state, DocumentState::kReady);
}

TEST_F(Attachments, OfASupersededMailAreNoLongerFoundUnlessTheNewOneHoldsThem) {
  Start();
  const std::string old = Add(Mail("One", {"gone.txt", "stays.txt"}), "/a.eml");
  WaitFor(old);
  const std::string gone = HeldBy(old, "gone.txt");
  const std::string stays = HeldBy(old, "stays.txt");
  WaitFor(gone);
  WaitFor(stays);
  const std::string successor = Add(Mail("Two", {"stays.txt"}), "/a.eml");
  WaitFor(successor);
  EXPECT_EQ(Get(gone).superseded_by, successor);
  EXPECT_EQ(Get(stays).superseded_by, "");
  EXPECT_THAT(FoundIn("words of gone"), testing::Not(testing::Contains(gone)));
  EXPECT_THAT(FoundIn("words of stays"), testing::Contains(stays));
}

TEST_F(Attachments, AreNestedOnlySoDeep) {
  Start();
  // Each mail holds the one before as an attachment of type message/rfc822.
  std::string mail = Mail("innermost", {});
  for (int depth = 0; depth < documents::kMaxEmbeddedDepth + 2; ++depth) {
    mail = "From: a\nTo: b\nSubject: depth " + std::to_string(depth) +
           "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c" + std::to_string(depth) + "\n\n--c" +
           std::to_string(depth) + "\nContent-Type: message/rfc822\n\n" + mail + "\n--c" + std::to_string(depth) +
           "--\n";
  }
  std::string id = Add(mail, "/deep.eml");
  int depth = 0;
  for (; depth < 20; ++depth) {
    const Result<Document> document = WaitFor(id);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->state, DocumentState::kReady) << document->reason;
    if (HeldBy(id).empty()) break;
    id = HeldBy(id).front().id;
  }
  EXPECT_EQ(depth, documents::kMaxEmbeddedDepth);
  EXPECT_THAT(Get(id).notes, testing::Contains(HasSubstr("1 file inside it was left out")));
}

}  // namespace
}  // namespace counsel::ingest
