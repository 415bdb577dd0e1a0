#include "models/estimate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace counsel::models {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kLargestMiB = std::uint64_t{1} << 30;
constexpr std::string_view kHost = "Host";
// The number comes from a file that may lie.
constexpr std::uint64_t kMostLayers = 10'000;

// The process beside weights, context and compute: 6 MiB, and 8 bytes for each byte of the file's head, which is
// mostly the vocabulary (measured: docs/performance.md).
constexpr std::uint64_t kProcessBytes = 6 * kMiB;
constexpr std::uint64_t kPerHeadByte = 8;
// Requests in work: their texts, tokens, sampler state and connections.
constexpr std::uint64_t kRequestBytes = 16 * kMiB;
// What a device's driver takes beside the buffers. Vulkan: measured with lavapipe. The others are allowances that were
// not measured; the first load corrects them.
struct Driver {
  std::string_view device_prefix;
  std::uint64_t host_bytes;
  std::uint64_t device_bytes;
};
constexpr std::array kDrivers = {
    Driver{"Vulkan", 96 * kMiB, 3 * kMiB},
    Driver{"", 256 * kMiB, 512 * kMiB},
};
// Kernels compiled while it serves.
constexpr std::uint64_t kDriverGrowth = 96 * kMiB;
// A short first request touches the compute buffers for this many tokens.
constexpr std::uint64_t kFirstTokens = 128;

struct Flag {
  std::string_view name;
  bool has_value;
};
// llama-fit-params knows these, and they change where or how large weights, context and compute buffers are.
constexpr std::array kFitFlags = {
    Flag{"-c", true},
    Flag{"--ctx-size", true},
    Flag{"-b", true},
    Flag{"--batch-size", true},
    Flag{"-ub", true},
    Flag{"--ubatch-size", true},
    Flag{"-fa", true},
    Flag{"--flash-attn", true},
    Flag{"-ctk", true},
    Flag{"--cache-type-k", true},
    Flag{"-ctv", true},
    Flag{"--cache-type-v", true},
    Flag{"-lm", true},
    Flag{"--load-mode", true},
    Flag{"-lzm", true},
    Flag{"--lazy-mode", true},
    Flag{"-dev", true},
    Flag{"--device", true},
    Flag{"-ot", true},
    Flag{"--override-tensor", true},
    Flag{"-ncmoe", true},
    Flag{"--n-cpu-moe", true},
    Flag{"-ncffn", true},
    Flag{"--n-cpu-ffn", true},
    Flag{"-ngl", true},
    Flag{"--gpu-layers", true},
    Flag{"--n-gpu-layers", true},
    Flag{"-sm", true},
    Flag{"--split-mode", true},
    Flag{"-ts", true},
    Flag{"--tensor-split", true},
    Flag{"-mg", true},
    Flag{"--main-gpu", true},
    Flag{"--override-kv", true},
    Flag{"--lora", true},
    Flag{"-nr", false},
    Flag{"--no-repack", false},
    Flag{"--repack", false},
    Flag{"--no-host", false},
    Flag{"-cmoe", false},
    Flag{"--cpu-moe", false},
    Flag{"-kvo", false},
    Flag{"--kv-offload", false},
    Flag{"-nkvo", false},
    Flag{"--no-kv-offload", false},
    Flag{"--swa-full", false},
    Flag{"--op-offload", false},
    Flag{"--no-op-offload", false},
};

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kSpaces = " \t\r";
  for (std::size_t at = line.find_first_not_of(kSpaces); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpaces, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kSpaces, end);
  }
  return words;
}

// Bytes of one number of a cache type, scales included.
double BytesOf(std::string_view cache_type) {
  if (cache_type == "f32") return 4;
  if (cache_type == "q8_0") return 34.0 / 32;
  if (cache_type == "q5_1") return 24.0 / 32;
  if (cache_type == "q5_0") return 22.0 / 32;
  if (cache_type == "q4_1") return 20.0 / 32;
  if (cache_type == "q4_0" || cache_type == "iq4_nl") return 18.0 / 32;
  return 2;
}

std::uint64_t TimesSaturating(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kLimit = kLargestMiB * kMiB;
  return b != 0 && a > kLimit / b ? kLimit : a * b;
}

// What comes out of a pass: logits and the last layer's row, of one token a slot; of every token where text is
// embedded. llama-fit-params does not count it.
std::uint64_t OutputBytes(const GgufFacts& facts, const FlagFacts& flags) {
  const std::uint64_t outputs = flags.embedding ? flags.batch_tokens : flags.slots;
  return TimesSaturating(facts.vocabulary, 4 * outputs) + TimesSaturating(facts.embedding_length, 4 * outputs);
}

// Of one pass over a batch, with logits for one token a slot. The layers' share was found exact for llama
// architectures with flash attention: three rows as wide as the feed-forward layer and four as wide as the model, 4
// bytes each, and a mask over the context of 2.
std::uint64_t ComputeFromFacts(const GgufFacts& facts, const FlagFacts& flags) {
  const std::uint64_t row = TimesSaturating(facts.feed_forward_length, 12) +
                            TimesSaturating(facts.embedding_length, 16) + TimesSaturating(flags.context_tokens, 2);
  return TimesSaturating(row, flags.batch_tokens) + TimesSaturating(facts.vocabulary, 4 * flags.slots);
}

std::uint64_t ContextFromFacts(const GgufFacts& facts, const FlagFacts& flags) {
  const std::uint64_t heads = facts.head_count_kv > 0 ? facts.head_count_kv : facts.head_count;
  const std::uint64_t width = facts.head_count > 0 ? facts.embedding_length / facts.head_count : 0;
  const std::uint64_t keys = facts.key_length > 0 ? facts.key_length : width;
  const std::uint64_t values = facts.value_length > 0 ? facts.value_length : width;
  const double token = static_cast<double>(keys) * flags.key_bytes + static_cast<double>(values) * flags.value_bytes;
  const double bytes = token * static_cast<double>(heads) * static_cast<double>(facts.block_count) *
                       static_cast<double>(flags.context_tokens);
  return static_cast<std::uint64_t>(std::clamp(bytes, 0.0, static_cast<double>(kLargestMiB * kMiB)));
}

// llama-fit-params reserves logits for every token of a pass. Where these are what fills the buffer, the layers' share
// is taken from the facts, with half as much again for architectures unlike llama's.
std::uint64_t ComputeOfServer(std::uint64_t fitted, const GgufFacts& facts, const FlagFacts& flags) {
  const std::uint64_t logits = TimesSaturating(facts.vocabulary, 4 * flags.batch_tokens);
  const bool known = facts.feed_forward_length > 0 && facts.embedding_length > 0 && facts.experts == 0 &&
                     !facts.state_per_slot && !flags.embedding;
  if (!known || fitted > logits + logits / 8) return fitted;
  const std::uint64_t computed = ComputeFromFacts(facts, flags);
  return std::min(fitted, computed + computed / 2);
}

struct Weights {
  std::uint64_t total = 0;
  std::uint64_t head = 0;
  std::uint64_t repackable = 0;
  std::uint64_t shared = 0;  // embeddings that serve as output too
  std::uint64_t twice = 0;   // of these: what is rearranged for that, and still read as it is
};

Weights SumWeights(const std::vector<GgufDescription>& files) {
  Weights sum;
  bool has_output = false;
  std::uint64_t repackable_embeddings = 0;
  for (const GgufDescription& file : files) {
    sum.total += file.weights.tensor_bytes;
    sum.head += file.weights.head_bytes;
    has_output = has_output || file.weights.has_output;
    sum.shared += file.weights.embedding_bytes;
    if (Repackable(file.weights.embedding_type)) repackable_embeddings += file.weights.embedding_bytes;
    for (const auto& [type, bytes] : file.weights.bytes_by_type) {
      if (Repackable(type)) sum.repackable += bytes;
    }
  }
  if (has_output) sum.shared = 0;
  if (!has_output) sum.twice = repackable_embeddings;
  return sum;
}

const Driver& DriverOf(std::string_view device) {
  return *std::find_if(kDrivers.begin(), kDrivers.end(),
                       [device](const Driver& driver) { return device.starts_with(driver.device_prefix); });
}

// The host's weights, and how much of them is used where the file is mapped.
struct HostWeights {
  std::uint64_t bytes = 0;
  std::uint64_t mapped = 0;
};

HostWeights PlaceWeights(const Weights& sum, const FlagFacts& flags, const std::vector<FitRow>& rows) {
  std::uint64_t host = sum.total;
  std::uint64_t in_place = flags.repacks ? sum.total - sum.repackable : sum.total;
  if (!rows.empty()) {
    std::uint64_t on_devices = 0;
    for (const FitRow& row : rows) {
      // Numbers were cut, so up to a MiB more is there than they say.
      if (row.device == kHost) in_place = std::min(row.weight_bytes + kMiB, sum.total);
      if (row.device != kHost) on_devices += row.weight_bytes;
    }
    // A device that does the output has a copy of its own of shared embeddings.
    on_devices -= std::min(on_devices, sum.shared);
    host = sum.total - std::min(on_devices, sum.total);
    if (!flags.repacks) host = std::max(in_place, host);
  }
  HostWeights weights;
  weights.bytes = std::max(host, in_place) + (flags.repacks ? sum.twice : 0);
  weights.mapped = flags.mapped ? in_place : 0;
  return weights;
}

}  // namespace

bool Repackable(std::uint32_t type) {
  enum : std::uint32_t {
    kQ4_0 = 2,
    kQ8_0 = 8,
    kQ2_K = 10,
    kQ4_K = 12,
    kQ5_K = 13,
    kQ6_K = 14,
    kIq4Nl = 20,
    kMxfp4 = 39
  };
  const bool anywhere = type == kQ4_0 || type == kQ2_K || type == kQ4_K || type == kIq4Nl || type == kMxfp4;
#if defined(__x86_64__)
  return anywhere;
#else
  return anywhere || type == kQ8_0 || type == kQ5_K || type == kQ6_K;
#endif
}

Result<std::vector<FitRow>> ParseFitParams(std::string_view output) {
  const auto wrong = [] {
    return Fail(ErrorCode::kInternal, "llama-fit-params said something unexpected of the model's memory.");
  };
  std::vector<FitRow> rows;
  bool host = false;
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    const std::vector<std::string_view> words = Words(output.substr(at, end - at));
    at = end + 1;
    if (words.size() != 4 || !Number(words[3])) continue;
    std::array<std::uint64_t, 3> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::optional<std::uint64_t> number = Number(words[i + 1]);
      if (!number || *number > kLargestMiB) return wrong();
      bytes[i] = *number * kMiB;
    }
    FitRow row;
    row.device = words[0];
    row.weight_bytes = bytes[0];
    row.context_bytes = bytes[1];
    row.compute_bytes = bytes[2];
    host = host || row.device == kHost;
    rows.push_back(std::move(row));
  }
  if (!host) return wrong();
  return rows;
}

std::vector<std::string> FitArguments(const std::vector<std::string>& engine_flags) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < engine_flags.size(); ++i) {
    const auto* flag = std::find_if(kFitFlags.begin(), kFitFlags.end(),
                                    [&](const Flag& known) { return known.name == engine_flags[i]; });
    if (flag == kFitFlags.end()) continue;
    if (flag->has_value && i + 1 == engine_flags.size()) break;
    arguments.push_back(engine_flags[i]);
    if (flag->has_value) arguments.push_back(engine_flags[++i]);
  }
  const std::uint64_t slots = ReadFlags(engine_flags).slots;
  arguments.insert(arguments.end(), {"--parallel", std::to_string(slots), "--fit-print", "on"});
  return arguments;
}

FlagFacts ReadFlags(const std::vector<std::string>& engine_flags) {
  FlagFacts facts;
  std::uint64_t batch = 2048;
  for (std::size_t i = 0; i < engine_flags.size(); ++i) {
    const std::string& flag = engine_flags[i];
    if (flag == "--no-repack" || flag == "-nr") facts.repacks = false;
    if (flag == "--repack") facts.repacks = true;
    if (flag == "--embedding" || flag == "--embeddings" || flag == "--rerank" || flag == "--reranking") {
      facts.embedding = true;
    }
    if (i + 1 == engine_flags.size()) break;
    const std::string& value = engine_flags[i + 1];
    if (flag == "--load-mode" || flag == "-lm") facts.mapped = value != "none" && value != "dio";
    if (flag == "--cache-type-k" || flag == "-ctk") facts.key_bytes = BytesOf(value);
    if (flag == "--cache-type-v" || flag == "-ctv") facts.value_bytes = BytesOf(value);
    const std::optional<std::uint64_t> number = Number(value);
    if (!number || *number > kLargestMiB) continue;
    if (flag == "--ctx-size" || flag == "-c") facts.context_tokens = *number;
    if (flag == "--batch-size" || flag == "-b") batch = *number;
    if (flag == "--ubatch-size" || flag == "-ub") facts.batch_tokens = *number;
    if (flag == "--parallel" || flag == "-np") facts.slots = *number;
    if (flag == "--cache-ram" || flag == "-cram") facts.prompt_cache_bytes = *number * kMiB;
    if (flag == "--ctx-checkpoints") facts.checkpoints = *number;
  }
  facts.batch_tokens = std::min(facts.batch_tokens, batch);
  return facts;
}

Estimate EstimateLoad(const std::vector<GgufDescription>& files, const FlagFacts& flags,
                      const std::vector<FitRow>& rows, const std::vector<std::string>& devices_in_host_memory) {
  const GgufFacts facts = files.empty() ? GgufFacts() : files[0].facts;
  const Weights sum = SumWeights(files);
  const HostWeights weights = PlaceWeights(sum, flags, rows);
  std::uint64_t context = rows.empty() ? ContextFromFacts(facts, flags) : 0;
  std::uint64_t compute = OutputBytes(facts, flags) + (rows.empty() ? ComputeFromFacts(facts, flags) : 0);
  std::uint64_t all_context = context;
  std::uint64_t driver = 0;
  Estimate estimate;
  for (const FitRow& row : rows) {
    all_context += row.context_bytes;
    const std::uint64_t row_compute = ComputeOfServer(row.compute_bytes + kMiB, facts, flags);
    if (row.device == kHost) {
      context += row.context_bytes + kMiB;
      compute += row_compute;
      continue;
    }
    // A device's buffers are whole from the start.
    const std::uint64_t cut = (row.weight_bytes > 0 ? kMiB : 0) + (row.context_bytes > 0 ? kMiB : 0);
    const std::uint64_t buffers = row.weight_bytes + row.context_bytes + cut + row_compute;
    estimate.at_ready.device_bytes[row.device] += buffers;
    estimate.claim.device_bytes[row.device] += buffers + DriverOf(row.device).device_bytes;
    driver = std::max(driver, DriverOf(row.device).host_bytes);
    const auto& shared = devices_in_host_memory;
    if (std::find(shared.begin(), shared.end(), row.device) != shared.end()) driver += buffers;
  }
  const std::uint64_t host = weights.bytes + context + driver + kProcessBytes + kPerHeadByte * sum.head;
  const std::uint64_t first_tokens = std::min(flags.batch_tokens, kFirstTokens);
  estimate.at_ready.host_bytes = host + compute * first_tokens / std::max<std::uint64_t>(flags.batch_tokens, 1);
  // Where no text is generated, no prompt is kept.
  const std::uint64_t kept = flags.embedding ? 0 : flags.prompt_cache_bytes;
  const std::uint64_t checkpoints = facts.state_per_slot ? TimesSaturating(all_context, flags.checkpoints) : 0;
  estimate.growth_bytes = compute + kRequestBytes + kept + checkpoints + (driver > 0 ? kDriverGrowth : 0);
  estimate.claim.host_bytes = host + estimate.growth_bytes;
  estimate.mapped_bytes = weights.mapped;
  return estimate;
}

LayerCosts EstimateLayers(const std::vector<GgufDescription>& files, const FlagFacts& flags,
                          const std::string& device) {
  LayerCosts costs;
  const GgufFacts facts = files.empty() ? GgufFacts() : files[0].facts;
  if (facts.block_count == 0 || facts.block_count > kMostLayers) return costs;
  const Weights sum = SumWeights(files);
  std::uint64_t embedding = 0;
  std::uint64_t output = 0;
  for (const GgufDescription& file : files) {
    embedding += file.weights.embedding_bytes;
    output += file.weights.output_bytes;
  }
  costs.layers = static_cast<int>(facts.block_count);
  const std::uint64_t repeating = sum.total - std::min(sum.total, embedding + output);
  costs.layer = (repeating + ContextFromFacts(facts, flags)) / facts.block_count;
  costs.output = output > 0 ? output : embedding;
  costs.per_device = ComputeFromFacts(facts, flags) + DriverOf(device).device_bytes;
  return costs;
}

}  // namespace counsel::models
