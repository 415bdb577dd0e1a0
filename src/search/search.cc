// A question: two rankings, one fusion, and the strength of what was found.
#include "search/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/utf8.h"
#include "search/keywords.h"
#include "search/nearest.h"
#include "search/words.h"

namespace counsel::search {
namespace {

// Reciprocal rank fusion's usual constant: the first place counts 1/61, the hundredth 1/160.
constexpr double kFusion = 60;

// What a coverage alone says, measured on the same questions as the catalogue's constants (docs/relevance.md).
constexpr Calibration kByCoverageAlone = {-5.7, 0, 12.5};

Result<void> Check(const Query& query) {
  if (!query.vector.empty() && !IsUnitVector(query.vector)) {
    return Fail(ErrorCode::kInvalidArgument,
                "The embedding model '" + query.embedding_model + "' gave a vector that is not of unit length.",
                "Check that the model file is the one that the catalogue describes.");
  }
  if (query.scopes.size() > kMaxWalls || query.documents.size() > kMaxWalls) {
    return Fail(ErrorCode::kTooLarge,
                "A search can name at most " + std::to_string(kMaxWalls) + " matters and as many documents.",
                "Name fewer, or none to search everything.");
  }
  return {};
}

// Chunks by BM25, best first, into `hits` (bm25 and keyword_rank).
void TakeKeywords(const KeywordRanking& ranking, std::map<std::int64_t, Hit>& hits) {
  int rank = 0;
  for (const KeywordHit& found : ranking.best) {
    Hit& hit = hits[found.chunk];
    hit.keyword_rank = ++rank;
    hit.bm25 = found.score;
  }
}

// Chunks by cosine, best first, into `hits` (vector_rank); the cosine of every hit.
// false: there are no vectors to rank by.
Result<bool> RankByVectors(store::Connection& db, const Query& query, const Walls& walls,
                           std::map<std::int64_t, Hit>& hits) {
  if (query.vector.empty()) return false;
  Result<std::int64_t> model = CheckModel(db, query.embedding_model, query.vector.size());
  if (!model) return Fail(std::move(model.error()));
  if (*model == 0) return false;
  Result<std::vector<Neighbour>> nearest = Nearest(db, *model, query.vector, walls, kRankingDepth);
  if (!nearest) return Fail(std::move(nearest.error()));
  for (std::size_t i = 0; i < nearest->size(); ++i) {
    Hit& hit = hits[(*nearest)[i].chunk];
    hit.vector_rank = static_cast<int>(i) + 1;
    hit.cosine = (*nearest)[i].cosine;
  }
  std::vector<Neighbour> others;
  for (const auto& [chunk, hit] : hits) {
    if (hit.vector_rank == 0) others.push_back({chunk, 0});
  }
  if (Result<void> measured = MeasureCosines(db, *model, query.vector, others); !measured) {
    return Fail(std::move(measured.error()));
  }
  for (const Neighbour& other : others) hits[other.chunk].cosine = other.cosine;
  return true;
}

std::vector<Hit> Fuse(std::map<std::int64_t, Hit> found, std::size_t limit) {
  std::vector<Hit> hits;
  for (auto& [chunk, hit] : found) {
    hit.chunk = chunk;
    if (hit.keyword_rank > 0) hit.fused += 1 / (kFusion + hit.keyword_rank);
    if (hit.vector_rank > 0) hit.fused += 1 / (kFusion + hit.vector_rank);
    hits.push_back(std::move(hit));
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    if (a.fused != b.fused) return a.fused > b.fused;
    if (a.cosine != b.cosine) return a.cosine > b.cosine;
    return a.chunk < b.chunk;
  });
  if (hits.size() > limit) hits.resize(limit);
  return hits;
}

// How much each term weighs in coverage: ln((N + 1000) / (chunks with it + 1)), both counted within the walls. The
// thousand stands for the rest of the language: with few chunks all words weigh nearly the same, so that a matter of
// one short document is no special case.
std::vector<double> TermWeights(const KeywordRanking& ranking) {
  constexpr double kLanguage = 1000;
  std::vector<double> weights;
  for (const std::int64_t with : ranking.chunks_with) {
    weights.push_back(std::log((static_cast<double>(ranking.chunks) + kLanguage) / (static_cast<double>(with) + 1)));
  }
  return weights;
}

void AddWords(std::string_view text, std::unordered_set<std::string>* words) {
  const std::string repaired = RepairUtf8(text);
  ForEachWord(repaired, [&](std::string_view folded, std::size_t, std::size_t) { words->emplace(folded); });
}

// Reads a hit's chunk and says which of the terms stand in it.
Result<void> Describe(store::Statement& read, const std::vector<Term>& terms, const std::vector<double>& weights,
                      Hit* hit) {
  read.Reset();
  Result<bool> row = read.Bind(1, hit->chunk).Step();
  if (!row) return Fail(std::move(row.error()));
  if (!*row)
    return Fail(ErrorCode::kCorrupt, "The index names a passage that is not there.", "Add the documents again.");
  hit->document = read.Text(0);
  hit->scope = read.Int(1);
  hit->start = read.Int(2);
  hit->end = read.Int(3);
  hit->page = static_cast<int>(read.Int(4));
  hit->heading = read.Text(6);
  hit->text = read.Text(7);
  std::unordered_set<std::string> words;
  AddWords(read.Text(5), &words);
  AddWords(hit->heading, &words);
  AddWords(hit->text, &words);
  double all = 0;
  double found = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    all += weights[i];
    const bool there = std::any_of(terms[i].folded.begin(), terms[i].folded.end(),
                                   [&](const std::string& folded) { return words.contains(folded); });
    if (!there) continue;
    found += weights[i];
    hit->matched_terms.push_back(terms[i].word);
  }
  hit->coverage = all > 0 ? std::min(1.0, found / all) : 0;
  return {};
}

double Relevance(const Calibration& given, bool has_vector, const Hit& hit) {
  const bool measured = given.cosine != 0 || given.coverage != 0 || given.bias != 0;
  const Calibration& c = has_vector && measured ? given : kByCoverageAlone;
  return 1 / (1 + std::exp(-(c.bias + c.cosine * hit.cosine + c.coverage * hit.coverage)));
}

}  // namespace

Result<std::vector<Hit>> Search(store::Connection& db, const Query& query) {
  if (Result<void> checked = Check(query); !checked) return Fail(std::move(checked.error()));
  Walls walls;
  walls.scopes = query.scopes;
  walls.documents = query.documents;
  Result<Unseen> unseen = Unseen::Load(db);
  if (!unseen) return Fail(std::move(unseen.error()));
  walls.unseen = std::move(*unseen);
  const QueryWords words = ReadQuestion(query.text);
  std::map<std::int64_t, Hit> found;
  Result<KeywordRanking> keywords = RankByKeywords(db, words, walls, kRankingDepth);
  if (!keywords) return Fail(std::move(keywords.error()));
  TakeKeywords(*keywords, found);
  Result<bool> by_vectors = RankByVectors(db, query, walls, found);
  if (!by_vectors) return Fail(std::move(by_vectors.error()));
  std::vector<Hit> hits = Fuse(std::move(found), query.limit);
  if (hits.empty()) return hits;

  const std::vector<double> weights = TermWeights(*keywords);
  Result<store::Statement> read =
      db.Prepare("SELECT document, scope, start, \"end\", page, name, heading, text FROM chunks WHERE id = ?");
  if (!read) return Fail(std::move(read.error()));
  for (Hit& hit : hits) {
    if (Result<void> described = Describe(*read, words.terms, weights, &hit); !described) {
      return Fail(std::move(described.error()));
    }
    hit.relevance = Relevance(query.calibration, *by_vectors, hit);
  }
  return hits;
}

}  // namespace counsel::search
