// What one phrase adds to a passage's score.
//
// BM25 (Robertson and Zaragoza, 2009) with k1 = 1.2, b = 0.75 and a fixed usual length, so that a passage's score
// depends on no other passage's length. Scores are whole numbers of 2^-32: their sum is the same in any order, so every
// way of ranking gives the same list.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace counsel::index {

inline constexpr double kSaturation = 1.2;
inline constexpr double kLengthShare = 0.75;
// Of a passage, in words: what the splitter makes (ingest/chunks.cc).
inline constexpr double kUsualLength = 120;
// A phrase that most passages have still counts a little.
inline constexpr double kLeastWeight = 1e-6;
// No passage has more of a phrase's weight than this.
inline constexpr double kMostOfWeight = kSaturation + 1;

using Score = std::int64_t;
inline constexpr double kScoreUnit = 4294967296.0;

[[nodiscard]] inline double ShareOfWeight(std::uint32_t times, std::uint32_t length) {
  const double norm = kSaturation * (1 - kLengthShare + kLengthShare * length / kUsualLength);
  return times * (kSaturation + 1) / (times + norm);
}
[[nodiscard]] inline Score Contribution(double weight, std::uint32_t times, std::uint32_t length) {
  return static_cast<Score>(weight * ShareOfWeight(times, length) * kScoreUnit + 0.5);
}
[[nodiscard]] inline double AsNumber(Score score) {
  return static_cast<double>(score) / kScoreUnit;
}
// Of a phrase that `with` of `passages` have.
[[nodiscard]] inline double PhraseWeight(std::int64_t passages, std::int64_t with) {
  const double weight = std::log((static_cast<double>(passages - with) + 0.5) / (static_cast<double>(with) + 0.5));
  return std::max(weight, kLeastWeight);
}

}  // namespace counsel::index
