#include "record/record.h"

#include <memory>

#include "documents/documents.h"
#include "record/export.h"
#include "record/hold.h"
#include "record/retention.h"
#include "record/verify.h"
#include "store/store_fixture.h"

namespace counsel::record {
namespace {

class RecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_);
    Result<std::unique_ptr<store::Connection>> opened = store::Connection::Open(folder_ / "counsel.db", false);
    ASSERT_TRUE(opened);
    db_ = std::move(*opened);
    ASSERT_TRUE(store::Migrate(*db_));
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }

  void AddDocument(const std::string& id, const std::string& matter) {
    ASSERT_TRUE(db_->Execute("INSERT OR IGNORE INTO matters (name) VALUES ('" + matter +
                             "'); INSERT INTO documents (id, matter, sha256, bytes, name, state, queued, added_at) "
                             "SELECT '" +
                             id + "', id, '" + id + "', 1, 'lease.pdf', 'ready', 1, 1 FROM matters WHERE name = '" +
                             matter + "'"));
  }

  std::int64_t Ask(const std::string& question, const std::vector<std::string>& documents = {},
                   const std::vector<std::string>& matters = {}) {
    Entry entry("question");
    entry.owner = "user";
    entry.person = {{"account", "anna"}};
    entry.said["question"] = entry.Text(question);
    entry.said["answer"] = entry.Text("The rent is 1,450 pounds.");
    entry.documents = documents;
    entry.matters = matters;
    Result<std::int64_t> number = Append(*db_, std::move(entry), kNow);
    EXPECT_TRUE(number) << (number ? "" : number.error().ToString());
    return number.value_or(0);
  }

  Verified Verify(const std::optional<Head>& noted = std::nullopt) {
    const Progress silent = [](double) { return Result<void>(); };
    Result<Verified> verified = record::Verify(*db_, noted, silent);
    EXPECT_TRUE(verified) << (verified ? "" : verified.error().ToString());
    return verified.value_or(Verified());
  }

  // Behind the back of what guards the tables.
  void Tamper(const std::string& sql) {
    ASSERT_TRUE(
        db_->Execute("DROP TRIGGER IF EXISTS record_entries_stay; DROP TRIGGER IF EXISTS "
                     "record_entries_are_kept; DROP TRIGGER IF EXISTS record_nodes_stay; DROP TRIGGER IF "
                     "EXISTS record_nodes_are_kept"));
    const Result<void> done = db_->Execute(sql);
    ASSERT_TRUE(done) << done.error().ToString();
  }

  std::string Exported(const std::string& matter = "") {
    Export source(matter);
    std::string all;
    for (;;) {
      Result<std::string> piece = source.Next(*db_);
      EXPECT_TRUE(piece) << (piece ? "" : piece.error().ToString());
      if (!piece || piece->empty()) return all;
      all += *piece;
    }
  }

  static constexpr std::int64_t kNow = 1'796'000'000;
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("counsel-record-" + NewId());
  std::unique_ptr<store::Connection> db_;
};

TEST_F(RecordTest, AnEntryIsKeptAsItWasWrittenWithItsTexts) {
  EXPECT_EQ(Ask("What is the rent?"), 1);
  const Result<Kept> kept = Find(*db_, 1, "");
  ASSERT_TRUE(kept);
  EXPECT_TRUE(BeginsWithNumber(kept->entry, 1)) << kept->entry;
  EXPECT_EQ(kept->entry.find("rent"), std::string::npos) << "a text stands in the entry itself";
  ASSERT_TRUE(kept->texts);
  EXPECT_EQ(WrongTexts(kept->entry, *kept->texts), "");
  const Json readable = Readable(kept->entry, kept->texts);
  EXPECT_EQ(readable["said"]["question"]["text"], "What is the rent?");
  EXPECT_EQ(readable["time"], TimeText(kNow));
  EXPECT_FALSE(Find(*db_, 2, ""));
  EXPECT_TRUE(Find(*db_, 1, "user"));
  EXPECT_FALSE(Find(*db_, 1, "bob"));
}

TEST_F(RecordTest, TheSameQuestionTwiceHasOtherDigestsForItsSaltIsAnother) {
  Ask("What is the rent?");
  Ask("What is the rent?");
  EXPECT_NE(DigestsIn(Find(*db_, 1, "")->entry), DigestsIn(Find(*db_, 2, "")->entry));
}

TEST_F(RecordTest, AWholeRecordIsVerifiedAndEachEntryProved) {
  for (int i = 0; i < 37; ++i) Ask("Question " + std::to_string(i));
  const Verified verified = Verify();
  EXPECT_EQ(verified.faults, 0) << verified.first_faults.front().what;
  EXPECT_EQ(verified.with_texts, 37);
  const Result<Head> head = HeadNow(*db_);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, 37);
  EXPECT_EQ(head->root, verified.head.root);
  for (std::int64_t number = 1; number <= 37; ++number) {
    const Result<std::vector<Hash>> proof = ProofOf(*db_, number, head->size);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(VerifyInclusion(LeafHash(Find(*db_, number, "")->entry), static_cast<std::uint64_t>(number - 1), 37,
                                *proof, head->root));
  }
}

TEST_F(RecordTest, WhatIsAlteredIsToldWithItsEntry) {
  for (int i = 0; i < 20; ++i) Ask("Question " + std::to_string(i));
  Tamper("UPDATE record_entries SET entry = replace(entry, 'anna', 'bert') WHERE number = 7");
  Tamper("UPDATE record_texts SET texts = cast('14:Another question' AS BLOB) WHERE entry = 9");
  Tamper("DELETE FROM record_texts WHERE entry = 11");
  Tamper("DELETE FROM record_entries WHERE number = 13");
  const Verified verified = Verify();
  ASSERT_EQ(verified.faults, 4);
  EXPECT_EQ(verified.first_faults[0].entry, 7);
  EXPECT_EQ(verified.first_faults[0].what, "It was altered.");
  EXPECT_EQ(verified.first_faults[1].entry, 9);
  EXPECT_EQ(verified.first_faults[2].entry, 13);
  EXPECT_EQ(verified.first_faults[2].what, "It was removed.");
  EXPECT_EQ(verified.first_faults[3].entry, 11);
  EXPECT_EQ(verified.first_faults[3].what, "Its texts are gone, and no entry says that they were deleted.");
}

TEST_F(RecordTest, TwoEntriesThatChangedPlacesAreTold) {
  for (int i = 0; i < 5; ++i) Ask("Question " + std::to_string(i));
  Tamper(
      "UPDATE record_entries SET number = 100 WHERE number = 2; UPDATE record_entries SET number = 2 WHERE number = "
      "4; UPDATE record_entries SET number = 4 WHERE number = 100");
  const Verified verified = Verify();
  ASSERT_GE(verified.faults, 2);
  EXPECT_EQ(verified.first_faults[0].entry, 2);
}

TEST_F(RecordTest, ACutTailIsToldByTheTreeOrByANotedHead) {
  for (int i = 0; i < 20; ++i) Ask("Question " + std::to_string(i));
  const Head noted = *HeadNow(*db_);
  EXPECT_EQ(Verify(noted).faults, 0);
  Tamper("DELETE FROM record_texts WHERE entry > 17; DELETE FROM record_entries WHERE number > 17");
  EXPECT_EQ(Verify().first_faults.at(0).entry, 18);
  // Whoever cuts the tree as well is found by who noted a head.
  Tamper("DELETE FROM record_nodes WHERE place > 32");
  Tamper("DELETE FROM record_nodes WHERE place = 31");
  EXPECT_EQ(Verify().faults, 0);
  EXPECT_EQ(Verify(noted).first_faults.at(0).entry, 18);
}

TEST_F(RecordTest, WhatIsAddedWhileItIsVerifiedIsNoFault) {
  AddDocument("d1", "Smith");
  Ask("What is the rent?", {"d1"});
  for (int when = 1; when < 4; ++when) {
    int calls = 0;
    const Progress meanwhile = [&](double) {
      if (++calls == when) Ask("And the deposit?");
      return Result<void>();
    };
    const Result<Verified> verified = record::Verify(*db_, std::nullopt, meanwhile);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->faults, 0) << verified->first_faults.front().what;
  }
}

TEST_F(RecordTest, ARecordThatWasWrittenAnewIsToldByANotedHead) {
  for (int i = 0; i < 9; ++i) Ask("Question " + std::to_string(i));
  const Head noted = *HeadNow(*db_);
  Tamper("DELETE FROM record_texts; DELETE FROM record_entries; DELETE FROM record_nodes");
  for (int i = 0; i < 12; ++i) Ask("Another " + std::to_string(i));
  EXPECT_EQ(Verify().faults, 0);
  const Verified verified = Verify(noted);
  ASSERT_EQ(verified.faults, 1);
  EXPECT_NE(verified.first_faults[0].what.find("rewritten"), std::string::npos);
}

TEST_F(RecordTest, ADocumentTakesTheTextsOfWhatQuotesItAlongAndTheRecordSaysSo) {
  AddDocument("d1", "general");
  AddDocument("d2", "general");
  Ask("Of one", {"d1"}, {"general"});
  Ask("Of both", {"d1", "d2"}, {"general"});
  Ask("Of the other", {"d2"}, {"general"});
  Entry act("corrected");
  act.of = 2;
  act.said["words"] = act.Text("It is 1,540 pounds.");
  ASSERT_TRUE(Append(*db_, std::move(act), kNow));
  ASSERT_TRUE(documents::DeleteDocument(*db_, "d1"));
  EXPECT_EQ(Verify().faults, 0) << "it is not said yet, and it will be";
  Actor by;
  by.person = {{"token", "clara"}};
  ASSERT_TRUE(SayDeleted(*db_, by, kNow));
  ASSERT_TRUE(SayDeleted(*db_, by, kNow));  // nothing more to say
  EXPECT_FALSE(Find(*db_, 1, "")->texts);
  EXPECT_FALSE(Find(*db_, 2, "")->texts);
  EXPECT_TRUE(Find(*db_, 3, "")->texts);
  EXPECT_FALSE(Find(*db_, 4, "")->texts) << "what corrects an answer may quote its document";
  const Json said = Json::parse(Find(*db_, 5, "")->entry);
  EXPECT_EQ(said["kind"], "deleted");
  EXPECT_EQ(said["person"]["token"], "clara");
  EXPECT_EQ(said["said"]["document"], "d1");
  EXPECT_EQ(said["said"]["entries"], Json({1, 2, 4}));
  const Verified verified = Verify();
  EXPECT_EQ(verified.faults, 0);
  EXPECT_EQ(verified.without_texts, 3);
  EXPECT_EQ(verified.head.size, 5);
}

TEST_F(RecordTest, AMatterTakesItsNameAndTextsAlong) {
  AddDocument("d1", "Smith v Jones");
  Ask("Who sues?", {"d1"}, {"Smith v Jones"});
  Ask("Nothing was found", {}, {"Smith v Jones"});
  ASSERT_TRUE(documents::HideMatter(*db_, "Smith v Jones"));
  ASSERT_TRUE(SayDeleted(*db_, Actor(), kNow));
  EXPECT_FALSE(Find(*db_, 1, "")->texts);
  EXPECT_FALSE(Find(*db_, 2, "")->texts);
  EXPECT_EQ(Json::parse(Find(*db_, 3, "")->entry)["said"]["what"], "matter");
  EXPECT_EQ(Verify().faults, 0);
  Result<store::Statement> left = db_->Prepare("SELECT count(*) FROM record_matters");
  ASSERT_TRUE(left && left->Step());
  EXPECT_EQ(left->Int(0), 0);
}

TEST_F(RecordTest, WhatWasDeletedWhileItWasAnsweredIsNotKept) {
  AddDocument("d1", "general");
  ASSERT_TRUE(documents::DeleteDocument(*db_, "d1"));
  Ask("Of what is gone", {"d1"}, {"general"});
  EXPECT_FALSE(Find(*db_, 1, "")->texts);
  Ask("Another");
  EXPECT_EQ(Json::parse(Find(*db_, 2, "")->entry)["kind"], "deleted");
  EXPECT_EQ(Verify().faults, 0);
}

TEST_F(RecordTest, ListsAreOfOnePersonOrMatterTheNewestFirst) {
  AddDocument("d1", "general");
  AddDocument("d2", "birch");
  Ask("One", {"d1"}, {"general"});
  Ask("Two", {"d2"}, {"birch"});
  Ask("Three", {"d1", "d2"}, {"general", "birch"});
  Wanted wanted;
  const auto numbers = [&] {
    std::vector<std::int64_t> found;
    const Result<std::vector<Kept>> listed = List(*db_, wanted);
    for (const Kept& kept : *listed) found.push_back(kept.number);
    return found;
  };
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{3, 2, 1}));
  wanted.before = 3;
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{2, 1}));
  wanted.before = 0;
  wanted.matter = "birch";
  EXPECT_EQ(numbers(), (std::vector<std::int64_t>{3, 2}));
  wanted.owner = "clara";
  EXPECT_TRUE(numbers().empty());
}

TEST_F(RecordTest, TheTablesThemselvesRefuseToBeChanged) {
  Ask("What is the rent?");
  EXPECT_FALSE(db_->Execute("UPDATE record_entries SET owner = 'x'"));
  EXPECT_FALSE(db_->Execute("DELETE FROM record_entries"));
  EXPECT_FALSE(db_->Execute("UPDATE record_nodes SET hash = x'00'"));
  EXPECT_FALSE(db_->Execute("DELETE FROM record_nodes"));
}

TEST_F(RecordTest, TheExportOfAMatterWithholdsWhatConcernsOthersToo) {
  AddDocument("d1", "general");
  AddDocument("d2", "birch");
  Ask("One", {"d1"}, {"general"});
  Ask("Two", {"d2"}, {"birch"});
  Ask("Three", {"d1", "d2"}, {"general", "birch"});
  const std::string part = Exported("birch");
  EXPECT_EQ(std::count(part.begin(), part.end(), '\n'), 3);
  EXPECT_EQ(part.find("One"), std::string::npos);
  EXPECT_NE(part.find("Two"), std::string::npos);
  EXPECT_EQ(part.find("Three"), std::string::npos);
  EXPECT_NE(part.find("\"withheld\":true"), std::string::npos);
  const std::string whole = Exported();
  EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 4);
  EXPECT_NE(whole.find("Three"), std::string::npos);
}

TEST_F(RecordTest, AnExportThatLosesEntriesToADeletionIsNotTakenForWhole) {
  AddDocument("d1", "general");
  AddDocument("d2", "birch");
  Ask("One", {"d1"}, {"general"});
  Ask("Two", {"d2"}, {"birch"});
  Export source("birch");
  ASSERT_TRUE(source.Next(*db_));
  ASSERT_TRUE(db_->Execute("UPDATE matters SET hidden = 1, name = char(1) || id WHERE name = 'birch'"));
  EXPECT_FALSE(source.Next(*db_));
}

TEST_F(RecordTest, AHoldForbidsToDeleteWhatWouldTakeItsTextsAlong) {
  AddDocument("d1", "alder");
  AddDocument("d2", "birch");
  AddDocument("d3", "birch");
  AddDocument("d4", "oak");
  Ask("Both", {"d1", "d2"}, {"alder", "birch"});
  Ask("Of what was shown before", {"d4"}, {"alder"});
  Ask("Its own", {"d3"}, {"birch"});
  Actor anna;
  anna.owner = "user";
  ASSERT_TRUE(SetHold(*db_, "alder", true, "", anna, kNow));
  for (const char* document : {"d1", "d2", "d4"}) {
    const Result<void> may = DocumentMayBeDeleted(*db_, document);
    ASSERT_FALSE(may) << document;
    EXPECT_EQ(may.error().code, ErrorCode::kPermissionDenied);
    EXPECT_NE(may.error().next_step.find("release 'alder'"), std::string::npos);
  }
  EXPECT_TRUE(DocumentMayBeDeleted(*db_, "d3"));
  for (const char* matter : {"alder", "birch", "oak"}) EXPECT_FALSE(MatterMayBeDeleted(*db_, matter)) << matter;
  ASSERT_TRUE(SetHold(*db_, "alder", false, "", anna, kNow));
  for (const char* matter : {"alder", "birch", "oak"}) EXPECT_TRUE(MatterMayBeDeleted(*db_, matter)) << matter;
}

TEST_F(RecordTest, WhatIsOlderThanItsMattersKeepItLosesItsTextsAndTheRecordSaysSo) {
  constexpr std::int64_t kYear = 366 * 86'400;
  AddDocument("d1", "alder");
  AddDocument("d2", "birch");
  Ask("One", {}, {"alder"});
  Ask("Both", {}, {"alder", "birch"});
  Ask("Other", {}, {"birch"});
  const auto keep = [&](std::int64_t now) { return KeepRetention(*db_, Actor(), now).value_or(-1); };
  EXPECT_EQ(SetRetention(*db_, "oak", 1, Actor(), kNow).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(SetRetention(*db_, "alder", 101, Actor(), kNow).error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(SetRetention(*db_, "alder", 2, Actor(), kNow));
  EXPECT_EQ(keep(kNow + kYear), 0);
  ASSERT_TRUE(SetHold(*db_, "alder", true, "", Actor(), kNow + 1));
  EXPECT_EQ(keep(kNow + 3 * kYear), 0) << "a matter on hold";
  ASSERT_TRUE(SetHold(*db_, "alder", false, "", Actor(), kNow + 3 * kYear));
  EXPECT_EQ(keep(kNow + 3 * kYear), 3) << "the question, what says how long it is kept, the hold";
  EXPECT_FALSE(Find(*db_, 1, "")->texts);
  EXPECT_TRUE(Find(*db_, 2, "")->texts) << "birch is kept for ever";
  EXPECT_EQ(Readable(Find(*db_, 7, "")->entry, std::nullopt)["said"],
            Json({{"what", "retention"}, {"entries", {1, 4, 5}}}));
  EXPECT_EQ(keep(kNow + 4 * kYear), 0) << "only what has texts; the release is not old enough";
  ASSERT_TRUE(SetRetention(*db_, "birch", 1, Actor(), kNow + 4 * kYear));
  EXPECT_EQ(keep(kNow + 4 * kYear), 2);
  EXPECT_EQ(Verify().faults, 0);
}

TEST_F(RecordTest, VisibleDocumentsAreThoseWithinTheWalls) {
  AddDocument("d1", "general");
  AddDocument("d2", "birch");
  EXPECT_EQ(VisibleDocuments(*db_, {}, {})->count, 2);
  EXPECT_EQ(VisibleDocuments(*db_, {"birch"}, {})->count, 1);
  EXPECT_EQ(VisibleDocuments(*db_, {"birch"}, {})->sha256, Sha256Hex("d2\n"));
  EXPECT_EQ(VisibleDocuments(*db_, {}, {"d1"})->sha256, Sha256Hex("d1\n"));
}

}  // namespace
}  // namespace counsel::record
