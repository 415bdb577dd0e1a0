// What is known of rows by their signs, as files have them, decides as the rows themselves do.
#include "understanding/known_rows.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "understanding/name_words.h"
#include "understanding/numbered_things.h"
#include "understanding/understanding.h"

namespace counsel::understanding {
namespace {

class KnownRowsTest : public ::testing::Test {
 protected:
  std::size_t Below(std::size_t end) { return random_() % end; }
  std::string Some(const std::vector<std::string>& of) { return of[Below(of.size())]; }

  DocumentRow Add(const std::string& name, const std::string& head) {
    DocumentRow row;
    row.name = name;
    row.words = PackRow(name, head, "");
    rows_.push_back(row);
    return row;
  }

  void AddRandom() {
    const std::string party = Some(parties_);
    const std::string kind = Some({"Lease", "NDA", "Agreement", "letter", "side letter", "Licence"});
    const std::string name = Some({party + " " + kind + ".pdf", kind + "-" + std::to_string(Below(40)) + ".docx",
                                   "Unit" + std::to_string(Below(9)) + "_" + kind + ".txt",
                                   "GPL-" + std::to_string(Below(9)), "My%20" + kind + "%20" + party + ".odt", kind});
    Add(name, kind + " of Flat " + std::to_string(1 + Below(5)) + " between " + party + " and " + Some(parties_) +
                  ", dated " + std::to_string(1990 + Below(40)) + ". Motorola Solutions Master Services Agreement");
  }

  std::string RandomQuestion() {
    const std::string party = Some(parties_);
    return Some({"Consider the " + party + " NDA; who pays the rent?",
                 "What does the lease of Unit " + std::to_string(Below(9)) + " say?",
                 "Is there a cap in the agreement between " + party + " and " + Some(parties_) + "?",
                 "May GPL-" + std::to_string(Below(9)) + " code be sold?", "Who signed " + Some(rows_names()) + "?",
                 "according to the " + Some(rows_names()) + " and the " + party + " lease, what is due?",
                 "What is the rent of Flat " + std::to_string(1 + Below(6)) + "?", "What is the term of the MSA?"});
  }
  std::vector<std::string> rows_names() const {
    std::vector<std::string> names;
    for (const DocumentRow& row : rows_) names.push_back(row.name);
    return names;
  }

  // As files keep them.
  std::map<std::string, std::vector<RowHas>> Signs() const {
    std::map<std::string, std::vector<RowHas>> signs;
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      ForEachSign(rows_[row].name, rows_[row].words, [&](std::string_view sign, std::uint32_t number) {
        EXPECT_GT(number, 0U);
        EXPECT_LE(number, 0xFFFFU);
        signs[std::string(sign)].push_back(HasOf(row, number));
      });
    }
    return signs;
  }
  KnownRows BySigns(const std::string& question) const {
    const std::map<std::string, std::vector<RowHas>> signs = Signs();
    const auto rows_of = [&signs](const std::string& sign) {
      const auto found = signs.find(sign);
      return found == signs.end() ? std::vector<RowHas>() : found->second;
    };
    KnownRows known(question);
    known.Count(rows_.size());
    for (std::size_t i = 0; i < known.words().size(); ++i) {
      for (const RowHas& has : rows_of(SignOfWord(known.words()[i]))) known.AddWord(i, has);
    }
    std::map<std::uint32_t, bool> named;
    for (const std::string& sign : known.SignsOfNames()) {
      for (const RowHas& has : rows_of(sign)) named[has.row] = true;
    }
    for (const auto& [row, is] : named) known.AddNamed(row, rows_[row].name);
    return known;
  }

  const std::vector<std::string> parties_ = {"Motorola", "ResConnect", "Acme Ltd", "Perenna",
                                             "O'Brien",  "Müller",     "J&B"};
  std::mt19937 random_{20261130};
  std::vector<DocumentRow> rows_;
};

TEST_F(KnownRowsTest, SignsOfRowsDecideAsTheRowsDo) {
  std::size_t decided = 0;
  for (int store = 0; store < 12; ++store) {
    rows_.clear();
    for (std::size_t i = 0, end = 1 + Below(60); i < end; ++i) AddRandom();
    for (int asked = 0; asked < 60; ++asked) {
      const std::string question = RandomQuestion();
      const Understood by_rows = Understand(question, rows_);
      const Understood by_signs = Understand(question, BySigns(question));
      EXPECT_EQ(by_signs.documents, by_rows.documents) << question;
      EXPECT_EQ(by_signs.names, by_rows.names) << question;
      EXPECT_EQ(by_signs.question, by_rows.question) << question;
      EXPECT_EQ(by_signs.not_there, by_rows.not_there) << question;
      EXPECT_EQ(by_signs.not_there_words, by_rows.not_there_words) << question;
      decided += by_rows.documents.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(decided, 200U);
}

TEST_F(KnownRowsTest, ANumberNeedsItsThingToTellADocument) {
  Add("lease.pdf", "Lease of Unit 9 of the Harbour Yard");
  Add("other.pdf", "Lease of Unit 8 of the Harbour Yard, clause 9");
  const std::string question = "What is the rent in the lease of Unit 9 of Harbour Yard?";
  EXPECT_EQ(Understand(question, BySigns(question)).documents, (std::vector<std::size_t>{0}));
}

TEST_F(KnownRowsTest, ALongNameIsKnownByItsSign) {
  const std::string name = "Deed-" + std::string(320, 'x') + "-7.pdf";
  Add(name, "nothing");
  const std::string question = "Who signed " + name + "?";
  EXPECT_EQ(Understand(question, BySigns(question)).documents, (std::vector<std::size_t>{0}));
}

TEST_F(KnownRowsTest, WhoseADocumentIsIsKnownByTheWordsOfThingsAlone) {
  Add("Rules for Flats 1 to 9.pdf", "Rules of the house, Flat 1");
  Add("Lots 1.pdf", "Lots and lots. Lot 2");
  for (int i = 0; i < 40; ++i) AddRandom();
  for (const std::string question : {"What is the rent of Flat 2?", "Is Lot 1 sold?"}) {
    const NumberedDocuments documents(NumberedThings(question));
    const std::vector<std::uint32_t> words = documents.words();
    for (const DocumentRow& row : rows_) {
      std::string known;
      ForEachOf(row.words, words, [&known](std::size_t, const RowWord& word) { AppendToRow(word, &known); });
      const std::string name = documents.AsksForName(known) ? row.name : "";
      EXPECT_EQ(documents.Of(name, known), documents.Of(row.name, row.words)) << row.name;
    }
  }
}

}  // namespace
}  // namespace counsel::understanding
