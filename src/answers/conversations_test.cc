#include "answers/conversations.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "base/utf8.h"
#include "documents/documents.h"

namespace counsel::answers {
namespace {

using ::testing::ElementsAre;

class Conversations : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_);
    Open();
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Open(std::size_t until = std::numeric_limits<std::size_t>::max()) {
    db_.reset();
    Result<std::unique_ptr<store::Connection>> opened = store::Connection::Open(folder_ / "counsel.db", false);
    ASSERT_TRUE(opened) << opened.error().message;
    db_ = std::move(*opened);
    ASSERT_TRUE(store::Migrate(*db_, until));
  }
  static ConversationKey Key(const std::string& name) { return ConversationKey("user", name); }
  static Kept Said(const std::string& question, const std::string& answer,
                   const std::vector<std::string>& documents = {}, const std::vector<std::string>& matters = {}) {
    Kept kept;
    kept.question = question;
    kept.answer = answer;
    kept.documents = documents;
    kept.matters = matters;
    return kept;
  }
  void Say(const std::string& name, const Kept& kept) {
    const Result<void> remembered = Remember(*db_, Key(name), kept, ++now_);
    ASSERT_TRUE(remembered) << remembered.error().message;
  }
  void Say(const std::string& name, const std::string& question, const std::string& answer,
           const std::vector<std::string>& documents = {}) {
    Say(name, Said(question, answer, documents));
  }
  std::string AddDocument(const std::string& name, const std::string& matter = "general") {
    return documents::AddDocument(*db_, matter, name, "", Sha256Hex(name), 1).value().document.id;
  }
  std::vector<Exchange> RecallAll(const std::string& name) { return Recall(*db_, Key(name), {}).value(); }
  std::vector<std::string> Questions(const std::string& name) {
    std::vector<std::string> questions;
    const std::vector<KeptExchange> exchanges = ListExchanges(*db_, Key(name), 0, 1000).value();
    for (const KeptExchange& one : exchanges) questions.push_back(one.kept.question);
    return questions;
  }
  std::vector<std::string> Listed(const std::string& words = "", const std::string& owner = "user") {
    ConversationsWanted wanted;
    wanted.owner = owner;
    wanted.words = words;
    std::vector<std::string> names;
    const std::vector<Conversation> found = ListConversations(*db_, wanted).value();
    for (const Conversation& one : found) names.push_back(one.name);
    return names;
  }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("counsel-conversations-" + NewId());
  std::unique_ptr<store::Connection> db_;
  std::int64_t now_ = 1'700'000'000;
};

TEST_F(Conversations, TheLastSixExchangesAreRecalledInTheirOrderAfterARestartAndAllAreKept) {
  for (const char* n : {"1", "2", "3", "4", "5", "6", "7"}) Say("s", std::string("Q") + n, std::string("A") + n);
  Say("other", "X", "Y");
  Open();
  const std::vector<Exchange> recalled = RecallAll("s");
  ASSERT_EQ(recalled.size(), 6U);
  EXPECT_EQ(recalled[0].question, "Q2");
  EXPECT_EQ(recalled[5].answer, "A7");
  EXPECT_TRUE(RecallAll("unknown").empty());
  EXPECT_THAT(Questions("s"), ElementsAre("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"));
}

TEST_F(Conversations, LongTextsAreCutAndCitationMarksLeftOutOfWhatIsRecalled) {
  const std::string answer = "It is due [1], [2, 3]. See [sic] and [] too." + std::string(1000, 'a');
  Say("s", std::string(1000, 'q'), answer);
  const Exchange told = RecallAll("s").at(0);
  EXPECT_EQ(CountCodePoints(told.question), kRememberedQuestion + 1);
  EXPECT_EQ(CountCodePoints(told.answer), kRememberedAnswer + 1);
  EXPECT_TRUE(told.answer.starts_with("It is due,. See [sic] and [] too.a")) << told.answer;
  EXPECT_EQ(ListExchanges(*db_, Key("s"), 0, 9)->at(0).kept.answer, answer);
  EXPECT_EQ(CountCodePoints(FindConversation(*db_, Key("s"))->title), kLongestTitle + 1);
}

TEST_F(Conversations, AMatterIsAWallForWhatIsRecalled) {
  (void)AddDocument("a", "Smith");
  Say("s", Said("Rent?", "900 pounds.", {}, {"Smith"}));
  EXPECT_EQ(Recall(*db_, Key("s"), {"Smith"})->size(), 1U);
  EXPECT_TRUE(RecallAll("s").empty());
  EXPECT_TRUE(Recall(*db_, Key("s"), {"Jones"})->empty());
}

TEST_F(Conversations, WhatUsedADocumentGoesWithItAndTheRestStays) {
  const std::string lease = AddDocument("lease.txt");
  const std::string deed = AddDocument("deed.txt");
  Say("a", "Rent?", "1,450 pounds.", {lease, deed});
  Say("a", "Deed?", "Yes.", {deed});
  Kept follow_up = Said("And when?", "On the first.", {deed});
  follow_up.from_earlier = true;
  Say("a", follow_up);  // knows what was said of the lease
  Say("b", "Rent?", "1,450 pounds.", {lease});
  ASSERT_TRUE(documents::DeleteDocument(*db_, lease));
  EXPECT_THAT(Questions("a"), ElementsAre("Deed?"));
  EXPECT_EQ(FindConversation(*db_, Key("a"))->removed, 2);
  EXPECT_EQ(FindConversation(*db_, Key("a"))->title, "Deed?");
  EXPECT_EQ(FindConversation(*db_, Key("b")).error().code, ErrorCode::kNotFound);
}

TEST_F(Conversations, WhatWasAskedWithinAMatterGoesWithIt) {
  (void)AddDocument("a", "Smith");
  (void)AddDocument("b", "Smithson");
  Say("one", Said("Rent?", "Nobody says.", {}, {"Smith"}));
  Say("both", Said("Rent?", "Nobody says.", {}, {"Smithson", "Smith"}));
  Say("other", Said("Rent?", "Nobody says.", {}, {"Smithson"}));
  ASSERT_TRUE(documents::HideMatter(*db_, "Smith"));
  EXPECT_THAT(Listed(), ElementsAre("other"));
  const Result<void> late = Remember(*db_, Key("late"), Said("Rent?", "900.", {}, {"Smith"}), now_);
  EXPECT_EQ(late.error().code, ErrorCode::kNotFound);
}

TEST_F(Conversations, NothingIsKeptOfADocumentThatIsGoneAlready) {
  const std::string lease = AddDocument("lease.txt");
  ASSERT_TRUE(documents::DeleteDocument(*db_, lease));
  const Result<void> kept = store::InTransaction(*db_, true, [&](store::Connection& db) {
    return Remember(db, Key("s"), Said("Rent?", "1,450 pounds.", {lease}), now_);
  });
  EXPECT_EQ(kept.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Listed().empty());
}

TEST_F(Conversations, TheOnesUsedLongestAgoMakeRoom) {
  ASSERT_TRUE(db_->Execute("BEGIN"));
  Say("first", "Q", "A");
  Say("second", "Q", "A");
  for (int i = 0; i < kMostConversations - 2; ++i) Say(std::to_string(i), "Q", "A");
  Say("first", "Q", "A");
  Say("last", "Q", "A");
  for (int i = 0; i < kMostExchanges + 5; ++i) Say("long", std::to_string(i), "A");
  ASSERT_TRUE(db_->Execute("COMMIT"));
  EXPECT_EQ(Questions("first").size(), 2U);
  EXPECT_EQ(FindConversation(*db_, Key("second")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Questions("1").size(), 1U);
  EXPECT_EQ(Questions("long").size(), static_cast<std::size_t>(kMostExchanges));
  EXPECT_EQ(Questions("long").front(), "5");
  EXPECT_EQ(FindConversation(*db_, Key("long"))->removed, 5);
}

TEST_F(Conversations, AreListedByLastUseAndFoundByTheirWords) {
  Say("rent", "What is the RENT of Alder House?", "It is 1,450 pounds.");
  Say("dogs", "May the tenant keep a dog?", "Only with the landlord's consent; see “Élan Ltd”.");
  Say("rent", "And when is it due?", "On the first day.");
  ASSERT_TRUE(RenameConversation(*db_, Key("dogs"), "Animals, Birch House"));
  EXPECT_THAT(Listed(), ElementsAre("rent", "dogs"));
  EXPECT_THAT(Listed("alder rent"), ElementsAre("rent"));
  EXPECT_THAT(Listed("pounds first"), ElementsAre("rent")) << "of two exchanges";
  EXPECT_THAT(Listed("ÉLAN"), ElementsAre("dogs"));
  EXPECT_THAT(Listed("anim"), ElementsAre("dogs")) << "of its title, the beginning of a word";
  EXPECT_THAT(Listed("ouse"), ElementsAre());
  EXPECT_THAT(Listed("", "bea"), ElementsAre()) << "another one's";
  ConversationsWanted second;
  second.owner = "user";
  second.limit = 1;
  second.after = ListConversations(*db_, second)->front().place;
  EXPECT_EQ(ListConversations(*db_, second)->front().name, "dogs");
}

TEST_F(Conversations, AreRenamedAndDeletedByTheirOwnersAlone) {
  Say("s", "Rent?", "900.");
  const ConversationKey hers("bea", "s");
  EXPECT_EQ(RenameConversation(*db_, hers, "Mine").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(DeleteConversation(*db_, hers).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ListExchanges(*db_, hers, 0, 9).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(RenameConversation(*db_, Key("s"), std::string(201, 'x')).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(RenameConversation(*db_, Key("s"), "The rent")->title, "The rent");
  EXPECT_EQ(RenameConversation(*db_, Key("s"), "")->title, "Rent?");
  ASSERT_TRUE(DeleteConversation(*db_, Key("s")));
  EXPECT_TRUE(Listed().empty());
  EXPECT_EQ(DeleteConversation(*db_, Key("s")).error().code, ErrorCode::kNotFound);
}

TEST_F(Conversations, SessionsOfEarlierSchemasAreConversations) {
  std::filesystem::remove(folder_ / "counsel.db");
  Open(14);
  const std::string lease = AddDocument("lease.txt");
  ASSERT_TRUE(
      db_->Execute("INSERT INTO sessions VALUES (1, 'ask:chat-1', 5), (2, 'ask:chat-1\nSmith\nJones', 7), "
                   "(3, 'first-product', 6);"
                   "INSERT INTO exchanges VALUES (1, 1, 'Rent?', 'It is\n900.'), (2, 2, 'Dogs?', 'No.'), "
                   "(3, 3, 'Deed?', 'Yes.');"
                   "INSERT INTO session_documents VALUES (3, '" +
                   lease + "')"));
  ASSERT_TRUE(store::Migrate(*db_));
  EXPECT_THAT(Listed(), ElementsAre("chat-1", "first-product"));
  EXPECT_EQ(RecallAll("chat-1").at(0).question, "Rent?");
  EXPECT_EQ(Recall(*db_, Key("chat-1"), {"Smith", "Jones"})->at(0).answer, "No.");
  EXPECT_EQ(Recall(*db_, Key("first-product"), {"general"})->at(0).answer, "Yes.");
  EXPECT_THAT(FindConversation(*db_, Key("chat-1"))->matters, ElementsAre("Smith", "Jones"));
  EXPECT_THAT(Listed("900"), ElementsAre("chat-1"));
  ASSERT_TRUE(documents::DeleteDocument(*db_, lease));
  EXPECT_THAT(Listed(), ElementsAre("chat-1"));
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
