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
#include "search/passages_with.h"
#include "search/search_fixture.h"

namespace counsel::search {
namespace {

class MappedIndexTest : public SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    index_ = Index::Of(folder_.path() / "counsel.db", folder_.path() / "index");
    policy_.least = 10;
    policy_.batch = 60;
    policy_.together = 3;
    policy_.most = 400;
    policy_.most_gone = 4;
    upkeep_.emplace(index_, policy_);
  }

  std::uint32_t Below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::string Some(const std::vector<std::string>& words) {
    return words[Below(static_cast<std::uint32_t>(words.size()))];
  }

  std::string RandomText() {
    static const std::vector<std::string> kWords = {
        "tenant",  "landlord", "the",          "rent",        "shall",   "pay",          "non-exclusive",
        "licence", "license",  "£64,250",      "GPL-3",       "GPL-2",   "s.5(2)",       "lease",
        "clause",  "notice",   "1 March 2024", "termination", "deposit", "indem-\nnify", "Café",
        "will",    "writing",  "assignment",   "quarter",     "garden",  "00445790",     "peer-to-peer"};
    std::string text;
    for (std::uint32_t i = 0, end = 3 + Below(40); i < end; ++i) {
      const std::uint32_t skewed = std::min(Below(28), Below(28));
      text += kWords[skewed] + (Below(9) == 0 ? ". " : " ");
    }
    return text;
  }

  void AddRandom(const std::string& document, std::int64_t scope) {
    std::vector<std::string> texts;
    for (std::uint32_t i = 0, end = 1 + Below(12); i < end; ++i) texts.push_back(RandomText());
    Add(document, scope, texts, {}, Some({"lease of " + document + ".pdf", "GPL-3", "notice to the tenant"}));
    documents_.push_back(document);
  }

  // One step; false when there is none.
  bool Keep(bool purge = false) {
    Result<std::optional<SegmentChange>> change = purge ? upkeep_->PreparePurge(*db_) : upkeep_->Prepare(*db_);
    EXPECT_TRUE(change) << change.error().ToString();
    if (!change || !*change) return false;
    Result<void> published =
        store::InTransaction(*db_, true, [&](store::Connection& db) { return upkeep_->Publish(db, **change); });
    upkeep_->Settle(**change, published.has_value());
    EXPECT_TRUE(published) << published.error().ToString();
    return published.has_value();
  }
  void KeepAll(bool purge = false) {
    int steps = 0;
    while (Keep(purge)) ASSERT_LT(++steps, 200);
  }

  IndexSnapshot Look() {
    Result<std::optional<IndexSnapshot>> looked = index_->Look(*db_);
    EXPECT_TRUE(looked) << looked.error().ToString();
    EXPECT_TRUE(looked && *looked);
    return looked && *looked ? **looked : IndexSnapshot();
  }

  // Of the index's files and of the store alone.
  void ExpectSame(const IndexSnapshot& index, const std::string& question, const Walls& walls,
                  const std::vector<float>& vector) {
    const QueryWords words = ReadQuestion(question, {"deposit"});
    std::vector<std::int64_t> also;
    for (int i = 0; i < 10; ++i) also.push_back(1 + Below(600));
    std::sort(also.begin(), also.end());
    also.erase(std::unique(also.begin(), also.end()), also.end());
    std::erase_if(also, [&](std::int64_t id) { return !Within(id, walls); });
    Result<KeywordRanking> mapped = RankByKeywords(*db_, words, walls, 20, also, &index);
    Result<KeywordRanking> stored = RankByKeywords(*db_, words, walls, 20, also);
    ASSERT_TRUE(mapped) << mapped.error().ToString();
    ASSERT_TRUE(stored) << stored.error().ToString();
    EXPECT_EQ(mapped->chunks, stored->chunks);
    EXPECT_EQ(mapped->chunks_with, stored->chunks_with) << question;
    EXPECT_EQ(mapped->also, stored->also);
    ASSERT_EQ(mapped->best.size(), stored->best.size()) << question;
    for (std::size_t i = 0; i < stored->best.size(); ++i) {
      EXPECT_EQ(mapped->best[i].chunk, stored->best[i].chunk) << question;
      EXPECT_EQ(mapped->best[i].score, stored->best[i].score) << question;
    }
    Result<std::vector<Neighbour>> near = Nearest(*db_, 1, vector, walls, 100, &index);
    Result<std::vector<Neighbour>> nearest = Nearest(*db_, 1, vector, walls, 100);
    ASSERT_TRUE(near) << near.error().ToString();
    ASSERT_TRUE(nearest);
    // Sixty more than a hundred are measured: the nearest are all among them here.
    ASSERT_EQ(near->size(), nearest->size());
    for (std::size_t i = 0; i < near->size(); ++i) {
      EXPECT_EQ((*near)[i].chunk, (*nearest)[i].chunk);
      EXPECT_EQ((*near)[i].cosine, (*nearest)[i].cosine);
    }
  }

  // What is typed exactly, of the files and of the store alone.
  void ExpectSameTyped(const IndexSnapshot& index, const std::string& text, Walls walls) {
    const Typed typed = ReadTyped(text);
    Walls of_store = walls;
    ASSERT_TRUE(Restrict(*db_, typed, &index, &walls));
    ASSERT_TRUE(Restrict(*db_, typed, nullptr, &of_store));
    EXPECT_EQ(walls.only, of_store.only) << text;
    EXPECT_EQ(walls.hidden, of_store.hidden) << text;
    ExpectSame(index, typed.rest, walls, RandomVector(random_, kDimensions));
  }

  // What RankByKeywords is asked about is always within the walls.
  bool Within(std::int64_t id, const Walls& walls) {
    if (!walls.Sees(id)) return false;
    Result<store::Statement> look = db_->Prepare("SELECT 1 FROM chunks c WHERE c.id = ? AND " + walls.Condition("c"));
    EXPECT_TRUE(look);
    look->Bind(1, id);
    walls.Bind(*look, 2);
    return look->Step().value_or(false);
  }

  void ExpectSameForSome(int questions) {
    const IndexSnapshot index = Look();
    for (int i = 0; i < questions; ++i) {
      Walls walls;
      walls.unseen = *Unseen::Load(*db_);
      if (Below(2) == 0) walls.scopes = {1 + Below(3)};
      if (Below(3) == 0) {
        for (int n = 0; n < 5; ++n) walls.documents.push_back(Some(documents_));
      }
      ExpectSame(index, RandomText().substr(0, 60), walls, RandomVector(random_, kDimensions));
    }
  }

  std::size_t Files() {
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "index"))
      files += file.is_regular_file();
    return files;
  }

  // Its words as an earlier Counsel wrote them: without places.
  index::Written WriteEarlier(const MappedSegment& segment, const std::filesystem::path& path) {
    const index::Words& words = segment.words;
    Result<index::WordsWriter> writer = index::WordsWriter::Create(path, false);
    EXPECT_TRUE(writer);
    for (std::uint32_t i = 0; i < words.words(); ++i) {
      index::Placed placed;
      for (index::Cursor at(words.ListAt(i)); at.passage() != index::kNoPassage; at.Next()) {
        placed.postings.push_back({at.passage(), at.times()});
      }
      writer->Add(words.WordAt(i), placed, words.lengths());
    }
    std::string names;
    std::vector<index::Run> runs(words.runs().begin(), words.runs().end());
    for (index::Run& run : runs) {
      const std::string_view name = words.DocumentOf(run);
      run.document = static_cast<std::uint32_t>(names.size());
      names += name;
    }
    Result<index::Written> written =
        writer->Finish(words.lengths(), {}, runs, names, static_cast<std::uint64_t>(segment.row.stamp));
    EXPECT_TRUE(written);
    return *written;
  }
  void MakeFilesEarlier() {
    for (const std::shared_ptr<const MappedSegment>& segment : Look().segments) {
      const std::filesystem::path path = index_->WordsFile(segment->row.stamp);
      const index::Written written = WriteEarlier(*segment, path.string() + ".new");
      std::filesystem::rename(path.string() + ".new", path);
      Result<store::Statement> set =
          db_->Prepare("UPDATE index_segments SET words_bytes = ?, words_checksum = ? WHERE stamp = ?");
      ASSERT_TRUE(set);
      set->Bind(1, static_cast<std::int64_t>(written.bytes)).Bind(2, static_cast<std::int64_t>(written.checksum));
      ASSERT_TRUE(set->Bind(3, segment->row.stamp).Run());
    }
    index_ = Index::Of(folder_.path() / "counsel.db", folder_.path() / "index");
    upkeep_.emplace(index_, policy_);
  }
  // How many segments know where words stand.
  std::ptrdiff_t WithPlaces() {
    const IndexSnapshot now = Look();
    return std::count_if(now.segments.begin(), now.segments.end(),
                         [](const auto& segment) { return segment->words.has_places(); });
  }

  std::string IndexBytes() {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "index")) {
      all += *ReadFile(file.path(), 1U << 30);
    }
    return all;
  }

  IndexPolicy policy_;
  std::shared_ptr<Index> index_;
  std::optional<IndexUpkeep> upkeep_;
  std::vector<std::string> documents_{"none"};
};

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
