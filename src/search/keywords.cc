#include "search/keywords.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "search/fts5.h"

namespace counsel::search {
namespace {

constexpr double kSaturation = 1.2;
constexpr double kLengthShare = 0.75;
// Of a passage, in words: what the splitter makes (ingest/chunks.cc). Fixed, so that a passage's score depends on no
// other passage's length.
constexpr double kUsualLength = 120;
// Of the columns name, heading, text.
constexpr std::uint16_t kColumnWeights[] = {2, 2, 1};
// A phrase that most passages have still counts a little, as in FTS5.
constexpr double kLeastWeight = 1e-6;

// What one row holds of the phrases: its length in words, then a Count for each phrase that stands in it.
struct Count {
  std::uint16_t phrase = 0;
  std::uint16_t times = 0;  // weighted by column
};

void Report(sqlite3_context* context, int code) {
  sqlite3_result_error_code(context, code);
}

// FTS5 auxiliary function counsel_counts(table): the blob that ReadRow reads.
void CountPhrases(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* context, int, sqlite3_value**) {
  int length = 0;
  int found = 0;
  if (const int code = api->xColumnSize(row, -1, &length); code != SQLITE_OK) return Report(context, code);
  if (const int code = api->xInstCount(row, &found); code != SQLITE_OK) return Report(context, code);
  std::vector<Count> counts;
  for (int i = 0; i < found; ++i) {
    int phrase = 0;
    int column = 0;
    int offset = 0;
    if (const int code = api->xInst(row, i, &phrase, &column, &offset); code != SQLITE_OK) return Report(context, code);
    const auto same =
        std::find_if(counts.begin(), counts.end(), [phrase](const Count& count) { return count.phrase == phrase; });
    Count& count = same == counts.end() ? counts.emplace_back() : *same;
    count.phrase = static_cast<std::uint16_t>(phrase);
    count.times = static_cast<std::uint16_t>(std::min(count.times + kColumnWeights[column], 0xFFFF));
  }
  std::vector<std::byte> blob(sizeof(std::uint32_t) + counts.size() * sizeof(Count));
  const auto words = static_cast<std::uint32_t>(length);
  std::memcpy(blob.data(), &words, sizeof words);
  if (!counts.empty()) std::memcpy(blob.data() + sizeof words, counts.data(), counts.size() * sizeof(Count));
  sqlite3_result_blob(context, blob.data(), static_cast<int>(blob.size()), SQLITE_TRANSIENT);
}

// The statement; on a connection that has not seen one yet, once the function is registered.
Result<store::Statement> PrepareCounts(store::Connection& db, const std::string& sql) {
  Result<store::Statement> known = db.Prepare(sql);
  if (known) return known;
  fts5_api* api = Fts5(db);
  if (api == nullptr || api->xCreateFunction(api, "counsel_counts", nullptr, CountPhrases, nullptr) != SQLITE_OK) {
    return known;
  }
  return db.Prepare(sql);
}

// The rows that were found, packed: `ends[i]` is where row i's counts end.
struct Found {
  Found() = default;
  std::vector<std::int64_t> chunks;
  std::vector<std::uint32_t> lengths;
  std::vector<std::size_t> ends;
  std::vector<Count> counts;

  [[nodiscard]] std::span<const Count> CountsOf(std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends[row - 1];
    return std::span<const Count>(counts).subspan(begin, ends[row] - begin);
  }
};

Result<Found> FindRows(store::Connection& db, const std::string& match, const Walls& walls) {
  std::string sql = "SELECT rowid, counsel_counts(chunk_words) FROM chunk_words WHERE chunk_words MATCH ?";
  // The walls are tested before a row is counted. Scopes alone are answered by an index, without reading a chunk.
  if (!walls.scopes.empty() || !walls.documents.empty()) {
    sql += " AND EXISTS (SELECT 1 FROM chunks c WHERE c.id = chunk_words.rowid AND " + walls.Condition("c") + ")";
  }
  Result<store::Statement> rows = PrepareCounts(db, sql);
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, match);
  walls.Bind(*rows, 2);
  Found found;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return found;
    if (walls.unseen.Holds(rows->Int(0))) continue;
    const std::span<const std::byte> blob = rows->Blob(1);
    if (blob.size() < sizeof(std::uint32_t)) continue;
    std::uint32_t length = 0;
    std::memcpy(&length, blob.data(), sizeof length);
    const std::size_t counts = (blob.size() - sizeof length) / sizeof(Count);
    found.chunks.push_back(rows->Int(0));
    found.lengths.push_back(length);
    found.counts.resize(found.counts.size() + counts);
    if (counts > 0) {
      std::memcpy(&found.counts[found.counts.size() - counts], blob.data() + sizeof length, counts * sizeof(Count));
    }
    found.ends.push_back(found.counts.size());
  }
}

Result<std::int64_t> CountChunks(store::Connection& db, const Walls& walls) {
  Result<store::Statement> count = db.Prepare("SELECT count(*) FROM chunks c WHERE " + walls.Condition("c"));
  if (!count) return Fail(std::move(count.error()));
  walls.Bind(*count, 1);
  if (Result<bool> row = count->Step(); !row) return Fail(std::move(row.error()));
  return count->Int(0) - walls.unseen.Count(walls.scopes, walls.documents);
}

// How many rows hold each phrase, and each term (any of its forms).
void CountRows(const Found& found, const QueryWords& words, std::vector<std::int64_t>* with_phrase,
               std::vector<std::int64_t>* with_term) {
  // The phrases begin with the forms of the terms, in order; compounds follow.
  std::vector<std::size_t> term_of;
  for (std::size_t term = 0; term < words.terms.size(); ++term) {
    term_of.insert(term_of.end(), words.terms[term].folded.size(), term);
  }
  with_term->assign(words.terms.size(), 0);
  std::vector<std::size_t> last_row(words.terms.size(), 0);  // from 1
  for (std::size_t row = 0; row < found.chunks.size(); ++row) {
    for (const Count& count : found.CountsOf(row)) {
      if (count.phrase >= with_phrase->size()) with_phrase->resize(count.phrase + 1, 0);
      ++(*with_phrase)[count.phrase];
      if (count.phrase >= term_of.size()) continue;
      const std::size_t term = term_of[count.phrase];
      if (std::exchange(last_row[term], row + 1) != row + 1) ++(*with_term)[term];
    }
  }
}

double PhraseWeight(std::int64_t chunks, std::int64_t with) {
  const double weight = std::log((static_cast<double>(chunks - with) + 0.5) / (static_cast<double>(with) + 0.5));
  return std::max(weight, kLeastWeight);
}

}  // namespace

Result<KeywordRanking> RankByKeywords(store::Connection& db, const QueryWords& words, const Walls& walls,
                                      std::size_t count, const std::vector<std::int64_t>& also) {
  KeywordRanking ranking;
  ranking.also.assign(also.size(), 0);
  ranking.chunks_with.assign(words.terms.size(), 0);
  Result<std::int64_t> chunks = CountChunks(db, walls);
  if (!chunks) return Fail(std::move(chunks.error()));
  ranking.chunks = *chunks;
  if (words.match.empty()) return ranking;
  Result<Found> found = FindRows(db, words.match, walls);
  if (!found) return Fail(std::move(found.error()));
  std::vector<std::int64_t> with_phrase;
  CountRows(*found, words, &with_phrase, &ranking.chunks_with);
  std::vector<double> weights;
  for (const std::int64_t with : with_phrase) {
    const double share = weights.size() < words.first_beside ? 1 : kBesideWeight;
    weights.push_back(share * PhraseWeight(ranking.chunks, with));
  }
  std::unordered_map<std::int64_t, std::size_t> wanted;
  for (std::size_t i = 0; i < also.size(); ++i) wanted.emplace(also[i], i);
  std::vector<KeywordHit> hits;
  for (std::size_t row = 0; row < found->chunks.size(); ++row) {
    KeywordHit hit;
    hit.chunk = found->chunks[row];
    const double length = kSaturation * (1 - kLengthShare + kLengthShare * found->lengths[row] / kUsualLength);
    for (const Count& one : found->CountsOf(row)) {
      hit.score += weights[one.phrase] * one.times * (kSaturation + 1) / (one.times + length);
    }
    if (const auto one = wanted.find(hit.chunk); one != wanted.end()) ranking.also[one->second] = hit.score;
    hits.push_back(hit);
  }
  const auto better = [](const KeywordHit& a, const KeywordHit& b) {
    return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
  };
  const std::size_t kept = std::min(count, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(kept), hits.end(), better);
  hits.resize(kept);
  ranking.best = std::move(hits);
  return ranking;
}

}  // namespace counsel::search
