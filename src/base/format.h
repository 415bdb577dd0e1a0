// Numbers for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace counsel {

// "512 bytes", "34 kB", "98.4 MB", "4.37 GB": decimal units, as disks and memory are sold.
[[nodiscard]] std::string FormatBytes(std::uint64_t bytes);

// Ascending page numbers: "3, 5 to 7", cut after a while ("and others").
[[nodiscard]] std::string FormatRanges(const std::vector<int>& numbers);
// "Page 3 ONE." or "Pages 3, 5 to 7 SEVERAL.", of at least one page.
[[nodiscard]] std::string FormatPages(const std::vector<int>& pages, const std::string& one,
                                      const std::string& several);

}  // namespace counsel
