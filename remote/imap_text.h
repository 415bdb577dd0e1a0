// How IMAP writes (RFC 3501): quoted strings, names of folders, answers. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::remote {

// "a\"b" in quotes; nothing when it holds what no quoted string may.
[[nodiscard]] std::optional<std::string> ImapQuoted(std::string_view text);

// A folder's name in modified UTF-7: "Entwürfe" is "Entw&APw-rfe".
[[nodiscard]] std::string ImapFolderName(std::string_view utf8);

// An answer of the server: its text, and each literal in it, which stands as "{5}" in the text.
struct ImapLine {
  ImapLine() = default;
  std::string text;
  std::vector<std::string> literals;
};

// How many bytes follow a line that ends in "{5}"; nothing when none do.
[[nodiscard]] std::optional<std::uint64_t> LiteralSize(std::string_view line);

// The number behind a word: "* 3 FETCH (UID 17 …", "UID" → 17.
[[nodiscard]] std::optional<std::uint64_t> NumberBehind(std::string_view text, std::string_view word);

// "* SEARCH 2 84 882"
[[nodiscard]] std::vector<std::uint32_t> SearchedNumbers(std::string_view text);

}  // namespace counsel::remote
