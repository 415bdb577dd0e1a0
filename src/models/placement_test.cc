#include "models/placement.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

Device DeviceOf(std::uint64_t total, std::uint64_t free) {
  Device device;
  device.name = "Vulkan0";
  device.total_bytes = total;
  device.free_bytes = free;
  return device;
}

// Mistral 7B at a context of 4,096, roughly: 32 layers, 4.6 GiB in all.
LayerCosts SevenB() {
  LayerCosts costs;
  costs.layers = 32;
  costs.layer = 140 * kMiB;
  costs.output = 103 * kMiB;
  costs.per_device = 300 * kMiB;
  return costs;
}

PlacementInputs OnGpu() {
  PlacementInputs inputs;
  inputs.devices_seen = true;
  inputs.gpu_layers = kAllLayers;
  inputs.layers = 32;
  inputs.context_tokens = 8192;
  inputs.context_may_shrink = true;
  inputs.cache_may_be_quantised = true;
  return inputs;
}

// The rungs in order, as users would read them.
std::vector<std::string> WhatOfAll(const PlacementInputs& inputs) {
  std::vector<std::string> what;
  for (int rung = 0;; ++rung) {
    const Placement placement = PlaceAtRung(inputs, rung);
    what.push_back(placement.what);
    if (placement.last) return what;
  }
}

TEST(LayersByRule, AllFrom8GiBOn) {
  EXPECT_EQ(LayersByRule(8 * kGiB), kAllLayers);
  EXPECT_EQ(LayersByRule(80 * kGiB), kAllLayers);
  EXPECT_EQ(LayersByRule(8 * kGiB - kMiB), 32);
}
TEST(LayersByRule, ThirtyTwoFrom6GiBOn) {
  EXPECT_EQ(LayersByRule(6 * kGiB), 32);
  EXPECT_EQ(LayersByRule(6 * kGiB - kMiB), 16);
}
TEST(LayersByRule, SixteenOnLess) {
  EXPECT_EQ(LayersByRule(2 * kGiB), 16);
}
TEST(LayersByRule, NoneWithoutADevice) {
  EXPECT_EQ(LayersByRule(0), kNoLayers);
}

TEST(DeviceBudget, IsTheFractionLessWhatIsInUse) {
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 8 * kGiB), 0.75), 6 * kGiB);
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 5 * kGiB), 0.75), 3 * kGiB);
}
TEST(DeviceBudget, IsNothingWhenMoreThanTheFractionIsInUse) {
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 1 * kGiB), 0.75), 0U);
}
TEST(DeviceBudget, IsNeverMoreThanIsFreeWhateverTheFraction) {
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 5 * kGiB), 3.0), 5 * kGiB);
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 5 * kGiB), -1.0), 0U);
  EXPECT_EQ(DeviceBudget(DeviceOf(8 * kGiB, 9 * kGiB), 1.0), 8 * kGiB);
}

TEST(ChooseLayers, NoneWithoutADeviceOrWhenSwitchedOff) {
  EXPECT_EQ(ChooseLayers({}, 0.85, true, SevenB()), kNoLayers);
  EXPECT_EQ(ChooseLayers({DeviceOf(80 * kGiB, 80 * kGiB)}, 0.85, false, SevenB()), kNoLayers);
}
TEST(ChooseLayers, TheRuleWhileCostsAreNotKnown) {
  EXPECT_EQ(ChooseLayers({DeviceOf(6 * kGiB, kGiB)}, 0.85, true, LayerCosts()), 32);
  EXPECT_EQ(ChooseLayers({DeviceOf(4 * kGiB, kGiB), DeviceOf(80 * kGiB, kGiB)}, 0.85, true, LayerCosts()), 16)
      << "of device 0";
}
TEST(ChooseLayers, MoreThanTheRuleWhereThereIsRoom) {
  EXPECT_EQ(LayersByRule(4 * kGiB), 16);
  // 3,481 MiB: the buffers, the output layer, 21 layers.
  EXPECT_EQ(ChooseLayers({DeviceOf(4 * kGiB, 4 * kGiB)}, 0.85, true, SevenB()), 22);
  EXPECT_EQ(ChooseLayers({DeviceOf(6 * kGiB, 6 * kGiB)}, 0.85, true, SevenB()), kAllLayers);
}
TEST(ChooseLayers, FewerThanTheRuleWhereItIsKnownNotToFit) {
  // 2,867 MiB free of 8 GiB, 1,638 of them within the fraction: the buffers, the output layer, 8 layers.
  EXPECT_EQ(ChooseLayers({DeviceOf(8 * kGiB, 2867 * kMiB)}, 0.85, true, SevenB()), 9);
  EXPECT_EQ(ChooseLayers({DeviceOf(8 * kGiB, kGiB)}, 0.85, true, SevenB()), kNoLayers);
}
TEST(ChooseLayers, TheOutputLayerIsTheFirstThere) {
  LayerCosts costs = SevenB();
  costs.output = 3 * kGiB;
  EXPECT_EQ(ChooseLayers({DeviceOf(4 * kGiB, 4 * kGiB)}, 0.85, true, costs), 1);
}
TEST(ChooseLayers, TwoDevicesHoldWhatOneCannot) {
  const Device device = DeviceOf(3 * kGiB, 3 * kGiB);
  EXPECT_LT(ChooseLayers({device}, 0.9, true, SevenB()), 32);
  EXPECT_GT(ChooseLayers({device}, 0.9, true, SevenB()), 0);
  EXPECT_EQ(ChooseLayers({device, device}, 0.9, true, SevenB()), kAllLayers);
}
TEST(ChooseLayers, EveryDeviceMustHoldItsShare) {
  // The engine divides by free bytes: two thirds go to the second device, of which only a little is within the
  // fraction.
  const Device roomy = DeviceOf(4 * kGiB, 4 * kGiB);
  const Device in_use = DeviceOf(40 * kGiB, 8 * kGiB);
  EXPECT_EQ(DeviceBudget(in_use, 0.85), 2 * kGiB);
  // 1,748 MiB for its share: 12 layers and the output layer, two thirds of 19.
  EXPECT_EQ(ChooseLayers({roomy, in_use}, 0.85, true, SevenB()), 19);
}
TEST(ChooseLayers, AHostileNumberOfLayersIsNoTrouble) {
  LayerCosts costs;
  costs.layers = std::numeric_limits<int>::max();
  costs.layer = kMiB;
  EXPECT_EQ(ChooseLayers({DeviceOf(4 * kGiB, 4 * kGiB)}, 1.0, true, costs), 4097);
}

TEST(PlaceAtRung, WithoutDevicesThereIsOneRungAndNoFlag) {
  PlacementInputs inputs = OnGpu();
  inputs.devices_seen = false;
  const Placement placement = PlaceAtRung(inputs, 0);
  EXPECT_THAT(placement.flags, IsEmpty());
  EXPECT_EQ(placement.context_tokens, 8192U);
  EXPECT_EQ(placement.gpu_layers, kNoLayers);
  EXPECT_TRUE(placement.last);
  EXPECT_EQ(placement.what, "");
}
TEST(PlaceAtRung, ADeviceThatIsNotWantedIsKeptFromTheEngine) {
  PlacementInputs inputs = OnGpu();
  inputs.gpu_layers = kNoLayers;
  const Placement placement = PlaceAtRung(inputs, 0);
  EXPECT_THAT(placement.flags, ElementsAre("--device", "none", "--n-gpu-layers", "0"));
  EXPECT_TRUE(placement.last);
}
TEST(PlaceAtRung, RungNoughtIsAsAsked) {
  const Placement placement = PlaceAtRung(OnGpu(), 0);
  EXPECT_THAT(placement.flags, ElementsAre("--n-gpu-layers", "all"));
  EXPECT_EQ(placement.context_tokens, 8192U);
  EXPECT_EQ(placement.gpu_layers, kAllLayers);
  EXPECT_FALSE(placement.last);
  EXPECT_EQ(placement.what, "");
}
TEST(PlaceAtRung, EachRungKeepsWhatTheEarlierGaveUp) {
  EXPECT_THAT(WhatOfAll(OnGpu()),
              ElementsAre("", "half the context", "half the context, an 8-bit KV cache",
                          "half the context, an 8-bit KV cache, 16 layers on the GPU",
                          "half the context, an 8-bit KV cache, 8 layers on the GPU", "the processor alone"));
  EXPECT_EQ(PlaceAtRung(OnGpu(), 1).context_tokens, 4096U);
  EXPECT_THAT(PlaceAtRung(OnGpu(), 1).flags, ElementsAre("--n-gpu-layers", "all"));
  EXPECT_THAT(PlaceAtRung(OnGpu(), 2).flags,
              ElementsAre("--n-gpu-layers", "all", "--cache-type-k", "q8_0", "--cache-type-v", "q8_0"));
  EXPECT_THAT(PlaceAtRung(OnGpu(), 4).flags,
              ElementsAre("--n-gpu-layers", "8", "--cache-type-k", "q8_0", "--cache-type-v", "q8_0"));
  EXPECT_EQ(PlaceAtRung(OnGpu(), 4).context_tokens, 4096U);
}
TEST(PlaceAtRung, TheLastIsTheProcessorWithTheWholeContext) {
  const Placement placement = PlaceAtRung(OnGpu(), 5);
  EXPECT_THAT(placement.flags, ElementsAre("--device", "none", "--n-gpu-layers", "0"));
  EXPECT_EQ(placement.context_tokens, 8192U);
  EXPECT_TRUE(placement.last);
  EXPECT_EQ(PlaceAtRung(OnGpu(), 1000).what, placement.what);
  EXPECT_EQ(PlaceAtRung(OnGpu(), -3).what, "");
}
TEST(PlaceAtRung, TheContextIsNotHalvedUnder2048Tokens) {
  PlacementInputs inputs = OnGpu();
  inputs.context_tokens = 3000;
  EXPECT_EQ(PlaceAtRung(inputs, 1).context_tokens, 2048U);
  EXPECT_EQ(PlaceAtRung(inputs, 1).what, "a context of 2048 tokens");
  inputs.context_tokens = 2048;
  EXPECT_EQ(PlaceAtRung(inputs, 1).what, "an 8-bit KV cache") << "nothing to halve: not a rung";
}
TEST(PlaceAtRung, AnEmbeddersContextStaysAndItHasNoCache) {
  PlacementInputs inputs = OnGpu();
  inputs.context_may_shrink = false;
  inputs.cache_may_be_quantised = false;
  inputs.layers = 12;
  EXPECT_THAT(WhatOfAll(inputs), ElementsAre("", "6 layers on the GPU", "3 layers on the GPU", "the processor alone"));
  EXPECT_EQ(PlaceAtRung(inputs, 2).context_tokens, 8192U);
}
TEST(PlaceAtRung, HalfOfWhatWasAskedWhenThatIsNotAll) {
  PlacementInputs inputs = OnGpu();
  inputs.gpu_layers = 16;
  EXPECT_EQ(PlaceAtRung(inputs, 3).gpu_layers, 8);
  EXPECT_EQ(PlaceAtRung(inputs, 4).gpu_layers, 4);
  inputs.gpu_layers = 32;  // by the rule, of a model that has 7
  inputs.layers = 7;
  EXPECT_EQ(PlaceAtRung(inputs, 3).gpu_layers, 4);
  inputs.layers = 0;  // not known
  EXPECT_EQ(PlaceAtRung(inputs, 3).gpu_layers, 16);
}
TEST(PlaceAtRung, OneLayerCannotBeHalved) {
  PlacementInputs inputs = OnGpu();
  inputs.context_may_shrink = false;
  inputs.cache_may_be_quantised = false;
  inputs.gpu_layers = 1;
  EXPECT_THAT(WhatOfAll(inputs), ElementsAre("", "the processor alone"));
  inputs.gpu_layers = 3;
  EXPECT_THAT(WhatOfAll(inputs), ElementsAre("", "1 layer on the GPU", "the processor alone"));
}

TEST(DeviceMemoryRanOut, IsSeenInTheDriversWords) {
  // As llama-server printed it.
  EXPECT_TRUE(
      DeviceMemoryRanOut("ggml_vulkan: Device memory allocation of size 66495744 failed.\n"
                         "ggml_vulkan: Requested buffer size exceeds device buffer size limit: ErrorOutOfDeviceMemory\n"
                         "0.00.376.773 E alloc_tensor_range: failed to allocate Vulkan0 buffer of size 66495744\n"));
  EXPECT_TRUE(
      DeviceMemoryRanOut("ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4165.37 MiB on device 0: "
                         "cudaMalloc failed: out of memory\n"));
  EXPECT_TRUE(DeviceMemoryRanOut("CUDA error: out of memory\n"));
}
TEST(DeviceMemoryRanOut, IsNotSeenInOtherFailures) {
  EXPECT_FALSE(DeviceMemoryRanOut(""));
  EXPECT_FALSE(DeviceMemoryRanOut("alloc_tensor_range: failed to allocate CPU_REPACK buffer of size 66495744\n"));
  EXPECT_FALSE(DeviceMemoryRanOut("srv    load_model: failed to load model, '/models/a.gguf'\n"));
}

TEST(DeviceExcess, IsTheMostOfAnyDevice) {
  const std::vector<Device> devices = {DeviceOf(2 * kGiB, 2 * kGiB)};
  EXPECT_EQ(DeviceExcess({{"Vulkan0", kGiB}}, devices, 0.5), 0U);
  EXPECT_EQ(DeviceExcess({{"Vulkan0", kGiB + 1}}, devices, 0.5), 1U);
  EXPECT_EQ(DeviceExcess({{"Vulkan0", kGiB}, {"Vulkan1", 7}}, devices, 0.5), 7U) << "nothing is known of Vulkan1";
}

TEST(FewerLayers, AsManyAsTheExcessTakesAndAtLeastOne) {
  EXPECT_EQ(FewerLayers(kAllLayers, 1, SevenB()), 32) << "the output layer is one too";
  EXPECT_EQ(FewerLayers(20, 281 * kMiB, SevenB()), 17);
  EXPECT_EQ(FewerLayers(2, 80 * kGiB, SevenB()), kNoLayers);
  EXPECT_EQ(FewerLayers(2, 0, SevenB()), 1);
}

TEST(WhyNextRung, DeviceMemoryAtAnyTime) {
  EXPECT_EQ(WhyNextRung("what(): ErrorOutOfDeviceMemory", 0, false), "the device's memory ran out");
  EXPECT_EQ(WhyNextRung("CUDA error: out of memory", 2, true), "the device's memory ran out while it served");
}
TEST(WhyNextRung, WhatTheLadderAskedForIsRefusedOnlyOnceItAsked) {
  constexpr std::string_view kContext = "failed to create context with model 'x'";
  EXPECT_EQ(WhyNextRung(kContext, 0, false), "");
  EXPECT_EQ(WhyNextRung(kContext, 1, false), "the engine could not make that context");
  EXPECT_EQ(WhyNextRung("failed to initialize the context: x", 1, false), "the engine could not make that context");
  EXPECT_EQ(WhyNextRung("quantized V cache requires flash_attn", 2, false), "the engine refused an 8-bit KV cache");
  EXPECT_EQ(WhyNextRung(kContext, 1, true), "") << "words of its start";
}

}  // namespace
}  // namespace counsel::models
