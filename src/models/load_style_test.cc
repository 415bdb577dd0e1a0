#include "models/load_style.h"

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

StyleFacts SevenB() {
  StyleFacts facts;
  facts.weight_bytes = 4'370'000'000;
  facts.repacked_bytes = 3'500'000'000;
  facts.threads = 2;
  return facts;
}

TEST(LoadStyleTest, OnASevenBSomeHundredTokensPayForRepacking) {
  const std::uint32_t tokens = RepackFromTokens(SevenB());
  EXPECT_GT(tokens, 200U);
  EXPECT_LT(tokens, 800U);
}

TEST(LoadStyleTest, MeasuredLoadsCountForMoreThanTheEstimate) {
  StyleFacts facts = SevenB();
  facts.quick_seconds = 0.5;
  facts.repacked_seconds = 1.0;
  EXPECT_LT(RepackFromTokens(facts), RepackFromTokens(SevenB()) / 10);
}

TEST(LoadStyleTest, MoreThreadsMakeRepackingPayLater) {
  StyleFacts facts = SevenB();
  facts.threads = 16;
  EXPECT_GT(RepackFromTokens(facts), 4 * RepackFromTokens(SevenB()));
}

TEST(LoadStyleTest, WhereNothingIsRearrangedTheStylesAreTheSame) {
  StyleFacts facts = SevenB();
  facts.repacked_bytes = 1000;
  EXPECT_EQ(RepackFromTokens(facts), 0U);
  EXPECT_EQ(RepackFromTokens(StyleFacts()), 0U);
}

}  // namespace
}  // namespace counsel::models
