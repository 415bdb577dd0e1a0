// Whether a sentence is English, by its small words. Pure.
#pragma once

#include <string_view>

namespace counsel::judging {

// False for text of another script, and where small words of other languages outnumber English ones. Text without small
// words of any language (a name, a row of figures) is taken for English.
[[nodiscard]] bool IsEnglish(std::string_view text);

}  // namespace counsel::judging
