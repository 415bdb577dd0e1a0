// The head of a GGUF file: what Counsel must know of a model before it starts a server for it. Every byte is taken as
// hostile: nothing is allocated by a number of the file's before it was checked against the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::uint64_t pooling_type = 0;  // llama.cpp's numbers: 1 mean, 2 CLS; 0 when not stated
  bool has_chat_template = false;
};

// Magic and version only: 8 bytes. kCorrupt "PATH is not a GGUF file." or an unsupported version.
[[nodiscard]] Result<void> CheckGguf(const std::filesystem::path& path);

// Also reads the metadata (milliseconds: a tokenizer's vocabulary is skipped over). Blocks. kCorrupt for a file that is
// cut short or not what it says it is.
[[nodiscard]] Result<GgufFacts> ReadGguf(const std::filesystem::path& path);

}  // namespace counsel::models
