// How long the two halves of a search take by themselves, for bench/search.py:
//
//   search_halves HOME [MATTER]   with questions on standard input, one a line
//
// Of each question, one line: the milliseconds of the keyword half and of the vector half, the median of seven; the
// same of processor time; and how many passages there are. A question's vector is one that the store has.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "search/keywords.h"
#include "search/mapped_index.h"
#include "search/testdata/timing.h"

namespace counsel::search {
namespace {

std::vector<float> SomeVector(store::Connection& db, std::int64_t near) {
  Result<store::Statement> read = db.Prepare("SELECT vector FROM vectors WHERE chunk >= ? LIMIT 1");
  std::vector<float> vector;
  if (!read || !read->Bind(1, near).Step().value_or(false)) return vector;
  vector.resize(read->Blob(0).size() / sizeof(float));
  std::memcpy(vector.data(), read->Blob(0).data(), vector.size() * sizeof(float));
  return vector;
}

int Run(const std::filesystem::path& home, std::int64_t scope) {
  const std::shared_ptr<Index> index = Index::Of(home / "counsel.db", home / "index");
  Result<std::unique_ptr<store::Connection>> opened = store::Connection::Open(home / "counsel.db", true);
  if (!opened || !(*opened)->Execute("BEGIN")) return 1;
  store::Connection& db = **opened;
  Result<std::optional<IndexSnapshot>> files = index->Look(db);
  if (!files || !*files) return 1;
  Walls walls;
  if (scope > 0) walls.scopes.push_back(scope);
  std::string question;
  for (std::int64_t near = 1; std::getline(std::cin, question); near += 7'919) {
    const QueryWords words = ReadQuestion(question);
    const std::vector<float> vector = SomeVector(db, near);
    std::int64_t passages = 0;
    const Took keywords = MedianMs([&] {
      Result<KeywordRanking> ranking = RankByKeywords(db, words, walls, 100, {}, &**files);
      if (ranking) passages = ranking->chunks;
    });
    const Took nearest = MedianMs([&] { (void)Nearest(db, 1, vector, walls, 100, &**files); });
    std::printf("%.3f %.3f %.3f %.3f %lld\n", keywords.wall, nearest.wall, keywords.processor, nearest.processor,
                static_cast<long long>(passages));
  }
  return 0;
}

}  // namespace
}  // namespace counsel::search

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return counsel::search::Run(argv[1], argc > 2 ? std::atoll(argv[2]) : 0);
}
