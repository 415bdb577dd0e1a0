#include "answers/sessions.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/ids.h"
#include "base/utf8.h"
#include "documents/documents.h"

namespace counsel::answers {
namespace {

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_);
    Open();
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Open() {
    db_.reset();
    Result<std::unique_ptr<store::Connection>> opened = store::Connection::Open(folder_ / "counsel.db", false);
    ASSERT_TRUE(opened) << opened.error().message;
    db_ = std::move(*opened);
    ASSERT_TRUE(store::Migrate(*db_));
  }
  void Say(const std::string& session, const std::string& question, const std::string& answer,
           const std::vector<std::string>& documents = {}) {
    const Result<void> kept = Remember(*db_, session, Exchange(question, answer), documents);
    ASSERT_TRUE(kept) << kept.error().message;
  }
  std::string AddDocument(const std::string& name) {
    return documents::AddDocument(*db_, "general", name, "", Sha256Hex(name), 1).value().document.id;
  }
  std::vector<Exchange> Recall(const std::string& session) { return RecallSession(*db_, session).value(); }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("counsel-sessions-" + NewId());
  std::unique_ptr<store::Connection> db_;
};

TEST_F(Sessions, TheLastThreeExchangesAreRecalledInTheirOrderAfterARestart) {
  for (const char* n : {"1", "2", "3", "4"}) Say("s", std::string("Q") + n, std::string("A") + n);
  Say("other", "X", "Y");
  Open();
  const std::vector<Exchange> recalled = Recall("s");
  ASSERT_EQ(recalled.size(), 3U);
  EXPECT_EQ(recalled[0].question, "Q2");
  EXPECT_EQ(recalled[2].answer, "A4");
  EXPECT_TRUE(Recall("unknown").empty());
}

TEST_F(Sessions, LongTextsAreCutAndCitationMarksLeftOut) {
  Say("s", std::string(1000, 'q'), "It is due [1], [2, 3]. See [sic] and [] too." + std::string(1000, 'a'));
  const Exchange kept = Recall("s").at(0);
  EXPECT_EQ(CountCodePoints(kept.question), kRememberedQuestion + 1);
  EXPECT_EQ(CountCodePoints(kept.answer), kRememberedAnswer + 1);
  EXPECT_TRUE(kept.answer.starts_with("It is due,. See [sic] and [] too.a")) << kept.answer;
}

TEST_F(Sessions, ASessionGoesWithADocumentThatItsAnswersUsed) {
  const std::string lease = AddDocument("lease.txt");
  const std::string deed = AddDocument("deed.txt");
  Say("a", "Rent?", "1,450 pounds.", {lease, deed});
  Say("a", "Thanks.", "Nothing.");
  Say("b", "Deed?", "Yes.", {deed});
  ASSERT_TRUE(documents::DeleteDocument(*db_, lease));
  EXPECT_TRUE(Recall("a").empty());
  EXPECT_EQ(Recall("b").size(), 1U);
}

TEST_F(Sessions, NothingIsKeptOfADocumentThatIsGoneAlready) {
  const std::string lease = AddDocument("lease.txt");
  ASSERT_TRUE(documents::DeleteDocument(*db_, lease));
  const Result<void> kept = store::InTransaction(*db_, true, [&](store::Connection& db) {
    return Remember(db, "s", Exchange("Rent?", "1,450 pounds."), {lease});
  });
  EXPECT_EQ(kept.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Recall("s").empty());
}

TEST_F(Sessions, TheOnesUsedLongestAgoMakeRoom) {
  ASSERT_TRUE(db_->Execute("BEGIN"));
  Say("first", "Q", "A");
  Say("second", "Q", "A");
  for (int i = 0; i < kRememberedSessions - 2; ++i) Say(std::to_string(i), "Q", "A");
  Say("first", "Q", "A");
  Say("last", "Q", "A");
  ASSERT_TRUE(db_->Execute("COMMIT"));
  EXPECT_EQ(Recall("first").size(), 2U);
  EXPECT_TRUE(Recall("second").empty());
  EXPECT_EQ(Recall("0").size(), 1U);
}

TEST(SearchText, AShortQuestionIsSearchedForWithTheOneBeforeIt) {
  const std::vector<Exchange> earlier = {{"Who pays the rates?", "Nobody."},
                                         {"What is the rent of Alder House?", "1,450 pounds."}};
  EXPECT_EQ(SearchText("And when is it due?", earlier), "What is the rent of Alder House?\nAnd when is it due?");
  const std::string whole = "May the tenant keep a dog in the house?";
  EXPECT_EQ(SearchText(whole, earlier), whole);
  EXPECT_EQ(SearchText("And when is it due?", {}), "And when is it due?");
}

}  // namespace
}  // namespace counsel::answers
