// Questions that cannot be understood without the one before them. Pure; English.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

// "And for how long?", "When is it due?", "What about the deposit?": it begins as a continuation, or has a pronoun that
// nothing in it explains. "Is it permitted to sublet?" does not.
[[nodiscard]] bool RefersBack(std::string_view question);

// What to search for: a question that refers back after the last that stands by itself, on a line of its own. So
// subject, document and place of that one are carried. `earlier`: oldest first.
[[nodiscard]] std::string MadeWhole(const std::string& question, const std::vector<std::string>& earlier);

}  // namespace counsel::understanding
