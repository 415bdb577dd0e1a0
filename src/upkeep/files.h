// Copies whose bytes are known to be right.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::upkeep {

struct Digest {
  Digest() = default;
  std::string sha256;
  std::uint64_t bytes = 0;
};
// Reads the whole file. Blocks.
[[nodiscard]] Result<Digest> DigestOf(const std::filesystem::path& file);
// Copies to a new file of mode 0600, synced to the disk; the digest is of what was read. Blocks.
[[nodiscard]] Result<Digest> CopySynced(const std::filesystem::path& from, const std::filesystem::path& to);

// What is made for keeping elsewhere must not lie inside the home, which has its own use for what is in it. Blocks.
[[nodiscard]] Result<void> CheckOutside(const std::filesystem::path& home, const std::filesystem::path& target);

// Blocks. `file` is for the error.
[[nodiscard]] Result<void> WriteAll(int fd, std::string_view bytes, const std::filesystem::path& file);

}  // namespace counsel::upkeep
