#include "answers/reranking.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

search::Hit HitAt(std::int64_t chunk, const std::string& place = "") {
  search::Hit hit;
  hit.chunk = chunk;
  hit.place = place;
  return hit;
}

TEST(Reranking, TheBestScoreIsFirstBehindThePlacesThatTheQuestionNames) {
  const std::vector<search::Hit> hits =
      InOrderOf({0.1, -3, 2, 0.1}, {HitAt(1), HitAt(2, "clause 7"), HitAt(3), HitAt(4)});
  std::vector<std::int64_t> order;
  for (const search::Hit& hit : hits) order.push_back(hit.chunk);
  EXPECT_EQ(order, (std::vector<std::int64_t>{2, 3, 1, 4}));
}

}  // namespace
}  // namespace counsel::answers
