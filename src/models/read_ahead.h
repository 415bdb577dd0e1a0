// Reads a file into the page cache without holding it: the next load of the model need not wait for the disk.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace counsel::models {

// Bytes that were asked for: the whole file, unless it is larger than `most_bytes` (then nothing is: a part would only
// push out what is there). Blocks for as long as the kernel takes to start the reading. kNotFound, kPermissionDenied.
[[nodiscard]] Result<std::uint64_t> ReadAhead(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace counsel::models
