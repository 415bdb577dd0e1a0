// Files read ahead of their use: into the kernel's page cache, from where a later load maps them without the disk.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace counsel::models {

// Reads `bytes` of a file from `offset` on, so that they are in the page cache when it returns; returns how many there
// were before the file's end. The pages belong to nobody: the kernel takes them back whenever it needs them.
//
// Threads: any but the io thread; blocks as long as the disk takes. Errors: those of the operating system.
[[nodiscard]] Result<std::uint64_t> ReadIntoPageCache(const std::filesystem::path& path, std::uint64_t offset,
                                                      std::uint64_t bytes);

// Asks for the whole file and does not wait for it; returns the bytes that were asked for: none when it is larger than
// `most_bytes`, a part of it would only push out what is there. Threads and errors as above.
[[nodiscard]] Result<std::uint64_t> ReadAhead(const std::filesystem::path& path, std::uint64_t most_bytes);

}  // namespace counsel::models
