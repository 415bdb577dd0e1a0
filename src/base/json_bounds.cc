#include "base/json_bounds.h"

namespace counsel {
namespace {

// Where the string that begins at `begin` has its closing quote; the text's size when it has none.
std::size_t EndOfString(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return text.size();
}

}  // namespace

bool JsonFits(std::string_view text, const JsonBounds& bounds) {
  std::size_t values = 1;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i = EndOfString(text, i);
        break;
      case '{':
      case '[':
        ++values;
        if (++depth > bounds.depth) return false;
        break;
      case '}':
      case ']':
        if (depth > 0) --depth;
        break;
      case ',':
      case ':':
        ++values;
        break;
      default:
        break;
    }
    if (values > bounds.values) return false;
  }
  return true;
}

}  // namespace counsel
