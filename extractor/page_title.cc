#include "extractor/page_title.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "extractor/typography.h"

namespace counsel::extractor {
namespace {

// Without white space, capitals and the printer's dashes and quotes; with where each byte comes from.
struct Folded {
  std::string text;
  std::vector<std::int64_t> at;     // code points
  std::vector<std::size_t> begins;  // of lines, in `text`
};

char PlainOf(char32_t c) {
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  if (c == 0x2018 || c == 0x2019) return '\'';
  return c == 0x201C || c == 0x201D ? '"' : '\0';
}

Folded Fold(std::string_view text) {
  Folded folded;
  folded.begins.push_back(0);
  std::int64_t position = 0;
  for (std::size_t i = 0; i < text.size(); ++position) {
    const std::size_t from = i;
    const char32_t c = NextCodePoint(text, &i);
    if (c == U'\n') folded.begins.push_back(folded.text.size());
    if (c <= U' ' || c == 0xA0) continue;
    if (const char plain = PlainOf(c); plain != 0) {
      folded.text += plain;
      folded.at.push_back(position);
      continue;
    }
    for (std::size_t k = from; k < i; ++k) {
      const char b = text[k];
      folded.text += b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b;
      folded.at.push_back(position);
    }
  }
  return folded;
}

bool IsNumber(std::string_view text) {
  return text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || c == '.' || c == '(' || c == ')' || c == ':';
         });
}

// The small letters of Latin, Greek and Cyrillic that texts mostly begin words with.
bool IsSmall(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= 0xDF && c <= 0xFF) || (c >= 0x3AC && c <= 0x3CE) ||
         (c >= 0x430 && c <= 0x45F);
}

}  // namespace

bool SentenceGoesOn(std::string_view before, std::string_view page) {
  const std::size_t first = page.find_first_not_of(" \n");
  if (before.empty() || first == std::string_view::npos) return false;
  std::size_t at = first;
  if (!IsSmall(NextCodePoint(page, &at))) return false;
  if (before.back() == ',' || EndsInHyphen(before)) return true;
  const std::size_t blank = before.find_last_of(" \n");
  at = blank == std::string_view::npos ? 0 : blank + 1;
  return at < before.size() && IsSmall(NextCodePoint(before, &at));
}

std::optional<TextRange> FindTitle(std::string_view page, std::string_view title) {
  constexpr std::size_t kShortest = 2;
  const Folded folded = Fold(page);
  const std::string sought = Fold(title).text;
  if (sought.size() < kShortest) return std::nullopt;
  for (std::size_t at = folded.text.find(sought); at != std::string::npos; at = folded.text.find(sought, at + 1)) {
    const std::size_t end = at + sought.size();
    const auto next = std::upper_bound(folded.begins.begin(), folded.begins.end(), at);
    const std::size_t line = *(next - 1);
    const bool ends = end == folded.text.size() || std::binary_search(folded.begins.begin(), folded.begins.end(), end);
    if (!ends || !IsNumber(std::string_view(folded.text).substr(line, at - line))) continue;
    return TextRange{folded.at[line], folded.at[end - 1] + 1};
  }
  return std::nullopt;
}

}  // namespace counsel::extractor
