// A question: two rankings, one fusion, and the strength of what was found.
#include "search/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/utf8.h"
#include "search/keywords.h"
#include "search/mapped_index.h"
#include "search/nearest.h"
#include "search/passages_with.h"
#include "search/quotations.h"
#include "search/typed.h"
#include "search/words.h"
#include "text/contents.h"

namespace counsel::search {
namespace {

// How much a cosine counts beside the best passage's BM25, which is 1: its weight in the model's calibration, for
// models differ in how wide their cosines spread, over this (chosen on docs/quality.md's set, with all of it in view).
constexpr double kCosineShare = 5;
// For a model that was never measured: as bge-small.
constexpr double kUsualCosineWeight = 4.5;
// Of the order, that a table of contents loses: as much as the best passage's words give.
constexpr double kContentsLose = 1;
// Likewise what a mail repeats of another one: more, so that ten replies do not hide what else was found.
constexpr double kRepetitionLoses = 2;
// So many more than are wanted are looked at for tables of contents.
constexpr std::size_t kSpare = 16;

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

// Chunks by cosine, best first, into `hits` (vector_rank). The model's row; 0: there are no vectors to rank by.
Result<std::int64_t> RankByVectors(store::Connection& db, const Query& query, const Walls& walls,
                                   const IndexSnapshot* index, std::map<std::int64_t, Hit>& hits) {
  if (query.vector.empty()) return 0;
  Result<std::int64_t> model = CheckModel(db, query.embedding_model, query.vector.size());
  if (!model || *model == 0) return model;
  Result<std::vector<Neighbour>> nearest = Nearest(db, *model, query.vector, walls, kRankingDepth, index);
  if (!nearest) return Fail(std::move(nearest.error()));
  for (std::size_t i = 0; i < nearest->size(); ++i) {
    Hit& hit = hits[(*nearest)[i].chunk];
    hit.vector_rank = static_cast<int>(i) + 1;
    hit.cosine = (*nearest)[i].cosine;
  }
  return model;
}

// Chunks by BM25, best first, into `hits` (keyword_rank); the BM25 of every hit.
Result<KeywordRanking> RankByWords(store::Connection& db, const QueryWords& words, const Walls& walls,
                                   const IndexSnapshot* index, std::map<std::int64_t, Hit>& hits) {
  std::vector<std::int64_t> also;
  for (const auto& [chunk, hit] : hits) also.push_back(chunk);
  Result<KeywordRanking> ranking = RankByKeywords(db, words, walls, kRankingDepth, also, index);
  if (!ranking) return ranking;
  for (std::size_t i = 0; i < also.size(); ++i) hits[also[i]].bm25 = ranking->also[i];
  int rank = 0;
  for (const KeywordHit& found : ranking->best) {
    Hit& hit = hits[found.chunk];
    hit.keyword_rank = ++rank;
    hit.bm25 = found.score;
  }
  return ranking;
}

// The cosine of hits that only words found.
Result<void> MeasureOthers(store::Connection& db, const Query& query, std::int64_t model,
                           std::map<std::int64_t, Hit>& hits) {
  std::vector<Neighbour> others;
  for (const auto& [chunk, hit] : hits) {
    if (hit.vector_rank == 0) others.push_back({chunk, 0});
  }
  if (Result<void> measured = MeasureCosines(db, model, query.vector, others); !measured) return measured;
  for (const Neighbour& other : others) hits[other.chunk].cosine = other.cosine;
  return {};
}

bool Before(const Hit& a, const Hit& b) {
  if (a.fused != b.fused) return a.fused > b.fused;
  if (a.cosine != b.cosine) return a.cosine > b.cosine;
  return a.chunk < b.chunk;
}

std::vector<Hit> Fuse(std::map<std::int64_t, Hit> found, const Calibration& calibration, std::size_t limit) {
  double best = 0;
  for (const auto& [chunk, hit] : found) best = std::max(best, hit.bm25);
  const double weight = calibration.cosine > 0 ? calibration.cosine / kCosineShare : kUsualCosineWeight;
  std::vector<Hit> hits;
  for (auto& [chunk, hit] : found) {
    hit.chunk = chunk;
    hit.fused = weight * hit.cosine + (best > 0 ? hit.bm25 / best : 0);
    hits.push_back(std::move(hit));
  }
  std::sort(hits.begin(), hits.end(), Before);
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

// Names of documents say nothing of what a passage holds, unless nothing else is asked.
void LeaveOutNames(const std::string& names, const std::vector<Term>& terms, std::vector<double>* weights) {
  if (names.empty()) return;
  std::unordered_set<std::string> named;
  for (const Term& term : ReadQuestion(names).terms) named.insert(term.folded.front());
  std::vector<double> left = *weights;
  double all = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (named.contains(terms[i].folded.front())) left[i] = 0;
    all += left[i];
  }
  if (all > 0) *weights = std::move(left);
}

void AddWords(std::string_view text, std::unordered_set<std::string>* words) {
  const std::string repaired = RepairUtf8(text);
  ForEachWord(repaired, [&](std::string_view folded, std::size_t, std::size_t) { words->emplace(folded); });
}

struct Read {
  explicit Read(Hit hit_in) : hit(std::move(hit_in)) {}
  Hit hit;
  std::string name;  // of its document, as it was indexed
};

// A hit's chunk.
Result<void> ReadChunk(store::Statement& rows, Read* read) {
  rows.Reset();
  Hit& hit = read->hit;
  ASSIGN_OR_RETURN(const bool row, rows.Bind(1, hit.chunk).Step());
  if (!row) {
    return Fail(ErrorCode::kCorrupt, "The index names a passage that is not there.", "Add the documents again.");
  }
  hit.document = rows.Text(0);
  hit.scope = rows.Int(1);
  hit.start = rows.Int(2);
  hit.end = rows.Int(3);
  hit.page = static_cast<int>(rows.Int(4));
  read->name = rows.Text(5);
  hit.heading = rows.Text(6);
  hit.text = rows.Text(7);
  return {};
}

// What a mail repeats of others that were found goes behind them; `read`: best first.
void LowerQuotations(std::vector<Read>* read) {
  std::vector<QuotationCandidate> candidates;
  for (const Read& one : *read) {
    QuotationCandidate& candidate = candidates.emplace_back();
    candidate.document = one.hit.document;
    candidate.heading = one.hit.heading;
    candidate.text = one.hit.text;
  }
  const std::vector<bool> repeat = RepeatOthers(candidates);
  for (std::size_t i = 0; i < read->size(); ++i) {
    if (repeat[i]) (*read)[i].hit.fused -= kRepetitionLoses;
  }
}

// Which of the terms stand in it.
void Describe(const std::vector<Term>& terms, const std::vector<double>& weights, Read* read) {
  Hit& hit = read->hit;
  std::unordered_set<std::string> words;
  AddWords(read->name, &words);
  AddWords(hit.heading, &words);
  AddWords(hit.text, &words);
  double all = 0;
  double found = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    all += weights[i];
    const bool there = std::any_of(terms[i].folded.begin(), terms[i].folded.end(),
                                   [&](const std::string& folded) { return words.contains(folded); }) ||
                       std::any_of(terms[i].within.begin(), terms[i].within.end(),
                                   [&](const std::string& folded) { return words.contains(folded); });
    if (!there) continue;
    found += weights[i];
    hit.matched_terms.push_back(terms[i].word);
  }
  hit.coverage = all > 0 ? std::min(1.0, found / all) : 0;
}

double Relevance(const Calibration& given, bool has_vector, const Hit& hit) {
  const bool measured = given.cosine != 0 || given.coverage != 0 || given.bias != 0;
  const Calibration& c = has_vector && measured ? given : kByCoverageAlone;
  return 1 / (1 + std::exp(-(c.bias + c.cosine * hit.cosine + c.coverage * hit.coverage)));
}

// With the index's files, or by the tables alone.
Result<std::vector<Hit>> SearchIn(store::Connection& db, const Query& query, const Typed& typed, Walls walls,
                                  const IndexSnapshot* index) {
  RETURN_IF_ERROR(Restrict(db, typed, index, &walls));
  const QueryWords words = ReadQuestion(typed.rest, query.beside);
  std::map<std::int64_t, Hit> found;
  Result<std::int64_t> model = RankByVectors(db, query, walls, index, found);
  if (!model) return Fail(std::move(model.error()));
  Result<KeywordRanking> keywords = RankByWords(db, words, walls, index, found);
  if (!keywords) return Fail(std::move(keywords.error()));
  if (*model != 0) {
    if (Result<void> measured = MeasureOthers(db, query, *model, found); !measured) {
      return Fail(std::move(measured.error()));
    }
  }
  std::vector<Hit> hits = Fuse(std::move(found), query.calibration, query.limit + kSpare);
  if (hits.empty()) return hits;

  Result<store::Statement> rows =
      db.Prepare("SELECT document, scope, start, \"end\", page, name, heading, text FROM chunks WHERE id = ?");
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Read> read;
  for (Hit& hit : hits) {
    Read& one = read.emplace_back(std::move(hit));
    if (Result<void> done = ReadChunk(*rows, &one); !done) return Fail(std::move(done.error()));
    if (text::LooksLikeContents(one.hit.text)) one.hit.fused -= kContentsLose;
  }
  const auto before = [](const Read& a, const Read& b) { return Before(a.hit, b.hit); };
  std::sort(read.begin(), read.end(), before);
  LowerQuotations(&read);
  std::sort(read.begin(), read.end(), before);
  // To cut a passage into words takes longest: of those that are shown.
  if (read.size() > query.limit) read.erase(read.begin() + static_cast<std::ptrdiff_t>(query.limit), read.end());
  std::vector<double> weights = TermWeights(*keywords);
  LeaveOutNames(query.names, words.terms, &weights);
  hits.clear();
  for (Read& one : read) {
    Describe(words.terms, weights, &one);
    one.hit.relevance = Relevance(query.calibration, *model != 0, one.hit);
    hits.push_back(std::move(one.hit));
  }
  return hits;
}

Result<std::vector<Hit>> SearchFor(store::Connection& db, const Query& query, const Typed& typed) {
  if (Result<void> checked = Check(query); !checked) return Fail(std::move(checked.error()));
  Walls walls;
  walls.scopes = query.scopes;
  walls.documents = query.documents;
  Result<Unseen> unseen = Unseen::Load(db);
  if (!unseen) return Fail(std::move(unseen.error()));
  walls.unseen = std::move(*unseen);
  std::optional<IndexSnapshot> files;
  if (const std::shared_ptr<Index> index = Index::For(db)) {
    ASSIGN_OR_RETURN(files, index->Look(db));
  }
  if (!files) return SearchIn(db, query, typed, walls, nullptr);
  Result<std::vector<Hit>> found = SearchIn(db, query, typed, walls, &*files);
  return files->Whole() ? found : SearchIn(db, query, typed, walls, nullptr);
}

}  // namespace

Result<std::vector<Hit>> Search(store::Connection& db, const Query& query) {
  Typed as_it_is;
  as_it_is.rest = query.text;
  return SearchFor(db, query, as_it_is);
}

Result<std::vector<Hit>> SearchTyped(store::Connection& db, const Query& query) {
  return SearchFor(db, query, ReadTyped(query.text));
}

}  // namespace counsel::search
