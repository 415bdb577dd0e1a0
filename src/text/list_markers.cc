// What stands before an item of a list.
#include <algorithm>

#include "text/sentences.h"

namespace counsel::text {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool IsLetter(char c) {
  return IsLower(c) || (c >= 'A' && c <= 'Z');
}

std::size_t SkipSpace(std::string_view text, std::size_t i) {
  while (i < text.size() && IsSpace(text[i])) ++i;
  return i;
}

}  // namespace

std::size_t AfterListMarker(std::string_view text, std::size_t position) {
  std::size_t i = position;
  if (i >= text.size()) return position;
  if (text.substr(i, 3) == "\u2022" || text.substr(i, 3) == "\u2013") {
    i += 3;
  } else if (text[i] == '-' || text[i] == '*' || text[i] == '+') {
    ++i;
  } else {
    const bool open = text[i] == '(';
    if (open) ++i;
    const std::size_t from = i;
    while (i < text.size() && i - from < 4 && (IsDigit(text[i]) || IsLower(text[i]) || (open && IsLetter(text[i]))))
      ++i;
    const std::string_view label = text.substr(from, i - from);
    const bool number = !label.empty() && std::all_of(label.begin(), label.end(), IsDigit);
    const bool roman = label.find_first_not_of("ivxIVX") == std::string_view::npos;
    if (label.empty() || (!number && label.size() > 1 && !roman)) return position;
    if (i >= text.size() || (text[i] != ')' && (open || text[i] != '.'))) return position;
    ++i;
  }
  if (i >= text.size() || !IsSpace(text[i]) || text[i] == '\n') return position;
  return SkipSpace(text, i);
}

}  // namespace counsel::text
