#include "search/typed.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace counsel::search {
namespace {

struct Quoted {
  std::string_view words;
  std::size_t end = 0;  // behind its closing mark
};

// The mark that begins or ends at `at`; 0: none does.
std::size_t MarkAt(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with('"')) return 1;
  const std::string_view three = text.substr(at, 3);
  return three == "\xE2\x80\x9C" || three == "\xE2\x80\x9D" ? 3 : 0;
}

std::optional<Quoted> QuotedAt(std::string_view text, std::size_t at) {
  const std::size_t mark = MarkAt(text, at);
  if (mark == 0) return std::nullopt;
  const std::size_t begin = at + mark;
  for (std::size_t end = begin; end < text.size(); ++end) {
    const std::size_t closing = MarkAt(text, end);
    if (closing > 0) return Quoted{text.substr(begin, end - begin), end + closing};
  }
  return std::nullopt;
}

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Typed ReadTyped(std::string_view text) {
  Typed typed;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || IsSpace(text[at - 1]);
    if (begins && text[at] == '-' && at + 1 < text.size()) {
      if (const std::optional<Quoted> quoted = QuotedAt(text, at + 1)) {
        typed.without.emplace_back(quoted->words);
        at = quoted->end;
        continue;
      }
      if (IsLetter(text[at + 1])) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
        typed.without.emplace_back(text.substr(at + 1, end - at - 1));
        at = end;
        continue;
      }
    }
    if (const std::optional<Quoted> quoted = QuotedAt(text, at)) {
      if (quoted->words.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        typed.phrases.emplace_back(quoted->words);
      }
      typed.rest += text.substr(at, quoted->end - at);
      at = quoted->end;
      continue;
    }
    typed.rest += text[at++];
  }
  return typed;
}

Result<void> CheckTyped(std::string_view text) {
  const Typed typed = ReadTyped(text);
  const auto is_word = [](char c) { return IsLetter(c) || (c >= '0' && c <= '9'); };
  std::string rest = typed.rest;
  for (const std::string_view mark : {"\xE2\x80\x9C", "\xE2\x80\x9D"}) {
    for (std::size_t at = rest.find(mark); at != std::string::npos; at = rest.find(mark)) rest.replace(at, 3, "\"");
  }
  if (std::any_of(rest.begin(), rest.end(), is_word)) return {};
  if (!typed.without.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "The search says only what must not be there.",
                "Say what to look for too: rent -\"" + typed.without.front() + "\"");
  }
  if (rest.find('"') == std::string::npos) return {};
  return Fail(ErrorCode::kInvalidArgument, "Nothing stands between the quotation marks.",
              "Put words there that stand one after the other: \"notice to quit\"");
}

}  // namespace counsel::search
