// Words and parameters of mail headers, as people see them (RFC 2047, RFC 2231). Characters are converted by ICU.
#pragma once

#include <string>
#include <string_view>

namespace counsel::extractor {

// "=?iso-8859-1?Q?caf=E9?=". A character may be divided between words that follow each other.
[[nodiscard]] std::string DecodeWords(std::string_view value);

// A parameter of "attachment; filename*0*=UTF-8''R%C3; filename*1*=%A4.pdf", its sections in order; "" when there is
// none.
[[nodiscard]] std::string HeaderParameter(std::string_view header, std::string_view name);

// The value of a header in the lines before the first empty one, folded lines joined, words decoded; "" when there is
// none.
[[nodiscard]] std::string HeaderOf(std::string_view message, std::string_view lower_name);

}  // namespace counsel::extractor
