#include "index/kernels.h"

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
#endif

std::int32_t DotPlain(const std::int8_t* a, const std::int8_t* b, std::size_t size) {
  return DotHere(a, b, size);
}
void EstimatePlain(const std::uint64_t* groups, std::size_t count, const Planes& planes, const float* factors,
                   float base, float* estimates) {
  EstimateHere(groups, count, planes, factors, base, estimates);
}

struct Kernels {
  decltype(&DotPlain) dot = &DotPlain;
  decltype(&EstimatePlain) estimate = &EstimatePlain;
};

Kernels Choose() {
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512vpopcntdq") != 0) {
    return {&DotWide, &EstimateWide};
  }
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0)
    return {&DotMiddle, &EstimateMiddle};
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

}  // namespace counsel::index
