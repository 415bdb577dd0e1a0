#include "index/ranking.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

namespace counsel::index {
namespace {

constexpr std::uint32_t kWindow = 2048;

bool Better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.passage < b.passage;
}

// Calls `take` for pieces of the ranges, of at most a window each.
template <class Take>
void ForEachWindow(std::span<const Range> ranges, Take take) {
  for (const Range& range : ranges) {
    for (std::uint32_t begin = range.begin; begin < range.end; begin += std::min(kWindow, range.end - begin)) {
      take(Range{begin, begin + std::min(kWindow, range.end - begin)});
    }
  }
}

// One phrase of a question in one segment.
struct Phrase {
  Phrase(PostingList list, double weight_in) : cursor(list), weight(weight_in) {}
  Cursor cursor;
  double weight;
  Score most = 0;  // that a passage of the window gets of it
};

class Ranker {
 public:
  Ranker(const Searched& in, std::span<const double> weights, Best* best)
      : lengths_(in.words->lengths()), words_(*in.words), best_(*best) {
    for (std::size_t i = 0; i < in.lists.size(); ++i) {
      if (in.lists[i].count > 0) phrases_.emplace_back(in.lists[i], weights[i]);
    }
    for (Phrase& phrase : phrases_) order_.push_back(&phrase);
  }

  void Window(Range window) {
    Score all = 0;
    for (Phrase& phrase : phrases_) {
      phrase.most = static_cast<Score>(
          std::ceil(phrase.weight * phrase.cursor.MostWithin(window.begin, window.end) * kScoreUnit) + 1);
      if (phrase.cursor.passage() >= window.end) phrase.most = 0;
      all += phrase.most;
    }
    if (all <= best_.least()) return;
    std::sort(order_.begin(), order_.end(), [](const Phrase* a, const Phrase* b) { return a->most < b->most; });
    // The first ones, which lift nothing over the least score by themselves.
    std::size_t weak = 0;
    Score rest = 0;
    while (rest + order_[weak]->most <= best_.least()) rest += order_[weak++]->most;
    for (std::size_t i = weak; i < order_.size(); ++i) Gather(*order_[i], window);
    Finish(window, weak, rest);
  }

  [[nodiscard]] bool broken() const {
    return std::any_of(phrases_.begin(), phrases_.end(), [](const Phrase& one) { return one.cursor.broken(); });
  }

 private:
  [[nodiscard]] Score Of(const Phrase& phrase) const {
    return Contribution(phrase.weight, phrase.cursor.times(), lengths_[phrase.cursor.passage()]);
  }

  void Gather(Phrase& phrase, Range window) {
    Cursor& cursor = phrase.cursor;
    for (cursor.Seek(window.begin); cursor.passage() < window.end; cursor.Next()) {
      const std::uint32_t at = cursor.passage() - window.begin;
      scores_[at] += Of(phrase);
      seen_[at / 64] |= std::uint64_t{1} << at % 64;
    }
  }

  void Finish(Range window, std::size_t weak, Score rest) {
    for (std::size_t word = 0; word < seen_.size(); ++word) {
      for (std::uint64_t bits = std::exchange(seen_[word], 0); bits != 0; bits &= bits - 1) {
        const std::size_t at = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
        const Score score = std::exchange(scores_[at], 0);
        if (score + rest > best_.least()) Complete(window.begin + static_cast<std::uint32_t>(at), score, weak, rest);
      }
    }
  }

  // What the weak phrases add, the strongest of them first.
  void Complete(std::uint32_t passage, Score score, std::size_t weak, Score rest) {
    for (std::size_t i = weak; i-- > 0;) {
      Phrase& phrase = *order_[i];
      if (phrase.most == 0) break;
      phrase.cursor.Seek(passage);
      if (phrase.cursor.passage() == passage) score += Of(phrase);
      rest -= phrase.most;
      if (score + rest <= best_.least()) return;
    }
    best_.Show({words_.IdOf(passage), score});
  }

  std::span<const std::uint32_t> lengths_;
  const Words& words_;
  Best& best_;
  std::deque<Phrase> phrases_;
  std::vector<Phrase*> order_;
  std::array<Score, kWindow> scores_{};
  std::array<std::uint64_t, kWindow / 64> seen_{};
};

}  // namespace

std::uint64_t SizeOf(std::span<const Range> ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Range& range) { return sum + (range.end - range.begin); });
}

std::vector<Range> Without(std::span<const Range> ranges, std::span<const Range> holes) {
  std::vector<Range> left;
  std::size_t hole = 0;
  for (Range range : ranges) {
    while (hole < holes.size() && holes[hole].end <= range.begin) ++hole;
    for (std::size_t i = hole; i < holes.size() && holes[i].begin < range.end; ++i) {
      if (holes[i].begin > range.begin) left.push_back({range.begin, holes[i].begin});
      range.begin = std::max(range.begin, holes[i].end);
    }
    if (range.begin < range.end) left.push_back(range);
  }
  return left;
}

std::uint64_t CountIn(PostingList list, std::span<const Range> visible) {
  if (list.count == 0) return 0;
  const std::uint64_t size = SizeOf(visible);
  if (size == list.passages) return list.count;
  // What is not visible is counted when that is less.
  const Range all{0, list.passages};
  const bool inside = size <= list.passages / 2;
  const std::vector<Range> holes = inside ? std::vector<Range>() : Without(std::span(&all, 1), visible);
  Cursor cursor(list);
  std::uint64_t count = 0;
  for (const Range& range : inside ? visible : std::span<const Range>(holes)) {
    cursor.Seek(range.begin);
    const std::uint32_t before = cursor.rank();
    cursor.Seek(range.end);
    count += cursor.rank() - before;
  }
  return inside ? count : list.count - count;
}

std::uint64_t CountInAny(std::span<const PostingList> lists, std::span<const Range> visible) {
  if (lists.size() == 1) return CountIn(lists.front(), visible);
  std::deque<Cursor> cursors;
  for (const PostingList& list : lists) {
    if (list.count > 0) cursors.emplace_back(list);
  }
  std::uint64_t count = 0;
  std::array<std::uint64_t, kWindow / 64> seen{};
  ForEachWindow(visible, [&](Range window) {
    for (Cursor& cursor : cursors) {
      for (cursor.Seek(window.begin); cursor.passage() < window.end; cursor.Next()) {
        const std::uint32_t at = cursor.passage() - window.begin;
        seen[at / 64] |= std::uint64_t{1} << at % 64;
      }
    }
    for (std::uint64_t& word : seen) count += static_cast<std::uint64_t>(std::popcount(std::exchange(word, 0)));
  });
  return count;
}

void Best::Show(Scored one) {
  if (heap_.size() < count_) {
    heap_.push_back(one);
    std::push_heap(heap_.begin(), heap_.end(), Better);
  } else if (!heap_.empty() && Better(one, heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Better);
    heap_.back() = one;
    std::push_heap(heap_.begin(), heap_.end(), Better);
  }
}

std::vector<Scored> Best::Take() {
  std::sort_heap(heap_.begin(), heap_.end(), Better);
  return std::exchange(heap_, {});
}

bool Rank(const Searched& in, std::span<const double> weights, Best* best) {
  Ranker ranker(in, weights, best);
  ForEachWindow(in.visible, [&ranker](Range window) { ranker.Window(window); });
  return !ranker.broken();
}

bool RankAll(const Searched& in, std::span<const double> weights, Best* best) {
  const std::span<const std::uint32_t> lengths = in.words->lengths();
  std::vector<Score> scores(lengths.size(), 0);
  bool sound = true;
  for (std::size_t i = 0; i < in.lists.size(); ++i) {
    Cursor cursor(in.lists[i]);
    for (; cursor.passage() != kNoPassage; cursor.Next()) {
      scores[cursor.passage()] += Contribution(weights[i], cursor.times(), lengths[cursor.passage()]);
    }
    sound = sound && !cursor.broken();
  }
  for (const Range& range : in.visible) {
    for (std::uint32_t at = range.begin; at < range.end; ++at) {
      if (scores[at] > 0) best->Show({in.words->IdOf(at), scores[at]});
    }
  }
  return sound;
}

bool ScoreThese(const Searched& in, std::span<const double> weights, std::span<const std::uint32_t> passages,
                std::vector<Score>* scores) {
  scores->assign(passages.size(), 0);
  bool sound = true;
  for (std::size_t i = 0; i < in.lists.size(); ++i) {
    if (in.lists[i].count == 0) continue;
    Cursor cursor(in.lists[i]);
    for (std::size_t at = 0; at < passages.size(); ++at) {
      cursor.Seek(passages[at]);
      if (cursor.passage() != passages[at]) continue;
      (*scores)[at] += Contribution(weights[i], cursor.times(), in.words->lengths()[passages[at]]);
    }
    sound = sound && !cursor.broken();
  }
  return sound;
}

}  // namespace counsel::index
