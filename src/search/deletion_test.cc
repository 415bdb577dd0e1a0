// Deleting is real: after Purge the words are in no file of the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/search_fixture.h"
#include "store/before_upgrade.h"

namespace counsel::search {
namespace {

// Letters only, so that the stem is the word.
std::string UniqueWord(std::uint64_t number) {
  std::string word = "qxz";
  for (int i = 0; i < 10; ++i, number /= 26) word += static_cast<char>('a' + number % 26);
  return word + "k";
}

class Deletion : public SearchTest {
 protected:
  void PurgeNow() {
    Result<void> purged = Purge(*db_);
    ASSERT_TRUE(purged) << purged.error().ToString();
  }
  [[nodiscard]] bool InFiles(const std::string& word) const { return folder_.Bytes().find(word) != std::string::npos; }
};

TEST_F(Deletion, TakesTheWordsOutOfTheFiles) {
  const std::string word = UniqueWord(1);
  const std::string heading = UniqueWord(2);
  const std::string name = UniqueWord(3);
  std::vector<NewChunk> chunks = ChunksOf({"The " + word + " clause."});
  chunks[0].heading = heading;
  const std::vector<float> vector = RandomVector(random_, kDimensions);
  ASSERT_TRUE(IndexDocument(*db_, "d", 1, chunks, "model", vector, name));
  Add("other", 1, {"Another text stays."});
  ASSERT_TRUE(InFiles(word));
  ASSERT_TRUE(InFiles(heading));
  ASSERT_TRUE(InFiles(name));
  Remove("d");
  PurgeNow();
  EXPECT_FALSE(InFiles(word));
  EXPECT_FALSE(InFiles(heading));
  EXPECT_FALSE(InFiles(name));
  EXPECT_FALSE(InFiles(std::string(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float))));
  EXPECT_EQ(Find(Ask("text")).size(), 1U);
}

TEST_F(Deletion, TakesTheCopyAlongThatWasMadeBeforeAnUpgrade) {
  const std::string word = UniqueWord(6);
  Add("d", 1, {word});
  ASSERT_TRUE(store::CopyBeforeUpgrade(*db_, 8));
  Remove("d");
  PurgeNow();
  EXPECT_FALSE(InFiles(word));
}

TEST_F(Deletion, TakesTheWordsOutWhenNothingElseIsThere) {
  const std::string word = UniqueWord(4);
  Add("d", 1, {word});
  Remove("d");
  PurgeNow();
  EXPECT_FALSE(InFiles(word));
}

TEST_F(Deletion, TakesTheWordsOutThatOneTransactionAddedAndRemoved) {
  const std::string word = UniqueWord(5);
  const std::vector<float> vector = RandomVector(random_, kDimensions);
  Result<void> done = store::InTransaction(*db_, true, [&](store::Connection& db) -> Result<void> {
    if (Result<void> added = IndexDocument(db, "d", 1, ChunksOf({word}), "model", vector); !added) return added;
    return RemoveDocument(db, "d");
  });
  ASSERT_TRUE(done);
  PurgeNow();
  EXPECT_FALSE(InFiles(word));
}

TEST_F(Deletion, TakesTheWordsOutAfterAnyHistory) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    std::map<std::string, std::vector<std::string>> kept;
    std::vector<std::string> gone;
    std::uint64_t next = seed * 1'000'000;
    for (int step = 0; step < 120; ++step) {
      const std::string document = "d" + std::to_string(random() % 20);
      for (const std::string& word : kept[document]) gone.push_back(word);
      kept.erase(document);
      if (random() % 3 == 0) {
        Remove(document);
      } else {
        std::vector<std::string> texts;
        for (std::size_t n = 1 + random() % 5; n-- > 0;) {
          const std::string word = UniqueWord(next++);
          kept[document].push_back(word);
          texts.push_back("the " + word + " of " + std::string(random() % 3000, 'x'));
        }
        Add(document, 1, texts);
      }
      if (random() % 30 == 0) PurgeNow();
    }
    PurgeNow();
    const std::string bytes = folder_.Bytes();
    for (const std::string& word : gone) EXPECT_EQ(bytes.find(word), std::string::npos) << "seed " << seed;
    for (const auto& [document, words] : kept) {
      for (const std::string& word : words) EXPECT_NE(bytes.find(word), std::string::npos) << "seed " << seed;
    }
    ExpectSound();
  }
}

TEST_F(Deletion, SaysWhenAReaderStillHoldsTheOldText) {
  Add("d", 1, {"rent"});
  Result<std::unique_ptr<store::Connection>> reader = store::Connection::Open(folder_.path() / "counsel.db", true);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->Execute("BEGIN"));
  Result<store::Statement> read = (*reader)->Prepare("SELECT text FROM chunks");
  ASSERT_TRUE(read);
  ASSERT_TRUE(*read->Step());
  Remove("d");
  ASSERT_TRUE(db_->Execute("PRAGMA busy_timeout = 1"));
  Result<void> purged = Purge(*db_);
  ASSERT_FALSE(purged);
  EXPECT_EQ(purged.error().code, ErrorCode::kUnavailable);
  while (*read->Step()) {
  }
  ASSERT_TRUE((*reader)->Execute("COMMIT"));
  PurgeNow();
}

TEST_F(Deletion, OfADocumentThatIsNotThereIsNothing) {
  Add("d", 1, {"rent"});
  Remove("absent");
  EXPECT_EQ(Find(Ask("rent")).size(), 1U);
  ExpectSound();
}

}  // namespace
}  // namespace counsel::search
