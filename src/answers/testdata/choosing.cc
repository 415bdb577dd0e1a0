// What choosing the documents that a question means costs among many, for bench/search.py:
//
//   choosing FOLDER DOCUMENTS
//
// Makes a store of so many rows of documents in the folder, and the index's files of them. Of each question, one line:
// how many documents are meant, then milliseconds by the files and by the table alone, the median of seven, then the
// same of processor time. Ends with an error where the two choose otherwise.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "answers/meant.h"
#include "search/document_rows.h"
#include "search/index_upkeep.h"
#include "search/testdata/timing.h"
#include "understanding/document_row.h"
#include "understanding/known_rows.h"

namespace counsel::answers {
namespace {

using search::MedianMs;
using search::MsOn;
using search::Took;
using store::Connection;

constexpr std::int64_t kMatters = 50;

// Names and texts of documents, as skewed as words are.
class Made {
 public:
  std::string Word() {
    const double chance = static_cast<double>(random_() % 1'000'000) / 1e6;
    const auto which = static_cast<std::size_t>(chance * chance * chance * 40'000);
    std::string word;
    for (std::size_t rest = which + 3; rest > 0; rest /= 20)
      word += "bcdfghklmnprstvwxyzj"[rest % 20], word += "aeiou"[rest % 5];
    return word;
  }
  std::string Party() {
    std::string word = Word() + Word();
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
    return word;
  }
  std::string Kind() {
    constexpr std::array<const char*, 8> kKinds = {"Lease",   "NDA",    "Services Agreement", "Letter",
                                                   "Licence", "Report", "Purchase Agreement", "Deed"};
    return kKinds[random_() % kKinds.size()];
  }
  std::string Text(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) text += Word() + (i % 12 == 11 ? ". " : " ");
    return text;
  }

 private:
  std::mt19937_64 random_{20261130};
};

bool Fill(Connection& db, std::int64_t documents, std::vector<std::string>* questions) {
  Made made;
  for (std::int64_t n = 0; n < documents;) {
    const Result<void> put = store::InTransaction(db, true, [&](Connection& in) -> Result<void> {
      for (int i = 0; i < 1'000 && n < documents; ++i, ++n) {
        const std::string party = made.Party();
        const std::string other = made.Party();
        const std::string kind = made.Kind();
        const std::string name = kind + " " + party + "-" + std::to_string(n) + ".pdf";
        const std::string head = kind + " between " + party + " Limited and " + other +
                                 " Limited. This agreement of Unit " + std::to_string(n % 40) + " " + made.Text(280);
        RETURN_IF_ERROR(search::PutDocumentRow(in, "choosing" + std::to_string(n), 1 + n % kMatters, name,
                                               understanding::PackRow(name, head, made.Text(230))));
        if (n % (documents / 4) != 7) continue;
        questions->push_back("Is there a cap on liability in the " + party + " " + kind + "?");
        questions->push_back("Consider the agreement between " + party + " and " + other + "; who pays?");
        questions->push_back("What does clause 7 of " + name + " say?");
      }
      return {};
    });
    if (!put) return false;
  }
  questions->insert(questions->end(), {"When does the services agreement end?", "What is the rent of Unit 9?",
                                       "May the tenant assign the lease of Unit 12?", "Who pays the fees?"});
  return true;
}

bool KeepAll(Connection& db, search::IndexUpkeep* upkeep) {
  for (;;) {
    Result<std::optional<search::SegmentChange>> change = upkeep->Prepare(db);
    if (!change) return false;
    if (!*change) return true;
    const bool published =
        store::InTransaction(db, true, [&](Connection& in) { return upkeep->Publish(in, **change); }).has_value();
    upkeep->Settle(**change, published);
    if (!published) return false;
  }
}

std::vector<std::string> Ids(const Meant& meant) {
  std::vector<std::string> ids;
  for (const MeantDocument& one : meant.documents) ids.push_back(one.id);
  ids.insert(ids.end(), meant.within.begin(), meant.within.end());
  ids.push_back(meant.question + meant.not_there);
  return ids;
}

int Run(const std::filesystem::path& folder, std::int64_t documents) {
  Result<std::unique_ptr<Connection>> opened = Connection::Open(folder / "counsel.db", false);
  if (!opened || !store::Migrate(**opened)) return 1;
  Connection& db = **opened;
  std::vector<std::string> questions;
  if (!Fill(db, documents, &questions)) return 1;
  std::shared_ptr<search::Index> index = search::Index::Of(folder / "counsel.db", folder / "index", search::kOfRows);
  {
    const double used = MsOn(CLOCK_PROCESS_CPUTIME_ID);
    search::IndexUpkeep upkeep(index, {}, &understanding::ForEachSign);
    if (!KeepAll(db, &upkeep)) return 1;
    std::printf("made %.3f\n", MsOn(CLOCK_PROCESS_CPUTIME_ID) - used);
  }
  std::vector<std::int64_t> matters;
  for (std::int64_t matter = 1; matter <= kMatters; ++matter) matters.push_back(matter);
  if (!db.Execute("BEGIN")) return 1;
  std::vector<Took> by_files;
  std::vector<std::vector<std::string>> chosen;
  const auto choose = [&](const std::string& question) { return FindMeant(db, question, matters, {}, false); };
  for (const std::string& question : questions) {
    const Result<Meant> meant = choose(question);
    if (!meant) return 1;
    chosen.push_back(Ids(*meant));
    by_files.push_back(MedianMs([&] { (void)choose(question); }));
  }
  index.reset();  // nobody keeps files
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Result<Meant> meant = choose(questions[i]);
    if (!meant || Ids(*meant) != chosen[i]) {
      std::fprintf(stderr, "files and table choose otherwise: %s\n", questions[i].c_str());
      return 1;
    }
    const Took by_table = MedianMs([&] { (void)choose(questions[i]); });
    std::printf("%zu %.3f %.3f %.3f %.3f %s\n", meant->documents.size(), by_files[i].wall, by_table.wall,
                by_files[i].processor, by_table.processor, questions[i].c_str());
  }
  return 0;
}

}  // namespace
}  // namespace counsel::answers

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "choosing FOLDER DOCUMENTS\n");
    return 2;
  }
  return counsel::answers::Run(argv[1], std::atoll(argv[2]));
}
