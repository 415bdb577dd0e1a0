// Tokeniser and model together, from their files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "encoder.h"
#include "model.h"

namespace counsel::embedder {

struct EncoderOptions {
  std::filesystem::path model;
  std::filesystem::path tokenizer;
  Model::Options how;
  std::size_t max_tokens = 512;  // of one text, special ones included
};

// Takes a fifth of a second; any thread. Returns an encoder that has embedded a text. Errors are those of Model::Load
// and ParseTokenizerFile.
[[nodiscard]] Result<std::unique_ptr<const Encoder>> LoadEncoder(const EncoderOptions& options);

}  // namespace counsel::embedder
