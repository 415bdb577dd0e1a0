// The limits that control groups put on this process, version 1 and 2. Internal to this room: host.h is the one to
// read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::host {

// The folders of the group that this process is in, as far as they are mounted here, its own first, then each ancestor.
// `controller`: "memory" or "cpu". Version 1 when the controller has a hierarchy of its own, else version 2.
struct GroupFolders {
  int version = 2;
  std::vector<std::filesystem::path> folders;
};
[[nodiscard]] GroupFolders FindGroup(std::string_view controller, const std::filesystem::path& root);

// The smallest memory limit on the way up, in bytes; 0: none.
[[nodiscard]] std::uint64_t MemoryLimit(const std::filesystem::path& root);

// The smallest quota on the way up, in processors (1.5); 0: none.
[[nodiscard]] double ProcessorQuota(const std::filesystem::path& root);

// A small file of the kernel's, "" when it cannot be read. Bounded at 1 MiB.
[[nodiscard]] std::string ReadKernelFile(const std::filesystem::path& path);

// The unsigned number that `text` begins with, spaces skipped; false when there is none or it does not fit.
[[nodiscard]] bool ParseNumber(std::string_view text, std::uint64_t* number);

}  // namespace counsel::host
