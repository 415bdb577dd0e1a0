// Unicode as the reference tokeniser sees it (testdata/record_unicode.py says why that is not simply Unicode).
#pragma once

#include <string>

namespace counsel::embedder {

[[nodiscard]] bool IsWhitespace(char32_t c);         // White_Space
[[nodiscard]] bool IsRemovedByCleaning(char32_t c);  // control, format, private use, NUL, U+FFFD; not tab and line ends
[[nodiscard]] bool IsPunctuation(char32_t c);        // categories P*, and all of ASCII's symbols
[[nodiscard]] bool IsNonspacingMark(char32_t c);     // category Mn
[[nodiscard]] bool IsChinese(char32_t c);            // BERT's blocks, which is not every ideograph

// Canonical decomposition (NFD) of the whole text.
[[nodiscard]] std::u32string Decompose(const std::u32string& text);

// Appends the lower case of `c`: one code point, two for U+0130. No context: a final sigma is σ like any other.
void AppendLowerCase(char32_t c, std::u32string* out);

}  // namespace counsel::embedder
