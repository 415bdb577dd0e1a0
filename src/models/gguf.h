// The head of a GGUF file: what Counsel must know of a model before it starts a server for it. Every byte is taken as
// hostile: nothing is allocated by a number of the file's before it was checked against the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace counsel::models {

struct GgufFacts {
  GgufFacts() = default;
  std::uint32_t version = 0;
  std::string architecture;          // "llama", "bert"
  std::string name;                  // general.name, "" when the file has none; at most 200 bytes of it
  std::string licence;               // general.license
  std::uint64_t context_length = 0;  // what it was trained with; 0 when not stated
  std::uint64_t embedding_length = 0;
  std::uint64_t pooling_type = 0;  // llama.cpp's numbers: 1 mean, 2 CLS, 4 rank (a reranker's head); 0 when not stated
  bool has_chat_template = false;

  // What a plan is made from. 0 when not stated, or stated per layer.
  std::uint64_t block_count = 0;
  std::uint64_t feed_forward_length = 0;
  std::uint64_t head_count = 0;
  std::uint64_t head_count_kv = 0;
  std::uint64_t key_length = 0;    // per head
  std::uint64_t value_length = 0;  // per head
  std::uint64_t vocabulary = 0;    // tokens
  std::uint64_t experts = 0;
  // Each slot has state beside its share of the context: a sliding window, a recurrent state.
  bool state_per_slot = false;
};

// The tensors of one file, from their descriptions: the weights themselves are not read. Bytes include the padding
// behind a tensor.
struct GgufWeights {
  GgufWeights() = default;
  std::uint64_t head_bytes = 0;                          // before the first tensor: mostly the vocabulary
  std::uint64_t tensor_bytes = 0;                        // of all tensors
  std::map<std::uint32_t, std::uint64_t> bytes_by_type;  // by ggml's number of the type
  // The token embeddings; 0 bytes when this file has none.
  std::uint64_t embedding_bytes = 0;
  std::uint32_t embedding_type = 0;
  std::uint64_t output_bytes = 0;
  bool has_output = false;  // an output matrix of its own; else the embeddings serve as one
};

struct GgufDescription {
  GgufDescription() = default;
  GgufFacts facts;
  GgufWeights weights;
};

// Magic and version only: 8 bytes. kCorrupt "PATH is not a GGUF file." or an unsupported version.
[[nodiscard]] Result<void> CheckGguf(const std::filesystem::path& path);

// Also reads the metadata (milliseconds: a tokenizer's vocabulary is skipped over). Blocks. kCorrupt for a file that is
// cut short or not what it says it is.
[[nodiscard]] Result<GgufFacts> ReadGguf(const std::filesystem::path& path);

// Also that it has a head that gives a score, as llama.cpp's own converter makes it. Without one the engine answers
// with numbers near 0 for every text and says nothing. Blocks. kInvalidArgument.
[[nodiscard]] Result<void> CheckReranker(const std::filesystem::path& path);

// Also reads what the file says of its tensors (a hundred bytes each). Blocks. kCorrupt also when a tensor would begin
// behind the file's end.
[[nodiscard]] Result<GgufDescription> DescribeGguf(const std::filesystem::path& path);

}  // namespace counsel::models
