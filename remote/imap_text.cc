#include "imap_text.h"

#include <algorithm>
#include <charconv>

#include <strings.h>

#include "base/base64.h"
#include "base/utf8.h"

namespace counsel::remote {
namespace {

bool SameLetters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// UTF-16 in base64 without padding, ',' for '/'.
std::string Shifted(const std::string& units) {
  std::string text = EncodeBase64(units);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '/', ',');
  return "&" + text + "-";
}

void PutUnit(std::uint32_t unit, std::string* units) {
  *units += static_cast<char>(unit >> 8);
  *units += static_cast<char>(unit & 0xFFU);
}

}  // namespace

std::optional<std::string> ImapQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0' || static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string ImapFolderName(std::string_view utf8) {
  std::string name;
  std::string units;
  const auto end_shift = [&] {
    if (!units.empty()) name += Shifted(units);
    units.clear();
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, &at);
    if (c >= 0x20 && c < 0x7F) {
      end_shift();
      name += c == U'&' ? "&-" : std::string(1, static_cast<char>(c));
    } else if (c < 0x10000) {
      PutUnit(c, &units);
    } else {
      PutUnit(0xD800 + ((c - 0x10000) >> 10), &units);
      PutUnit(0xDC00 + ((c - 0x10000) & 0x3FFU), &units);
    }
  }
  end_shift();
  return name;
}

std::optional<std::uint64_t> LiteralSize(std::string_view line) {
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos || !line.ends_with('}')) return std::nullopt;
  std::string_view digits = line.substr(open + 1, line.size() - open - 2);
  std::uint64_t size = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return size;
}

std::optional<std::uint64_t> NumberBehind(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at + word.size() < text.size(); ++at) {
    const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == '(' || text[at - 1] == '[';
    if (!begins || !SameLetters(text.substr(at, word.size()), word) || text[at + word.size()] != ' ') continue;
    std::uint64_t number = 0;
    const char* from = text.data() + at + word.size() + 1;
    const auto [end, failed] = std::from_chars(from, text.data() + text.size(), number);
    if (failed == std::errc() && end != from) return number;
  }
  return std::nullopt;
}

std::vector<std::uint32_t> SearchedNumbers(std::string_view text) {
  constexpr std::string_view kMark = "* SEARCH";
  std::vector<std::uint32_t> numbers;
  if (text.size() < kMark.size() || !SameLetters(text.substr(0, kMark.size()), kMark)) return numbers;
  text.remove_prefix(kMark.size());
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::uint32_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc()) break;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return numbers;
}

}  // namespace counsel::remote
