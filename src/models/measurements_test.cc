#include "models/measurements.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace counsel::models {
namespace {

namespace fs = std::filesystem;

std::string KeyNumber(std::size_t number) {
  std::string key = std::to_string(number);
  return std::string(64 - key.size(), '0') + key;
}

Estimate EstimateOf(std::uint64_t ready, std::uint64_t claim) {
  Estimate estimate;
  estimate.at_ready.host_bytes = ready;
  estimate.claim.host_bytes = claim;
  estimate.claim.device_bytes["Vulkan0"] = 70;
  estimate.at_ready.device_bytes["Vulkan0"] = 60;
  estimate.mapped_bytes = 5;
  estimate.growth_bytes = claim - ready + 10;
  return estimate;
}

Measured MeasuredOf(std::uint64_t ready, std::uint64_t highest, double seconds = 0) {
  Measured measured;
  measured.at_ready.host_bytes = ready;
  measured.highest.host_bytes = highest;
  measured.load_seconds = seconds;
  return measured;
}

Plan PlanOf(Measurements& measurements, const std::string& key, bool cached = true) {
  Plan plan;
  plan.file_cached = cached;
  const Measurements::Record* record = measurements.Find(key);
  EXPECT_NE(record, nullptr);
  if (record != nullptr) ApplyRecord(*record, &plan);
  return plan;
}

TEST(Measurements, APlanIsTheEstimateUntilALoadWasMeasured) {
  Measurements measurements;
  EXPECT_EQ(measurements.Find(KeyNumber(1)), nullptr);
  measurements.Remember(KeyNumber(1), EstimateOf(100, 400), false);
  Plan plan = PlanOf(measurements, KeyNumber(1));
  EXPECT_FALSE(plan.measured);
  EXPECT_EQ(plan.at_ready.host_bytes, 100U);
  EXPECT_EQ(plan.claim.host_bytes, 400U);
  EXPECT_EQ(plan.mapped_bytes, 5U);

  measurements.Learn(KeyNumber(1), MeasuredOf(80, 0), true);
  plan = PlanOf(measurements, KeyNumber(1));
  EXPECT_TRUE(plan.measured);
  EXPECT_EQ(plan.at_ready.host_bytes, 80U);
  EXPECT_EQ(plan.claim.host_bytes, 390U) << "what it may grow by is still to come";
  EXPECT_EQ(plan.claim.device_bytes.at("Vulkan0"), 70U) << "not measured";
}

TEST(Measurements, AClaimIsNeverLessThanTheHighestSeen) {
  Measurements measurements;
  measurements.Remember(KeyNumber(1), EstimateOf(100, 400), false);
  measurements.Learn(KeyNumber(1), MeasuredOf(80, 500), true);
  measurements.Learn(KeyNumber(1), MeasuredOf(90, 100), true);
  const Plan plan = PlanOf(measurements, KeyNumber(1));
  EXPECT_EQ(plan.claim.host_bytes, 500U);
  EXPECT_EQ(plan.at_ready.host_bytes, 90U) << "the last load's";
}

TEST(Measurements, DevicesAreLearntToo) {
  Measurements measurements;
  measurements.Remember(KeyNumber(1), EstimateOf(100, 400), false);
  Measured measured = MeasuredOf(80, 0);
  measured.at_ready.device_bytes["Vulkan0"] = 50;
  measurements.Learn(KeyNumber(1), measured, true);
  const Plan plan = PlanOf(measurements, KeyNumber(1));
  EXPECT_EQ(plan.at_ready.device_bytes.at("Vulkan0"), 50U);
  EXPECT_EQ(plan.claim.device_bytes.at("Vulkan0"), 60U);
}

TEST(Measurements, SecondsAreToldApartByThePageCache) {
  Measurements measurements;
  measurements.Remember(KeyNumber(1), EstimateOf(1, 2), false);
  measurements.Learn(KeyNumber(1), MeasuredOf(1, 1, 0.5), true);
  measurements.Learn(KeyNumber(1), MeasuredOf(1, 1, 8), false);
  EXPECT_EQ(PlanOf(measurements, KeyNumber(1), true).load_seconds, 0.5);
  EXPECT_EQ(PlanOf(measurements, KeyNumber(1), false).load_seconds, 8);
}

TEST(Measurements, TheKeyUnusedLongestMakesRoom) {
  Measurements measurements;
  for (std::size_t i = 0; i < Measurements::kLimit; ++i) {
    measurements.Remember(KeyNumber(i), EstimateOf(i, i), false);
  }
  EXPECT_NE(measurements.Find(KeyNumber(0)), nullptr);
  measurements.Remember(KeyNumber(1000), EstimateOf(1, 2), false);
  EXPECT_EQ(measurements.size(), Measurements::kLimit);
  EXPECT_NE(measurements.Find(KeyNumber(0)), nullptr);
  EXPECT_EQ(measurements.Find(KeyNumber(1)), nullptr);
}

TEST(Measurements, AreKeptAcrossRestarts) {
  Measurements before;
  before.Remember(KeyNumber(1), EstimateOf(100, 400), false);
  before.Learn(KeyNumber(1), MeasuredOf(80, 300, 1.5), true);
  before.Remember(KeyNumber(2), EstimateOf(7, 8), false);
  before.Remember(KeyNumber(3), EstimateOf(9, 9), true);
  Measurements after;
  ASSERT_TRUE(after.Load(before.Save()));
  const Plan plan = PlanOf(after, KeyNumber(1));
  EXPECT_TRUE(plan.measured);
  EXPECT_EQ(plan.at_ready.host_bytes, 80U);
  EXPECT_EQ(plan.claim.host_bytes, 390U);
  EXPECT_EQ(plan.load_seconds, 1.5);
  EXPECT_EQ(plan.claim.device_bytes.at("Vulkan0"), 70U);
  EXPECT_EQ(PlanOf(after, KeyNumber(2)).claim.host_bytes, 8U);
  EXPECT_EQ(after.Find(KeyNumber(3)), nullptr) << "the engine was not asked for it";
}

TEST(Measurements, AFileThatIsSomethingElseAddsNothing) {
  Measurements whole;
  whole.Remember(KeyNumber(1), EstimateOf(100, 400), false);
  const std::string good = whole.Save();
  const auto with = [&good](const std::string& old_text, const std::string& new_text) {
    std::string text = good;
    const std::size_t at = text.find(old_text);
    EXPECT_NE(at, std::string::npos) << old_text;
    return text.replace(at, old_text.size(), new_text);
  };
  Measurements measurements;
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string(100'000, '['), good.substr(0, good.size() / 2),
        with("\"version\":1", "\"version\":2"), with("\"version\":1", "\"version\":{}"), with("{\"at_ready", "{\"at"),
        with(":400", ":-400"), with(":400", ":4e99"), with(":400", ":18446744073709551615"), with(":400", ":\"400\""),
        with("\"mapped\":5", "\"mapped\":null"), with("\"growth\":310", "\"growth\":1.5"), with(KeyNumber(1), "../x"),
        with("\"estimated\":false", "\"estimated\":0"), with("\"cached_seconds\":0.0", "\"cached_seconds\":-1"),
        with("{\"Vulkan0\":70}", "[]")}) {
    EXPECT_FALSE(measurements.Load(text)) << text.substr(0, 300);
  }
  EXPECT_EQ(measurements.size(), 0U);
  EXPECT_TRUE(measurements.Load(good));
}

TEST(ResidentOf, CountsAllMappingsOfTheFileAndNoOthers) {
  const std::string smaps =
      "7f0000000000-7f0000100000 r--s 00000000 fe:00 42   /models/a.gguf\n"
      "Size:               1024 kB\nRss:                 100 kB\nPss:                  50 kB\n"
      "7f0000200000-7f0000300000 r--s 00100000 fe:00 42   /models/a.gguf (deleted)\n"
      "Rss:                  20 kB\n"
      "7f0000400000-7f0000500000 r--s 00000000 fe:00 43   /other/models/a.gguf\n"
      "Rss:                4000 kB\n"
      "7f0000600000-7f0000700000 rw-p 00000000 00:00 0 \n"
      "Rss:                8000 kB\n";
  EXPECT_EQ(ResidentOf(smaps, "/models/a.gguf"), std::uint64_t{120} * 1024);
  EXPECT_EQ(ResidentOf(smaps, "a.gguf"), 0U);
  EXPECT_EQ(ResidentOf(smaps, ""), 0U);
  EXPECT_EQ(ResidentOf("", "/models/a.gguf"), 0U);
}

TEST(MeasureHost, MappedWeightsCountUpToWhatThePlanSaysIsRead) {
  const fs::path root = fs::temp_directory_path() / ("counsel-measure-" + std::to_string(::getpid()));
  fs::create_directories(root / "proc/7");
  std::ofstream(root / "proc/7/smaps_rollup")
      << "Pss:  900 kB\nPss_Anon:  300 kB\nPss_File:  590 kB\nPss_Shmem:  10 kB\n";
  std::ofstream(root / "proc/7/smaps") << "1000-2000 r--s 00000000 fe:00 42 /nowhere/a.gguf\nRss:  500 kB\n";
  EXPECT_EQ(MeasureHost(7, {"/nowhere/a.gguf"}, 1 << 20, root).value_or(0), std::uint64_t{810} * 1024);
  EXPECT_EQ(MeasureHost(7, {"/nowhere/a.gguf"}, 200 << 10, root).value_or(0), std::uint64_t{510} * 1024);
  EXPECT_EQ(MeasureHost(7, {"/nowhere/a.gguf"}, 0, root).value_or(0), std::uint64_t{310} * 1024);
  EXPECT_EQ(MeasureHost(8, {}, 0, root).error().code, ErrorCode::kNotFound);
  fs::remove_all(root);
}

}  // namespace
}  // namespace counsel::models
