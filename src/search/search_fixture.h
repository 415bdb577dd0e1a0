// For this room's tests: a store in a temporary folder, random texts and vectors.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "search/search.h"
#include "store/store.h"

namespace counsel::search {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "counsel-search-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // The bytes of every file in it.
  [[nodiscard]] std::string Bytes() const {
    std::stringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      if (file.peek() != std::ifstream::traits_type::eof()) all << file.rdbuf();
    }
    return all.str();
  }

 private:
  std::filesystem::path path_;
};

using Random = std::mt19937_64;

inline std::vector<float> RandomVector(Random& random, std::size_t dimensions) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimensions);
  double squares = 0;
  for (float& value : vector) {
    value = normal(random);
    squares += static_cast<double>(value) * value;
  }
  for (float& value : vector) value = static_cast<float>(value / std::sqrt(squares));
  return vector;
}

// The unit vector along one axis.
inline std::vector<float> Axis(std::size_t axis, std::size_t dimensions) {
  std::vector<float> vector(dimensions, 0);
  vector[axis] = 1;
  return vector;
}

inline std::vector<NewChunk> ChunksOf(const std::vector<std::string>& texts) {
  std::vector<NewChunk> chunks;
  std::int64_t at = 0;
  for (const std::string& text : texts) {
    NewChunk chunk;
    chunk.start = at;
    chunk.end = at += static_cast<std::int64_t>(text.size());
    chunk.text = text;
    chunks.push_back(chunk);
  }
  return chunks;
}

// A store with the whole schema, written to through one connection.
class SearchTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 8;

  void SetUp() override {
    Result<std::unique_ptr<store::Connection>> opened = store::Connection::Open(folder_.path() / "counsel.db", false);
    ASSERT_TRUE(opened) << opened.error().ToString();
    db_ = std::move(*opened);
    Result<void> migrated = store::Migrate(*db_);
    ASSERT_TRUE(migrated) << migrated.error().ToString();
  }

  // Adds a document in a transaction of its own; vectors are given or random.
  void Add(const std::string& document, std::int64_t scope, const std::vector<std::string>& texts,
           std::vector<float> vectors = {}, const std::string& name = "") {
    while (vectors.size() < texts.size() * kDimensions) {
      const std::vector<float> vector = RandomVector(random_, kDimensions);
      vectors.insert(vectors.end(), vector.begin(), vector.end());
    }
    Result<void> added = store::InTransaction(*db_, true, [&](store::Connection& db) {
      return IndexDocument(db, document, scope, ChunksOf(texts), "model", vectors, name);
    });
    ASSERT_TRUE(added) << added.error().ToString();
  }

  void Remove(const std::string& document) {
    Result<void> removed =
        store::InTransaction(*db_, true, [&](store::Connection& db) { return RemoveDocument(db, document); });
    ASSERT_TRUE(removed) << removed.error().ToString();
  }

  Query Ask(const std::string& text, std::span<const float> vector = {}) {
    Query query;
    query.text = text;
    query.vector = vector;
    query.embedding_model = "model";
    return query;
  }

  std::vector<Hit> Find(const Query& query) {
    Result<std::vector<Hit>> hits = Search(*db_, query);
    EXPECT_TRUE(hits) << hits.error().ToString();
    return hits ? *hits : std::vector<Hit>();
  }

  // FTS5's own check that the index and chunks agree.
  void ExpectSound() {
    Result<void> sound = db_->Execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)");
    EXPECT_TRUE(sound) << sound.error().ToString();
  }

  TemporaryFolder folder_;
  std::unique_ptr<store::Connection> db_;
  Random random_{20240229};
};

}  // namespace counsel::search
