// For the tests of the index's files: a store that changes at random, and what its own tables say of it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "search/index_check.h"
#include "search/index_upkeep.h"
#include "search/keywords.h"
#include "search/mapped_index.h"
#include "search/passages_with.h"
#include "search/search_fixture.h"

namespace counsel::search {

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

}  // namespace counsel::search
