#include "comparing/alignment.h"

#include <algorithm>
#include <cmath>

namespace counsel::comparing {
namespace {

constexpr double kAlike = 0.4;           // from here on two clauses may be one that was changed
constexpr double kAlikeElsewhere = 0.6;  // and here, one that was moved too
constexpr double kAlikeAlone = 0.2;      // where each is the only one left between two kept pairs
constexpr std::size_t kRare = 40;        // clauses that have a word, for it to find candidates
constexpr std::size_t kMostPairs = 8;    // of one clause
constexpr std::size_t kNearby = 3;       // clauses before and behind the same place that are looked at anyway
constexpr std::size_t kFewWordsMoved = 5;
constexpr std::size_t kAtOnce = 200;

}  // namespace

double Likeness(const Block& one, const Block& other) {
  if (one.hash == other.hash && one.words.size() == other.words.size()) return 1;
  const std::vector<std::uint64_t>& a = one.keys;
  const std::vector<std::uint64_t>& b = other.keys;
  if (a.empty() || b.empty()) return 0;
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common;
      ++i;
      ++j;
    } else if (a[i] < b[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size());
}

Alignment::Alignment(const std::vector<Block>& first, const std::vector<Block>& second)
    : of_first(first.size(), kNone),
      of_second(second.size(), kNone),
      moved(first.size(), false),
      first_(first),
      second_(second) {
  for (std::size_t j = 0; j < second.size(); ++j) {
    by_hash_[second[j].hash].push_back(j);
    for (std::size_t k = 0; k < second[j].keys.size(); ++k) {
      const std::uint64_t key = second[j].keys[k];
      if (k > 0 && key == second[j].keys[k - 1]) continue;
      std::vector<std::size_t>& places = by_word_[key];
      if (places.size() <= kRare) places.push_back(j);
    }
  }
}

bool Alignment::Step() {
  const std::size_t end = std::min(looked_at_ + kAtOnce, first_.size());
  while (looked_at_ < end) PairsOf(looked_at_++);
  return looked_at_ < first_.size();
}

void Alignment::PairsOf(std::size_t i) {
  const Block& block = first_[i];
  // Where it would stand if nothing had been added or removed.
  const std::size_t there = first_.empty() ? 0 : i * second_.size() / first_.size();
  const auto distance = [there](std::size_t j) { return j > there ? j - there : there - j; };
  std::unordered_map<std::size_t, std::size_t> shared;
  if (const auto same = by_hash_.find(block.hash); same != by_hash_.end()) {
    std::vector<std::size_t> places = same->second;
    std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
    if (places.size() > kMostPairs) places.resize(kMostPairs);
    for (const std::size_t j : places) shared[j] = block.words.size() + 1;
  }
  // A clause that is there word for word needs no other candidates.
  const bool whole = !shared.empty();
  for (std::size_t k = 0; k < block.keys.size() && !whole; ++k) {
    if (k > 0 && block.keys[k] == block.keys[k - 1]) continue;
    const auto found = by_word_.find(block.keys[k]);
    if (found == by_word_.end() || found->second.size() > kRare) continue;
    for (const std::size_t j : found->second) ++shared[j];
  }
  for (std::size_t j = there > kNearby ? there - kNearby : 0; j <= there + kNearby && j < second_.size() && !whole;
       ++j) {
    shared[j] += 1;
  }
  std::vector<std::pair<std::size_t, std::size_t>> best(shared.begin(), shared.end());
  std::sort(best.begin(), best.end(), [&](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    return distance(a.first) != distance(b.first) ? distance(a.first) < distance(b.first) : a.first < b.first;
  });
  if (best.size() > 2 * kMostPairs) best.resize(2 * kMostPairs);
  for (const auto& [j, count] : best) {
    Pair pair;
    pair.first = i;
    pair.second = j;
    pair.likeness = Likeness(block, second_[j]);
    if (pair.likeness < kAlike) continue;
    const double words = static_cast<double>(block.words.size() + second_[j].words.size());
    pair.weight = pair.likeness * pair.likeness * words + (pair.likeness == 1 ? 1 : 0);
    pairs_.push_back(pair);
  }
}

void Alignment::Bind(std::size_t i, std::size_t j) {
  of_first[i] = j;
  of_second[j] = i;
}

// Fenwick tree of maxima over the places in the second text.
void Alignment::KeepChain() {
  std::sort(pairs_.begin(), pairs_.end(), [](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;  // of one clause at most one is kept
  });
  struct Best {
    double weight = 0;
    std::size_t pair = kNone;
  };
  std::vector<Best> tree(second_.size() + 1);
  std::vector<std::size_t> before(pairs_.size(), kNone);
  Best best;
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    Best so_far;
    for (std::size_t at = pairs_[p].second; at > 0; at &= at - 1) {
      if (tree[at].weight > so_far.weight) so_far = tree[at];
    }
    before[p] = so_far.pair;
    const Best here{so_far.weight + pairs_[p].weight, p};
    for (std::size_t at = pairs_[p].second + 1; at < tree.size(); at += at & (~at + 1)) {
      if (here.weight > tree[at].weight) tree[at] = here;
    }
    if (here.weight > best.weight) best = here;
  }
  for (std::size_t p = best.pair; p != kNone; p = before[p]) Bind(pairs_[p].first, pairs_[p].second);
}

void Alignment::FindMoved() {
  std::vector<Pair> left;
  for (const Pair& pair : pairs_) {
    const bool few = std::min(first_[pair.first].words.size(), second_[pair.second].words.size()) < kFewWordsMoved;
    if (pair.likeness >= (few ? 1 : kAlikeElsewhere)) left.push_back(pair);
  }
  std::stable_sort(left.begin(), left.end(), [](const Pair& a, const Pair& b) { return a.weight > b.weight; });
  for (const Pair& pair : left) {
    if (of_first[pair.first] != kNone || of_second[pair.second] != kNone) continue;
    Bind(pair.first, pair.second);
    moved[pair.first] = true;
  }
}

void Alignment::FillGaps() {
  std::size_t i = 0;
  std::size_t j = 0;
  std::vector<std::size_t> left, right;
  const auto close = [&] {
    if (left.size() == right.size()) {
      for (std::size_t k = 0; k < left.size(); ++k) {
        if (Likeness(first_[left[k]], second_[right[k]]) >= kAlikeAlone) Bind(left[k], right[k]);
      }
    }
    left.clear();
    right.clear();
  };
  while (i < first_.size() || j < second_.size()) {
    const bool kept = i < first_.size() && of_first[i] != kNone && !moved[i];
    if (i < first_.size() && !kept) {
      if (of_first[i] == kNone) left.push_back(i);
      ++i;
      continue;
    }
    const std::size_t until = kept ? of_first[i] : second_.size();
    for (; j < until; ++j) {
      if (of_second[j] == kNone) right.push_back(j);
    }
    close();
    if (!kept) break;
    ++i;
    ++j;
  }
}

void Alignment::Conclude() {
  KeepChain();
  FillGaps();
  FindMoved();
}

}  // namespace counsel::comparing
