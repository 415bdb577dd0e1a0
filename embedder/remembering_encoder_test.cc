#include "remembering_encoder.h"

#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::embedder {
namespace {

using ::testing::ElementsAre;

// Counts what it is asked for; a text's vector holds its length.
class CountingEncoder : public Encoder {
 public:
  explicit CountingEncoder(std::map<std::string, int>* asked) : asked_(asked) {}

  [[nodiscard]] Result<TextVector> Embed(std::string_view text) const override {
    const std::lock_guard lock(mutex_);
    ++(*asked_)[std::string(text)];
    if (text == "bad") return Fail(ErrorCode::kInternal, "The model failed on a text.");
    return TextVector{{static_cast<float>(text.size())}, text.size() + 2, text.size() > 3};
  }
  [[nodiscard]] std::vector<std::int64_t> Tokenize(std::string_view text, bool) const override {
    return {static_cast<std::int64_t>(text.size())};
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int>* asked_;
};

class RememberingEncoderTest : public ::testing::Test {
 protected:
  // Room for `count` texts of four bytes with one number each.
  RememberingEncoder Remembering(std::size_t count) {
    return RememberingEncoder(std::make_unique<CountingEncoder>(&asked_), count * (4 + 4 + 128));
  }
  std::map<std::string, int> asked_;
};

TEST_F(RememberingEncoderTest, EmbedsATextOnceAndGivesTheSame) {
  const RememberingEncoder encoder = Remembering(32);
  const Result<TextVector> first = encoder.Embed("rent");
  const Result<TextVector> second = encoder.Embed("rent");
  ASSERT_TRUE(first && second);
  EXPECT_THAT(second->values, ElementsAre(4));
  EXPECT_EQ(second->tokens, 6U);
  EXPECT_TRUE(second->truncated);
  EXPECT_EQ(asked_["rent"], 1);
}

TEST_F(RememberingEncoderTest, ForgetsWhatWasUsedLongestAgo) {
  const RememberingEncoder encoder = Remembering(32);
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(encoder.Embed("a" + std::to_string(100 + i)));
  EXPECT_TRUE(encoder.Embed("a100"));  // used again
  EXPECT_TRUE(encoder.Embed("next"));  // one must go
  EXPECT_TRUE(encoder.Embed("a100"));
  EXPECT_TRUE(encoder.Embed("a101"));
  EXPECT_EQ(asked_["a100"], 1);
  EXPECT_EQ(asked_["a101"], 2);
}

TEST_F(RememberingEncoderTest, AFailureAndALongTextAreTriedAgain) {
  const RememberingEncoder encoder = Remembering(32);
  const std::string longer(4096, 'x');
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(encoder.Embed("bad"));
    EXPECT_TRUE(encoder.Embed(longer));
  }
  EXPECT_EQ(asked_["bad"], 2);
  EXPECT_EQ(asked_[longer], 2);
}

TEST_F(RememberingEncoderTest, ManyThreadsAtOnceGetTheirOwnVectors) {
  const RememberingEncoder encoder = Remembering(32);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&encoder] {
      for (int i = 0; i < 2000; ++i) {
        const std::string text(static_cast<std::size_t>(i % 50), 'x');
        EXPECT_THAT(encoder.Embed(text)->values, ElementsAre(static_cast<float>(text.size())));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace counsel::embedder
