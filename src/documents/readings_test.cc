#include "documents/readings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kScan(64, 'a');

class Readings : public testing::Test {
 protected:
  Readings() : folder_(fs::temp_directory_path() / ("counsel-readings-" + NewId())) {
    fs::create_directories(folder_);
    db_ = std::move(*store::Connection::Open(folder_ / "counsel.db", false));
    EXPECT_TRUE(store::Migrate(*db_));
  }
  ~Readings() override {
    db_.reset();
    fs::remove_all(folder_);
  }

  std::string AddReady(const std::string& sha, const std::string& path, const std::string& text) {
    const std::string id = AddDocument(*db_, "general", "scan.pdf", path, sha, 100)->document.id;
    Ready(id, text);
    return id;
  }
  std::vector<std::string> Ready(const std::string& id, const std::string& text) {
    ExtractedText extracted;
    extracted.text = text;
    extracted.media_type = "application/pdf";
    EXPECT_TRUE(SetText(*db_, id, extracted));
    return *MarkReady(*db_, id, 1);
  }
  std::vector<std::string> Current() {
    std::vector<std::string> ids;
    const Result<std::vector<Document>> documents = ListDocuments(*db_, ListOptions());
    for (const Document& document : *documents) ids.push_back(document.id);
    return ids;
  }

  fs::path folder_;
  std::unique_ptr<store::Connection> db_;
};

TEST_F(Readings, AnotherReadingSupersedesTheOneBeforeWhoseTextStays) {
  const std::string first = AddReady(kScan, "/scan.pdf", "Page one.");
  const Document again = *ReadAgain(*db_, first);
  EXPECT_NE(again.id, first);
  EXPECT_EQ(again.state, DocumentState::kQueued);
  EXPECT_EQ(again.sha256, kScan);
  EXPECT_EQ(GetDocument(*db_, first)->sha256, kScan) << "the number behind it is nobody else's business";
  EXPECT_THAT(Current(), UnorderedElementsAre(first, again.id)) << "found as it was until it is read";
  EXPECT_THAT(Ready(again.id, "Page one. Page two."), ElementsAre(first));
  EXPECT_THAT(Current(), ElementsAre(again.id));
  EXPECT_EQ(GetDocument(*db_, first)->superseded_by, again.id);
  EXPECT_EQ(*GetPassage(*db_, first, 0, 9), "Page one.");
  EXPECT_THAT(GetDocument(*db_, again.id)->paths, ElementsAre("/scan.pdf"));
  EXPECT_EQ(AddDocument(*db_, "general", "scan.pdf", "/scan.pdf", kScan, 100)->document.id, again.id);
}

TEST_F(Readings, SoDoesOneOfADocumentWithoutAPathAndAThird) {
  const std::string first = AddReady(kScan, "", "One.");
  const std::string second = ReadAgain(*db_, first)->id;
  EXPECT_THAT(Ready(second, "Two."), ElementsAre(first));
  const std::string third = ReadAgain(*db_, second)->id;
  EXPECT_THAT(Ready(third, "Three."), ElementsAre(second));
  EXPECT_THAT(Current(), ElementsAre(third));
  EXPECT_THAT(*OlderReadings(*db_, third), UnorderedElementsAre(first, second));
  EXPECT_THAT(*OlderReadings(*db_, second), IsEmpty());
}

TEST_F(Readings, AFailedDocumentIsReadAgainAsItself) {
  const std::string id = AddDocument(*db_, "general", "scan.pdf", "/scan.pdf", kScan, 100)->document.id;
  EXPECT_EQ(ReadAgain(*db_, id)->id, id) << "it waits already";
  ASSERT_TRUE(SetState(*db_, id, DocumentState::kFailed,
                       "'scan.pdf' is a scan. Text recognition (OCR) for 'deu' is not installed."));
  EXPECT_TRUE(WantsLanguage(*GetDocument(*db_, id)));
  const Document again = *ReadAgain(*db_, id);
  EXPECT_EQ(again.id, id);
  EXPECT_EQ(again.state, DocumentState::kQueued);
  EXPECT_FALSE(WantsLanguage(again));
}

TEST_F(Readings, AnOlderVersionIsNotReadAgain) {
  const std::string first = AddReady(kScan, "/scan.pdf", "One.");
  const std::string second = ReadAgain(*db_, first)->id;
  EXPECT_EQ(ReadAgain(*db_, first).error().code, ErrorCode::kInvalidArgument) << "it is being read again";
  Ready(second, "Two.");
  EXPECT_EQ(ReadAgain(*db_, first).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ReadAgain(*db_, "none").error().code, ErrorCode::kNotFound);
}

TEST_F(Readings, ANewerVersionAtItsPathKeepsThePath) {
  const std::string first = AddReady(kScan, "/x", "One.");
  ASSERT_TRUE(AddDocument(*db_, "general", "scan.pdf", "/copy", kScan, 100));
  const std::string newer = AddReady(std::string(64, 'b'), "/x", "Other bytes.");
  const std::string again = ReadAgain(*db_, first)->id;
  EXPECT_THAT(GetDocument(*db_, again)->paths, ElementsAre("/copy"));
  EXPECT_THAT(Ready(again, "Two."), ElementsAre(first));
  EXPECT_THAT(Current(), UnorderedElementsAre(newer, again));
}

TEST_F(Readings, AllReadingsOfAnAttachmentGoWithTheMail) {
  const std::string mail = AddReady(std::string(64, 'c'), "/mail.eml", "Dear all.");
  ASSERT_TRUE(AddEmbedded(*db_, *GetDocument(*db_, mail), 0, "scan.pdf", kScan, 100));
  const std::string first = ListEmbedded(*db_, mail)->front().id;
  Ready(first, "One.");
  const std::string again = ReadAgain(*db_, first)->id;
  EXPECT_EQ(ListEmbedded(*db_, mail)->front().id, again);
  EXPECT_EQ(*InsideOf(*db_, again), "scan.pdf") << "the fixture's name of every document";
  EXPECT_THAT(*EmbeddedOnlyIn(*db_, {mail}, false), UnorderedElementsAre(first, again)) << "before it is ready";
  Ready(again, "Two.");
  EXPECT_THAT(*EmbeddedOnlyIn(*db_, {mail}, false), UnorderedElementsAre(first, again));
}

TEST_F(Readings, TheReadingsBeforeItGoWithADocumentAndTheOriginalWithThem) {
  const Originals originals(folder_ / "originals");
  Result<Originals::Incoming> incoming = originals.Begin(100);
  ASSERT_TRUE(incoming->Write("bytes"));
  const std::string sha = incoming->Finish()->sha256;
  const std::string first = AddReady(sha, "/x", "One.");
  const std::string again = ReadAgain(*db_, first)->id;
  EXPECT_THAT(*EmbeddedOnlyIn(*db_, {again}, false), IsEmpty()) << "still current: it is not taken along";
  Ready(again, "Two.");
  EXPECT_THAT(*EmbeddedOnlyIn(*db_, {again}, false), ElementsAre(first));
  ASSERT_TRUE(DeleteDocument(*db_, again));
  ASSERT_TRUE(RemoveUnreferenced(*db_, originals, sha));
  EXPECT_TRUE(fs::exists(originals.PathOf(sha))) << "the older reading has it";
  ASSERT_TRUE(DeleteDocument(*db_, first));
  ASSERT_TRUE(RemoveUnreferenced(*db_, originals, sha));
  EXPECT_FALSE(fs::exists(originals.PathOf(sha)));
}

}  // namespace
}  // namespace counsel::documents
