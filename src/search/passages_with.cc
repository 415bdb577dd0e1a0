#include "search/passages_with.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "index/phrases.h"
#include "search/tokenizer.h"
#include "search/words.h"

namespace counsel::search {
namespace {

using Ids = std::vector<std::int64_t>;

bool HavePlaces(const IndexSnapshot& index) {
  return std::all_of(index.segments.begin(), index.segments.end(),
                     [](const auto& segment) { return segment->words.has_places(); });
}

// false: a file is damaged; Upkeep knows.
bool FindInFiles(const std::vector<std::string>& folded, const Walls& walls, const IndexSnapshot& index, Ids* ids) {
  std::vector<index::Posting> found;
  for (const std::shared_ptr<const MappedSegment>& segment : index.segments) {
    std::vector<index::PostingList> lists;
    for (const std::string& word : folded) lists.push_back(segment->words.Find(word));
    const std::vector<index::Range> visible = index.VisibleOf(*segment, walls);
    if (!index::FindPhrase(segment->words, lists, visible, &found)) {
      if (const std::shared_ptr<Index> owner = index.owner.lock()) owner->Suspect(segment->row.stamp);
      return false;
    }
    for (const index::Posting& one : found) ids->push_back(segment->words.IdOf(one.passage));
  }
  return true;
}

Result<void> FindInStore(store::Connection& db, const std::string& match, const Walls& walls, std::int64_t after,
                         Ids* ids) {
  std::string sql = "SELECT rowid FROM chunk_words WHERE chunk_words MATCH ? AND rowid > ?";
  if (!walls.scopes.empty() || !walls.documents.empty()) {
    sql += " AND EXISTS (SELECT 1 FROM chunks c WHERE c.id = chunk_words.rowid AND " + walls.Condition("c") + ")";
  }
  ASSIGN_OR_RETURN(store::Statement rows, db.Prepare(sql + " ORDER BY rowid"));
  rows.Bind(1, match).Bind(2, after);
  walls.Bind(rows, 3);
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return {};
    if (walls.Sees(rows.Int(0))) ids->push_back(rows.Int(0));
  }
}

}  // namespace

Result<std::vector<std::int64_t>> PassagesWith(store::Connection& db, std::string_view phrase, const Walls& walls,
                                               const IndexSnapshot* index) {
  Ids ids;
  const std::string match = PhraseMatch(phrase);
  if (match.empty()) return ids;
  std::vector<std::string> folded;
  for (Word& word : WordsOf(RepairUtf8(phrase))) {
    if (!word.joined) folded.push_back(std::move(word.folded));
  }
  std::int64_t covered = 0;
  if (index != nullptr && HavePlaces(*index)) {
    if (FindInFiles(folded, walls, *index, &ids)) {
      covered = index->covered;
    } else {
      ids.clear();
    }
  }
  RETURN_IF_ERROR(FindInStore(db, match, walls, covered, &ids));
  return ids;
}

Result<void> Restrict(store::Connection& db, const Typed& typed, const IndexSnapshot* index, Walls* walls) {
  const Walls given = *walls;
  for (const std::string& phrase : typed.phrases) {
    ASSIGN_OR_RETURN(Ids with, PassagesWith(db, phrase, given, index));
    if (with.empty()) continue;
    if (walls->only) {
      Ids both;
      std::set_intersection(walls->only->begin(), walls->only->end(), with.begin(), with.end(),
                            std::back_inserter(both));
      with = std::move(both);
    }
    walls->only = std::move(with);
  }
  for (const std::string& words : typed.without) {
    ASSIGN_OR_RETURN(const Ids with, PassagesWith(db, words, given, index));
    Ids either;
    std::set_union(walls->hidden.begin(), walls->hidden.end(), with.begin(), with.end(), std::back_inserter(either));
    walls->hidden = std::move(either);
  }
  if (!walls->only) return {};
  // What is hidden is counted once.
  Ids left;
  std::set_difference(walls->only->begin(), walls->only->end(), walls->hidden.begin(), walls->hidden.end(),
                      std::back_inserter(left));
  walls->only = std::move(left);
  walls->hidden.clear();
  return {};
}

}  // namespace counsel::search
