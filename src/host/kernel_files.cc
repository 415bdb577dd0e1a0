#include "host/kernel_files.h"

#include <charconv>

#include "base/file.h"

namespace counsel::host {
namespace {

constexpr std::size_t kFileLimit = std::size_t{1} << 20;

}  // namespace

std::string ReadKernelFile(const std::filesystem::path& path) {
  return ReadFile(path, kFileLimit).value_or("");
}

bool ParseNumber(std::string_view text, std::uint64_t* number) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), *number).ec == std::errc();
}

std::optional<std::string_view> Row(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(name)) return line.substr(name.size());
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  }
  return std::nullopt;
}

std::uint64_t NumberInRow(std::string_view text, std::string_view name) {
  std::uint64_t number = 0;
  return ParseNumber(Row(text, name).value_or(""), &number) ? number : 0;
}

std::uint64_t BytesInRow(std::string_view text, std::string_view name) {
  return NumberInRow(text, name) * 1024;
}

}  // namespace counsel::host
