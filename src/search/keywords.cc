#include "search/keywords.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "index/ranking.h"
#include "search/fts5.h"
#include "search/mapped_words.h"
#include "search/tokenizer.h"

namespace counsel::search {
namespace {

// Of the columns name, heading, text.
static_assert(index::kMostTimes == 0xFFFF);

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
    count.times = static_cast<std::uint16_t>(
        std::min<std::uint32_t>(count.times + kColumnWeights[static_cast<std::size_t>(column)], index::kMostTimes));
  }
  std::vector<std::byte> blob(sizeof(std::uint32_t) + counts.size() * sizeof(Count));
  const auto words = static_cast<std::uint32_t>(length);
  std::memcpy(blob.data(), &words, sizeof words);
  if (!counts.empty()) std::memcpy(blob.data() + sizeof words, counts.data(), counts.size() * sizeof(Count));
  sqlite3_result_blob(context, blob.data(), static_cast<int>(blob.size()), SQLITE_TRANSIENT);
}

// At the opening, and not at the first use: FTS5 makes the name known before it takes memory for the function, so where
// that fails a statement that names it can be prepared and never run.
int RegisterCounts(sqlite3* db) {
  fts5_api* api = nullptr;
  if (const int found = FindFts5(db, &api); found != SQLITE_OK) return found;
  return api->xCreateFunction(api, "counsel_counts", nullptr, CountPhrases, nullptr);
}

[[maybe_unused]] const bool at_open = (store::AtOpen(RegisterCounts), true);

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

// Of passages first to last.
Result<Found> FindRows(store::Connection& db, const std::string& match, const Walls& walls, const Passages& ids) {
  std::string sql =
      "SELECT rowid, counsel_counts(chunk_words) FROM chunk_words WHERE chunk_words MATCH ? AND rowid BETWEEN ? AND ?";
  // The walls are tested before a row is counted. Scopes alone are answered by an index, without reading a chunk.
  if (!walls.scopes.empty() || !walls.documents.empty()) {
    sql += " AND EXISTS (SELECT 1 FROM chunks c WHERE c.id = chunk_words.rowid AND " + walls.Condition("c") + ")";
  }
  Result<store::Statement> rows = db.Prepare(sql);
  if (!rows) return Fail(std::move(rows.error()));
  rows->Bind(1, match).Bind(2, ids.first).Bind(3, ids.last);
  walls.Bind(*rows, 4);
  Found found;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return found;
    if (!walls.Sees(rows->Int(0))) continue;
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

// Behind `after`.
Result<std::int64_t> CountChunks(store::Connection& db, const Walls& walls, std::int64_t after) {
  const auto behind = [after](const std::vector<std::int64_t>& ids) {
    return ids.end() - std::upper_bound(ids.begin(), ids.end(), after);
  };
  if (walls.only) return behind(*walls.only);
  std::string sql = "SELECT count(*) FROM chunks c WHERE " + walls.Condition("c");
  // Passages of documents are found by these ('+'), others by their numbers.
  if (after > 0) sql += std::string(" AND ") + (walls.documents.empty() ? "" : "+") + "c.id > ?";
  Result<store::Statement> count = db.Prepare(sql);
  if (!count) return Fail(std::move(count.error()));
  walls.Bind(*count, 1);
  const std::size_t bound = walls.scopes.size() + walls.documents.size();
  if (after > 0) count->Bind(static_cast<int>(bound) + 1, after);
  if (Result<bool> row = count->Step(); !row) return Fail(std::move(row.error()));
  return count->Int(0) - walls.unseen.Count(walls.scopes, walls.documents, after) - behind(walls.hidden);
}

// How many rows hold each phrase, and each term (any of its forms).
void CountRows(const Found& found, const QueryWords& words, std::vector<std::int64_t>* with_phrase,
               std::vector<std::int64_t>* with_term) {
  // The phrases begin with the forms of the terms, in order; compounds follow.
  std::vector<std::size_t> term_of;
  for (std::size_t term = 0; term < words.terms.size(); ++term) {
    term_of.insert(term_of.end(), words.terms[term].folded.size(), term);
  }
  std::vector<std::size_t> last_row(words.terms.size(), 0);  // from 1
  for (std::size_t row = 0; row < found.chunks.size(); ++row) {
    for (const Count& count : found.CountsOf(row)) {
      if (count.phrase >= with_phrase->size()) continue;
      ++(*with_phrase)[count.phrase];
      if (count.phrase >= term_of.size()) continue;
      const std::size_t term = term_of[count.phrase];
      if (std::exchange(last_row[term], row + 1) != row + 1) ++(*with_term)[term];
    }
  }
}

// What the store's own tables have of passages behind `after`.
class StoredWords {
 public:
  static Result<StoredWords> Find(store::Connection& db, const QueryWords& words, const Walls& walls,
                                  std::int64_t after) {
    StoredWords stored;
    ASSIGN_OR_RETURN(stored.passages_, CountChunks(db, walls, after));
    ASSIGN_OR_RETURN(stored.found_, FindRows(db, words.match, walls, {after + 1, INT64_MAX}));
    return stored;
  }

  void Count(const QueryWords& words, KeywordRanking* ranking, std::vector<std::int64_t>* with_phrase) const {
    ranking->chunks += passages_;
    CountRows(found_, words, with_phrase, &ranking->chunks_with);
  }

  void Rank(std::span<const double> weights, index::Best* best,
            const std::unordered_map<std::int64_t, std::size_t>& wanted, std::vector<double>* also) const {
    for (std::size_t row = 0; row < found_.chunks.size(); ++row) {
      index::Scored hit;
      hit.passage = found_.chunks[row];
      for (const search::Count& one : found_.CountsOf(row)) {
        hit.score += index::Contribution(weights[one.phrase], one.times, found_.lengths[row]);
      }
      if (const auto one = wanted.find(hit.passage); one != wanted.end()) {
        (*also)[one->second] = index::AsNumber(hit.score);
      }
      best->Show(hit);
    }
  }

 private:
  StoredWords() = default;
  std::int64_t passages_ = 0;
  Found found_;
};

// The phrases of an FTS5 expression, as ReadQuestion writes it.
std::vector<std::string> PhrasesOf(std::string_view match) {
  std::vector<std::string> phrases;
  for (std::size_t at = match.find('"'); at != std::string_view::npos; at = match.find('"', at + 1)) {
    const std::size_t end = match.find('"', at + 1);
    if (end == std::string_view::npos) break;
    phrases.emplace_back(match.substr(at + 1, end - at - 1));
    at = end;
  }
  return phrases;
}

// The same of what the index's files have. Where words stand one after the other in files of an earlier Counsel is
// known to the store alone.
Result<MappedWords> FindMapped(store::Connection& db, const QueryWords& words, const Walls& walls,
                               const IndexSnapshot& index) {
  MappedWords mapped(index, walls);
  for (const std::string& phrase : PhrasesOf(words.match)) {
    std::vector<std::string> folded;
    for (Word& word : WordsOf(phrase)) {
      if (!word.joined) folded.push_back(std::move(word.folded));
    }
    if (folded.size() == 1) {
      mapped.AddWord(folded.front());
      continue;
    }
    if (mapped.has_places()) {
      mapped.AddPhrase(folded);
      continue;
    }
    ASSIGN_OR_RETURN(const Found found, FindRows(db, "\"" + phrase + "\"", Walls(), {1, index.covered}));
    std::vector<MappedWords::Row> rows;
    for (std::size_t row = 0; row < found.chunks.size(); ++row) {
      for (const Count& one : found.CountsOf(row)) rows.push_back({found.chunks[row], one.times});
    }
    mapped.AddRows(rows);
  }
  return mapped;
}

}  // namespace

Result<KeywordRanking> RankByKeywords(store::Connection& db, const QueryWords& words, const Walls& walls,
                                      std::size_t count, const std::vector<std::int64_t>& also,
                                      const IndexSnapshot* index) {
  KeywordRanking ranking;
  ranking.also.assign(also.size(), 0);
  ranking.chunks_with.assign(words.terms.size(), 0);
  const std::int64_t covered = index == nullptr ? 0 : index->covered;
  if (words.match.empty()) {
    ASSIGN_OR_RETURN(ranking.chunks, CountChunks(db, walls, 0));
    return ranking;
  }
  std::vector<std::int64_t> with_phrase(PhrasesOf(words.match).size(), 0);
  ASSIGN_OR_RETURN(const StoredWords stored, StoredWords::Find(db, words, walls, covered));
  stored.Count(words, &ranking, &with_phrase);
  std::optional<MappedWords> mapped;
  if (index != nullptr) {
    ASSIGN_OR_RETURN(mapped, FindMapped(db, words, walls, *index));
    mapped->Count(words, &ranking, &with_phrase);
  }
  std::vector<double> weights;
  for (const std::int64_t with : with_phrase) {
    const double share = weights.size() < words.first_beside ? 1 : kBesideWeight;
    weights.push_back(share * index::PhraseWeight(ranking.chunks, with));
  }
  index::Best best(count);
  if (mapped && !mapped->Rank(weights, &best, also, &ranking.also)) {
    return RankByKeywords(db, words, walls, count, also);  // a file is damaged
  }
  std::unordered_map<std::int64_t, std::size_t> wanted;
  for (std::size_t i = 0; i < also.size(); ++i) wanted.emplace(also[i], i);
  stored.Rank(weights, &best, wanted, &ranking.also);
  for (const index::Scored& one : best.Take()) ranking.best.push_back({one.passage, index::AsNumber(one.score)});
  return ranking;
}

}  // namespace counsel::search
