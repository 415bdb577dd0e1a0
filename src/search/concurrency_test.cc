// Searching while documents come and go, through Store: each search sees one moment.
#include <atomic>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "search/search_fixture.h"

namespace counsel::search {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kDimensions = 16;
constexpr int kDocuments = 6;
constexpr int kChunks = 4;
constexpr int kRounds = 25;

Result<void> AddVersion(store::Connection& db, int document, int version) {
  Random random(static_cast<std::uint64_t>(document * 1000 + version));
  std::vector<float> vectors;
  for (int i = 0; i < kChunks; ++i) {
    const std::vector<float> vector = RandomVector(random, kDimensions);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  const std::string text = "tenant version" + std::to_string(version);
  return IndexDocument(db, "d" + std::to_string(document), 1, ChunksOf(std::vector<std::string>(kChunks, text)),
                       "model", vectors);
}

asio::awaitable<Result<void>> Change(store::Store& store, int document) {
  for (int version = 1; version <= kRounds; ++version) {
    Result<void> added =
        co_await store.Write([document, version](store::Connection& db) { return AddVersion(db, document, version); });
    if (!added) co_return added;
    if (version % 5 != 0) continue;
    Result<void> removed = co_await store.Write(
        [document](store::Connection& db) { return RemoveDocument(db, "d" + std::to_string(document)); });
    if (!removed) co_return removed;
  }
  co_return Result<void>();
}

// Every document found must be found whole and in one version, by words and by vectors alike.
Result<int> CheckOneMoment(store::Connection& db, std::uint64_t seed) {
  Random random(seed);
  const std::vector<float> vector = RandomVector(random, kDimensions);
  Query query;
  query.text = "tenant";
  query.vector = vector;
  query.embedding_model = "model";
  query.limit = 1000;
  Result<std::vector<Hit>> hits = Search(db, query);
  if (!hits) return Fail(std::move(hits.error()));
  std::map<std::string, std::vector<std::string>> texts;
  for (const Hit& hit : *hits) {
    EXPECT_GT(hit.keyword_rank, 0);
    EXPECT_GT(hit.vector_rank, 0);
    texts[hit.document].push_back(hit.text);
  }
  for (const auto& [document, found] : texts) {
    EXPECT_EQ(found.size(), static_cast<std::size_t>(kChunks)) << document;
    for (const std::string& text : found) EXPECT_EQ(text, found[0]) << document;
  }
  return static_cast<int>(hits->size());
}

asio::awaitable<Result<void>> Ask(store::Store& store, std::uint64_t seed) {
  for (int round = 0; round < 2 * kRounds; ++round, seed += 100) {
    Result<int> hits = co_await store.Read([seed](store::Connection& db) { return CheckOneMoment(db, seed); });
    if (!hits) co_return Fail(std::move(hits.error()));
  }
  co_return Result<void>();
}

TEST(Concurrency, ASearchSeesOneMomentWhileDocumentsComeAndGo) {
  TemporaryFolder folder;
  asio::thread_pool pool(4);
  {
    Result<std::unique_ptr<store::Store>> store = store::Store::Open(folder.path() / "counsel.db", pool);
    ASSERT_TRUE(store) << store.error().ToString();
    asio::io_context io;
    std::vector<std::future<Result<void>>> done;
    for (int document = 0; document < kDocuments; ++document) {
      done.push_back(asio::co_spawn(io, Change(**store, document), asio::use_future));
    }
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      done.push_back(asio::co_spawn(io, Ask(**store, seed), asio::use_future));
    }
    io.run();
    for (std::future<Result<void>>& one : done) {
      Result<void> outcome = one.get();
      EXPECT_TRUE(outcome) << outcome.error().ToString();
    }
  }
  pool.join();
}

}  // namespace
}  // namespace counsel::search
