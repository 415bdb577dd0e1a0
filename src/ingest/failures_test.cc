// What is no fault of a document never fails it at once; loops go on after an exception; Stop ends in its time.
#include "ingest/ingest_fixture.h"

namespace counsel::ingest {
namespace {

class Failures : public Ingesting {
 protected:
  // The reasons for which documents went back into the queue, from now on.
  void Listen() {
    listening_ = pipeline_->Subscribe([this](const Progress& progress) {
      if (progress.state == DocumentState::kQueued) reasons_.push_back(progress.reason);
    });
  }
  std::vector<std::string> reasons_;
  std::shared_ptr<void> listening_;
};

TEST_F(Failures, ADocumentWhoseReaderIsKilledFromOutsideIsReadAgain) {
  UseScript("if [ ! -e $0.2 ]; then [ -e $0.1 ] && : > $0.2; : > $0.1; kill -KILL $$; fi; exec $EXTRACT \"$@\"");
  Start();
  Listen();
  const Result<Document> document = WaitFor(Add("Hello there.", "/a.txt"));
  EXPECT_EQ(document->state, DocumentState::kReady) << document->reason;
  EXPECT_THAT(reasons_, testing::ElementsAre(HasSubstr("its reader was killed"), HasSubstr("its reader was killed")));
}

TEST_F(Failures, AfterThreeKillsAloneItIsGivenUpAndSaysSo) {
  UseScript("[ -e $0.spare ] || kill -KILL $$; exec $EXTRACT \"$@\"");
  Start();
  const Result<Document> document = WaitFor(Add("Hello there.", "/a.txt"));
  EXPECT_EQ(document->state, DocumentState::kFailed);
  EXPECT_THAT(document->reason, HasSubstr("Counsel tried 3 times. Free some memory"));
  std::ofstream(options_.extractor.string() + ".spare").put('.');
  EXPECT_EQ(WaitFor(Add("Hello again.", "/b.txt"))->state, DocumentState::kReady);
}

TEST_F(Failures, AReaderThatIsMissingForAWhileIsWaitedFor) {
  const fs::path real = options_.extractor;
  options_.extractor = folder_ / "being-replaced";
  options_.tries = 1'000'000;
  Start();
  Listen();
  const std::string id = Add("Hello there.", "/a.txt");
  RunUntil([&] { return !reasons_.empty(); });
  EXPECT_THAT(reasons_.front(), HasSubstr("Cannot start"));
  fs::create_symlink(real, options_.extractor);
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
}

TEST_F(Failures, ALoopThatAnExceptionEndsIsStartedAgainAndStopStillEnds) {
  embedder_.throwing_releases = 2;
  Start();
  EXPECT_EQ(WaitFor(Add("Hello there.", "/a.txt"))->state, DocumentState::kReady);
  RunUntil([&] { return embedder_.throwing_releases == 1; });
  EXPECT_EQ(WaitFor(Add("Hello again.", "/b.txt"))->state, DocumentState::kReady);
  RunUntil([&] { return embedder_.throwing_releases == 0; });
  EXPECT_EQ(WaitFor(Add("And again.", "/c.txt"))->state, DocumentState::kReady);
}

TEST_F(Failures, StopEndsInItsTimeThoughAModelDoesNotAnswer) {
  embedder_.hold = true;
  options_.stop_time = std::chrono::milliseconds(50);
  Start();
  const std::string id = Add("Hello there.", "/a.txt");
  RunUntil([&] { return embedder_.running == 1; });
  RunVoid(pipeline_->Stop());
  EXPECT_EQ(embedder_.running, 1);
  embedder_.hold = false;
  Stop();
  // The next start goes on with it.
  EXPECT_EQ(Get(id).state, DocumentState::kEmbedding);
  Start();
  EXPECT_EQ(WaitFor(id)->state, DocumentState::kReady);
}

TEST_F(Failures, AListenerThatThrowsHoldsNobodyUp) {
  Start();
  const auto throwing = pipeline_->Subscribe([](const Progress&) { throw std::bad_alloc(); });
  EXPECT_EQ(WaitFor(Add("Hello there.", "/a.txt"))->state, DocumentState::kReady);
}

}  // namespace
}  // namespace counsel::ingest
