// The few loops that a search of vectors, and making their file, spend their time in, at this processor's widest.
//
// Ours rather than a library's (SimSIMD has no Debian package): loops of a line each, which the compiler
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

// A value as a byte, 127 the greatest; what a byte's 1 is.
float ToBytes(const float* values, std::size_t size, std::int8_t* bytes);
void FromBytes(const std::int8_t* bytes, std::size_t size, float scale, float* values);
// Sets bits where a value is greater than the mean's, into the words of one lane (`group` begins at it). What a bit's 1
// is: the distance from the mean, over what of it the bits' direction has.
float ToBits(const float* values, const float* mean, std::size_t size, std::uint64_t* group);

}  // namespace counsel::index
