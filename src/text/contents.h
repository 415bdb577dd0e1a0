// Whether a passage is part of a table of contents: it names every clause, and says nothing of any. Pure.
#pragma once

#include <string_view>

namespace counsel::text {

[[nodiscard]] bool LooksLikeContents(std::string_view text);

}  // namespace counsel::text
