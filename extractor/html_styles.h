// What style sheets hide, as far as they are simple.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace counsel::extractor {

// `style`: of an element or a rule, without blanks, in small letters.
[[nodiscard]] bool HidesText(std::string_view style);

// White letters, likewise: on a white page nobody sees them.
[[nodiscard]] bool IsWhite(std::string_view style);

// The classes that a style sheet (in small letters) hides by themselves: ".x, .y { display: none }".
void AddHiddenClasses(std::string rules, std::set<std::string>* classes);

}  // namespace counsel::extractor
