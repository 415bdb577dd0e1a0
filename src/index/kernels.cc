#include "index/kernels.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

namespace counsel::index {
namespace {

[[gnu::always_inline]] inline std::int32_t DotHere(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<std::int32_t>(a[i]) * b[i];
  return sum;
}

[[gnu::always_inline]] inline void EstimateGroup(const std::uint64_t* group, const std::uint64_t* planes,
                                                 std::size_t words, float two_least, float two_step, float sum,
                                                 const float* factors, float base, float* estimates) {
  std::uint64_t set[kPlanes][kLanes] = {};
  std::uint64_t ones[kLanes] = {};
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t bits[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) bits[lane] = group[word * kLanes + lane];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      ones[lane] += static_cast<std::uint64_t>(__builtin_popcountll(bits[lane]));
    }
    for (std::size_t plane = 0; plane < kPlanes; ++plane) {
      const std::uint64_t asked = planes[plane * words + word];
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        set[plane][lane] += static_cast<std::uint64_t>(__builtin_popcountll(bits[lane] & asked));
      }
    }
  }
  std::uint64_t sums[kLanes] = {};
  for (std::size_t plane = 0; plane < kPlanes; ++plane) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += set[plane][lane] << plane;
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const float rest = two_least * static_cast<float>(static_cast<std::int32_t>(ones[lane])) +
                       two_step * static_cast<float>(static_cast<std::int32_t>(sums[lane])) - sum;
    estimates[lane] = base + factors[lane] * rest;
  }
}

[[gnu::always_inline]] inline void EstimateHere(const std::uint64_t* groups, std::size_t count, const Planes& planes,
                                                const float* factors, float base, float* estimates) {
  constexpr std::size_t kUsualWords = 6;  // 384 values: known, so that the loop is none
  const std::uint64_t* bits = planes.bits.data();
  const float least = 2 * planes.least;
  const float step = 2 * planes.step;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t* group = groups + i * planes.words * kLanes;
    const std::size_t at = i * kLanes;
    if (planes.words == kUsualWords) {
      EstimateGroup(group, bits, kUsualWords, least, step, planes.sum, factors + at, base, estimates + at);
    } else {
      EstimateGroup(group, bits, planes.words, least, step, planes.sum, factors + at, base, estimates + at);
    }
  }
}

constexpr std::size_t kSums = 16;  // side by side, for the compiler may not reorder one

[[gnu::always_inline]] inline float ToBytesHere(const float* values, std::size_t size, std::int8_t* bytes) {
  constexpr float kMostByte = 127;
  // As whole numbers, floats without their sign are in the same order.
  std::uint32_t greatest = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t value = std::bit_cast<std::uint32_t>(values[i]) & 0x7FFF'FFFF;
    greatest = greatest < value ? value : greatest;
  }
  const auto most = std::bit_cast<float>(greatest);
  const float scale = most > 0 ? most / kMostByte : 1;
  for (std::size_t i = 0; i < size; ++i) {
    float number = values[i] / scale;
    number = number < kMostByte ? number : kMostByte;
    number = number > -kMostByte ? number : -kMostByte;
    bytes[i] = static_cast<std::int8_t>(static_cast<std::int32_t>(number + (number < 0 ? -0.5F : 0.5F)));
  }
  return scale;
}

[[gnu::always_inline]] inline void FromBytesHere(const std::int8_t* bytes, std::size_t size, float scale,
                                                 float* values) {
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(bytes[i]) * scale;
}

// Of 64 values or, at the end, fewer.
[[gnu::always_inline]] inline std::uint64_t SidesOf(const float* values, const float* mean, std::size_t size,
                                                    float* squares, float* along) {
  std::uint8_t sides[64] = {};
  for (std::size_t i = 0; i < size; ++i) {
    const float rest = values[i] - mean[i];
    squares[i % kSums] += rest * rest;
    along[i % kSums] += std::abs(rest);
    sides[i] = rest > 0 ? 1 : 0;
  }
  std::uint64_t bits = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, sides + byte * 8, sizeof eight);
    bits |= (eight * 0x0102'0408'1020'4080ULL >> 56) << byte * 8;
  }
  return bits;
}

[[gnu::always_inline]] inline float ToBitsHere(const float* values, const float* mean, std::size_t size,
                                               std::uint64_t* group) {
  float squares[kSums] = {};
  float along[kSums] = {};
  for (std::size_t word = 0; word * 64 < size; ++word) {
    const std::size_t at = word * 64;
    const bool whole = size - at >= 64;  // known, so that the loop has no end to look for
    group[word * kLanes] |= whole ? SidesOf(values + at, mean + at, 64, squares, along)
                                  : SidesOf(values + at, mean + at, size - at, squares, along);
  }
  const double all = std::accumulate(along, along + kSums, 0.0);
  return all > 0 ? static_cast<float>(std::accumulate(squares, squares + kSums, 0.0) / all) : 0;
}

#if defined(__x86_64__) && defined(__GNUC__)
#define COUNSEL_WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vpopcntdq"), optimize("O3")))
#define COUNSEL_MIDDLE __attribute__((target("avx2,popcnt"), optimize("O3")))
COUNSEL_WIDE std::int32_t DotWide(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  return DotHere(a, b, size);
}
COUNSEL_MIDDLE std::int32_t DotMiddle(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  return DotHere(a, b, size);
}
COUNSEL_WIDE void EstimateWide(const std::uint64_t* groups, std::size_t count, const Planes& planes,
                               const float* factors, float base, float* estimates) {
  EstimateHere(groups, count, planes, factors, base, estimates);
}
COUNSEL_MIDDLE void EstimateMiddle(const std::uint64_t* groups, std::size_t count, const Planes& planes,
                                   const float* factors, float base, float* estimates) {
  EstimateHere(groups, count, planes, factors, base, estimates);
}
COUNSEL_MIDDLE float ToBytesMiddle(const float* values, std::size_t size, std::int8_t* bytes) {
  return ToBytesHere(values, size, bytes);
}
COUNSEL_MIDDLE void FromBytesMiddle(const std::int8_t* bytes, std::size_t size, float scale, float* values) {
  FromBytesHere(bytes, size, scale, values);
}
COUNSEL_MIDDLE float ToBitsMiddle(const float* values, const float* mean, std::size_t size, std::uint64_t* group) {
  return ToBitsHere(values, mean, size, group);
}
#endif

std::int32_t DotPlain(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  return DotHere(a, b, size);
}
void EstimatePlain(const std::uint64_t* groups, std::size_t count, const Planes& planes, const float* factors,
                   float base, float* estimates) {
  EstimateHere(groups, count, planes, factors, base, estimates);
}

float ToBytesPlain(const float* values, std::size_t size, std::int8_t* bytes) {
  return ToBytesHere(values, size, bytes);
}
void FromBytesPlain(const std::int8_t* bytes, std::size_t size, float scale, float* values) {
  FromBytesHere(bytes, size, scale, values);
}
float ToBitsPlain(const float* values, const float* mean, std::size_t size, std::uint64_t* group) {
  return ToBitsHere(values, mean, size, group);
}

struct Kernels {
  decltype(&DotPlain) dot = &DotPlain;
  decltype(&EstimatePlain) estimate = &EstimatePlain;
  decltype(&ToBytesPlain) to_bytes = &ToBytesPlain;
  decltype(&FromBytesPlain) from_bytes = &FromBytesPlain;
  decltype(&ToBitsPlain) to_bits = &ToBitsPlain;
};

Kernels Choose() {
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vpopcntdq") != 0) {
    return {&DotWide, &EstimateWide, &ToBytesMiddle, &FromBytesMiddle, &ToBitsMiddle};
  }
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0)
    return {&DotMiddle, &EstimateMiddle, &ToBytesMiddle, &FromBytesMiddle, &ToBitsMiddle};
#endif
  return {};
}

const Kernels& Chosen() {
  static const Kernels chosen = Choose();
  return chosen;
}

}  // namespace

std::int32_t DotOfBytes(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  return Chosen().dot(a, b, size);
}

void EstimateByBits(const std::uint64_t* groups, std::size_t count, const Planes& planes, const float* factors,
                    float base, float* estimates) {
  Chosen().estimate(groups, count, planes, factors, base, estimates);
}

float ToBytes(const float* values, std::size_t size, std::int8_t* bytes) {
  return Chosen().to_bytes(values, size, bytes);
}

void FromBytes(const std::int8_t* bytes, std::size_t size, float scale, float* values) {
  Chosen().from_bytes(bytes, size, scale, values);
}

float ToBits(const float* values, const float* mean, std::size_t size, std::uint64_t* group) {
  return Chosen().to_bits(values, mean, size, group);
}

}  // namespace counsel::index
