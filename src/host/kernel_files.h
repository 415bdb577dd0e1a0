// The small text files in which the kernel says how it is: /proc, /sys. Internal to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace counsel::host {

// A small file of the kernel's, "" when it cannot be read. Bounded at 1 MiB.
[[nodiscard]] std::string ReadKernelFile(const std::filesystem::path& path);

// The unsigned number that `text` begins with, spaces skipped; false when there is none or it does not fit.
[[nodiscard]] bool ParseNumber(std::string_view text, std::uint64_t* number);

// What stands behind `name` at the start of a line, up to the line's end: Row(text, "MemTotal:"). Nothing when there is
// no such line. Names that others begin with need their delimiter: "inactive_file ".
[[nodiscard]] std::optional<std::string_view> Row(std::string_view text, std::string_view name);

// The row's number; 0 when there is none. The second is for rows in kB.
[[nodiscard]] std::uint64_t NumberInRow(std::string_view text, std::string_view name);
[[nodiscard]] std::uint64_t BytesInRow(std::string_view text, std::string_view name);

}  // namespace counsel::host
