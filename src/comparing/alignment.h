// Which clause of one text became which of the other. Pure.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "comparing/clauses.h"

namespace counsel::comparing {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Share of words that two blocks have in common, 0 to 1, as often as both have them (Dice).
[[nodiscard]] double Likeness(const Block& one, const Block& other);

// As patience diff, but every pair that is alike counts and not only lines that are unique: of all pairs that are alike
// enough the heaviest chain that rises in both texts is kept (heaviest increasing subsequence: Jacobson and Vo, 1992),
// in O(pairs × log clauses). What is left over and alike was moved. What then is left between two kept pairs, one each,
// is taken for one clause that was rewritten.
class Alignment {
 public:
  // Both must outlive it.
  Alignment(const std::vector<Block>& first, const std::vector<Block>& second);

  // Looks for pairs of further clauses of the first; false when all were looked at.
  [[nodiscard]] bool Step();
  // Then.
  void Conclude();

  // Of each clause of the first, its place in the second, or kNone; and the other way round.
  std::vector<std::size_t> of_first, of_second;
  std::vector<bool> moved;  // of the first

 private:
  struct Pair {
    std::size_t first = 0, second = 0;
    double likeness = 0, weight = 0;
  };
  void PairsOf(std::size_t i);
  void KeepChain();
  void FindMoved();
  void FillGaps();
  void Bind(std::size_t i, std::size_t j);

  const std::vector<Block>& first_;
  const std::vector<Block>& second_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_hash_, by_word_;
  std::vector<Pair> pairs_;
  std::size_t looked_at_ = 0;
};

}  // namespace counsel::comparing
