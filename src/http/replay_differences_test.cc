#include "http/replay_differences.h"

#include <gtest/gtest.h>

namespace counsel::http {
namespace {

Json Entry() {
  return {
      {"program", "counsel 0.1.0"},
      {"said",
       {{"outcome", "answered"},
        {"answer", {{"text", "The rent is £1,450. It is due on the first."}}},
        {"visible", {{"documents", 2}, {"sha256", "aa"}}},
        {"read", {{{"document", "d1"}, {"page", 1}, {"start", 0}, {"end", 90}, {"n", 1}}}},
        {"quotes", {{{"document", "d1"}, {"page", 1}, {"start", 3}, {"end", 20}, {"quote", {{"text", "rent"}}}}}},
        {"sentences", {{{"start", 0}, {"end", 20}, {"grade", "supported"}}}},
        {"model", {{"name", "m"}, {"files", {{{"sha256", "ab"}, {"bytes", 5}}}}, {"flags", {"--ctx-size", "2048"}}}},
        {"written", {{"alone", true}, {"cached_tokens", 0}, {"engine", "b1"}, {"processor", "P"}}}}}};
}

TEST(ReplayDifferences, NothingDiffersFromItself) {
  EXPECT_EQ(CircumstancesThatDiffer(Entry(), Entry()), Json::array());
  EXPECT_EQ(AnswersCompared(Entry(), Entry())["same"], true);
}

TEST(ReplayDifferences, EachCircumstanceIsNamedWithBothSides) {
  Json now = Entry();
  now["program"] = "counsel 0.2.0";
  now["said"]["model"]["files"][0]["sha256"] = "cd";
  now["said"]["model"]["flags"] = {"--no-repack"};
  now["said"]["written"] = {{"alone", false}, {"cached_tokens", 7}, {"engine", "b2"}, {"processor", "Q"}};
  std::vector<std::string> named;
  for (const Json& one : CircumstancesThatDiffer(Entry(), now)) {
    named.push_back(one["what"]);
    EXPECT_NE(one["then"], one["now"]);
  }
  EXPECT_EQ(named,
            (std::vector<std::string>{"model", "flags", "engine", "processor", "neighbours", "cache", "program"}));
}

TEST(ReplayDifferences, OtherEvidenceAndGradesAreTold) {
  Json now = Entry();
  now["said"]["read"][0]["end"] = 91;
  now["said"]["sentences"][0]["grade"] = "near";
  const Json compared = AnswersCompared(Entry(), now);
  EXPECT_EQ(compared["same"], false);
  EXPECT_EQ(compared["read"]["gone"].size(), 1U);
  EXPECT_EQ(compared["read"]["added"][0]["end"], 91);
  EXPECT_EQ(compared["quotes"]["gone"], Json::array());
  EXPECT_EQ(compared["sentences"]["then"][0]["text"], "The rent is £1,450.");
  EXPECT_EQ(compared["answer"]["same"], true);
}

TEST(ReplayDifferences, TheFirstDifferenceIsCountedInCharacters) {
  EXPECT_EQ(FirstDifference("£1,450", "£1,540"), 3);
  EXPECT_EQ(FirstDifference("£1", "€1"), 0);
  EXPECT_EQ(FirstDifference("rent", "rents"), 4);
}

}  // namespace
}  // namespace counsel::http
