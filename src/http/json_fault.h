// Where a text stops being JSON, in the words of Python's json module: the first product's clients know its positions
// and messages. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace counsel::http {

// Objects and lists inside each other at most: deeper ones would cost a stack to copy and to write.
inline constexpr std::size_t kMaxJsonDepth = 100;

struct JsonFault {
  JsonFault() = default;
  std::int64_t position = 0;  // code points from the start of the text; a byte order mark is not counted
  std::string message;        // "Expecting value"
  bool too_deep = false;      // over kMaxJsonDepth; message and position say nothing
};

// Of valid UTF-8. Nothing for JSON as RFC 8259 has it: NaN and Infinity, which Python takes, are faults too.
[[nodiscard]] std::optional<JsonFault> FindJsonFault(std::string_view text);

}  // namespace counsel::http
