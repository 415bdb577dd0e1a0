// What is searched within walls: as if nothing else were there, and as an exhaustive search finds it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/nearest.h"
#include "search/search.h"
#include "search/search_fixture.h"

namespace counsel::search {
namespace {

using WalledSearch = SearchTest;
using ::testing::IsEmpty;

TEST_F(WalledSearch, AnswersWithinAWallAsIfNothingElseWereThere) {
  const std::vector<float> vector = Axis(0, kDimensions);
  Add("lease", 1, {"The tenant keeps the garden", "The deposit is held by an agent", "tenant and deposit"},
      std::vector<float>(3 * kDimensions, static_cast<float>(1 / std::sqrt(kDimensions))), "lease.pdf");
  Query query = Ask("tenant garden deposit agents", vector);
  query.scopes = {1};
  query.calibration = {-1, 2, 3};
  const std::vector<Hit> alone = Find(query);
  ASSERT_EQ(alone.size(), 3U);
  std::vector<std::string> texts(500, "tenant tenant garden");
  texts.resize(600, "an agent");
  Add("theirs", 2, texts);
  const std::vector<Hit> beside = Find(query);
  ASSERT_EQ(beside.size(), alone.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(beside[i].chunk, alone[i].chunk);
    EXPECT_EQ(beside[i].bm25, alone[i].bm25);
    EXPECT_EQ(beside[i].coverage, alone[i].coverage);
    EXPECT_EQ(beside[i].relevance, alone[i].relevance);
  }
}

// What brute force gives for the vectors of a model kept beside the store.
struct Kept {
  std::int64_t scope;
  std::string document;
  std::string text;
  std::vector<float> vector;
};

TEST_F(WalledSearch, AgreesWithBruteForceOnRandomStores) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SearchTest::SetUp();
    Random random(seed);
    std::map<std::string, std::vector<Kept>> documents;
    for (int step = 0; step < 40; ++step) {
      const std::string document = "d" + std::to_string(random() % 12);
      if (random() % 4 == 0) {
        documents.erase(document);
        Remove(document);
        continue;
      }
      const std::int64_t scope = static_cast<std::int64_t>(random() % 3);
      std::vector<Kept> kept(1 + random() % 6);
      std::vector<std::string> texts;
      std::vector<float> vectors;
      for (Kept& chunk : kept) {
        chunk = {scope, document, "word" + std::to_string(random() % 20) + " seed" + std::to_string(random()),
                 RandomVector(random, kDimensions)};
        texts.push_back(chunk.text);
        vectors.insert(vectors.end(), chunk.vector.begin(), chunk.vector.end());
      }
      Add(document, scope, texts, vectors);
      documents[document] = kept;
    }
    for (int asked = 0; asked < 10; ++asked) {
      const std::vector<float> vector = RandomVector(random, kDimensions);
      Query query = Ask("word" + std::to_string(random() % 20), vector);
      if (random() % 2 == 0) query.scopes = {static_cast<std::int64_t>(random() % 3), 7};
      if (random() % 3 == 0) query.documents = {"d1", "d2", "d3", "absent"};
      query.limit = 1000;
      std::vector<std::pair<double, std::string>> expected;
      std::set<std::string> with_word;
      for (const auto& [name, chunks] : documents) {
        for (const Kept& chunk : chunks) {
          const auto in = [](const auto& list, const auto& value) {
            return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
          };
          if (!in(query.scopes, chunk.scope) || !in(query.documents, chunk.document)) continue;
          double cosine = 0;
          for (std::size_t i = 0; i < kDimensions; ++i) cosine += static_cast<double>(chunk.vector[i]) * vector[i];
          expected.emplace_back(-cosine, chunk.text);
          if (chunk.text.starts_with(query.text + " ")) with_word.insert(chunk.text);
        }
      }
      std::sort(expected.begin(), expected.end());
      std::vector<std::string> by_rank(expected.size());
      std::set<std::string> by_word;
      const std::vector<Hit> hits = Find(query);
      ASSERT_EQ(hits.size(), expected.size()) << "seed " << seed;
      for (const Hit& hit : hits) {
        ASSERT_GE(hit.vector_rank, 1);
        by_rank.at(static_cast<std::size_t>(hit.vector_rank) - 1) = hit.text;
        EXPECT_NEAR(hit.cosine, -expected.at(static_cast<std::size_t>(hit.vector_rank) - 1).first, 1e-5);
        if (hit.keyword_rank > 0) by_word.insert(hit.text);
      }
      for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(by_rank[i], expected[i].second) << "seed " << seed;
      EXPECT_EQ(by_word, with_word) << "seed " << seed;
    }
    ExpectSound();
    for (const auto& [name, chunks] : documents) Remove(name);
  }
}

TEST_F(WalledSearch, NeverLeaksAScope) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    for (int i = 0; i < 30; ++i) {
      Add("d" + std::to_string(random() % 25), static_cast<std::int64_t>(random() % 5),
          {"tenant rent", "rent", "tenant"});
    }
    const std::vector<float> vector = RandomVector(random, kDimensions);
    Query query = Ask("tenant rent", vector);
    query.scopes = {static_cast<std::int64_t>(random() % 5), static_cast<std::int64_t>(random() % 5)};
    query.limit = 1000;
    for (const Hit& hit : Find(query)) {
      EXPECT_TRUE(hit.scope == query.scopes[0] || hit.scope == query.scopes[1]) << "seed " << seed;
    }
    query.scopes = {99};
    EXPECT_THAT(Find(query), IsEmpty());
  }
}

TEST_F(WalledSearch, GivesTheSameListTwice) {
  for (int i = 0; i < 50; ++i) Add("d" + std::to_string(i), 1, {"tenant rent", "tenant rent"}, {Axis(0, kDimensions)});
  const std::vector<float> vector = Axis(0, kDimensions);
  const std::vector<Hit> once = Find(Ask("tenant rent", vector));
  const std::vector<Hit> again = Find(Ask("tenant rent", vector));
  ASSERT_EQ(once.size(), 15U);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].chunk, again[i].chunk);
}

TEST(DotProduct, EqualsThePlainSumAtEveryLengthAndAlignment) {
  Random random(5);
  for (std::size_t size = 1; size < 100; ++size) {
    const std::vector<float> a = RandomVector(random, size);
    const std::vector<float> b = RandomVector(random, size);
    std::vector<std::byte> bytes(size * sizeof(float) + 1);
    std::memcpy(bytes.data() + 1, b.data(), size * sizeof(float));
    double expected = 0;
    for (std::size_t i = 0; i < size; ++i) expected += static_cast<double>(a[i]) * b[i];
    EXPECT_NEAR(Dot(a, std::span(bytes).subspan(1)), expected, 1e-5) << size;
  }
}

}  // namespace
}  // namespace counsel::search
