// A ZIP archive of a few parts, stored as they are: no library, and the same bytes for the same parts. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::word {

struct Part {
  std::string_view name;
  std::string_view bytes;
};

// Below 4 GiB in all, which is the caller's to see to.
[[nodiscard]] std::string Zip(const std::vector<Part>& parts);

[[nodiscard]] std::uint32_t Crc32(std::string_view bytes);

}  // namespace counsel::word
