// Which documents are meant, by the index's files and by the table alone: the same, whatever is added and deleted
// meanwhile.
#include "answers/meant.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "search/document_rows.h"
#include "search/index_check.h"
#include "search/index_upkeep.h"
#include "search/rows_in_files.h"
#include "search/search_fixture.h"
#include "understanding/document_row.h"
#include "understanding/known_rows.h"

namespace counsel::answers {
namespace {

namespace fs = std::filesystem;

class MeantTest : public search::SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    policy_.least = 5;
    policy_.batch = 20;
    policy_.together = 3;
    policy_.most_gone = 6;
    OpenIndex();
  }
  void OpenIndex() {
    index_ = search::Index::Of(folder_.path() / "counsel.db", folder_.path() / "index", search::kOfRows);
    upkeep_.emplace(index_, policy_, &understanding::ForEachSign);
  }

  std::size_t Below(std::size_t end) { return random_() % end; }
  std::string Some(const std::vector<std::string>& of) { return of[Below(of.size())]; }
  std::string Number(std::size_t end) { return std::to_string(1 + Below(end)); }

  void Put(const std::string& id, std::int64_t scope, const std::string& name, const std::string& head) {
    const Result<void> put = store::InTransaction(*db_, true, [&](store::Connection& db) {
      return search::PutDocumentRow(db, id, scope, name, understanding::PackRow(name, head, ""));
    });
    ASSERT_TRUE(put) << put.error().ToString();
  }
  void PutRandom() {
    const std::string party = Some(parties_);
    const std::string kind = Some({"Lease", "NDA", "Agreement", "letter", "Licence"});
    const std::string name =
        Some({party + " " + kind + ".pdf", kind + "-" + Number(40) + ".docx", "Unit" + Number(9) + "_" + kind + ".txt",
              "GPL-" + Number(9), "Rules for Flats 1 to 9.pdf", "Flat " + Number(6) + " " + kind + ".pdf"});
    Put("d" + Number(90), 1 + static_cast<std::int64_t>(Below(3)), name,
        kind + " of Flat " + Number(6) + " between " + party + " and " + Some(parties_) + ", dated " + Number(2030));
  }
  void Forget(const std::string& id) {
    const Result<void> forgotten =
        store::InTransaction(*db_, true, [&](store::Connection& db) { return search::ForgetDocumentRow(db, id); });
    ASSERT_TRUE(forgotten) << forgotten.error().ToString();
  }
  // All steps; `purge`: of one.
  void Keep(bool purge = false) {
    for (int steps = 0; steps < 100; ++steps) {
      Result<std::optional<search::SegmentChange>> change =
          purge ? upkeep_->PreparePurge(*db_) : upkeep_->Prepare(*db_);
      ASSERT_TRUE(change) << change.error().ToString();
      if (!*change) return;
      const Result<void> published =
          store::InTransaction(*db_, true, [&](store::Connection& db) { return upkeep_->Publish(db, **change); });
      ASSERT_TRUE(published) << published.error().ToString();
      upkeep_->Settle(**change, true);
    }
    FAIL() << "it goes on and on";
  }

  std::string RandomQuestion() {
    return Some({"Consider the " + Some(parties_) + " NDA; who pays the rent?",
                 "What does the lease of Unit " + Number(9) + " say?",
                 "Is there a cap in the agreement between " + Some(parties_) + " and " + Some(parties_) + "?",
                 "May GPL-" + Number(9) + " code be sold?", "Who signed NDA-" + Number(40) + ".docx?",
                 "according to the " + Some(parties_) + " lease, what is due?",
                 "What is the rent of Flat " + Number(6) + "?", "What does clause 7 of the lease say?",
                 "Who is the tenant?"});
  }

  std::string Told(const std::string& question, const std::vector<std::int64_t>& scopes,
                   const std::vector<std::string>& documents) {
    const Result<Meant> meant = store::InTransaction(
        *db_, false, [&](store::Connection& db) { return FindMeant(db, question, scopes, documents, false); });
    EXPECT_TRUE(meant) << meant.error().ToString();
    std::string told = question + "|" + meant->question + "|" + meant->kept_names + "|" + meant->not_there + "|";
    for (const MeantDocument& one : meant->documents) told += one.id + "=" + one.name + ",";
    for (const std::string& name : meant->names) told += "n:" + name + ",";
    for (const MeantDocument& one : meant->of_others) told += "o:" + one.id + "=" + one.name + ",";
    for (const std::string& id : meant->within) told += "w:" + id + ",";
    for (const std::string& id : meant->of_these) told += "t:" + id + ",";
    chosen_ += meant->chosen ? 1 : 0;
    siblings_ += meant->of_others.empty() ? 0 : 1;
    return told;
  }
  std::size_t InFiles() {
    Result<std::optional<search::RowsInFiles>> files = search::RowsInFiles::Look(*db_, {});
    return files && *files ? (*files)->count() : 0;
  }

  // By files, then by the table.
  void ExpectSame(int questions) {
    struct Asked {
      std::string question;
      std::vector<std::int64_t> scopes;
      std::vector<std::string> documents;
      std::string told;
    };
    std::vector<Asked> all;
    for (int i = 0; i < questions; ++i) {
      Asked asked;
      asked.question = RandomQuestion();
      if (Below(2) == 0) asked.scopes = {1 + static_cast<std::int64_t>(Below(3)), 3};
      if (Below(4) == 0) asked.documents = {"d" + Number(90), "d" + Number(90)};
      asked.told = Told(asked.question, asked.scopes, asked.documents);
      all.push_back(asked);
    }
    upkeep_.reset();
    index_.reset();  // nobody keeps files
    for (const Asked& asked : all) EXPECT_EQ(asked.told, Told(asked.question, asked.scopes, asked.documents));
    OpenIndex();
  }

  std::string FileBytes() {
    std::string all;
    for (const fs::directory_entry& file : fs::directory_iterator(index_->folder())) {
      all += *ReadFile(file.path(), 1U << 30);
    }
    return all;
  }

  const std::vector<std::string> parties_ = {"Motorola", "ResConnect", "Acme Ltd", "Perenna", "O'Brien", "J&B"};
  search::IndexPolicy policy_;
  std::shared_ptr<search::Index> index_;
  std::optional<search::IndexUpkeep> upkeep_;
  std::size_t chosen_ = 0;
  std::size_t siblings_ = 0;
};

TEST_F(MeantTest, FilesAndTableChooseTheSameWhateverIsAddedAndDeletedMeanwhile) {
  for (int round = 0; round < 40; ++round) {
    for (std::size_t i = 0, end = Below(12); i < end; ++i) PutRandom();
    if (Below(2) == 0) Forget("d" + Number(90));
    ExpectSame(8);
    Keep(Below(3) == 0);
    if (Below(2) == 0) Forget("d" + Number(90));
    ExpectSame(8);
  }
  EXPECT_GT(InFiles(), 30U);
  EXPECT_GT(chosen_, 200U);
  EXPECT_GT(siblings_, 40U);
}

TEST_F(MeantTest, ADocumentIsMeantAtOnceAndNoLongerOnceItIsDeleted) {
  for (int i = 0; i < 60; ++i) PutRandom();
  Keep();
  const std::string question = "Who signed the Quorvian settlement deed?";
  EXPECT_EQ(Told(question, {}, {}).find("q1="), std::string::npos);
  Put("q1", 1, "Quorvian settlement deed.pdf", "Deed of settlement");
  EXPECT_NE(Told(question, {}, {}).find("q1="), std::string::npos);
  for (int i = 0; i < 20; ++i) PutRandom();
  Keep();
  EXPECT_NE(Told(question, {}, {}).find("q1="), std::string::npos);
  Forget("q1");
  EXPECT_EQ(Told(question, {}, {}).find("q1="), std::string::npos);
}

TEST_F(MeantTest, NoSignOfADeletedDocumentIsInAFileAfterAPurge) {
  for (int i = 0; i < 60; ++i) PutRandom();
  const std::string name = "Quorvian settlement-2.pdf";
  Put("q1", 1, name, "Deed of settlement of Zyxquor");
  for (int i = 0; i < 20; ++i) PutRandom();
  Keep();
  std::vector<std::string> signs;
  const std::string row = understanding::PackRow(name, "Zyxquor", "");
  understanding::ForEachSign(name, row, [&signs](std::string_view sign, std::uint32_t) {
    if (sign.size() > 5) signs.emplace_back(sign);
  });
  ASSERT_EQ(signs.size(), 2U);  // of its name, whole and without the ending
  for (const std::string& sign : signs) EXPECT_NE(FileBytes().find(sign), std::string::npos);
  Forget("q1");
  Keep(true);
  for (const std::string& sign : signs) EXPECT_EQ(FileBytes().find(sign), std::string::npos);
  EXPECT_GT(InFiles(), 30U);
}

TEST_F(MeantTest, AFileThatIsCutOffChangesNothingAndIsMadeAnew) {
  for (int i = 0; i < 60; ++i) PutRandom();
  Keep();
  EXPECT_TRUE(*search::IndexFilesAgree(*db_));
  std::vector<std::string> questions;
  std::vector<std::string> before;
  for (int i = 0; i < 12; ++i) {
    questions.push_back(RandomQuestion());
    before.push_back(Told(questions.back(), {}, {}));
  }
  for (const fs::directory_entry& file : fs::directory_iterator(index_->folder())) fs::resize_file(file.path(), 100);
  for (std::size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(Told(questions[i], {}, {}), before[i]);
  EXPECT_EQ(InFiles(), 0U);
  Keep();
  EXPECT_GT(InFiles(), 30U);
  for (std::size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(Told(questions[i], {}, {}), before[i]);
}

}  // namespace
}  // namespace counsel::answers
