// What a load will take, computed from what llama-fit-params says and from the file's own description. Pure.
//
// llama-fit-params gives weights, context and compute buffers per device for flags that it knows. What it leaves out is
// added here, as measured on the real server: the copy of the weights rearranged for the processor (it is what is
// missing from its sum of the weights), the process itself (which grows with the vocabulary), the prompt cache and the
// checkpoints. What it counts too high is taken off: it reserves logits for every token of a batch, while a server
// computes them for one per slot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/gguf.h"
#include "models/placement.h"
#include "models/plan.h"

namespace counsel::models {

// One device's line, or the host's ("Host"). The program cuts each number to whole MiB.
struct FitRow {
  FitRow() = default;
  std::string device;
  std::uint64_t weight_bytes = 0;
  std::uint64_t context_bytes = 0;
  std::uint64_t compute_bytes = 0;
};

// Lines "DEVICE model context compute" in MiB; others are passed over. kInternal when there is no host's line, or a
// number is no number or beyond 1 PiB.
[[nodiscard]] Result<std::vector<FitRow>> ParseFitParams(std::string_view output);

// Of the engine's flags, those that llama-fit-params knows and that change what it prints.
[[nodiscard]] std::vector<std::string> FitArguments(const std::vector<std::string>& engine_flags);

// What the estimate needs to know of the flags; the last of a flag wins.
struct FlagFacts {
  FlagFacts() = default;
  std::uint64_t context_tokens = 0;  // of all slots
  std::uint64_t batch_tokens = 512;  // of one pass: --ubatch-size, no more than --batch-size
  std::uint64_t slots = 1;
  std::uint64_t prompt_cache_bytes = 0;
  std::uint64_t checkpoints = 0;
  double key_bytes = 2;  // of one number in the context's cache
  double value_bytes = 2;
  bool mapped = true;  // the weights are used where the file is mapped
  bool repacks = true;
  bool embedding = false;
};
[[nodiscard]] FlagFacts ReadFlags(const std::vector<std::string>& engine_flags);

struct Estimate {
  Estimate() = default;
  Footprint at_ready;
  Footprint claim;
  std::uint64_t mapped_bytes = 0;
  // What a server that is ready may still take on the host. More than claim less at_ready: that counts some of it
  // twice, so that neither is too low.
  std::uint64_t growth_bytes = 0;
};
// `files`: one description for each GGUF of the model, the first with its facts. `rows`: empty when the engine was not
// asked; then context and compute come from the facts, and everything is taken to be on the host.
// `devices_in_host_memory`: names of devices whose bytes are the host's too.
[[nodiscard]] Estimate EstimateLoad(const std::vector<GgufDescription>& files, const FlagFacts& flags,
                                    const std::vector<FitRow>& rows,
                                    const std::vector<std::string>& devices_in_host_memory = {});

// What each layer takes of `device` (a name, for what its driver takes), from the files' descriptions: what a choice of
// layers begins with. What the engine then says of that choice corrects it. `layers` is 0 when the files do not say how
// many there are.
[[nodiscard]] LayerCosts EstimateLayers(const std::vector<GgufDescription>& files, const FlagFacts& flags,
                                        const std::string& device);

// Whether the engine rearranges tensors of this type (ggml's number) on a processor of the kind this program is for.
[[nodiscard]] bool Repackable(std::uint32_t type);

}  // namespace counsel::models
