// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace counsel {

// "512 bytes", "34 kB", "98.4 MB", "4.37 GB": decimal units, as disks and memory are sold.
[[nodiscard]] std::string FormatBytes(std::uint64_t bytes);

}  // namespace counsel
