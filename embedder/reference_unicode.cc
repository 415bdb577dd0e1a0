#include "reference_unicode.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include <utf8proc.h>

namespace counsel::embedder {
namespace {

// Both ends belong to it.
struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

#include "reference_unicode_tables.inc"

bool Contains(std::span<const Range> ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

// What the reference lower-cases and a distribution's utf8proc (from Unicode 14 on) may not: last - first + 1 code
// points, each `distance` away from its lower case.
struct NewerCase {
  std::uint32_t first;
  std::uint32_t last;
  std::int32_t distance;
};
constexpr NewerCase kNewerCases[] = {
    {0x1C89, 0x1C89, 1},      {0xA7CB, 0xA7CB, 0x264 - 0xA7CB},
    {0xA7CC, 0xA7CC, 1},      {0xA7CE, 0xA7CE, 1},
    {0xA7D2, 0xA7D2, 1},      {0xA7D4, 0xA7D4, 1},
    {0xA7DA, 0xA7DA, 1},      {0xA7DC, 0xA7DC, 0x19B - 0xA7DC},
    {0x10D50, 0x10D65, 0x20}, {0x16EA0, 0x16EB8, 0x1B},
};

// A code point of a decomposition, with its canonical combining class.
struct Classed {
  char32_t code_point;
  std::uint8_t combining_class;
};

void AppendDecomposition(char32_t c, std::vector<Classed>* out) {
  if (c < 0xC0 || !Contains(kNormalised, c)) {
    out->push_back({c, 0});
    return;
  }
  // No canonical decomposition has more than 4 code points.
  utf8proc_int32_t parts[8];
  int boundary = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, std::size(parts), UTF8PROC_DECOMPOSE, &boundary);
  if (count < 1 || count > std::ssize(parts)) {
    out->push_back({c, 0});
    return;
  }
  for (const utf8proc_int32_t part : std::span(parts, static_cast<std::size_t>(count))) {
    out->push_back(
        {static_cast<char32_t>(part), static_cast<std::uint8_t>(utf8proc_get_property(part)->combining_class)});
  }
}

}  // namespace

bool IsWhitespace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

bool IsRemovedByCleaning(char32_t c) {
  if (c >= 0x20 && c < 0x7F) return false;
  return Contains(kRemoved, c);
}

bool IsPunctuation(char32_t c) {
  return Contains(kPunctuation, c);
}

bool IsNonspacingMark(char32_t c) {
  return c >= 0x300 && Contains(kNonspacingMarks, c);
}

bool IsChinese(char32_t c) {
  if (c < 0x3400) return false;
  // BERT's own list has no hole between U+2B820 and U+2B91F; the reference has, so a few ideographs are not split.
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

std::u32string Decompose(const std::u32string& text) {
  std::vector<Classed> parts;
  parts.reserve(text.size() + text.size() / 8);
  for (const char32_t c : text) AppendDecomposition(c, &parts);
  const auto is_starter = [](const Classed& part) { return part.combining_class == 0; };
  for (auto run = parts.begin(); run != parts.end();) {
    run = std::find_if_not(run, parts.end(), is_starter);
    const auto end = std::find_if(run, parts.end(), is_starter);
    if (end - run > 1) {
      std::stable_sort(run, end,
                       [](const Classed& a, const Classed& b) { return a.combining_class < b.combining_class; });
    }
    run = end;
  }
  std::u32string out;
  out.reserve(parts.size());
  for (const Classed& part : parts) out.push_back(part.code_point);
  return out;
}

void AppendLowerCase(char32_t c, std::u32string* out) {
  if (c < 0x80) {
    out->push_back(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    return;
  }
  if (c == 0x130) {
    out->append(U"i\u0307");
    return;
  }
  for (const NewerCase& newer : kNewerCases) {
    if (c >= newer.first && c <= newer.last) {
      out->push_back(static_cast<char32_t>(static_cast<std::int32_t>(c) + newer.distance));
      return;
    }
  }
  out->push_back(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

}  // namespace counsel::embedder
