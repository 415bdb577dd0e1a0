// The index's files beside the store's own tables: the same lists, whatever is added, deleted and written anew
// meanwhile.
#include "search/mapped_index.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "base/file.h"
#include "index/words_writer.h"
#include "search/index_check.h"
#include "search/index_upkeep.h"
#include "search/keywords.h"
#include "search/mapped_index_fixture.h"
#include "search/passages_with.h"

namespace counsel::search {
namespace {

TEST_F(MappedIndexTest, FindsWhatTheStoreFindsWhateverIsAddedAndDeletedMeanwhile) {
  int next = 0;
  for (int i = 0; i < 30; ++i) AddRandom("d" + std::to_string(next++), 1 + Below(3));
  KeepAll();
  for (int round = 0; round < 25; ++round) {
    ExpectSameForSome(6);
    for (std::uint32_t i = 0, end = Below(6); i < end; ++i) AddRandom("d" + std::to_string(next++), 1 + Below(3));
    if (Below(2) == 0) Remove(Some(documents_));
    if (Below(4) == 0) AddRandom(Some(documents_), 1 + Below(3));
    if (Below(5) == 0) {
      Result<void> hidden =
          store::InTransaction(*db_, true, [&](store::Connection& db) { return HideDocument(db, Some(documents_)); });
      ASSERT_TRUE(hidden) << hidden.error().ToString();
    }
    ExpectSameForSome(4);
    if (Below(2) == 0) KeepAll(Below(3) == 0);
  }
  EXPECT_GT(Look().segments.size(), 1U);
}

TEST_F(MappedIndexTest, WhatIsTypedExactlyIsWhatTheStoreHasExactly) {
  for (int i = 0; i < 60; ++i) AddRandom("d" + std::to_string(i), 1 + Below(3));
  KeepAll();
  for (int i = 60; i < 66; ++i) AddRandom("d" + std::to_string(i), 1 + Below(3));
  Remove("d9");
  const IndexSnapshot index = Look();
  std::size_t restricted = 0;
  for (int round = 0; round < 60; ++round) {
    Walls walls;
    walls.unseen = *Unseen::Load(*db_);
    if (Below(2) == 0) walls.scopes = {1 + Below(3)};
    Result<store::Statement> read =
        db_->Prepare("SELECT text FROM chunks WHERE length(text) > 12 ORDER BY random() LIMIT 1");
    ASSERT_TRUE(read && *read->Step());
    const std::string text(read->Text(0));
    const std::string phrase = text.substr(0, text.find(' ', text.find(' ') + 1));
    ExpectSameTyped(index, "rent \"" + phrase + "\"", walls);
    ExpectSameTyped(index, "rent of the tenant -licence -\"" + phrase + "\"", walls);
    ExpectSameTyped(index, "\"" + phrase + "\" -notice clause", walls);
    Walls only = walls;
    ASSERT_TRUE(Restrict(*db_, ReadTyped("\"" + phrase + "\""), &index, &only));
    restricted += only.only ? 1 : 0;
  }
  EXPECT_GT(restricted, 20U);
}

TEST_F(MappedIndexTest, SearchUsesItAndFindsTheSame) {
  for (int i = 0; i < 40; ++i) AddRandom("d" + std::to_string(i), 1 + i % 3);
  const std::vector<float> vector = RandomVector(random_, kDimensions);
  const std::vector<Hit> before = Find(Ask("licence of the tenant, s.5(2)", vector));
  KeepAll();
  // What only the store's words would find is gone, so the files answer.
  ASSERT_TRUE(db_->Execute("INSERT INTO chunk_words (chunk_words) VALUES ('delete-all')"));
  const std::vector<Hit> after = Find(Ask("licence of the tenant", vector));
  ASSERT_FALSE(after.empty());
  EXPECT_GT(after.front().bm25, 0);
  EXPECT_EQ(before.size(), after.size());
}

TEST_F(MappedIndexTest, WhatIsDeletedIsInNoFileAfterAPurge) {
  for (int i = 0; i < 30; ++i) AddRandom("d" + std::to_string(i), 1);
  Add("secret", 2, {"the word quorvian stands here", "and zyxquorvian there"});
  for (int i = 30; i < 60; ++i) AddRandom("d" + std::to_string(i), 1);
  KeepAll();
  ASSERT_NE(IndexBytes().find("quorvian"), std::string::npos);
  Remove("secret");
  EXPECT_TRUE(Find(Ask("zyxquorvian")).empty());
  KeepAll(true);
  EXPECT_EQ(IndexBytes().find("quorvian"), std::string::npos);
  ExpectSameForSome(10);
}

TEST_F(MappedIndexTest, APassagesNumberIsNeverGivenAgain) {
  Add("a", 1, {"one", "two"});
  Add("b", 1, {"three"});
  Remove("b");
  Add("c", 1, {"four"});
  Result<store::Statement> read = db_->Prepare("SELECT max(id) FROM chunks");
  ASSERT_TRUE(read && read->Step());
  EXPECT_EQ(read->Int(0), 4);
}

TEST_F(MappedIndexTest, ASegmentWhosePassagesWereRemovedMeanwhileIsNotTaken) {
  for (int i = 0; i < 5; ++i) AddRandom("d" + std::to_string(i), 1);
  Result<std::optional<SegmentChange>> change = upkeep_->Prepare(*db_);
  ASSERT_TRUE(change && *change);
  Remove("d1");
  Result<void> published =
      store::InTransaction(*db_, true, [&](store::Connection& db) { return upkeep_->Publish(db, **change); });
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::kCancelled);
  upkeep_->Settle(**change, false);
  EXPECT_EQ(Files(), 0U);
  KeepAll();
  ExpectSameForSome(5);
}

TEST_F(MappedIndexTest, DamagedAndMissingFilesAreMadeAnewAndTheStoreAnswersMeanwhile) {
  for (int i = 0; i < 60; ++i) AddRandom("d" + std::to_string(i), 1 + i % 2);
  KeepAll();
  const std::vector<Hit> before = Find(Ask("landlord rent lease"));
  for (int round = 0; round < 6; ++round) {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "index")) files.push_back(file.path());
    const std::filesystem::path& file = files[Below(static_cast<std::uint32_t>(files.size()))];
    if (round % 3 == 0) std::filesystem::remove(file);
    if (round % 3 == 1) std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    if (round % 3 == 2) {
      ASSERT_TRUE(WriteFileAtomically(file, std::string(std::filesystem::file_size(file), 'x')));
    }
    // As the next start finds it.
    index_ = Index::Of(folder_.path() / "counsel.db", folder_.path() / "index");
    upkeep_.emplace(index_, policy_);
    ASSERT_TRUE(upkeep_->Begin(*db_));
    EXPECT_EQ(Find(Ask("landlord rent lease")).size(), before.size());
    KeepAll();
    ExpectSameForSome(5);
  }
  // Files that no row names go.
  ASSERT_TRUE(WriteFileAtomically(folder_.path() / "index" / "0123456789abcdef.words", "left by a crash"));
  const std::size_t all = Files();
  ASSERT_TRUE(upkeep_->Begin(*db_));
  EXPECT_EQ(Files(), all - 1);
}

// Under a question: the file is open, and somebody cuts it off.
TEST_F(MappedIndexTest, AFileThatIsCutOffUnderQuestionsChangesNoAnswerAndIsMadeAnew) {
  for (int i = 0; i < 60; ++i) AddRandom("d" + std::to_string(i), 1 + i % 2);
  std::atomic<int> woken = 0;
  index_->WakeUpkeepBy([&woken] { ++woken; });
  const std::vector<float> vector = RandomVector(random_, kDimensions);
  const auto ask = [&](store::Connection& db) {
    std::vector<std::pair<std::int64_t, double>> hits;
    Result<std::vector<Hit>> found = Search(db, Ask("landlord rent lease the s.5(2)", vector));
    EXPECT_TRUE(found) << found.error().ToString();
    for (const Hit& hit : *found) hits.emplace_back(hit.chunk, hit.fused);
    return hits;
  };
  const auto expected = ask(*db_);
  for (int round = 0; round < 40; ++round) {
    KeepAll();
    ASSERT_EQ(ask(*db_), expected);
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "index")) files.push_back(file.path());
    const std::filesystem::path& file = files[Below(static_cast<std::uint32_t>(files.size()))];
    const auto size = static_cast<std::uint32_t>(std::filesystem::file_size(file));
    woken = 0;
    std::atomic<int> asked = 0;
    std::atomic<bool> stop = false;
    std::thread asking([&] {
      Result<std::unique_ptr<store::Connection>> reader = store::Connection::Open(folder_.path() / "counsel.db", true);
      for (; !stop; ++asked) EXPECT_EQ(ask(**reader), expected) << file;
    });
    while (asked < 1) std::this_thread::yield();
    std::filesystem::resize_file(file, round % 4 == 0 ? 0 : Below(size));
    for (const int then = asked; asked < then + 2;) std::this_thread::yield();
    stop = true;
    asking.join();
    EXPECT_EQ(woken, 1);
    EXPECT_FALSE(*index_->Look(*db_));
  }
  KeepAll();
  EXPECT_TRUE(*IndexFilesAgree(*db_));
  index_->WakeUpkeepBy(nullptr);
}

// A segment that is made of damaged ones would have their damage, and a checksum that says that all is well.
TEST_F(MappedIndexTest, DamagedSegmentsAreNotJoined) {
  for (int i = 0; i < 60; ++i) AddRandom("d" + std::to_string(i), 1);
  KeepAll();
  for (int round = 0; round < 8; ++round) {
    const std::vector<SegmentRow> rows = *SegmentRows(*db_);
    ASSERT_FALSE(rows.empty());
    const SegmentRow& row = rows[Below(static_cast<std::uint32_t>(rows.size()))];
    const std::filesystem::path file = round % 2 == 0 ? index_->WordsFile(row.stamp) : index_->VectorsFile(row.stamp);
    std::string bytes = *ReadFile(file, 1U << 30);
    bytes[Below(static_cast<std::uint32_t>(bytes.size() / 2))] ^= 1;  // what a look at the file's end does not see
    {
      std::fstream change(file, std::ios::in | std::ios::out | std::ios::binary);
      change << bytes;
    }
    Result<store::Statement> one = db_->Prepare("SELECT document FROM chunks WHERE id >= ? ORDER BY id LIMIT 1");
    ASSERT_TRUE(one && *one->Bind(1, row.first).Step());
    Remove(std::string(one->Text(0)));
    // The document may begin in the segment before it.
    for (bool replaced = false; !replaced;) {
      Result<std::optional<SegmentChange>> change = upkeep_->PreparePurge(*db_);
      ASSERT_TRUE(change && *change);
      const std::vector<std::int64_t>& stamps = (*change)->replaced;
      replaced = std::find(stamps.begin(), stamps.end(), row.stamp) != stamps.end();
      EXPECT_TRUE(!replaced || (*change)->made.empty());
      ASSERT_TRUE(
          store::InTransaction(*db_, true, [&](store::Connection& db) { return upkeep_->Publish(db, **change); }));
      upkeep_->Settle(**change, true);
    }
    KeepAll(true);
    KeepAll();
    EXPECT_TRUE(*IndexFilesAgree(*db_));
    ExpectSameForSome(3);
  }
}

// As a kill leaves it: after new files, or after their rows, or before the old files are gone.
TEST_F(MappedIndexTest, AKillBetweenTwoStepsLeavesAWholeIndex) {
  int next = 0;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 4; ++i) AddRandom("d" + std::to_string(next++), 1 + Below(3));
    if (Below(3) == 0) Remove(Some(documents_));
    Result<std::optional<SegmentChange>> change = Below(4) == 0 ? upkeep_->PreparePurge(*db_) : upkeep_->Prepare(*db_);
    ASSERT_TRUE(change) << change.error().ToString();
    if (*change && Below(2) == 0) {
      ASSERT_TRUE(
          store::InTransaction(*db_, true, [&](store::Connection& db) { return upkeep_->Publish(db, **change); }));
    }
    index_ = Index::Of(folder_.path() / "counsel.db", folder_.path() / "index");
    upkeep_.emplace(index_, policy_);
    ASSERT_TRUE(upkeep_->Begin(*db_));
    EXPECT_EQ(Files(), 2 * SegmentRows(*db_)->size());
    if (*CoveredUntil(*db_) > 0) ExpectSameForSome(3);
    if (Below(3) == 0) KeepAll();
  }
}

TEST_F(MappedIndexTest, FilesOfAnEarlierCounselAnswerUntilTheyAreWrittenAnew) {
  for (int i = 0; i < 90; ++i) AddRandom("d" + std::to_string(i), 1 + i % 3);
  KeepAll();
  MakeFilesEarlier();
  ASSERT_EQ(WithPlaces(), 0);
  ExpectSameForSome(10);
  Remove("d7");
  ExpectSameForSome(5);
  ASSERT_TRUE(Keep());
  EXPECT_GT(WithPlaces(), 0);
  ExpectSameForSome(10);
  KeepAll();
  EXPECT_EQ(WithPlaces(), static_cast<std::ptrdiff_t>(Look().segments.size()));
  EXPECT_EQ(Files(), 2 * SegmentRows(*db_)->size());
  // Phrases are the files' own from now on.
  ASSERT_TRUE(db_->Execute("INSERT INTO chunk_words (chunk_words) VALUES ('delete-all')"));
  const std::vector<Hit> hits = Find(Ask("s.5(2)"));
  ASSERT_FALSE(hits.empty());
  EXPECT_NE(hits.front().text.find("s.5(2)"), std::string::npos);
}

TEST_F(MappedIndexTest, AnOlderSnapshotIsNotAnsweredFromNewerFiles) {
  for (int i = 0; i < 20; ++i) AddRandom("d" + std::to_string(i), 1);
  KeepAll();
  Result<std::unique_ptr<store::Connection>> reader = store::Connection::Open(folder_.path() / "counsel.db", true);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->Execute("BEGIN"));
  const auto ask = [&] { return *Search(**reader, Ask("tenant landlord rent")); };
  const std::vector<Hit> before = ask();
  Remove("d3");
  for (int i = 20; i < 40; ++i) AddRandom("d" + std::to_string(i), 1);
  KeepAll(true);
  KeepAll();
  const std::vector<Hit> after = ask();
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].chunk, after[i].chunk);
    EXPECT_EQ(before[i].fused, after[i].fused);
  }
}

}  // namespace
}  // namespace counsel::search
