// The few loops that a search of vectors spends its time in, at this processor's widest.
//
// Ours rather than a library's (SimSIMD has no Debian package): three loops of a line each, which the compiler
// vectorises; which form of them runs is chosen when they are first called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace counsel::index {

// Sum of products of two vectors of `size` values.
[[nodiscard]] std::int32_t DotOfBytes(const std::int8_t* a, const std::int8_t* b, std::size_t size);

// Vectors of one bit a value lie in groups of kLanes, word by word: the first 64 bits of each, then the next.
inline constexpr std::size_t kLanes = 8;
// The question's values, as numbers of kPlanes bits: least + number * step.
inline constexpr std::size_t kPlanes = 6;
struct Planes {
  Planes() = default;
  std::vector<std::uint64_t> bits;  // of all values the lowest bit, then the next: `words` words each
  std::size_t words = 0;
  float least = 0;
  float step = 0;
  float sum = 0;  // of the values
};
// Of each vector: base + factor * (the question's values where its bit is set, less the others).
void EstimateByBits(const std::uint64_t* groups, std::size_t count, const Planes& planes, const float* factors,
                    float base, float* estimates);

}  // namespace counsel::index
