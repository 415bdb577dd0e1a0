#include "base/utf8.h"

namespace counsel {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool IsContinuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Decodes one code point at `position`. Returns its length in bytes; 0 when the bytes there are not valid UTF-8.
std::size_t Decode(std::string_view text, std::size_t position, char32_t* code_point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const std::size_t left = text.size() - position;
  const unsigned char first = byte(0);
  if (first < 0x80) {
    *code_point = first;
    return 1;
  }
  std::size_t length = 0;
  char32_t value = 0;
  char32_t smallest = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2, value = first & 0x1F, smallest = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, value = first & 0x0F, smallest = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, value = first & 0x07, smallest = 0x10000;
  } else {
    return 0;
  }
  if (left < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(byte(i))) return 0;
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  *code_point = value;
  return length;
}

}  // namespace

bool ValidUtf8(std::string_view text) {
  char32_t ignored = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = Decode(text, i, &ignored);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string RepairUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_invalid_run = false;
  for (std::size_t i = 0; i < text.size();) {
    char32_t code_point = 0;
    const std::size_t length = Decode(text, i, &code_point);
    if (length == 0) {
      if (!in_invalid_run) AppendUtf8(kReplacement, &out);
      in_invalid_run = true;
      ++i;
      continue;
    }
    in_invalid_run = false;
    out.append(text.substr(i, length));
    i += length;
  }
  return out;
}

std::int64_t CountCodePoints(std::string_view text) {
  std::int64_t count = 0;
  for (const char c : text) count += IsContinuation(static_cast<unsigned char>(c)) ? 0 : 1;
  return count;
}

std::size_t ByteOffset(std::string_view text, std::int64_t index) {
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (IsContinuation(static_cast<unsigned char>(text[i]))) continue;
    if (index-- <= 0) break;
  }
  return i;
}

std::string_view SliceCodePoints(std::string_view text, std::int64_t start, std::int64_t end) {
  const std::size_t from = ByteOffset(text, start);
  const std::string_view rest = text.substr(from);
  return rest.substr(0, ByteOffset(rest, end > start ? end - start : 0));
}

char32_t NextCodePoint(std::string_view text, std::size_t* position) {
  char32_t code_point = kReplacement;
  const std::size_t length = Decode(text, *position, &code_point);
  if (length == 0) {
    *position += 1;
    return kReplacement;
  }
  *position += length;
  return code_point;
}

void AppendUtf8(char32_t code_point, std::string* out) {
  const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace counsel
