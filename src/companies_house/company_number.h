// Company numbers as the register writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::companies_house {

// Eight characters, upper case, padded: "445790" → "00445790", " sc 12345" → "SC012345", "ip12345r" → "IP12345R". An
// unknown prefix is no error. kInvalidArgument when it cannot be a number at all.
[[nodiscard]] Result<std::string> NormaliseNumber(std::string_view text);

// Is it a number rather than a name? Digits, or up to two letters, digits, and perhaps one letter at the end.
[[nodiscard]] bool LooksLikeNumber(std::string_view text);

// For a well-formed number whose prefix no register is known to use: a sentence; else "".
[[nodiscard]] std::string PrefixHint(std::string_view number);

}  // namespace counsel::companies_house
