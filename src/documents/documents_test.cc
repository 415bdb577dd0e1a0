#include "documents/documents.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace counsel::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kShaA(64, 'a');
const std::string kShaB(64, 'b');
const std::string kShaC(64, 'c');

class Documents : public testing::Test {
 protected:
  Documents() : folder_(fs::temp_directory_path() / ("counsel-documents-" + NewId())) {
    fs::create_directories(folder_);
    db_ = std::move(*store::Connection::Open(folder_ / "counsel.db", false));
    EXPECT_TRUE(store::Migrate(*db_));
  }
  ~Documents() override {
    db_.reset();
    fs::remove_all(folder_);
  }

  Added Add(const std::string& sha, const std::string& path = "", const std::string& matter = "general") {
    const std::string name = path.empty() ? "unnamed" : fs::path(path).filename().string();
    Result<Added> added = AddDocument(*db_, matter, name, path, sha, 100);
    EXPECT_TRUE(added) << added.error().ToString();
    return *added;
  }
  // Added and made ready; the ids it superseded.
  std::vector<std::string> AddReady(const std::string& sha, const std::string& path, std::string* id) {
    *id = Add(sha, path).document.id;
    return Ready(*id);
  }
  std::vector<std::string> Ready(const std::string& id) {
    Result<std::vector<std::string>> superseded = MarkReady(*db_, id, 3);
    EXPECT_TRUE(superseded) << superseded.error().ToString();
    return *superseded;
  }
  Document Get(const std::string& id) { return *GetDocument(*db_, id); }
  std::vector<std::string> Listed(const ListOptions& options = ListOptions()) {
    std::vector<std::string> ids;
    const Result<std::vector<Document>> documents = ListDocuments(*db_, options);
    for (const Document& document : *documents) ids.push_back(document.id);
    return ids;
  }

  fs::path folder_;
  std::unique_ptr<store::Connection> db_;
};

TEST_F(Documents, TheSameBytesInAMatterAreOneDocumentWithBothPaths) {
  const Added first = Add(kShaA, "/x/lease.txt");
  const Added again = Add(kShaA, "/y/copy.txt");
  EXPECT_FALSE(first.already_there);
  EXPECT_TRUE(again.already_there);
  EXPECT_EQ(again.document.id, first.document.id);
  EXPECT_THAT(again.document.paths, ElementsAre("/x/lease.txt", "/y/copy.txt"));
  EXPECT_EQ(again.document.name, "lease.txt");
  EXPECT_THAT(Listed(), ElementsAre(first.document.id));
}

TEST_F(Documents, AListInPagesHasEachDocumentOnceInTheOrderTheyCame) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(Add(std::string(64, static_cast<char>('a' + i)), "").document.id);
  const std::string elsewhere = Add(kShaA, "", "M").document.id;
  ASSERT_TRUE(SetState(*db_, ids[2], DocumentState::kFailed, "bad"));
  ASSERT_TRUE(MarkReady(*db_, ids[4], 1));
  const auto pages = [&](PageOptions options) {
    std::vector<std::string> listed;
    options.limit = 2;
    do {
      const DocumentPage page = *ListPage(*db_, options);
      EXPECT_LE(page.documents.size(), 2U);
      for (const Document& document : page.documents) listed.push_back(document.id);
      options.after = page.next;
    } while (options.after > 0);
    return listed;
  };
  PageOptions options;
  EXPECT_THAT(pages(options), ElementsAre(ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], elsewhere));
  options.states = {DocumentState::kFailed, DocumentState::kReady};
  EXPECT_THAT(pages(options), ElementsAre(ids[2], ids[4]));
  options.states = {DocumentState::kQueued};
  EXPECT_THAT(pages(options), ElementsAre(ids[0], ids[1], ids[3], ids[5], ids[6], elsewhere));
  options.matter = "M";
  EXPECT_THAT(pages(options), ElementsAre(elsewhere));
  // What goes meanwhile is missing, and nothing else.
  options = PageOptions();
  options.limit = 3;
  options.after = ListPage(*db_, options)->next;
  ASSERT_TRUE(DeleteDocument(*db_, ids[2]));
  ASSERT_TRUE(DeleteDocument(*db_, ids[3]));
  EXPECT_EQ(ListPage(*db_, options)->documents.front().id, ids[4]);
  ASSERT_TRUE(HideMatter(*db_, "M"));
  EXPECT_THAT(pages(PageOptions()), ElementsAre(ids[0], ids[1], ids[4], ids[5], ids[6]));
  options.matter = "none";
  EXPECT_EQ(ListPage(*db_, options).error().code, ErrorCode::kNotFound);
}

TEST_F(Documents, TheSameBytesInAnotherMatterAreAnotherDocument) {
  const std::string one = Add(kShaA, "/x").document.id;
  const std::string other = Add(kShaA, "/x", "Smith v Jones").document.id;
  EXPECT_NE(one, other);
  ListOptions options;
  options.matters = {"Smith v Jones"};
  EXPECT_THAT(Listed(options), ElementsAre(other));
  EXPECT_THAT(Ready(other), IsEmpty());
  EXPECT_THAT(Ready(one), IsEmpty());
}

TEST_F(Documents, NewBytesAtAPathSupersedeTheOldOnceTheyAreReady) {
  std::string old;
  EXPECT_THAT(AddReady(kShaA, "/x", &old), IsEmpty());
  const std::string successor = Add(kShaB, "/x").document.id;
  EXPECT_THAT(Listed(), UnorderedElementsAre(old, successor));
  EXPECT_THAT(Ready(successor), ElementsAre(old));
  EXPECT_EQ(Get(old).superseded_by, successor);
  EXPECT_EQ(Get(old).state, DocumentState::kReady);
  EXPECT_THAT(Listed(), ElementsAre(successor));
  ListOptions all;
  all.superseded = true;
  EXPECT_THAT(Listed(all), UnorderedElementsAre(old, successor));
}

TEST_F(Documents, ADocumentThatStandsAtAnotherPathTooStaysCurrent) {
  std::string old;
  AddReady(kShaA, "/x", &old);
  Add(kShaA, "/copy");
  std::string successor;
  EXPECT_THAT(AddReady(kShaB, "/x", &successor), IsEmpty());
  std::string other;
  EXPECT_THAT(AddReady(kShaC, "/copy", &other), ElementsAre(old));
}

TEST_F(Documents, BytesThatComeBackToTheirPathSupersedeTheirSuccessor) {
  std::string old;
  AddReady(kShaA, "/x", &old);
  std::string successor;
  AddReady(kShaB, "/x", &successor);
  const Document back = Add(kShaA, "/x").document;
  EXPECT_EQ(back.id, old);
  EXPECT_EQ(back.state, DocumentState::kQueued);
  EXPECT_EQ(back.superseded_by, "");
  EXPECT_THAT(Ready(old), ElementsAre(successor));
}

TEST_F(Documents, OfTwoVersionsInTheQueueTheLastSeenWinsInWhateverOrderTheyGetReady) {
  const std::string first = Add(kShaA, "/x").document.id;
  const std::string second = Add(kShaB, "/x").document.id;
  EXPECT_THAT(Ready(second), IsEmpty());
  EXPECT_THAT(Ready(first), ElementsAre(first));
  EXPECT_EQ(Get(first).superseded_by, second);
}

TEST_F(Documents, ASupersededDocumentUploadedForItselfIsCurrentAgain) {
  std::string old;
  AddReady(kShaA, "/x", &old);
  std::string successor;
  AddReady(kShaB, "/x", &successor);
  EXPECT_EQ(Add(kShaA).document.state, DocumentState::kQueued);
  EXPECT_THAT(Ready(old), IsEmpty());
  EXPECT_THAT(Listed(), UnorderedElementsAre(old, successor));
}

TEST_F(Documents, AddingAReadyDocumentAgainChangesNothing) {
  std::string id;
  AddReady(kShaA, "/x", &id);
  EXPECT_EQ(Add(kShaA, "/x").document.state, DocumentState::kReady);
  EXPECT_EQ(Add(kShaA, "/y").document.state, DocumentState::kReady);
  EXPECT_EQ(Add(kShaA).document.state, DocumentState::kReady);
}

TEST_F(Documents, AFailedDocumentIsQueuedAgainWhenAdded) {
  const std::string id = Add(kShaA, "/x").document.id;
  ASSERT_TRUE(SetState(*db_, id, DocumentState::kFailed, "It is damaged."));
  EXPECT_EQ(Get(id).reason, "It is damaged.");
  const Document again = Add(kShaA, "/x").document;
  EXPECT_EQ(again.state, DocumentState::kQueued);
  EXPECT_EQ(again.reason, "");
}

TEST_F(Documents, TheCountsOfTheStatesLeaveOutStatesWithoutAny) {
  const std::string first = Add(kShaA).document.id;
  (void)Add(kShaB);
  ASSERT_TRUE(SetState(*db_, first, DocumentState::kFailed, "It is damaged."));
  const std::map<DocumentState, std::int64_t> expected = {{DocumentState::kQueued, 1}, {DocumentState::kFailed, 1}};
  EXPECT_EQ(*CountByState(*db_), expected);
}

TEST_F(Documents, TheQueueIsInTheOrderOfAddingAndACrashedDocumentKeepsItsPlace) {
  const std::string first = Add(kShaA).document.id;
  const std::string second = Add(kShaB).document.id;
  ASSERT_TRUE(SetState(*db_, first, DocumentState::kEmbedding));
  EXPECT_EQ((*NextQueued(*db_))->id, second);
  EXPECT_EQ(*CountPending(*db_), 2);
  ASSERT_TRUE(Requeue(*db_));
  EXPECT_EQ((*NextQueued(*db_))->id, first);
  Ready(first);
  Ready(second);
  EXPECT_EQ(*NextQueued(*db_), std::nullopt);
  EXPECT_EQ(*CountPending(*db_), 0);
}

TEST_F(Documents, PassagesOfALongTextAreExactAcrossItsPieces) {
  const std::string id = Add(kShaA).document.id;
  ExtractedText text;
  while (CountCodePoints(text.text) < 100'000)
    text.text += "caf\xC3\xA9 \xF0\x9F\x98\x80 clause " + std::to_string(text.text.size());
  text.media_type = "application/pdf";
  text.pages = {{1, 0}, {2, 40'000}};
  text.notes = {"Page 3 has no text."};
  ASSERT_TRUE(SetText(*db_, id, text));
  const std::int64_t characters = CountCodePoints(text.text);
  for (const auto& [start, end] : std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 10},
                                                                                     {32'760, 32'780},
                                                                                     {32'768, 32'769},
                                                                                     {32'767, 65'537},
                                                                                     {0, characters},
                                                                                     {characters, characters},
                                                                                     {65'536, 65'536}}) {
    EXPECT_EQ(*GetPassage(*db_, id, start, end), SliceCodePoints(text.text, start, end)) << start;
  }
  EXPECT_EQ(GetPassage(*db_, id, -1, 3).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(GetPassage(*db_, id, 3, 2).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(GetPassage(*db_, id, 0, characters + 1).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(GetPassage(*db_, "none", 0, 0).error().code, ErrorCode::kNotFound);
  const Result<ExtractedText> back = GetText(*db_, id);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text, text.text);
  EXPECT_EQ(back->pages[1].start, 40'000);
  const Document document = Get(id);
  EXPECT_EQ(document.characters, characters);
  EXPECT_EQ(document.pages, 2);
  EXPECT_THAT(document.notes, ElementsAre("Page 3 has no text."));
}

TEST_F(Documents, ATextIsWrittenOnceAndNotForADeletedDocument) {
  const std::string id = Add(kShaA).document.id;
  ExtractedText text;
  text.text = "Hello";
  EXPECT_EQ(GetText(*db_, id).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(SetText(*db_, id, text));
  EXPECT_FALSE(SetText(*db_, id, text));
  EXPECT_TRUE(DeleteDocument(*db_, id));
  EXPECT_EQ(SetText(*db_, id, text).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(SetState(*db_, id, DocumentState::kReady).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(MarkReady(*db_, id, 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(DeleteDocument(*db_, id).error().code, ErrorCode::kNotFound);
}

TEST_F(Documents, DeletingLeavesNothingOfTheTextAndTheMatterKnown) {
  const std::string id = Add(kShaA, "/x", "M").document.id;
  ExtractedText text;
  text.text = "Hello";
  text.pages = {{1, 0}};
  ASSERT_TRUE(SetText(*db_, id, text));
  ASSERT_TRUE(DeleteDocument(*db_, id));
  for (const char* table : {"documents", "paths", "texts", "page_starts"}) {
    Result<store::Statement> rows = db_->Prepare("SELECT 1 FROM " + std::string(table));
    EXPECT_FALSE(*rows->Step()) << table;
  }
  EXPECT_TRUE(MatterId(*db_, "M"));
  EXPECT_EQ(MatterId(*db_, "N").error().message, "No matter 'N'.");
}

TEST_F(Documents, ADocumentIsFoundByIdPrefixOrName) {
  const std::string id = Add(kShaA, "/x/lease.txt").document.id;
  EXPECT_EQ(FindDocument(*db_, id)->id, id);
  EXPECT_EQ(FindDocument(*db_, id.substr(0, 4))->id, id);
  EXPECT_EQ(FindDocument(*db_, "lease.txt")->id, id);
  EXPECT_EQ(FindDocument(*db_, id.substr(0, 3)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(FindDocument(*db_, "%").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(FindDocument(*db_, "").error().code, ErrorCode::kNotFound);
}

TEST_F(Documents, ANameOfSeveralDocumentsIsRefusedWithTheirIds) {
  const std::string one = Add(kShaA, "/x/lease.txt").document.id;
  const std::string other = Add(kShaB, "/y/lease.txt").document.id;
  const Result<Document> found = FindDocument(*db_, "lease.txt");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(found.error().message, HasSubstr(one));
  EXPECT_THAT(found.error().message, HasSubstr(other));
}

TEST_F(Documents, ANameMeansTheCurrentVersion) {
  std::string old;
  AddReady(kShaA, "/x/lease.txt", &old);
  std::string successor;
  AddReady(kShaB, "/x/lease.txt", &successor);
  EXPECT_EQ(FindDocument(*db_, "lease.txt")->id, successor);
}

TEST_F(Documents, MatterNamesAreChecked) {
  EXPECT_TRUE(CheckMatterName("Smith v Jones"));
  EXPECT_TRUE(CheckMatterName(std::string(100, 'x')));
  EXPECT_FALSE(CheckMatterName(""));
  EXPECT_FALSE(CheckMatterName(std::string(101, 'x')));
  EXPECT_FALSE(CheckMatterName("a/b"));
  EXPECT_FALSE(CheckMatterName("a\nb"));
  EXPECT_FALSE(CheckMatterName("\xFF"));
  EXPECT_FALSE(AddDocument(*db_, "a/b", "n", "", kShaA, 1));
}

class OriginalsOf : public Documents {
 protected:
  Result<Originals::Incoming::Stored> StoreBytes(const std::string& bytes, std::uint64_t limit = 1000) {
    Result<Originals::Incoming> incoming = originals_.Begin(limit);
    if (!incoming) return Fail(incoming.error());
    if (Result<void> written = incoming->Write(bytes); !written) return Fail(written.error());
    return incoming->Finish();
  }
  std::size_t Files() const {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "originals")) files += entry.is_regular_file();
    return files;
  }
  Originals originals_{folder_ / "originals"};
};

TEST_F(OriginalsOf, BytesAreStoredOnceUnderTheirDigest) {
  const Result<Originals::Incoming::Stored> stored = StoreBytes("hello");
  ASSERT_TRUE(stored) << stored.error().ToString();
  EXPECT_EQ(stored->sha256, Sha256Hex("hello"));
  EXPECT_EQ(stored->bytes, 5U);
  EXPECT_EQ(*ReadFile(originals_.PathOf(stored->sha256), 100), "hello");
  ASSERT_TRUE(StoreBytes("hello"));
  EXPECT_EQ(Files(), 1U);
  EXPECT_THAT(originals_.List(), ElementsAre(stored->sha256));
}

TEST_F(OriginalsOf, OverTheLimitOrUnfinishedNothingIsLeft) {
  EXPECT_EQ(StoreBytes("hello", 4).error().code, ErrorCode::kTooLarge);
  { Result<Originals::Incoming> unfinished = originals_.Begin(10); }
  EXPECT_EQ(StoreBytes("")->bytes, 0U);
  EXPECT_EQ(Files(), 0U);
}

TEST_F(OriginalsOf, WhatACrashLeftIsSwept) {
  Result<Originals::Incoming> incoming = originals_.Begin(10);
  ASSERT_EQ(Files(), 1U);
  originals_.Sweep();
  EXPECT_EQ(Files(), 0U);
}

TEST_F(OriginalsOf, BytesGoWithTheirLastDocumentButNotWhileSomebodyHoldsThem) {
  const std::string sha = StoreBytes("hello")->sha256;
  const std::string one = Add(sha).document.id;
  const std::string other = Add(sha, "", "M").document.id;
  ASSERT_TRUE(DeleteDocument(*db_, one));
  ASSERT_TRUE(RemoveUnreferenced(*db_, originals_, sha));
  EXPECT_EQ(Files(), 1U);
  ASSERT_TRUE(DeleteDocument(*db_, other));
  {
    const Result<Originals::Incoming::Stored> held = StoreBytes("hello");
    ASSERT_TRUE(RemoveUnreferenced(*db_, originals_));
    EXPECT_EQ(Files(), 1U);
  }
  ASSERT_TRUE(RemoveUnreferenced(*db_, originals_));
  EXPECT_EQ(Files(), 0U);
}

TEST_F(OriginalsOf, WhoLetsGoLastTellsOfBytesThatMayHaveNoDocument) {
  std::vector<std::string> told;
  originals_.OnLetGo([&](std::string sha256) { told.push_back(std::move(sha256)); });
  Result<Originals::Incoming::Stored> one = StoreBytes("hello");
  Result<Originals::Incoming::Stored> other = StoreBytes("hello");
  const std::string sha = one->sha256;
  one->hold.reset();
  EXPECT_THAT(told, ElementsAre());  // the other may still get its row
  other->hold.reset();
  EXPECT_THAT(told, ElementsAre(sha));
  EXPECT_TRUE(originals_.Held(sha));  // until somebody has looked
  // Who only keeps bytes tells of nothing, unless they were to be removed meanwhile.
  (void)originals_.Hold(sha);
  EXPECT_THAT(told, ElementsAre(sha));
  EXPECT_FALSE(originals_.Held(sha));
  {
    const std::shared_ptr<const void> kept = originals_.Hold(sha);
    EXPECT_TRUE(originals_.Remove(sha));
    EXPECT_EQ(Files(), 1U);
  }
  EXPECT_THAT(told, ElementsAre(sha, sha));
}

TEST_F(OriginalsOf, OnlyFilesAreCopiedIn) {
  ExtractionLimits limits;
  limits.input_bytes = 100;
  EXPECT_EQ(originals_.Add(folder_, limits).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(originals_.Add(folder_ / "none", limits).error().code, ErrorCode::kNotFound);
  std::ofstream(folder_ / "a.txt") << "hello";
  EXPECT_EQ(originals_.Add(folder_ / "a.txt", limits)->sha256, Sha256Hex("hello"));
  limits.input_bytes = 4;
  EXPECT_EQ(originals_.Add(folder_ / "a.txt", limits).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace counsel::documents
