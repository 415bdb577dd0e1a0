// The JSON that the service reads and writes: OpenAI's embeddings, llama-server's tokenize and errors. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "encoder.h"

namespace counsel::embedder {

enum class VectorFormat { kFloat, kBase64 };

struct EmbeddingsRequest {
  std::vector<std::string> texts;  // at least one
  VectorFormat format = VectorFormat::kFloat;
  std::string model;  // "" when the request names none
};

// kInvalidArgument names the field that is wrong; kTooLarge for more than `max_texts`.
[[nodiscard]] Result<EmbeddingsRequest> ParseEmbeddingsRequest(std::string_view body, std::size_t max_texts);

struct TokenizeRequest {
  std::string text;
  bool add_special = false;
};

[[nodiscard]] Result<TokenizeRequest> ParseTokenizeRequest(std::string_view body);

// {"input": [text…]}: how many tokens each has, special ones not counted.
[[nodiscard]] Result<std::vector<std::string>> ParseCountRequest(std::string_view body, std::size_t max_texts);

// One element of "data", ready to be joined: made on a worker thread, a thousand of them take a while.
struct EmbeddingPart {
  std::string json;
  std::size_t tokens = 0;
};
[[nodiscard]] EmbeddingPart FormatEmbedding(std::size_t index, const TextVector& vector, VectorFormat format);

[[nodiscard]] std::string FormatEmbeddings(std::span<const EmbeddingPart> parts, std::string_view model);
[[nodiscard]] std::string FormatTokens(std::span<const std::int64_t> tokens);
[[nodiscard]] std::string FormatCounts(std::span<const std::size_t> counts);

// {"error": {"code", "message", "type"}} as llama-server has it.
[[nodiscard]] std::string FormatError(int status, std::string_view message);

}  // namespace counsel::embedder
