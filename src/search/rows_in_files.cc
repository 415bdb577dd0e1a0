#include "search/rows_in_files.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace counsel::search {

Result<std::optional<RowsInFiles>> RowsInFiles::Look(store::Connection& db, const std::vector<std::int64_t>& scopes) {
  const std::shared_ptr<Index> index = Index::For(db, kOfRows);
  if (!index) return std::optional<RowsInFiles>();
  ASSIGN_OR_RETURN(std::optional<IndexSnapshot> snapshot, index->Look(db));
  if (!snapshot) return std::optional<RowsInFiles>();
  return std::optional<RowsInFiles>(RowsInFiles(std::move(*snapshot), scopes));
}

RowsInFiles::RowsInFiles(IndexSnapshot snapshot, const std::vector<std::int64_t>& scopes)
    : snapshot_(std::move(snapshot)) {
  Walls walls;
  walls.scopes = scopes;
  for (const std::shared_ptr<const MappedSegment>& segment : snapshot_.segments) {
    const std::uint32_t begin = end_;
    begins_.push_back(begin);
    end_ += segment->words.passages();
    seen_.resize(end_);
    for (const index::Range& range : snapshot_.VisibleOf(*segment, walls)) {
      count_ += range.end - range.begin;
      std::fill(seen_.begin() + begin + range.begin, seen_.begin() + begin + range.end, true);
    }
  }
}

std::vector<RowsInFiles::Has> RowsInFiles::With(std::string_view sign) const {
  std::vector<Has> rows;
  for (std::size_t i = 0; i < begins_.size(); ++i) {
    const index::PostingList list = snapshot_.segments[i]->words.Find(sign);
    if (list.count == 0) continue;
    index::Cursor at(list);
    for (; at.passage() != index::kNoPassage; at.Next()) {
      const std::uint32_t row = begins_[i] + at.passage();
      if (seen_[row]) rows.push_back({row, at.times()});
    }
    if (!at.broken()) continue;
    broken_ = true;
    if (const std::shared_ptr<Index> index = snapshot_.owner.lock()) {
      index->Suspect(snapshot_.segments[i]->row.stamp);
    }
  }
  return rows;
}

std::string_view RowsInFiles::DocumentOf(std::uint32_t row) const {
  const auto behind = std::upper_bound(begins_.begin(), begins_.end(), row);
  const auto segment = static_cast<std::size_t>(behind - begins_.begin()) - 1;
  const index::Words& words = snapshot_.segments[segment]->words;
  const std::uint32_t within = row - begins_[segment];
  const auto run = std::upper_bound(words.runs().begin(), words.runs().end(), within,
                                    [](std::uint32_t at, const index::Run& one) { return at < one.begin; });
  return words.DocumentOf(*std::prev(run));
}

}  // namespace counsel::search
