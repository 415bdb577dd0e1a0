#include "search/mapped_words.h"

#include <algorithm>
#include <utility>

#include "index/phrases.h"
#include "search/keywords.h"

namespace counsel::search {

MappedWords::MappedWords(const IndexSnapshot& index, const Walls& walls) : index_(&index) {
  for (const std::shared_ptr<const MappedSegment>& segment : index.segments) {
    index::Searched& searched = segments_.emplace_back();
    searched.words = &segment->words;
    searched.visible = index.VisibleOf(*segment, walls);
  }
}

void MappedWords::AddWord(std::string_view folded) {
  for (index::Searched& segment : segments_) segment.lists.push_back(segment.words->Find(folded));
}

bool MappedWords::has_places() const {
  return std::all_of(segments_.begin(), segments_.end(),
                     [](const index::Searched& segment) { return segment.words->has_places(); });
}

void MappedWords::AddPhrase(const std::vector<std::string>& folded) {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    std::vector<index::PostingList> lists;
    for (const std::string& word : folded) lists.push_back(segments_[i].words->Find(word));
    std::vector<index::Posting> postings;
    if (!index::FindPhrase(*segments_[i].words, lists, segments_[i].visible, &postings)) {
      Suspect(i);
      broken_ = true;
    }
    AddPostings(postings, &segments_[i]);
  }
}

void MappedWords::AddRows(const std::vector<Row>& rows) {
  auto row = rows.begin();
  for (index::Searched& segment : segments_) {
    std::vector<index::Posting> postings;
    for (; row != rows.end() && row->passage <= segment.words->IdOf(segment.words->passages() - 1); ++row) {
      const std::uint32_t place = segment.words->Locate(row->passage);
      if (place != index::kNoPassage) postings.push_back({place, row->times});
    }
    AddPostings(postings, &segment);
  }
}

void MappedWords::AddPostings(const std::vector<index::Posting>& postings, index::Searched* segment) {
  std::vector<std::byte>& bytes = made_.emplace_back();
  index::AppendPostings(postings, segment->words->lengths(), &bytes);
  index::PostingList& list = segment->lists.emplace_back();
  list.count = static_cast<std::uint32_t>(postings.size());
  list.passages = segment->words->passages();
  const std::size_t size = bytes.size();
  bytes.resize(size + index::kPadding);
  list.bytes = std::span(bytes).first(size);
}

void MappedWords::Suspect(std::size_t segment) const {
  if (const std::shared_ptr<Index> index = index_->owner.lock()) index->Suspect(index_->segments[segment]->row.stamp);
}

void MappedWords::Count(const QueryWords& words, KeywordRanking* ranking,
                        std::vector<std::int64_t>* with_phrase) const {
  for (const index::Searched& segment : segments_) {
    ranking->chunks += static_cast<std::int64_t>(index::SizeOf(segment.visible));
    const std::span<const index::PostingList> lists = segment.lists;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      (*with_phrase)[i] += static_cast<std::int64_t>(index::CountIn(lists[i], segment.visible));
    }
    // The phrases begin with the forms of the terms, in order.
    std::size_t form = 0;
    for (std::size_t term = 0; term < words.terms.size(); ++term) {
      const std::size_t forms = words.terms[term].folded.size();
      ranking->chunks_with[term] +=
          static_cast<std::int64_t>(index::CountInAny(lists.subspan(form, forms), segment.visible));
      form += forms;
    }
  }
}

bool MappedWords::Rank(std::span<const double> weights, index::Best* best, const std::vector<std::int64_t>& wanted,
                       std::vector<double>* also) const {
  if (broken_) return false;
  for (const index::Searched& segment : segments_) {
    if (segment.visible.empty()) continue;
    std::vector<std::pair<std::uint32_t, std::size_t>> places;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::uint32_t place = segment.words->Locate(wanted[i]);
      if (place != index::kNoPassage) places.emplace_back(place, i);
    }
    std::sort(places.begin(), places.end());
    std::vector<std::uint32_t> passages;
    for (const auto& [place, which] : places) passages.push_back(place);
    std::vector<index::Score> scores;
    if (!index::Rank(segment, weights, best) || !index::ScoreThese(segment, weights, passages, &scores)) {
      Suspect(static_cast<std::size_t>(&segment - segments_.data()));
      return false;
    }
    for (std::size_t i = 0; i < places.size(); ++i) (*also)[places[i].second] = index::AsNumber(scores[i]);
  }
  return true;
}

}  // namespace counsel::search
