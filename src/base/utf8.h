// UTF-8 and code points. Positions that users see (`start`, `end`) are Unicode code points, half open; rooms keep bytes
// where they slice. Input that is not valid UTF-8 is refused by ValidUtf8 at the edge and repaired by RepairUtf8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace counsel {

// Shortest forms only, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool ValidUtf8(std::string_view text);

// Each maximal invalid sequence becomes U+FFFD; valid text is returned as it is.
[[nodiscard]] std::string RepairUtf8(std::string_view text);

// Of valid UTF-8: how many code points.
[[nodiscard]] std::int64_t CountCodePoints(std::string_view text);

// Of valid UTF-8: the byte offset of code point number `index`; text.size() when there are fewer.
[[nodiscard]] std::size_t ByteOffset(std::string_view text, std::int64_t index);

// The code points [start, end) of valid UTF-8.
[[nodiscard]] std::string_view SliceCodePoints(std::string_view text, std::int64_t start, std::int64_t end);

// Reads the code point at `*position` and moves past it. Invalid bytes give U+FFFD and move by one.
[[nodiscard]] char32_t NextCodePoint(std::string_view text, std::size_t* position);

void AppendUtf8(char32_t code_point, std::string* out);

}  // namespace counsel
