#include <gtest/gtest.h>

#include "http/json.h"

namespace counsel::http {
namespace {

TEST(PoolEventJson, TellsProgressWithItsFigures) {
  models::ModelChange change;
  change.model = "m";
  change.state = models::ModelState::kLoading;
  change.progress = 0.5;
  change.load.emplace();
  change.load->bytes = 100;
  change.load->bytes_loaded = 50;
  change.load->seconds_left = 2;
  const auto [name, data] = PoolEventJson(change);
  EXPECT_EQ(name, "model");
  EXPECT_EQ(data, Json::parse(R"({"model": "m", "state": "loading", "progress": 0.5, "reason": "", "load":
      {"bytes": 100, "bytes_loaded": 50, "bytes_per_second": null, "seconds_left": 2.0}})"));
}

TEST(PoolEventJson, TellsNoFiguresOfAModelThatDoesNotLoad) {
  models::ModelChange change;
  change.state = models::ModelState::kReady;
  EXPECT_EQ(PoolEventJson(change).second["load"], nullptr);
}

TEST(PoolEventJson, TellsForWhomAModelIsGivenUp) {
  models::Eviction eviction;
  eviction.model = "a";
  eviction.cause = models::Eviction::Cause::kAnotherModel;
  eviction.for_model = "b";
  eviction.frees.host_bytes = 7;
  eviction.reason = "gives its memory to 'b'";
  const auto [name, data] = PoolEventJson(eviction);
  EXPECT_EQ(name, "eviction");
  EXPECT_EQ(data, Json::parse(R"({"model": "a", "cause": "another_model", "for": "b",
      "frees": {"host": 7, "devices": {}}, "reason": "gives its memory to 'b'"})"));
  eviction.for_model.clear();
  EXPECT_EQ(PoolEventJson(eviction).second["for"], nullptr);
}

TEST(PoolEventJson, TellsPressureAndTheLadder) {
  models::PressureChange pressure;
  pressure.level = host::PressureLevel::kRising;
  pressure.headroom_bytes = 5;
  pressure.margin_bytes = 6;
  EXPECT_EQ(PoolEventJson(pressure).first, "pressure");
  EXPECT_EQ(PoolEventJson(pressure).second,
            Json::parse(R"({"before": "calm", "level": "rising", "headroom": 5, "margin": 6})"));
  models::LoadReduced reduced;
  reduced.model = "m";
  reduced.rung = 1;
  reduced.reduced = "half the context";
  reduced.why = "the device's memory ran out";
  EXPECT_EQ(PoolEventJson(reduced).first, "ladder");
  EXPECT_EQ(PoolEventJson(reduced).second, Json::parse(R"({"model": "m", "rung": 1, "reduced": "half the context",
                            "why": "the device's memory ran out"})"));
}

}  // namespace
}  // namespace counsel::http
