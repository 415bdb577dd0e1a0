#include "base/format.h"

#include <array>
#include <cstdio>

namespace counsel {

std::string FormatBytes(std::uint64_t bytes) {
  std::array<char, 32> text{};
  if (bytes < 1000) {
    std::snprintf(text.data(), text.size(), "%llu bytes", static_cast<unsigned long long>(bytes));
  } else if (bytes < 1'000'000) {
    std::snprintf(text.data(), text.size(), "%.0f kB", static_cast<double>(bytes) / 1e3);
  } else if (bytes < 1'000'000'000) {
    std::snprintf(text.data(), text.size(), "%.1f MB", static_cast<double>(bytes) / 1e6);
  } else {
    std::snprintf(text.data(), text.size(), "%.2f GB", static_cast<double>(bytes) / 1e9);
  }
  return text.data();
}

std::string FormatRanges(const std::vector<int>& numbers) {
  constexpr int kMost = 8;
  std::string text;
  int ranges = 0;
  for (std::size_t i = 0; i < numbers.size(); ++ranges) {
    if (ranges == kMost) return text + " and others";
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(numbers[i]);
    if (last > i) text += " to " + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

std::string FormatPages(const std::vector<int>& pages, const std::string& one, const std::string& several) {
  return pages.size() == 1 ? "Page " + std::to_string(pages.front()) + " " + one + "."
                           : "Pages " + FormatRanges(pages) + " " + several + ".";
}

}  // namespace counsel
