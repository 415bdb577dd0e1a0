#include "models/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint32_t kQ4_K = 12;
constexpr std::uint32_t kQ4_1 = 3;

// As SmolLM2-135M says of itself.
GgufDescription SmallModel(std::uint64_t weights = 92 * kMiB) {
  GgufDescription file;
  file.facts.vocabulary = 49152;
  file.facts.embedding_length = 576;
  file.facts.feed_forward_length = 1536;
  file.facts.block_count = 30;
  file.facts.head_count = 9;
  file.facts.head_count_kv = 3;
  file.weights.tensor_bytes = weights;
  file.weights.bytes_by_type[kQ4_1] = weights;
  file.weights.head_bytes = 2 * kMiB;
  file.weights.has_output = true;
  return file;
}

FitRow Row(const char* device, std::uint64_t weights, std::uint64_t context, std::uint64_t compute) {
  FitRow row;
  row.device = device;
  row.weight_bytes = weights * kMiB;
  row.context_bytes = context * kMiB;
  row.compute_bytes = compute * kMiB;
  return row;
}

FlagFacts Flags() {
  return ReadFlags({"--ctx-size", "2048", "--parallel", "4", "--no-kv-unified", "--cache-ram", "256"});
}

TEST(ParseFitParams, ReadsALineForEachDeviceAndTheHost) {
  const auto rows = ParseFitParams("printing estimated memory\nVulkan0 3000 100 80 \nHost 92 45 102 \n");
  ASSERT_TRUE(rows) << rows.error().ToString();
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].device, "Vulkan0");
  EXPECT_EQ((*rows)[0].weight_bytes, 3000 * kMiB);
  EXPECT_EQ((*rows)[1].context_bytes, 45 * kMiB);
  EXPECT_EQ((*rows)[1].compute_bytes, 102 * kMiB);
}

TEST(ParseFitParams, AnythingElseIsAnError) {
  for (const char* output : {"", "\n\n", "Vulkan0 1 2 3\n", "Host 1 2\n", "Host 1 2 3 4\n", "Host -1 2 3\n",
                             "Host 1 0x2 3\n", "Host 18446744073709551615 2 3\n", "Host 18446744073709551616 2 3\n",
                             "Host 1 2000000000 3\n", "Host 1 2 3.5\n", "host 1 2 3\n"}) {
    EXPECT_FALSE(ParseFitParams(output)) << output;
  }
}

TEST(FitArguments, KeepsWhatTheProgramKnowsWithItsValues) {
  EXPECT_THAT(FitArguments({"--ctx-size", "2048", "--parallel", "4", "--no-kv-unified", "--cache-ram", "256",
                            "--no-repack", "--cache-type-k", "q8_0", "--jinja"}),
              ElementsAre("--ctx-size", "2048", "--no-repack", "--cache-type-k", "q8_0", "--parallel", "4",
                          "--fit-print", "on"));
  EXPECT_THAT(FitArguments({"--ctx-size"}), ElementsAre("--parallel", "1", "--fit-print", "on"));
}

TEST(ReadFlags, TheLastOfAFlagWins) {
  const FlagFacts facts = ReadFlags({"--cache-ram", "256", "-c", "512", "--cache-ram", "1024", "--no-repack",
                                     "--ubatch-size", "4096", "--load-mode", "none", "-ctk", "q8_0", "--ctx-size"});
  EXPECT_EQ(facts.prompt_cache_bytes, 1024 * kMiB);
  EXPECT_EQ(facts.context_tokens, 512U);
  EXPECT_EQ(facts.batch_tokens, 2048U) << "a pass is no longer than a batch";
  EXPECT_FALSE(facts.repacks);
  EXPECT_FALSE(facts.mapped);
  EXPECT_LT(facts.key_bytes, 1.1);
  EXPECT_EQ(ReadFlags({"--cache-ram", "-1"}).prompt_cache_bytes, 0U);
}

TEST(EstimateLoad, LogitsThatNoServerComputesAreTakenOff) {
  const Estimate estimate = EstimateLoad({SmallModel()}, Flags(), {Row("Host", 92, 45, 102)});
  // Measured: 160.7 MiB when ready, 434 at most.
  EXPECT_GT(estimate.at_ready.host_bytes, 161 * kMiB);
  EXPECT_LT(estimate.at_ready.host_bytes, 192 * kMiB);
  EXPECT_GT(estimate.claim.host_bytes, 434 * kMiB);
  EXPECT_LT(estimate.claim.host_bytes, 478 * kMiB);
}

TEST(EstimateLoad, WhatTheProgramLeavesOutOfTheWeightsIsTheRearrangedCopy) {
  GgufDescription file = SmallModel(422 * kMiB);
  file.weights.bytes_by_type = {{kQ4_K, 200 * kMiB}, {kQ4_1, 222 * kMiB}};
  const Estimate repacked = EstimateLoad({file}, Flags(), {Row("Host", 222, 64, 124)});
  FlagFacts quick_flags = Flags();
  quick_flags.repacks = false;
  const Estimate quick = EstimateLoad({file}, quick_flags, {Row("Host", 422, 64, 124)});
  EXPECT_EQ(repacked.at_ready.host_bytes, quick.at_ready.host_bytes)
      << "the originals of rearranged weights are not read again";
  EXPECT_EQ(quick.mapped_bytes, 422 * kMiB);
  EXPECT_EQ(repacked.mapped_bytes, 223 * kMiB) << "the program's numbers are cut to whole MiB";
}

TEST(EstimateLoad, EmbeddingsThatServeAsOutputAreThereTwiceWhenRearranged) {
  GgufDescription file = SmallModel();
  file.weights.embedding_bytes = 30 * kMiB;
  file.weights.embedding_type = kQ4_K;
  const std::vector<FitRow> rows = {Row("Host", 92, 45, 102)};
  const Estimate own_output = EstimateLoad({file}, Flags(), rows);
  file.weights.has_output = false;
  const Estimate shared = EstimateLoad({file}, Flags(), rows);
  EXPECT_EQ(shared.at_ready.host_bytes, own_output.at_ready.host_bytes + 30 * kMiB);
  file.weights.embedding_type = kQ4_1;
  EXPECT_EQ(EstimateLoad({file}, Flags(), rows).at_ready.host_bytes, own_output.at_ready.host_bytes);
}

TEST(EstimateLoad, WeightsOnADeviceAreNotOnTheHost) {
  const Estimate estimate =
      EstimateLoad({SmallModel(4000 * kMiB)}, Flags(), {Row("Vulkan0", 3900, 45, 110), Row("Host", 100, 0, 10)});
  EXPECT_THAT(estimate.claim.device_bytes, ElementsAre(Key("Vulkan0")));
  EXPECT_EQ(estimate.claim.device_bytes.at("Vulkan0"), (3900 + 45 + 111 + 2 + 3) * kMiB) << "two numbers that were cut";
  EXPECT_EQ(estimate.at_ready.device_bytes.at("Vulkan0"), (3900 + 45 + 111 + 2) * kMiB) << "the driver is no buffer";
  EXPECT_LT(estimate.at_ready.host_bytes, 400 * kMiB);
  EXPECT_EQ(estimate.mapped_bytes, 101 * kMiB);
}

TEST(EstimateLoad, ADeviceInHostMemoryCountsOnTheHostToo) {
  const std::vector<FitRow> rows = {Row("Vulkan0", 92, 45, 98), Row("Host", 28, 0, 4)};
  const Estimate apart = EstimateLoad({SmallModel()}, Flags(), rows);
  const Estimate shared = EstimateLoad({SmallModel()}, Flags(), rows, {"Vulkan0"});
  const std::uint64_t device = apart.at_ready.device_bytes.at("Vulkan0");
  EXPECT_GT(device, 151 * kMiB) << "measured with lavapipe: 150.4";
  EXPECT_LT(device, 166 * kMiB) << "logits that no server computes are taken off here too";
  EXPECT_EQ(shared.at_ready.host_bytes, apart.at_ready.host_bytes + device);
}

TEST(EstimateLoad, WithoutTheProgramTheDescriptionComesNear) {
  const Estimate asked = EstimateLoad({SmallModel()}, Flags(), {Row("Host", 92, 45, 102)});
  const Estimate described = EstimateLoad({SmallModel()}, Flags(), {});
  const auto ready = static_cast<double>(described.at_ready.host_bytes);
  EXPECT_NEAR(ready / static_cast<double>(asked.at_ready.host_bytes), 1, 0.05);
  EXPECT_THAT(described.claim.device_bytes, IsEmpty());
}

TEST(EstimateLoad, AnEmbedderHasAnOutputForEachTokenAndKeepsNoPrompts) {
  FlagFacts flags = Flags();
  flags.embedding = true;
  const Estimate estimate = EstimateLoad({SmallModel()}, flags, {Row("Host", 92, 0, 5)});
  const std::uint64_t outputs = std::uint64_t{512} * (49152 + 576) * 4;
  EXPECT_GT(estimate.claim.host_bytes, 92 * kMiB + outputs);
  EXPECT_LT(estimate.claim.host_bytes, 92 * kMiB + outputs + 64 * kMiB);
}

TEST(EstimateLoad, NumbersOfAHostileFileDoNotOverflow) {
  GgufDescription file;
  const std::uint64_t huge = ~std::uint64_t{0};
  file.facts.vocabulary = file.facts.embedding_length = file.facts.feed_forward_length = huge;
  file.facts.block_count = file.facts.head_count_kv = file.facts.key_length = huge;
  file.facts.state_per_slot = true;
  FlagFacts flags = Flags();
  flags.context_tokens = flags.batch_tokens = flags.checkpoints = std::uint64_t{1} << 30;
  const Estimate estimate = EstimateLoad({file}, flags, {});
  EXPECT_GT(estimate.claim.host_bytes, std::uint64_t{1} << 50);
  EXPECT_LT(estimate.claim.host_bytes, std::uint64_t{1} << 60);
}

}  // namespace
}  // namespace counsel::models
