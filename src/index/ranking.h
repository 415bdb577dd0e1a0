// The best passages for a few phrases, within walls: exactly those that scoring every passage would give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/bm25.h"
#include "index/postings.h"
#include "index/words.h"

namespace counsel::index {

// Of one segment: a list for each phrase, and the passages within the walls, as ranges: ascending, apart.
struct Searched {
  Searched() = default;
  const Words* words = nullptr;
  std::vector<PostingList> lists;
  std::vector<Range> visible;
};

[[nodiscard]] std::uint64_t SizeOf(std::span<const Range> ranges);
// What is in `ranges` and in none of `holes`.
[[nodiscard]] std::vector<Range> Without(std::span<const Range> ranges, std::span<const Range> holes);

// How many of the visible passages stand in the list; in any of several lists. What is read damaged counts as it was
// read; whoever ranks afterwards is told.
[[nodiscard]] std::uint64_t CountIn(PostingList list, std::span<const Range> visible);
[[nodiscard]] std::uint64_t CountInAny(std::span<const PostingList> lists, std::span<const Range> visible);

struct Scored {
  std::int64_t passage = 0;  // id
  Score score = 0;
};

// The best of what it is shown; of equal ones the smaller ids.
class Best {
 public:
  explicit Best(std::size_t count) : count_(count) {}
  void Show(Scored one);
  // What a passage with a larger id than all before must exceed.
  [[nodiscard]] Score least() const { return heap_.empty() || heap_.size() < count_ ? 0 : heap_.front().score; }
  // Best first.
  [[nodiscard]] std::vector<Scored> Take();

 private:
  std::size_t count_;
  std::vector<Scored> heap_;  // the worst on top
};

// Shows `best` the best passages of a segment; segments come in the order of their ids. false: a list is damaged.
//
// By windows of passages, as Lucene's MaxScoreBulkScorer: in each, phrases that together cannot lift a passage over the
// least score so far are looked at only for passages that the others brought up (MaxScore: Turtle and Flood, 1995; with
// the blocks' own maxima: Ding and Suel, 2011).
[[nodiscard]] bool Rank(const Searched& in, std::span<const double> weights, Best* best);
// The same without leaving anything out: the reference of tests.
[[nodiscard]] bool RankAll(const Searched& in, std::span<const double> weights, Best* best);
// Of given passages of the segment, ascending. false: a list is damaged.
[[nodiscard]] bool ScoreThese(const Searched& in, std::span<const double> weights,
                              std::span<const std::uint32_t> passages, std::vector<Score>* scores);

}  // namespace counsel::index
