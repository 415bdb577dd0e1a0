// Where a model's layers go, and what is tried next when a device's memory ran out. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/devices.h"

namespace counsel::models {

// Layers on the devices, wherever an `int` counts them, as the engine does: from the model's end, so that the first one
// there is the output layer. A model has its repeating layers and that one.
inline constexpr int kAllLayers = -1;
inline constexpr int kNoLayers = 0;

// The first product's rule, by the total memory of device 0: from 8 GiB on all, from 6 GiB on 32, less 16, no device
// (0 bytes) none.
[[nodiscard]] int LayersByRule(std::uint64_t total_bytes);

// What a model takes of a device's memory, as far as the planner knows. Bytes.
struct LayerCosts {
  LayerCosts() = default;
  int layers = 0;                // the model's repeating ones; 0: nothing here is known
  std::uint64_t layer = 0;       // one of them, with its part of the context
  std::uint64_t output = 0;      // the output layer
  std::uint64_t per_device = 0;  // compute buffers, on each device
};

// What MAX_GPU_MEMORY_FRACTION leaves of a device: total × fraction (0 to 1) − what is in use.
[[nodiscard]] std::uint64_t DeviceBudget(const Device& device, double max_gpu_memory_fraction);

// How many layers to put on `devices`. With costs known, as many as fit their budgets: more than the rule where there
// is room, fewer where the rule's number is known not to fit. Without, the rule.
[[nodiscard]] int ChooseLayers(const std::vector<Device>& devices, double max_gpu_memory_fraction, bool enable_gpu,
                               const LayerCosts& costs);

// The most by which `claims` (bytes by device) exceed a device's budget; 0 when all fit. A device that is not among
// `devices` has no budget.
[[nodiscard]] std::uint64_t DeviceExcess(const std::map<std::string, std::uint64_t>& claims,
                                         const std::vector<Device>& devices, double max_gpu_memory_fraction);

// How many layers to try after `chosen` took `excess` bytes too many: at least one less.
[[nodiscard]] int FewerLayers(int chosen, std::uint64_t excess, const LayerCosts& costs);

struct PlacementInputs {
  PlacementInputs() = default;
  // The engine sees a device, wanted or not: without a word it would put every layer there.
  bool devices_seen = false;
  int gpu_layers = kNoLayers;        // as ChooseLayers said
  int layers = 0;                    // the model's repeating ones; 0: not known
  std::uint32_t context_tokens = 0;  // as asked for
  // Not for an embedder, whose context must hold the longest text.
  bool context_may_shrink = false;
  // The model has a KV cache, and its K and V heads are multiples of 32 long (GGUF: …attention.key_length and
  // value_length, else embedding_length / head_count): the engine refuses to quantise others. Not when the user's own
  // flags switch flash attention off, without which there is no quantised V cache. When not known: true; a rung that
  // fails is left for the next one anyway.
  bool cache_may_be_quantised = false;
};

// One rung of the ladder.
struct Placement {
  Placement() = default;
  std::vector<std::string> flags;    // for the engine; before a user's own, which win
  std::uint32_t context_tokens = 0;  // for --ctx-size, which is not among the flags
  int gpu_layers = kNoLayers;
  bool last = false;  // nothing is left to try
  std::string what;   // what became less, for a user: "half the context, an 8-bit KV cache"; "" on rung 0
};

// Rung 0 is as asked; each further one keeps what the earlier gave up and gives up one thing more:
//   half the context (not under 2,048 tokens) · an 8-bit KV cache · half the layers on the GPU · a quarter of them
// and the last is the processor alone, with the whole context again: it was device memory that ran out.
// Steps that would change nothing are not rungs. Any `rung` from 0 on; past the last it is the last.
[[nodiscard]] Placement PlaceAtRung(const PlacementInputs& inputs, int rung);

// Whether a server's last words say that a device's memory ran out, at load or later: worth the next rung. Other ends
// (a damaged file, host memory) are not.
[[nodiscard]] bool DeviceMemoryRanOut(std::string_view last_words);

// Why a server that ended is worth the next rung, in words that go before ": loading with …"; "" when it is not.
// `rung` is the one it was on, `was_ready` whether it had served: what the ladder itself asked for may be refused at
// the start (an engine that cannot quantise this model's cache), and then the next rung is tried.
[[nodiscard]] std::string WhyNextRung(std::string_view last_words, int rung, bool was_ready);

}  // namespace counsel::models
