#include "bert_normalizer.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "reference_unicode.h"

namespace counsel::embedder {
namespace {

// Printable ASCII takes none of the steps but the last: most texts are nothing else.
bool IsPlain(char c) {
  return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t' || c == '\r';
}

std::string NormalizePlain(std::string_view text, bool clean, bool lower) {
  std::string out(text);
  for (char& c : out) {
    if (clean && c < 0x20) c = ' ';
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

}  // namespace

std::string BertNormalizer::Normalize(std::string_view text) const {
  if (std::all_of(text.begin(), text.end(), IsPlain)) return NormalizePlain(text, clean_text, lowercase);

  std::u32string points;
  points.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    char32_t c = NextCodePoint(text, &i);
    if (clean_text) {
      if (IsRemovedByCleaning(c)) continue;
      if (IsWhitespace(c)) c = ' ';
    }
    if (handle_chinese_chars && IsChinese(c)) {
      points.append({' ', c, ' '});
    } else {
      points.push_back(c);
    }
  }
  if (strip_accents) {
    points = Decompose(points);
    std::erase_if(points, IsNonspacingMark);
  }
  if (lowercase) {
    std::u32string lower;
    lower.reserve(points.size());
    for (const char32_t c : points) AppendLowerCase(c, &lower);
    points = std::move(lower);
  }
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : points) AppendUtf8(c, &out);
  return out;
}

}  // namespace counsel::embedder
