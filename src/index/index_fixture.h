// For this room's tests: a folder, random passages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "index/words.h"

namespace counsel::index {

class IndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "counsel-index-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  struct Passage {
    Passage() = default;
    std::int64_t id = 0;
    std::int64_t scope = 0;
    std::string document;
    std::vector<std::pair<std::string, std::uint32_t>> words;  // with their weights
    std::uint32_t length = 0;
  };

  std::uint32_t Below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }

  // Words as skewed as a language's: w0 in nearly every passage, w299 in nearly none.
  std::vector<Passage> RandomPassages(std::size_t count, std::int64_t first = 1) {
    std::vector<Passage> passages;
    std::int64_t id = first;
    std::uint32_t document = 0;
    for (std::size_t i = 0; i < count; ++i, ++id) {
      if (Below(20) == 0) ++document;
      if (Below(50) == 0) id += Below(9);
      Passage& passage = passages.emplace_back();
      passage.id = id;
      passage.scope = document % 5;
      passage.document = "document " + std::to_string(document) + " of " + std::to_string(first);
      passage.length = 5 + Below(200);
      for (std::uint32_t word = 0; word < passage.length; ++word) {
        const double chance = static_cast<double>(Below(1'000'000)) / 1e6;
        const auto which = static_cast<std::uint32_t>(chance * chance * chance * 300);
        passage.words.emplace_back("w" + std::to_string(which), 1 + (Below(20) == 0 ? 1 : 0));
      }
    }
    return passages;
  }

  // The first three of its words are its name's.
  static constexpr std::uint32_t kNameEnds = 3;
  static std::uint32_t PlaceOf(std::uint32_t word) { return word < kNameEnds ? word : word + 1; }
  static std::uint32_t WeightOf(const Passage& passage, std::uint32_t word) {
    return word < kNameEnds ? 2 : passage.words[word].second;
  }
  static void AddWords(const Passage& passage, WordsBuilder* builder) {
    for (std::uint32_t i = 0; i < passage.words.size(); ++i) {
      builder->AddWord(passage.words[i].first, WeightOf(passage, i), PlaceOf(i));
    }
    builder->EndPassage(passage.length, kNameEnds + 1);
  }

  Words Write(const std::vector<Passage>& passages, const std::string& name, std::uint64_t stamp = 7) {
    WordsBuilder builder;
    for (const Passage& passage : passages) {
      builder.BeginPassage(passage.id, passage.scope, passage.document);
      AddWords(passage, &builder);
    }
    Result<Written> written = builder.Write(folder_ / name, stamp);
    EXPECT_TRUE(written) << written.error().ToString();
    Result<Words> words = Words::Open(folder_ / name, written->bytes, stamp);
    EXPECT_TRUE(words) << words.error().ToString();
    EXPECT_EQ(words->checksum(), written->checksum);
    return std::move(*words);
  }

  std::vector<Range> RandomRanges(std::uint32_t end) {
    std::vector<Range> ranges;
    const std::uint32_t step = 1 + Below(400);
    for (std::uint32_t at = Below(step); at < end;) {
      const std::uint32_t size = std::min(1 + Below(step), end - at);
      ranges.push_back({at, at + size});
      at += size + 1 + Below(step);
    }
    return ranges;
  }

  std::filesystem::path folder_;
  std::mt19937_64 random_{20261130};
};

}  // namespace counsel::index
