// How much a JSON text would become in memory, told before it is parsed: a parser makes 16 bytes and more of "0,", and
// nesting costs whoever walks over the values a stack.
#pragma once

#include <cstddef>
#include <string_view>

namespace counsel {

struct JsonBounds {
  JsonBounds() = default;
  std::size_t values = 1'000'000;  // of any kind, and names: 16 to 100 MB in memory
  std::size_t depth = 100;         // objects and arrays inside one another
};

// Of any bytes: what is no JSON may fit, too. Takes as long as a look at each byte.
[[nodiscard]] bool JsonFits(std::string_view text, const JsonBounds& bounds = JsonBounds());

}  // namespace counsel
