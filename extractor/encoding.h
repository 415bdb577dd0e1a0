// Bytes in any encoding to UTF-8 (ICU, which needs no files for it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace counsel::extractor {

// From a named charset ("iso-8859-1", "cp1251", "shift_jis"); what it cannot hold becomes U+FFFD. Nothing when ICU does
// not know the name.
[[nodiscard]] std::optional<std::string> ConvertFrom(const std::string& charset, std::string_view bytes);

// By byte order mark; else by what is declared, if it is known; else UTF-8 if it is that; else by what ICU thinks,
// which is noted. kUnsupported: binary, or nobody knows.
[[nodiscard]] Result<std::string> Decode(std::string_view bytes, const std::string& name, const std::string& declared,
                                         std::vector<std::string>* notes);

}  // namespace counsel::extractor
