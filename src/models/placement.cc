#include "models/placement.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace counsel::models {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::uint32_t kSmallestContext = 2048;
// The rule's answer for a card that holds a 7B model: what "all" is taken for while a model's own number is not known.
constexpr int kUsualLayers = 32;
// The number comes from a file that may lie; real models have up to about 130.
constexpr int kMostLayers = 10'000;

// Whether the last `count` layers fit, divided as the engine divides them: by free bytes, in the devices' order.
bool Fits(const std::vector<Device>& devices, double fraction, const LayerCosts& costs, int count) {
  double free_sum = 0;
  for (const Device& device : devices) free_sum += static_cast<double>(device.free_bytes);
  if (free_sum <= 0) return false;
  double upper = 0;
  int placed = 0;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    upper += static_cast<double>(devices[i].free_bytes);
    const bool last = i + 1 == devices.size();
    const int until = last ? count : static_cast<int>(std::ceil(upper / free_sum * count));
    const int here = std::max(until - placed, 0);
    placed += here;
    const bool has_output = here > 0 && placed == count;
    const std::uint64_t repeating = static_cast<std::uint64_t>(here) - (has_output ? 1 : 0);
    const std::uint64_t bytes = costs.per_device + repeating * costs.layer + (has_output ? costs.output : 0);
    if (bytes > DeviceBudget(devices[i], fraction)) return false;
  }
  return true;
}

Placement WithoutDevices(const PlacementInputs& inputs) {
  Placement placement;
  placement.context_tokens = inputs.context_tokens;
  placement.last = true;
  // "--n-gpu-layers 0" alone leaves prompts and compute buffers on the device.
  if (inputs.devices_seen) placement.flags = {"--device", "none", "--n-gpu-layers", "0"};
  return placement;
}

void SetLayers(Placement* placement, int layers) {
  placement->gpu_layers = layers;
  placement->flags[1] = layers == kAllLayers ? "all" : std::to_string(layers);
}

std::string And(const std::string& what, const std::string& more) {
  return what.empty() ? more : what + ", " + more;
}

std::vector<Placement> Ladder(const PlacementInputs& inputs) {
  if (!inputs.devices_seen || inputs.gpu_layers == kNoLayers) return {WithoutDevices(inputs)};
  Placement at;
  at.context_tokens = inputs.context_tokens;
  at.flags = {"--n-gpu-layers", ""};
  SetLayers(&at, inputs.gpu_layers);
  std::vector<Placement> rungs = {at};

  if (inputs.context_may_shrink && inputs.context_tokens > kSmallestContext) {
    at.context_tokens = std::max(inputs.context_tokens / 2, kSmallestContext);
    at.what = at.context_tokens == inputs.context_tokens / 2
                  ? "half the context"
                  : "a context of " + std::to_string(at.context_tokens) + " tokens";
    rungs.push_back(at);
  }
  if (inputs.cache_may_be_quantised) {
    at.flags.insert(at.flags.end(), {"--cache-type-k", "q8_0", "--cache-type-v", "q8_0"});
    at.what = And(at.what, "an 8-bit KV cache");
    rungs.push_back(at);
  }
  const std::string before_layers = at.what;
  const int all = inputs.layers > 0 ? std::min(inputs.layers, kMostLayers) + 1 : kUsualLayers;
  const int asked = inputs.gpu_layers == kAllLayers ? all : std::min(inputs.gpu_layers, all);
  for (const int part : {2, 4}) {
    if (asked / part == 0) continue;
    SetLayers(&at, asked / part);
    at.what =
        And(before_layers, std::to_string(at.gpu_layers) + (at.gpu_layers == 1 ? " layer" : " layers") + " on the GPU");
    rungs.push_back(at);
  }
  rungs.push_back(WithoutDevices(inputs));
  rungs.back().what = "the processor alone";
  return rungs;
}

}  // namespace

int LayersByRule(std::uint64_t total_bytes) {
  if (total_bytes == 0) return kNoLayers;
  if (total_bytes >= 8 * kGiB) return kAllLayers;
  return total_bytes >= 6 * kGiB ? 32 : 16;
}

std::uint64_t DeviceBudget(const Device& device, double max_gpu_memory_fraction) {
  const std::uint64_t free = std::min(device.free_bytes, device.total_bytes);
  const double fraction = std::clamp(max_gpu_memory_fraction, 0.0, 1.0);
  const auto allowed = static_cast<std::uint64_t>(static_cast<double>(device.total_bytes) * fraction);
  const std::uint64_t in_use = device.total_bytes - free;
  return allowed > in_use ? allowed - in_use : 0;
}

int ChooseLayers(const std::vector<Device>& devices, double max_gpu_memory_fraction, bool enable_gpu,
                 const LayerCosts& costs) {
  if (!enable_gpu || devices.empty()) return kNoLayers;
  if (costs.layers <= 0) return LayersByRule(devices[0].total_bytes);
  const int all = std::min(costs.layers, kMostLayers) + 1;
  int count = all;
  while (count > 0 && !Fits(devices, max_gpu_memory_fraction, costs, count)) --count;
  return count == all ? kAllLayers : count;
}

std::uint64_t DeviceExcess(const std::map<std::string, std::uint64_t>& claims, const std::vector<Device>& devices,
                           double max_gpu_memory_fraction) {
  std::uint64_t most = 0;
  for (const auto& [name, claim] : claims) {
    const auto device = std::find_if(devices.begin(), devices.end(),
                                     [&wanted = name](const Device& candidate) { return candidate.name == wanted; });
    const std::uint64_t budget = device == devices.end() ? 0 : DeviceBudget(*device, max_gpu_memory_fraction);
    if (claim > budget) most = std::max(most, claim - budget);
  }
  return most;
}

int FewerLayers(int chosen, std::uint64_t excess, const LayerCosts& costs) {
  const int all = std::min(costs.layers, kMostLayers) + 1;
  const int count = chosen == kAllLayers ? all : std::min(chosen, all);
  const std::uint64_t layer = std::max<std::uint64_t>(costs.layer, 1);
  const std::uint64_t less = std::clamp<std::uint64_t>(excess / layer + (excess % layer > 0 ? 1 : 0), 1, kMostLayers);
  return std::max(count - static_cast<int>(less), kNoLayers);
}

Placement PlaceAtRung(const PlacementInputs& inputs, int rung) {
  const std::vector<Placement> rungs = Ladder(inputs);
  return rungs[std::min(static_cast<std::size_t>(std::max(rung, 0)), rungs.size() - 1)];
}

std::string WhyNextRung(std::string_view last_words, int rung, bool was_ready) {
  if (DeviceMemoryRanOut(last_words)) {
    return was_ready ? "the device's memory ran out while it served" : "the device's memory ran out";
  }
  if (rung == 0 || was_ready) return "";
  if (last_words.find("quantized V cache") != std::string_view::npos) return "the engine refused an 8-bit KV cache";
  for (const std::string_view phrase : {"failed to create context with model", "failed to initialize the context"}) {
    if (last_words.find(phrase) != std::string_view::npos) return "the engine could not make that context";
  }
  return "";
}

bool DeviceMemoryRanOut(std::string_view last_words) {
  // Of Vulkan's driver and its plug-in; of CUDA's. Not the engine's own "failed to allocate … buffer": it may be the
  // host's.
  constexpr std::array<std::string_view, 7> kPhrases = {"ErrorOutOfDeviceMemory",
                                                        "Device memory allocation of size",
                                                        "out of device memory",
                                                        "cudaMalloc failed",
                                                        "CUDA error: out of memory",
                                                        "CUDA out of memory",
                                                        "CUDA error: the resource allocation failed"};
  return std::any_of(kPhrases.begin(), kPhrases.end(), [last_words](std::string_view phrase) {
    return last_words.find(phrase) != std::string_view::npos;
  });
}

}  // namespace counsel::models
