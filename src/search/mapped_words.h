// The keyword half of a question over the index's files: counts within the walls, and the best passages. Internal to
// this room.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/ranking.h"
#include "search/mapped_index.h"
#include "search/nearest.h"
#include "search/words.h"

namespace counsel::search {

struct KeywordRanking;

// What one occurrence in the columns name, heading, text counts.
inline constexpr std::array<std::uint16_t, 3> kColumnWeights = {2, 2, 1};

class MappedWords {
 public:
  struct Row {
    std::int64_t passage = 0;
    std::uint32_t times = 0;
  };

  // The snapshot must outlive it.
  MappedWords(const IndexSnapshot& index, const Walls& walls);
  // The question's phrases, in their order: a word as it is folded; words that stand one after the other; or, where
  // files of an earlier Counsel do not know that (has_places), the passages of a phrase, ascending.
  void AddWord(std::string_view folded);
  void AddPhrase(const std::vector<std::string>& folded);
  void AddRows(const std::vector<Row>& rows);
  [[nodiscard]] bool has_places() const;

  // Added to what is there.
  void Count(const QueryWords& words, KeywordRanking* ranking, std::vector<std::int64_t>* with_phrase) const;
  // `also`: the scores of the wanted passages, where they are here. false: a file is damaged; Upkeep knows.
  [[nodiscard]] bool Rank(std::span<const double> weights, index::Best* best, const std::vector<std::int64_t>& wanted,
                          std::vector<double>* also) const;

 private:
  void AddPostings(const std::vector<index::Posting>& postings, index::Searched* segment);
  // Upkeep replaces it.
  void Suspect(std::size_t segment) const;

  const IndexSnapshot* index_;
  std::vector<index::Searched> segments_;
  bool broken_ = false;
  std::deque<std::vector<std::byte>> made_;  // lists of phrases
};

}  // namespace counsel::search
