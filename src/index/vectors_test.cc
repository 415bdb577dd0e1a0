// Vectors made small: the nearest of a few questions are still found.
#include "index/vectors.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "index/index_fixture.h"
#include "index/kernels.h"
#include "index/ranking.h"

namespace counsel::index {
namespace {

class VectorsTest : public IndexTest {
 protected:
  // Of unit length, in loose groups, all on one side, as an embedder's are.
  std::vector<float> RandomVectors(std::uint32_t count, std::size_t dimensions) {
    constexpr std::uint32_t kGroups = 50;
    std::normal_distribution<float> normal;
    std::vector<float> side(dimensions);
    std::vector<float> middles(kGroups * dimensions);
    for (float& value : side) value = normal(random_);
    for (float& value : middles) value = normal(random_);
    std::vector<float> all(count * dimensions);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t group = Below(kGroups);
      double squares = 0;
      for (std::size_t at = 0; at < dimensions; ++at) {
        float& value = all[i * dimensions + at];
        value = 1.5F * side[at] + middles[group * dimensions + at] + normal(random_);
        squares += static_cast<double>(value) * value;
      }
      for (std::size_t at = 0; at < dimensions; ++at) {
        all[i * dimensions + at] /= static_cast<float>(std::sqrt(squares));
      }
    }
    return all;
  }

  Vectors Write(const std::vector<float>& all, std::size_t dimensions, const std::string& name) {
    const auto count = static_cast<std::uint32_t>(all.size() / dimensions);
    const Result<Written> written = WriteVectors(
        folder_ / name, 3, count, dimensions,
        [&](std::uint32_t i, std::span<float> vector) {
          std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(i * dimensions), dimensions, vector.begin());
        },
        [] { return Result<void>(); });
    EXPECT_TRUE(written) << written.error().ToString();
    Result<Vectors> vectors = Vectors::Open(folder_ / name, written->bytes, 3);
    EXPECT_TRUE(vectors) << vectors.error().ToString();
    EXPECT_EQ(vectors->checksum(), written->checksum);
    return std::move(*vectors);
  }

  // The share of the ten nearest that are among the hundred times three that are measured exactly afterwards.
  static double Recall(const std::vector<float>& all, std::size_t dimensions, std::span<const float> asked,
                       std::span<const Range> visible, const std::vector<Near>& found) {
    std::vector<std::pair<float, std::uint32_t>> exact;
    for (const Range& range : visible) {
      for (std::uint32_t i = range.begin; i < range.end; ++i) {
        float cosine = 0;
        for (std::size_t at = 0; at < dimensions; ++at) cosine += asked[at] * all[i * dimensions + at];
        exact.emplace_back(-cosine, i);
      }
    }
    std::partial_sort(exact.begin(), exact.begin() + 10, exact.end());
    std::set<std::uint32_t> ids;
    for (const Near& one : found) ids.insert(one.passage);
    double held = 0;
    for (std::size_t i = 0; i < 10; ++i) held += ids.contains(exact[i].second) ? 0.1 : 0;
    return held;
  }
};

TEST_F(VectorsTest, TheNearestAreFoundByBytesAndByBits) {
  constexpr std::size_t kDimensions = 100;
  const std::vector<float> all = RandomVectors(60'000, kDimensions);
  const Vectors vectors = Write(all, kDimensions, "vectors");
  double by_bits = 0;
  double by_bytes = 0;
  constexpr int kQuestions = 20;
  for (int question = 0; question < kQuestions; ++question) {
    const std::span<const float> asked = std::span(all).subspan(Below(60'000) * kDimensions, kDimensions);
    const std::vector<Range> whole = {{0, 60'000}};
    Asked one(asked, 300, 60'000);
    one.Look(vectors, whole, 0);
    by_bits += Recall(all, kDimensions, asked, whole, one.Take()) / kQuestions;
    const std::vector<Range> some = {{3, 4'001}, {10'000, 20'005}};
    Asked other(asked, 300, SizeOf(some));
    other.Look(vectors, some, 0);
    const std::vector<Near> near = other.Take();
    for (const Near& found : near) {
      EXPECT_TRUE((found.passage >= 3 && found.passage < 4'001) || (found.passage >= 10'000 && found.passage < 20'005));
    }
    by_bytes += Recall(all, kDimensions, asked, some, near) / kQuestions;
  }
  EXPECT_GE(by_bits, 0.98);
  EXPECT_GE(by_bytes, 0.98);
}

TEST_F(VectorsTest, WhatIsWrittenAgainFromItsBytesIsTheSame) {
  constexpr std::size_t kDimensions = 70;
  const std::vector<float> all = RandomVectors(500, kDimensions);
  const Vectors first = Write(all, kDimensions, "first");
  std::vector<float> read(all.size());
  for (std::uint32_t i = 0; i < 500; ++i) {
    first.Read(i, std::span(read).subspan(i * kDimensions, kDimensions));
    for (std::size_t at = 0; at < kDimensions; ++at) {
      ASSERT_NEAR(read[i * kDimensions + at], all[i * kDimensions + at], 0.004);
    }
  }
  const Vectors second = Write(read, kDimensions, "second");
  std::vector<float> again(kDimensions);
  for (std::uint32_t i = 0; i < 500; ++i) {
    second.Read(i, again);
    for (std::size_t at = 0; at < kDimensions; ++at) ASSERT_FLOAT_EQ(again[at], read[i * kDimensions + at]);
  }
}

TEST_F(VectorsTest, KernelsSumWhatTheirNamesSay) {
  for (const std::size_t words : {1U, 2U, 6U, 7U}) {
    constexpr std::size_t kGroups = 3;
    std::vector<std::uint64_t> groups(kGroups * words * kLanes);
    for (std::uint64_t& word : groups) word = random_();
    Planes planes;
    planes.words = words;
    planes.bits.resize(words * kPlanes);
    for (std::uint64_t& word : planes.bits) word = random_();
    planes.least = -0.5F;
    planes.step = 0.25F;
    planes.sum = 3;
    std::vector<float> factors(kGroups * kLanes);
    for (float& factor : factors) factor = static_cast<float>(Below(100)) / 100;
    std::vector<float> estimates(factors.size());
    EstimateByBits(groups.data(), kGroups, planes, factors.data(), 0.125F, estimates.data());
    for (std::size_t i = 0; i < estimates.size(); ++i) {
      double where_set = 0;
      for (std::size_t bit = 0; bit < words * 64; ++bit) {
        const std::size_t word = (i / kLanes * words + bit / 64) * kLanes + i % kLanes;
        if ((groups[word] >> bit % 64 & 1) == 0) continue;
        where_set += planes.least;
        for (std::size_t plane = 0; plane < kPlanes; ++plane) {
          where_set +=
              planes.step * static_cast<double>((planes.bits[plane * words + bit / 64] >> bit % 64 & 1) << plane);
        }
      }
      EXPECT_NEAR(estimates[i], 0.125 + factors[i] * (2 * where_set - planes.sum), 1e-3 * static_cast<double>(words));
    }
    std::vector<std::int8_t> a(words * 37);
    std::vector<std::int8_t> b(words * 37);
    std::int32_t dot = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = static_cast<std::int8_t>(random_());
      b[i] = static_cast<std::int8_t>(random_());
      dot += a[i] * b[i];
    }
    EXPECT_EQ(DotOfBytes(a.data(), b.data(), a.size()), dot);
  }
}

TEST_F(VectorsTest, WhatIsKeptOfSeveralKeepsItsBytesAndHasBitsByTheMeanOfAll) {
  constexpr std::size_t kSize = 100;
  const std::vector<float> all = RandomVectors(90, kSize);
  const Vectors a = Write({all.begin(), all.begin() + 50 * kSize}, kSize, "a");
  const Vectors b = Write({all.begin() + 50 * kSize, all.end()}, kSize, "b");
  const std::vector<KeptVectors> parts = {{&a, {{0, 7}, {20, 50}}}, {&b, {{3, 40}}}};
  const Result<Written> merged = MergeVectors(parts, folder_ / "merged", 3, [] { return Result<void>(); });
  ASSERT_TRUE(merged) << merged.error().ToString();
  const Result<Vectors> vectors = Vectors::Open(folder_ / "merged", merged->bytes, 3);
  ASSERT_TRUE(vectors) << vectors.error().ToString();
  std::vector<float> kept;
  std::vector<float> one(kSize);
  std::uint32_t at = 0;
  for (const KeptVectors& part : parts) {
    for (const Range& range : part.ranges) {
      for (std::uint32_t i = range.begin; i < range.end; ++i, ++at) {
        const auto bytes = vectors->BytesOf(at);
        EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), part.vectors->BytesOf(i).begin()));
        EXPECT_EQ(vectors->ScaleOf(at), part.vectors->ScaleOf(i));
        part.vectors->Read(i, one);
        kept.insert(kept.end(), one.begin(), one.end());
      }
    }
  }
  ASSERT_EQ(at, vectors->passages());
  // As if they had been written from what the bytes say.
  const Vectors written = Write(kept, kSize, "kept");
  EXPECT_EQ(written.checksum(), vectors->checksum());
}

TEST(Kernels, BytesAndBitsAreWhatPlainLoopsMakeOfThem) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (const std::size_t size : {1U, 63U, 64U, 65U, 100U, 384U}) {
    std::vector<float> values(size);
    std::vector<float> mean(size);
    for (float& value : values) value = normal(random);
    for (float& value : mean) value = normal(random) / 10;
    std::vector<std::int8_t> bytes(size);
    const float scale = ToBytes(values.data(), size, bytes.data());
    std::vector<std::uint64_t> group((size + 63) / 64 * kLanes);
    const float factor = ToBits(values.data(), mean.data(), size, group.data());
    std::vector<float> back(size);
    FromBytes(bytes.data(), size, scale, back.data());
    double squares = 0;
    double along = 0;
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(bytes[i], std::lround(values[i] / scale));
      EXPECT_EQ(back[i], static_cast<float>(bytes[i]) * scale);
      const double rest = static_cast<double>(values[i]) - mean[i];
      squares += rest * rest;
      along += std::abs(rest);
      EXPECT_EQ(group[i / 64 * kLanes] >> i % 64 & 1, rest > 0 ? 1U : 0U);
    }
    EXPECT_NEAR(factor, squares / along, 1e-5 * squares / along);
  }
}

}  // namespace
}  // namespace counsel::index
